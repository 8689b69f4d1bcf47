"""The roster with its search, and the page of each advisor."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.pages import at_one_moment, page_or_json, register_of
from api.problems import WrongInput
from api.public import views
from api.public.as_of import When
from api.public.numbers import query_of
from ledger.domain.number import CertificateNumber, Mistyped, NumberError
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.store.port import LARGEST

router = APIRouter(tags=["register"])
HTML_TOO: dict[str, Any] = {"content": {"text/html": {}}}

Search = Annotated[
    str,
    Query(
        max_length=200,
        description="Words of a name, of an administration or of its code; accents, order and the end of a word do not "
        "matter. Or a certificate number.",
    ),
]
WantedStatus = Annotated[
    str,
    Query(
        pattern=f"^({'|'.join((views.ANY, *Status))})?$",
        description="Only this status, or any; by default those in force, or any status in a search.",
    ),
]
After = Annotated[
    str,
    Query(
        max_length=200,
        description="The id of the last advisor on the page before, as in the address of `next`: nobody is skipped "
        "when the register changes meanwhile.",
    ),
]
Page = Annotated[int, Query(ge=1, le=LARGEST, description="The page, counted from 1.")]


@router.get("/advisors", responses={200: {"model": views.RosterView, **HTML_TOO}})
@at_one_moment
def roster(
    request: Request, when: When, q: Search = "", status: WantedStatus = "", page: Page = 1, after: After = ""
) -> Response:
    """The certified advisors on a date, as known on a date; with words, everyone whom they find, with their status."""
    looks_mistyped: Mistyped | None = None
    try:
        number = CertificateNumber.read(q)
        return RedirectResponse(f"/certificates/{number}{query_of(request, 'lang', 'on', 'known_on')}", 303)
    except Mistyped as error:
        looks_mistyped = error
    except NumberError:
        pass  # a name, or an administration
    view = views.roster(register_of(request), q, when, status, page, after)
    if looks_mistyped is not None and not view.counts:
        raise WrongInput("q", *looks_mistyped.words)
    response = page_or_json(request, view, "advisors.html", roster=view, as_of=when, kept=_kept(q, status))
    # RFC 8288
    beside = {relation: address for relation, address in (("prev", view.prev), ("next", view.next)) if address}
    if beside:
        response.headers["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in beside.items())
    return response


@router.get("/advisors/{person_id}", responses={200: {"model": views.AdvisorView, **HTML_TOO}})
@at_one_moment
def advisor(
    request: Request,
    when: When,
    person_id: Annotated[str, Path(description="The pseudonymous id of the advisor.")],
    q: Annotated[str, Query(max_length=200, include_in_schema=False)] = "",
    status: Annotated[str, Query(max_length=20, include_in_schema=False)] = "",
    page: Annotated[int, Query(ge=1, le=LARGEST, include_in_schema=False)] = 1,
) -> Response:
    """One advisor and their status. The address never changes."""
    # The search that led here is only for the link back to it.
    view = views.advisor(register_of(request), person_id, when)
    if view is None:
        raise Refused("unknown", kind="advisor", id=person_id[:64])
    if view.id != person_id:  # merged: not for ever, because a merge can be undone
        return RedirectResponse(f"/advisors/{view.id}?{request.url.query}".rstrip("?"), 307)
    back = _kept(q, status) | ({"page": page} if page > 1 else {})
    return page_or_json(request, view, "advisor.html", advisor=view, as_of=when, back=back)


def _kept(q: str, status: str) -> dict[str, Any]:
    """Returns what links keep of a search."""
    return {name: value for name, value in (("q", q.strip()), ("status", status)) if value}
