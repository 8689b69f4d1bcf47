"""The pages where guests sign in: ask for a link, confirm it, sign out. They are the same for each kind of guest.

Asking has the same answer for everybody: who has the address is looked up after the answer was sent. A link that is
opened shows a button, since programs that read mail open links too; only the button uses it up.
"""

from itertools import islice
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, Request
from starlette.background import BackgroundTask
from starlette.responses import RedirectResponse, Response

from api import logs
from api.console.access.guests import MAX_ADDRESS, guests, is_guest, send_links
from api.console.access.sessions import COOKIES, LONGEST_SECONDS, SIGNED_OUT, Kind
from api.console.application import Console, console_of, visitor_of
from api.console.page import page
from api.console.refusals import ConsoleRefusal
from api.console.routing import ENTRIES
from api.pages import language_of, register_as_it_is
from api.secretariat.links import Link
from api.words.names import name_of
from ledger.domain.refusal import Refused

MOST_DEMONSTRATED = 12


class Guest(NamedTuple):
    """Somebody of a demonstration as whom one may enter."""

    person: str
    name: str


def add_entry(router: APIRouter, kind: Kind, area: str) -> None:
    """Add the pages by which guests of a kind come and go."""
    path = f"/{kind}"

    @router.get(path, name=f"{area}.entry")
    def entry(request: Request) -> Response:
        """Where one asks for a link, or goes on while one is signed in."""
        if request.state.visitor is not None:
            return RedirectResponse(f"{ENTRIES[kind]}/me", 303)
        return _entry_page(request, kind)

    @router.post(path, name=f"{area}.ask")
    def ask(request: Request, email: Annotated[str, Form(max_length=MAX_ADDRESS)] = "") -> Response:
        """Send a link to an address, if it is somebody's."""
        office = console_of(request).office
        response = _entry_page(request, kind, is_asked=True)
        if office.sends_mail:
            response.background = BackgroundTask(send_links, office.ledger, kind, email, language_of(request))
        return response

    @router.post(f"{path}/enter", name=f"{area}.enter")
    def enter(request: Request, person: Annotated[str, Form(max_length=64)]) -> Response:
        """Enter a demonstration as one of its guests."""
        console = console_of(request)
        if person not in [one.person for one in _demonstrated(console, kind)]:
            raise Refused("unknown", kind="person", id=person)
        return _signed_in(request, kind, person)

    @router.get(f"{path}/link/{{secret}}", name=f"{area}.link")
    def link(request: Request, secret: str) -> Response:
        """What a link leads to: the button that signs in."""
        _found(request, kind, secret)
        return page(request, "guest-link.html", secret=secret)

    @router.post(f"{path}/link/{{secret}}", name=f"{area}.use")
    def use(request: Request, secret: str) -> Response:
        """Sign in, and use the link up."""
        console, found = console_of(request), _found(request, kind, secret)
        ledger = console.office.ledger
        read = ledger.read()
        if not is_guest(ledger, read, kind, read.one(found.person)) or not console.links.use(found):
            raise ConsoleRefusal("link-not-valid")
        return _signed_in(request, kind, found.person)

    @router.post(f"{path}/sign-out", name=f"{area}.sign-out")
    def sign_out(request: Request) -> Response:
        """End this session."""
        session = visitor_of(request).session
        console_of(request).sessions.end(session.person, session.id, SIGNED_OUT)
        response = RedirectResponse(ENTRIES[kind], 303)
        response.delete_cookie(COOKIES[kind], path="/", secure=True, httponly=True, samesite="strict")
        return response


def _entry_page(request: Request, kind: Kind, *, is_asked: bool = False) -> Response:
    console = console_of(request)
    return page(
        request,
        "guest-entry.html",
        is_asked=is_asked,
        sends_mail=console.office.sends_mail,
        guests=_demonstrated(console, kind),
        contact=register_as_it_is(request).settings.looks.contact,
    )


def _demonstrated(console: Console, kind: Kind) -> list[Guest]:
    """Return guests as whom one may enter a demonstration; of no other register there are any."""
    if not console.demonstrated:
        return []
    ledger = console.office.ledger
    read = ledger.read()
    found = islice(guests(ledger, read, kind), MOST_DEMONSTRATED)
    return [Guest(person, name_of(person, read) or person) for person in found]


def _found(request: Request, kind: Kind, secret: str) -> Link:
    found = console_of(request).links.find(secret)
    if found is None or found.purpose != kind:
        logs.security("link-refused", kind=kind)
        raise ConsoleRefusal("link-not-valid")
    return found


def _signed_in(request: Request, kind: Kind, person: str) -> Response:
    secret = console_of(request).sessions.begin(kind, person, "", request.headers.get("user-agent", ""))
    response = RedirectResponse(f"{ENTRIES[kind]}/me", 303)
    response.set_cookie(
        COOKIES[kind], secret, max_age=LONGEST_SECONDS, path="/", secure=True, httponly=True, samesite="strict"
    )
    return response
