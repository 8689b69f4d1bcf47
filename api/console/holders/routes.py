"""The page of a certified advisor, its documents, and what can be asked for there."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import Form, Path, Request
from starlette.responses import RedirectResponse, Response

from api.console.access.entering import add_entry
from api.console.access.sessions import Kind
from api.console.application import Console, console_of, visitor_of
from api.console.filed import new_key
from api.console.holders import views
from api.console.page import page
from api.console.routing import ENTRIES, router
from api.pages import register_of
from api.public.documents import document
from api.public.numbers import certificate_row
from api.secretariat.desk import ROW
from api.secretariat.filing import Filer, NotTogether, file_once
from api.secretariat.proposals import Proposal
from ledger.domain.refusal import Refused
from projections.credentials.forms import catalogue

holders = router()
HOME = f"{ENTRIES[Kind.HOLDER]}/me"
Command = Literal[
    "give-listing-consent", "withdraw-listing-consent", "give-results-consent", "withdraw-results-consent"
]
add_entry(holders, Kind.HOLDER, "holders")


@holders.get("/holder/me", name="holders.home")
def home(request: Request) -> Response:
    """Everything that the register has about a certified advisor, for themselves."""
    register = register_of(request)
    own = views.page_of(console_of(request), register, visitor_of(request).person)
    return page(request, "holder.html", own=own, contact=register.settings.looks)


@holders.get("/holder/documents/{number}/{form}", name="holders.document")
def own_document(
    request: Request, number: Annotated[str, Path(max_length=64)], form: Annotated[str, Path(max_length=64)]
) -> Response:
    """One's own certificate in one form, also one that is private. Raises ``Refused`` for another's, as for none."""
    row, register = certificate_row(request, number), register_of(request)
    kept, found = register.documents.set_of(row.number), catalogue.by_name().get(form)
    read = console_of(request).office.ledger.read()
    if read.one(row.person_id) != visitor_of(request).person or kept is None or found is None:
        raise Refused("unknown", kind="certificate", id=number)
    response = document(request, row, found, kept.token)
    response.headers["Cache-Control"] = "no-store"
    return response


@holders.post("/holder/consents", name="holders.consent")
def ask_for_consent(request: Request, command: Annotated[Command, Form()]) -> Response:
    """Ask a registrar to record that a consent is given or withdrawn; asked twice, it waits once."""
    console, person = console_of(request), visitor_of(request).person
    ledger = console.office.ledger

    def make() -> list[Proposal]:
        return [views.consent(ledger, person, command, ledger.now().date())]

    _ask(console, person, command, make, command.encode())
    return RedirectResponse(f"{HOME}#asked", 303)


@holders.post("/holder/relinquish", name="holders.relinquish")
def ask_to_relinquish(request: Request, certification_id: Annotated[str, Form(max_length=64)]) -> Response:
    """Ask a registrar to record that one gives a certification up; asked twice, it waits once."""
    console, person = console_of(request), visitor_of(request).person
    ledger = console.office.ledger

    def make() -> list[Proposal]:
        return [views.relinquishment(ledger, person, certification_id, ledger.now().date())]

    _ask(console, person, views.RELINQUISH, make, certification_id.encode())
    return RedirectResponse(f"{HOME}#asked", 303)


def _ask(console: Console, person: str, command: str, make: Callable[[], list[Proposal]], key: bytes) -> None:
    """File what a holder asks for, unless it waits already."""
    ledger, inbox, filer = console.office.ledger, console.office.inbox, views.filer(person)

    def once() -> list[Proposal]:
        waits = any(one.waits and one.command == command for one in views.asked_by(console, filer))
        return [] if waits else make()

    try:
        file_once(inbox, ledger, filer, once, new_key(), key)
    except NotTogether as error:
        raise error.refusals[0] from None
    inbox.sync()


@holders.post("/holder/withdraw", name="holders.withdraw")
def withdraw(request: Request, number: Annotated[int, Form(ge=1, le=2**53)]) -> Response:
    """Withdraw what one asked for, while it waits."""
    withdraw_own(request, views.filer(visitor_of(request).person), number)
    return RedirectResponse(f"{HOME}#asked", 303)


def withdraw_own(request: Request, filer: Filer, number: int) -> None:
    """Withdraw what a guest filed themselves. Raises ``Refused``, for what is another's as for what is not there."""
    inbox = console_of(request).office.inbox
    if not inbox.desk.is_there(ROW.id == number, ROW.source == filer.source):
        raise Refused("unknown", kind="statement", id=number)
    inbox.withdraw(number, filer.by)
    inbox.sync()
