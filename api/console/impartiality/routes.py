"""The page on impartiality: one's own undertaking and ties; for the secretariat, the register and what is due."""

from fastapi import Request
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.impartiality import views
from api.console.page import page
from api.console.permissions import REGISTER
from api.console.routing import router

impartiality = router()


@impartiality.get("/impartiality", name="impartiality.home")
def home(request: Request) -> Response:
    """One's own undertaking and ties, and the register for whoever may read it."""
    ledger, visitor = console_of(request).office.ledger, visitor_of(request)
    return page(
        request,
        "impartiality.html",
        own=views.own(ledger, visitor.person),
        register=views.register(ledger) if REGISTER.allows(visitor.roles) else None,
    )
