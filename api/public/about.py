"""The front page, the schemes, and what programs ask of a register: trust root, checkpoint, health, its API."""

from datetime import date

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.negotiation import JSON
from api.pages import page, page_or_json, register_as_it_is, register_of
from api.public import views
from api.public.advisors import HTML_TOO
from api.public.as_of import When
from api.public.views import NamedTerm
from ledger.domain.refusal import Refused

router = APIRouter()


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
def home(request: Request, when: When) -> Response:
    """Find an advisor, check a certificate."""
    advisors = views.roster(register_of(request), "", when).advisors
    administrations = {line.administration.id for line in advisors}
    return page(request, "home.html", advisors=len(advisors), administrations=len(administrations))


@router.get("/schemes/{scheme_id}", tags=["register"], responses={200: {"model": SchemeView, **HTML_TOO}})
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
    return page(request, "api.html", openapi=request.app.openapi())


def _term(term: NamedTerm | msgspec.Struct) -> NamedTerm:
    return NamedTerm.model_validate(term, from_attributes=True)
