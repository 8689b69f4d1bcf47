"""The roster with its search, and the page of each advisor."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.negotiation import JSON
from api.pages import page, register_of, respond, wants_html
from api.public import views
from api.public.as_of import When
from ledger.domain.number import CertificateNumber
from ledger.domain.refusal import Refused

router = APIRouter(tags=["register"])
HTML_TOO: dict[str, Any] = {"content": {"text/html": {}}}


@router.get("/advisors", responses={200: {"model": views.RosterView, **HTML_TOO}})
def roster(
    request: Request,
    when: When,
    q: Annotated[
        str, Query(max_length=200, description="Words of name or administration; accents and order are forgiven.")
    ] = "",
) -> Response:
    """Who is a certified advisor, on any day, as known on any day."""
    if _is_number(q):
        return RedirectResponse(f"/certificates/{q.strip().upper()}", 303)
    found = views.roster(register_of(request), q, when)
    if wants_html(request):
        return page(request, "advisors.html", roster=found, as_of=when)
    return respond(request, found.model_dump_json().encode(), JSON)


@router.get("/advisors/{person_id}", responses={200: {"model": views.AdvisorView, **HTML_TOO}})
def advisor(
    request: Request, when: When, person_id: Annotated[str, Path(description="The advisor's pseudonymous id.")]
) -> Response:
    """One advisor and their status. The address never changes, whatever becomes of the certification."""
    found = views.advisor(register_of(request), person_id, when)
    if found is None:
        raise Refused("unknown", kind="advisor", id=person_id[:64])
    if wants_html(request):
        return page(request, "advisor.html", advisor=found, as_of=when)
    return respond(request, found.model_dump_json().encode(), JSON)


def _is_number(text: str) -> bool:
    """Whether a search text is a certificate's number."""
    try:
        CertificateNumber.parse(text.strip().upper())
    except ValueError:
        return False
    return True
