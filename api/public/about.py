"""The front page, privacy and concerns, schemes, and what programs ask: trust root, checkpoint, health, the API."""

from datetime import date
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.negotiation import JSON
from api.pages import at_one_moment, page, page_or_json, register_as_it_is, register_of
from api.public.advisors import HTML_TOO
from api.public.as_of import When
from api.public.views import NamedTerm
from ledger.domain.refusal import Refused
from ledger.words import Words

router = APIRouter()
TAGS: dict[str, Words] = {
    "register": Words("Advisors and certificates", "Personnes certifiées et certificats"),
    "verification": Words("Verification and the log", "Vérification et journal"),
    "following": Words("Changes to follow", "Suivi des modifications"),
    "issuer": Words("The issuer, its keys and status lists", "L’émetteur, ses clés et ses listes de statut"),
    "wallet": Words("Wallets", "Portefeuilles"),
    "operation": Words("Operation", "Exploitation"),
    "secretariat": Words("Officers (signed requests)", "Responsables (requêtes signées)"),
    "auditors": Words("Auditors (signed requests)", "Auditeurs (requêtes signées)"),
}


class OperationGroup(NamedTuple):
    """The operations of the interface under one heading: method, path and OpenAPI description of each."""

    tag: str
    title: Words
    operations: list[tuple[str, str, dict[str, Any]]]


class CompetencyView(NamedTerm, frozen=True):
    """A competency with the level that must be reached."""

    cut: int


class SchemeVersionView(BaseModel, frozen=True):
    """One approved version of a scheme; months are counted from the first day of validity."""

    version: str
    effective_from: date
    criteria: list[NamedTerm]
    competencies: list[CompetencyView]
    activities: list[NamedTerm]
    levels: list[int]
    seats: int
    validity_months: int | None
    separation_months: int


class SchemeView(BaseModel, frozen=True):
    """A certification scheme, its latest version first."""

    id: str
    title_en: str
    title_fr: str
    versions: list[SchemeVersionView]


@router.get("/", include_in_schema=False)
@at_one_moment
def home(request: Request, when: When) -> Response:
    """Find an advisor, check a certificate, and how the register is assured."""
    register = register_of(request)
    figures = register.models.roster.figures(when.on, when.known)
    return page(
        request,
        "home.html",
        advisors=figures.advisors,
        administrations=figures.administrations,
        entries=register.covered(),
        since=register.founded,
        is_witnessed=register.trust.witnesses.asks,
    )


@router.get("/privacy", include_in_schema=False)
def privacy(request: Request) -> Response:
    """What is shown of people, why and for how long."""
    return page(request, "privacy.html", asks_peers=bool(register_as_it_is(request).settings.peers))


@router.get("/concern", include_in_schema=False)
def concern(request: Request, about: Annotated[str, Query(pattern="^[A-Za-z0-9-]{0,40}$")] = "") -> Response:
    """How to report a concern, such as one about a certificate."""
    return page(request, "concern.html", about=about)


@router.get("/schemes/{scheme_id}", tags=["register"], responses={200: {"model": SchemeView, **HTML_TOO}})
@at_one_moment
def scheme(request: Request, scheme_id: str) -> Response:
    """The scheme behind a certification: selection criteria, competencies and the level required in each."""
    versions = register_of(request).models.schemes.versions(scheme_id)
    if not versions:
        raise Refused("unknown", kind="scheme", id=scheme_id[:64])
    view = SchemeView(
        id=scheme_id,
        title_en=versions[0].title_en,
        title_fr=versions[0].title_fr,
        versions=[
            SchemeVersionView(
                version=v.content.version,
                effective_from=v.effective_from,
                criteria=[_term(c) for c in v.content.criteria],
                competencies=[
                    CompetencyView(id=c.id, name_en=c.name_en, name_fr=c.name_fr, cut=c.cut)
                    for c in v.content.competencies
                ],
                activities=[_term(a) for a in v.content.activities],
                levels=[level.level for level in v.content.levels],
                seats=v.content.seats,
                validity_months=v.content.validity_months,
                separation_months=v.content.separation_months,
            )
            for v in versions
        ],
    )
    return page_or_json(request, view, "scheme.html", scheme=view)


@router.get("/health", tags=["operation"], response_class=Response)
def health(request: Request) -> Response:
    """Returns 200 when healthy, otherwise 503 with the reason. Sizes count log entries."""
    report = register_as_it_is(request).health()
    status = 200 if report.status == "ok" else 503
    return Response(msgspec.json.encode(report), status, {"Cache-Control": "no-store"}, JSON)


@router.get("/api", include_in_schema=False)
def interface(request: Request) -> Response:
    """The HTTP interface in words, made from its OpenAPI description."""
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag: [] for tag in TAGS}
    for path, methods in request.app.openapi()["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].append((method, path, operation))
    groups = [OperationGroup(tag, TAGS[tag], operations) for tag, operations in found.items() if operations]
    return page(request, "api.html", groups=groups)


def _term(term: NamedTerm | msgspec.Struct) -> NamedTerm:
    return NamedTerm.model_validate(term, from_attributes=True)
