"""A certificate's documents, byte for byte as they were signed: public if the holder agreed to be listed.

They are private while they state levels that the holder no longer shows. Holders find every form at a private address,
and may pass them on.
"""

from secrets import compare_digest
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.pages import EMBEDDABLE, FRESH, page, register_of, respond
from api.public import views
from api.public.as_of import AsOf
from api.public.numbers import certificate_row
from ledger.domain.refusal import Refused
from projections.certificates import CertificateRow
from projections.credentials.forms import catalogue
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


def document(request: Request, row: CertificateRow, form: Form, token: str = "") -> Response:
    """Returns one document. Raises ``Withheld`` when it was never made, was erased, or is private."""
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
    response = respond(request, body, form.media_types[0], cached=FRESH if because is None else PRIVATE)
    response.headers["Content-Disposition"] = f'inline; filename="{row.number}.{form.name}"'
    if because is None and form.media_types[0].startswith("image/"):
        response.headers.update(EMBEDDABLE)
    return response


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
    today = register.now().date()
    as_of = AsOf(on=today, known_on=today, is_today=True)
    view = views.certificate(register, row, as_of)
    forms = [form for form in catalogue.FORMS if form.name in kept.forms]
    response = page(request, "holder.html", certificate=view, as_of=as_of, forms=forms, token=kept.token)
    response.headers.update(FOR_THE_HOLDER)
    return response
