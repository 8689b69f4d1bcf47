"""A certificate by its number: page, verification bundle, and everything that led to it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from api.negotiation import HTML, JSON, preferred
from api.pages import at_one_moment, language_of, page, page_or_json, register_of, respond, wants_html
from api.problems import WrongInput
from api.public import views
from api.public.advisors import HTML_TOO
from api.public.as_of import When
from api.public.badge import snippet
from api.public.documents import Number, Token, document
from api.public.numbers import certificate_row, parsed_number, query_of
from api.public.profile import profile_link
from api.publishing.packing import MEDIA_TYPE as ZIP
from api.publishing.packing import pack
from ledger.bundle import MEDIA_TYPE
from ledger.domain.record import ROLE_LABELS
from projections.credentials.forms import catalogue
from projections.history.queries import HistoryRow

router = APIRouter(tags=["register"])
FORMATS = ("html", "json", "bundle", "zip", *catalogue.by_name())


class Signer(BaseModel, frozen=True):
    """Who signed: the role in both languages, and the key."""

    role: str
    role_en: str
    role_fr: str
    person: str
    key_id: str


class Step(BaseModel, frozen=True):
    """One recorded event; ``position`` counts the log's entries from 1."""

    position: int
    event: str
    label_en: str
    label_fr: str
    signed: datetime
    known: datetime
    signers: list[Signer]


class HistoryView(BaseModel, frozen=True):
    """The public steps. Those about the candidate's selection and scores are only counted."""

    number: str
    steps: list[Step]
    confidential: int


@router.get("/certificates", response_class=Response, include_in_schema=False)
def find(request: Request, number: Annotated[str, Query(max_length=100)] = "") -> Response:
    """From the form on the front page to the certificate."""
    if not number.strip():
        raise WrongInput("number", "enter a certificate number", "saisissez un numéro de certificat")
    return RedirectResponse(f"/certificates/{parsed_number(number)}{query_of(request, 'lang')}", 303)


@router.get("/certificates/{number}.bundle.json", responses={200: {"content": {MEDIA_TYPE: {}}}})
def bundle(request: Request, number: Number) -> Response:
    """The verification bundle, for offline use: the signed decision, its proof of inclusion, the signed checkpoint."""
    row = certificate_row(request, number)
    response = respond(request, bytes(register_of(request).bundle(row)), MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}.bundle.json"'
    return response


@router.get("/certificates/{number}.zip", responses={200: {"content": {ZIP: {}}}})
def zipped(request: Request, number: Number) -> Response:
    """The verification bundle as a ZIP file, with each proof as a file and the page that verifies it offline."""
    row = certificate_row(request, number)
    response = respond(request, pack(register_of(request).bundle(row)), ZIP)
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}.zip"'
    return response


@router.get(
    "/certificates/{number}",
    responses={200: {"description": "The page, its facts as JSON, or the bundle", "content": {HTML: {}, MEDIA_TYPE: {}},
                     "model": views.CertificateView}},
)  # fmt: skip
@at_one_moment
def certificate(
    request: Request,
    when: When,
    number: Number,
    format: Annotated[str, Query(pattern=f"^({'|'.join(FORMATS)})?$", description=", ".join(FORMATS))] = "",  # noqa: A002
    token: Token = "",
) -> Response:
    """One certificate: a page for people, JSON for programs, the verification bundle, or a signed document.

    The JSON includes the bundle.
    """
    wanted = format or _preferred(request)
    if wanted == "bundle":
        return bundle(request, number)
    if wanted == "zip":
        return zipped(request, number)
    form = catalogue.by_name().get(wanted)
    if form is not None:
        return document(request, certificate_row(request, number), form, token)
    row, register = certificate_row(request, number), register_of(request)
    if wants_html(request):
        view = views.certificate(register, row, when)
        chosen = language_of(request)
        link = profile_link(view, chosen) if when.is_today else None
        return page(
            request,
            "certificate.html",
            certificate=view,
            as_of=when,
            snippet=snippet(view, chosen),
            profile_link=link,
        )
    view = views.certificate(register, row, when, with_bundle=True)
    return respond(request, view.model_dump_json().encode(), JSON)


@router.get("/certificates/{number}/history", responses={200: {"model": HistoryView, **HTML_TOO}})
@at_one_moment
def history(request: Request, number: Number) -> Response:
    """How a certificate came about: each event in order, with its time, its signers' roles and their keys."""
    row = certificate_row(request, number)
    rows = register_of(request).models.history.of_certification(row.certification_id)
    public = [step for step in rows if step.event_type.visibility == "public"]
    view = HistoryView(number=row.number, steps=[_step(s) for s in public], confidential=len(rows) - len(public))
    return page_or_json(request, view, "history.html", history=view)


def _preferred(request: Request) -> str:
    """Returns the name of the format that an Accept header asks for; empty for the page and the facts."""
    forms = catalogue.by_media_type()
    media_type = preferred(request.headers.get("accept"), (JSON, HTML, MEDIA_TYPE, ZIP, *forms))
    if media_type in forms:
        return forms[media_type].name
    return {MEDIA_TYPE: "bundle", ZIP: "zip"}.get(media_type or "", "")


def _step(row: HistoryRow) -> Step:
    return Step(
        position=row.position,
        event=row.event_type.wire_name,
        label_en=row.event_type.label.en,
        label_fr=row.event_type.label.fr,
        signed=row.time,
        known=row.known,
        signers=[
            Signer(
                role=s.role,
                role_en=ROLE_LABELS[s.role].en,
                role_fr=ROLE_LABELS[s.role].fr,
                person=s.person_id,
                key_id=s.key_id,
            )
            for s in row.signers
        ],
    )
