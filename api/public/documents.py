"""A certificate's documents, byte for byte as they were signed: public if the holder agreed to be listed.

They are private while they state levels that the holder no longer shows. Holders find every form at a private address,
and may pass them on.
"""

from collections.abc import Callable
from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.pages import EMBEDDABLE, FRESH, page, register_of, respond
from api.public import views
from api.public.as_of import AsOf
from api.public.numbers import certificate_row
from api.public.pictures import Pictures
from ledger.domain.refusal import Refused
from ledger.words import LANGUAGES, Language, Words
from projections.certificates import CertificateRow
from projections.credentials.forms import badge, catalogue, diploma
from projections.credentials.forms.form import Form

router = APIRouter(tags=["register"])
Number = Annotated[str, Path(description="A certificate number, such as TOA-PCA-FR-2017-02-BTJ.")]
Token = Annotated[
    str,
    Query(
        max_length=64,
        description="The token in the holder's private address; needed without their consent to publication.",
    ),
]
FOR_THE_HOLDER = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
PRIVATE = "private, no-cache"
_pictures = Pictures()


def document(request: Request, row: CertificateRow, form: Form, token: str = "") -> Response:
    """Returns one document. Raises ``Withheld`` when it was never made, was erased, or is private."""
    body, is_public = _kept(request, row, form, token)
    return _answer(request, row, body, form.media_types[0], form.name, is_public)


def _kept(request: Request, row: CertificateRow, form: Form, token: str) -> tuple[bytes, bool]:
    """Returns a document, and whether everyone may have it. Raises ``Withheld``."""
    register = register_of(request)
    holder, kept = register.models.roster.person(row.person_id), register.documents.set_of(row.number)
    if kept is None:
        raise views.Withheld("document-erased" if holder.erased else "document-missing")
    if form.name not in kept.forms:
        raise views.Withheld("document-missing")
    because = views.private_because(kept, holder)
    if because is not None and not compare_digest(token.encode(), kept.token.encode()):
        raise views.Withheld(because)
    body = register.documents.get(row.number, form.name)
    if body is None:  # erased meanwhile
        raise views.Withheld("document-erased")
    return body, because is None


def _answer(
    request: Request, row: CertificateRow, body: bytes, media_type: str, extension: str, is_public: bool
) -> Response:
    response = respond(request, body, media_type, cached=FRESH if is_public else PRIVATE)
    response.headers["Content-Disposition"] = f'inline; filename="{row.number}.{extension}"'
    if is_public and media_type.startswith("image/"):
        response.headers.update(EMBEDDABLE)
    return response


@router.get(
    "/certificates/{number}/diploma.png",
    summary="Picture of the diploma",
    responses={200: {"content": {"image/png": {}}}},
)
def picture(request: Request, number: Number, token: Token = "") -> Response:
    """The first page of the PDF as it was issued, 1200 pixels wide: to compare with what somebody presents."""
    row = certificate_row(request, number)
    pdf, is_public = _kept(request, row, diploma.PDF, token)
    drawn = _pictures.of(pdf, register_of(request).covered())
    return _answer(request, row, drawn, "image/png", "diploma.png", is_public)


def _add_badge(
    extension: str, media_type: str, draw: Callable[[badge.Design], bytes], form: Form, language: Language
) -> None:
    @router.get(
        f"/certificates/{{number}}/badge-{language}.{extension}",
        name=f"badge-{language}-{extension}",
        summary="Badge in one language",
        responses={200: {"content": {media_type: {}}}},
    )
    def one(request: Request, number: Number, token: Token = "") -> Response:
        """The picture of the badge in this language, without the signed credential: for profiles and pages."""
        row = certificate_row(request, number)
        _, is_public = _kept(request, row, form, token)
        stated, official = row.content, register_of(request).settings.official
        body = Words(stated.body_en, stated.body_fr)
        title = Words(stated.scheme_title_en, stated.scheme_title_fr)
        design = badge.Design.of(body, title, stated.effective_from.year, official=official, language=language)
        return _answer(request, row, draw(design), media_type, f"badge-{language}.{extension}", is_public)


for _language in LANGUAGES:
    _add_badge("png", "image/png", badge.png_of, badge.PNG, _language)
    _add_badge("svg", "image/svg+xml", badge.svg_of, badge.SVG, _language)


def _add(form: Form) -> None:
    @router.get(
        f"/certificates/{{number}}.{form.name}",
        name=form.name,
        summary=form.label.en,
        responses={200: {"content": {form.media_types[0]: {}}}},
    )
    def one(request: Request, number: Number, token: Token = "") -> Response:
        """The certificate in this format, as it was signed when it was issued."""
        return document(request, certificate_row(request, number), form, token)


for _form in catalogue.FORMS:
    _add(_form)


@router.get("/holder/{token}", include_in_schema=False)
def holder(request: Request, token: Annotated[str, Path(max_length=64)]) -> Response:
    """Everything that a holder can do with their certificate, behind an address that only they were given."""
    register = register_of(request)
    kept = register.documents.set_of_token(token)
    if kept is None:
        raise Refused("unknown", kind="holder", id="")
    row = certificate_row(request, kept.number)
    as_of = AsOf.now(register.now().date())
    view = views.certificate(register, row, as_of)
    forms = [form for form in catalogue.FORMS if form.name in kept.forms]
    response = page(request, "holder.html", certificate=view, as_of=as_of, forms=forms, token=kept.token)
    response.headers.update(FOR_THE_HOLDER)
    return response
