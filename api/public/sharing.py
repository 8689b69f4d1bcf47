"""What is passed on and followed: changes as feed and JSON, calendars of expiries, the live status badge."""

from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.negotiation import JSON
from api.pages import EMBEDDABLE, language_of, pages_of, register_of, respond
from api.public import views
from api.public.as_of import times
from api.public.badge import badge
from api.public.documents import Number
from api.public.numbers import certificate_row
from api.sharing import calendar, feed
from api.sharing.announcements import Announcement, Announcements, announcement
from ledger.domain.months import add_months
from ledger.domain.refusal import Refused
from ledger.store.port import LARGEST

router = APIRouter(tags=["following"])
SVG = "image/svg+xml"
PAGE, MOST = 100, 1000  # changes in a response: by default, and at most
FEED_PAGE = 50
BADGE_FRESH = "public, max-age=60, must-revalidate"  # how old a badge may be, in seconds


@router.get("/changes", responses={200: {"model": Announcements}})
def changes(
    request: Request,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Only changes after this position of the log.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Maximum number of changes.")] = PAGE,
) -> Response:
    """Every change to the public status of a certificate, in the order of the log. Continue from `last`."""
    register = register_of(request)
    rows = register.models.changes.after(after, limit + 1)
    announcements: list[Announcement] = [announcement(register, change) for change in rows[:limit]]
    last = announcements[-1].position if announcements else after
    more = f"{register.settings.base_url}/changes?after={last}&limit={limit}" if len(rows) > limit else None
    view = Announcements(changes=announcements, last=last, next=more)
    return respond(request, view.model_dump_json().encode(), JSON)


@router.get("/changes.atom", responses={200: {"content": {feed.MEDIA_TYPE: {}}}}, response_class=Response)
def changes_feed(
    request: Request,
    before: Annotated[
        int | None,
        Query(ge=1, le=LARGEST, description="Only changes before this position of the log, newest first."),
    ] = None,
) -> Response:
    """Every change as an Atom feed in English or French, newest first. `next` links lead to older ones."""
    register, chosen = register_of(request), language_of(request)
    rows = register.models.changes.before(before, FEED_PAGE + 1)
    body = feed.atom(register, rows[:FEED_PAGE], chosen, before, more=len(rows) > FEED_PAGE)
    return respond(request, body, feed.MEDIA_TYPE, chosen)


@router.get("/expiries.ics", responses={200: {"content": {calendar.MEDIA_TYPE: {}}}}, response_class=Response)
def expiries(
    request: Request,
    months: Annotated[
        int,
        Query(
            ge=1,
            le=calendar.MOST_MONTHS,
            description="How many months ahead, counted from today. "
            "What ended or changed in the last three is included.",
        ),
    ] = calendar.MONTHS,
) -> Response:
    """The expiry dates of the coming months, as a calendar to subscribe to, in English or French."""
    # What was renewed or withdrawn lately stays for a while, on whichever day: so calendars move or cancel it.
    register, chosen = register_of(request), language_of(request)
    now = register.now()
    since = datetime.combine(add_months(now.date(), -calendar.KEPT_MONTHS), time.min, UTC)
    changes = register.models.changes.expiring(since.date(), add_months(now.date(), months), since)
    return respond(request, calendar.calendar(register, changes, chosen), calendar.MEDIA_TYPE, chosen)


@router.get(
    "/certificates/{number}/expiry.ics",
    responses={200: {"content": {calendar.MEDIA_TYPE: {}}}},
    response_class=Response,
)
def expiry(request: Request, number: Number) -> Response:
    """The expiry date of one certification, which a renewal moves. Returns 404 if it has none."""
    row, register, chosen = certificate_row(request, number), register_of(request), language_of(request)
    change = register.models.changes.last_of(row.certification_id)
    assert change is not None  # the certificate was issued
    if change.expires_on is None:
        raise Refused("unknown", kind="expiry", id=row.number)
    response = respond(request, calendar.calendar(register, [change], chosen), calendar.MEDIA_TYPE, chosen)
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}.ics"'
    return response


@router.get("/certificates/{number}/status.svg", responses={200: {"content": {SVG: {}}}}, response_class=Response)
def status_badge(request: Request, number: Number) -> Response:
    """The current status of a certificate, as an image for other websites, in English or French."""
    chosen = language_of(request)
    certificate = views.certificate(register_of(request), certificate_row(request, number), times(request))
    body = pages_of(request).render("badge.svg", request, chosen, badge=badge(certificate, chosen))
    response = respond(request, body, SVG, chosen, cached=BADGE_FRESH)
    response.headers.update(EMBEDDABLE)
    return response
