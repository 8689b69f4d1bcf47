"""The roster with its search, and the page of each advisor."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.pages import page_or_json, register_of
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
        str, Query(max_length=200, description="Words of a name or administration; accents and order do not matter.")
    ] = "",
) -> Response:
    """The certified advisors on a date, as known on a date."""
    if _is_number(q):
        return RedirectResponse(f"/certificates/{q.strip().upper()}", 303)
    view = views.roster(register_of(request), q, when)
    return page_or_json(request, view, "advisors.html", roster=view, as_of=when)


@router.get("/advisors/{person_id}", responses={200: {"model": views.AdvisorView, **HTML_TOO}})
def advisor(
    request: Request, when: When, person_id: Annotated[str, Path(description="The pseudonymous id of the advisor.")]
) -> Response:
    """One advisor and their status. The address never changes."""
    view = views.advisor(register_of(request), person_id, when)
    if view is None:
        raise Refused("unknown", kind="advisor", id=person_id[:64])
    if view.id != person_id:  # merged: not for ever, because a merge can be undone
        return RedirectResponse(f"/advisors/{view.id}?{request.url.query}".rstrip("?"), 307)
    return page_or_json(request, view, "advisor.html", advisor=view, as_of=when, back={})


def _is_number(text: str) -> bool:
    """Whether a search text is a certificate's number."""
    try:
        CertificateNumber.parse(text.strip().upper())
    except ValueError:
        return False
    return True
