"""The pages of certifications: the list, and one with its past and what can be done with it."""

from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.certifications import views
from api.console.commands.views import record_of
from api.console.page import page
from api.console.routing import router
from api.pages import language_of
from ledger.domain.certificate_status import CERTIFICATION_LABELS
from ledger.domain.record import Role
from ledger.domain.standing import Status

certifications = router()
Id = Annotated[str, Path(max_length=64)]


@certifications.get("/certifications", name="certifications.list")
def listed(
    request: Request,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    start: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> Response:
    """The certifications that were granted, with their status today."""
    console = console_of(request)
    today, person = console.office.ledger.now().date(), visitor_of(request).person
    lines, count = views.certifications(record_of(console), today, q, status, start, person)
    return page(
        request,
        "certifications.html",
        lines=lines,
        count=count,
        more=start + views.PAGE if count > start + views.PAGE else 0,
        q=q,
        status_asked=status,
        statuses=[(one.value, CERTIFICATION_LABELS[one]) for one in Status if one is not Status.NONE],
    )


@certifications.get("/certifications/{certification_id}", name="certifications.one")
def one(request: Request, certification_id: Id) -> Response:
    """One certification: its status today, its past, and what can be done with it."""
    console, person = console_of(request), visitor_of(request).person
    found = views.one_of(console, record_of(console), certification_id, person, language_of(request))
    verifies = Role.REGISTRAR in visitor_of(request).roles
    return page(request, "certification.html", one=found, verifies=verifies)
