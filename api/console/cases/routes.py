"""The pages of appeals and complaints: the list of both, and one of each."""

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from api.console.application import console_of, reader_of, visitor_of
from api.console.cases import views
from api.console.page import page
from api.console.routing import router
from api.lists.catalogue import ask
from api.lists.labels import CODES
from api.pages import language_of

cases = router()
Id = Annotated[str, Path(max_length=64)]


@cases.get("/cases", name="cases.list")
def listed(request: Request) -> Response:
    """Appeals, complaints and corrective actions, those of which a step is due first."""
    ledger, reader = console_of(request).office.ledger, reader_of(visitor_of(request))
    answers = {name: ask(ledger, name, reader=reader).rows for name in ("appeals", "complaints", "corrective-actions")}
    return page(
        request,
        "cases.html",
        appeals=answers["appeals"],
        complaints=answers["complaints"],
        actions=answers["corrective-actions"],
        codes=CODES,
    )


@cases.get("/appeals/{appeal_id}", name="cases.appeal")
def appeal(request: Request, appeal_id: Id) -> Response:
    """One appeal: its clock, who may hear it and why others may not, and what can be done now."""
    console, person = console_of(request), visitor_of(request).person
    return page(request, "appeal.html", one=views.appeal_of(console, appeal_id, person, language_of(request)))


@cases.get("/complaints/{complaint_id}", name="cases.complaint")
def complaint(request: Request, complaint_id: Id) -> Response:
    """One complaint, for nobody whom it concerns."""
    console, person = console_of(request), visitor_of(request).person
    return page(request, "complaint.html", one=views.complaint_of(console, complaint_id, person, language_of(request)))
