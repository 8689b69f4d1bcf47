"""The page on which whoever has a key sees their own candidacies, and goes on to sign what is theirs to state."""

from fastapi import Request
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.candidates import views
from api.console.page import page
from api.console.routing import router

candidates = router()


@candidates.get("/own", name="candidates.own")
def own(request: Request) -> Response:
    """One's own candidacies: what is done, what is missing and by when, and the texts to be signed."""
    ledger = console_of(request).office.ledger
    return page(request, "own.html", own=views.own(ledger, visitor_of(request).person))
