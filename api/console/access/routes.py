"""Signing in and out, one's sessions, and why something is allowed or not."""

from typing import Annotated

from fastapi import Form, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.console.access import signing_in
from api.console.access.demonstrating import demonstrated_officers
from api.console.access.passkeys import MAX_CREDENTIAL_CHARACTERS
from api.console.access.sessions import COOKIE, COPIES_COOKIE, LONGEST_SECONDS, REVOKED, SIGNED_OUT, Kind
from api.console.access.why import officers, why
from api.console.application import console_of, visitor_of
from api.console.page import page
from api.console.routing import PREFIX, SIGN_IN, router
from api.pages import language_of
from ledger.domain.refusal import Refused

access = router()
Credential = Annotated[str, Form(max_length=MAX_CREDENTIAL_CHARACTERS)]
Next = Annotated[str, Query(max_length=2000)]


@access.get("/sign-in", name="access.sign-in")
def sign_in(request: Request, next: Next = PREFIX) -> Response:  # noqa: A002 - as addresses say it
    """Where officers sign in, or enter a demonstration."""
    console = console_of(request)
    officers = demonstrated_officers(console, language_of(request))
    return page(request, "sign-in.html", next=_own(next), officers=officers)


@access.post("/sign-in/begin", name="access.begin-sign-in")
def begin_sign_in(request: Request) -> Response:
    """What a passkey is asked, for the script of the page."""
    return JSONResponse({"publicKey": signing_in.begin(console_of(request))})


@access.post("/sign-in", name="access.use-passkey")
def use_passkey(request: Request, credential: Credential, next: Annotated[str, Form()] = PREFIX) -> Response:  # noqa: A002
    """Begin a session with what a passkey answered."""
    person, key_id = signing_in.finish(console_of(request), credential)
    return _signed_in(request, person, key_id, next)


@access.post("/enter", name="access.enter")
def enter(request: Request, person: Annotated[str, Form()], next: Annotated[str, Form()] = PREFIX) -> Response:  # noqa: A002
    """Enter the console of a demonstration as one of its officers, with their key."""
    console = console_of(request)
    key = console.demonstrated.get(person)
    if key is None:
        raise Refused("unknown", kind="officer", id=person[:64])
    return _signed_in(request, person, key.key_id, next)


@access.post("/sign-out", name="access.sign-out")
def sign_out(request: Request) -> Response:
    """End this session."""
    visitor = visitor_of(request)
    console_of(request).sessions.end(visitor.person, visitor.session.id, SIGNED_OUT)
    response = RedirectResponse(SIGN_IN, 303)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    response.delete_cookie(COPIES_COOKIE, path="/", secure=True, samesite="strict")
    return response


@access.get("/sessions", name="access.sessions")
def sessions(request: Request) -> Response:
    """One's own sessions that last."""
    console, visitor = console_of(request), visitor_of(request)
    return page(request, "sessions.html", sessions=console.sessions.of(Kind.OFFICER, visitor.person))


@access.post("/sessions/end", name="access.end-session")
def end_session(request: Request, session: Annotated[str, Form(pattern="^[0-9a-f]{64}$")]) -> Response:
    """End one of one's own sessions, such as that of a device that was left somewhere."""
    visitor = visitor_of(request)
    console_of(request).sessions.end(visitor.person, session, REVOKED)
    return RedirectResponse(f"{PREFIX}/sessions", 303)


@access.get("/why", name="access.why")
def permissions(
    request: Request,
    person: Annotated[str | None, Query(max_length=64)] = None,
    action: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Which rule allows or forbids an officer what pages do, or a command: whoever asks, unless they name another."""
    ledger, person = console_of(request).office.ledger, visitor_of(request).person if person is None else person
    found = officers(ledger)
    asked = why(ledger, [person] if person else found, action.strip(), language_of(request))
    return page(request, "why.html", asked=asked, officers=found, person=person, action=action)


def _signed_in(request: Request, person: str, key: str, target: str) -> Response:
    agent = request.headers.get("user-agent", "")
    secret = console_of(request).sessions.begin(Kind.OFFICER, person, key, agent)
    response = RedirectResponse(_own(target), 303)
    response.set_cookie(
        COOKIE, secret, max_age=LONGEST_SECONDS, path="/", secure=True, httponly=True, samesite="strict"
    )
    response.delete_cookie(COPIES_COOKIE, path="/", secure=True, samesite="strict")
    return response


def _own(target: str) -> str:
    """Returns a path of the console; whatever else was asked for is its first page."""
    is_own = target == PREFIX or target.startswith((f"{PREFIX}/", f"{PREFIX}?"))
    return target if is_own and "\\" not in target and not target.startswith(SIGN_IN) else PREFIX
