"""Routes of the console: before a page is made, its rule is asked, and a form must come from this site."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api import logs
from api.console.access.sessions import Kind
from api.console.application import Visitor, console_of
from api.console.permissions import RULES, Rule
from api.console.refusals import ConsoleRefusal
from api.pages import language_of, wants_html
from ledger.errors import Unverifiable

PREFIX = "/console"
SIGN_IN = f"{PREFIX}/sign-in"
ENTRIES = {kind: f"{PREFIX}/{kind}" for kind in (Kind.HOLDER, Kind.MEMBER)}  # where guests sign in
MAX_BODY_BYTES = 256 * 1024  # of a form: a statement has at most 64 kB
SAFE = frozenset({"GET", "HEAD"})


class ConsoleRoute(APIRoute):
    """A route whose name stands in the table of permissions."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle, rule = super().get_route_handler(), RULES[self.name]

        async def guarded(request: Request) -> Response:
            if request.method not in SAFE:
                _require_same_site(request)
            visitor = await run_in_threadpool(console_of(request).visitor, request, rule.kind)
            request.state.visitor, request.state.kind = visitor, rule.kind
            if rule.roles is not None and visitor is None:
                return _to_sign_in(request, rule.kind)
            if visitor is not None:
                request.state.officer = visitor.person  # for the log, if the request is refused
            if visitor is not None and rule.kind is Kind.OFFICER:
                _require_allowed(request, rule, visitor)
            return await handle(request)

        return guarded


def router() -> APIRouter:
    """Return a router for an area of the console."""
    return APIRouter(prefix=PREFIX, route_class=ConsoleRoute, include_in_schema=False, max_body_size=MAX_BODY_BYTES)


def _require_allowed(request: Request, rule: Rule, visitor: Visitor) -> None:
    if not rule.allows(visitor.roles):
        logs.security("role-refused", person=visitor.person)
        raise ConsoleRefusal("not-allowed", who=rule.who)


def _to_sign_in(request: Request, kind: Kind) -> Response:
    """Lead a person to where they sign in, and back; a form that was sent is not sent again by itself."""
    if not wants_html(request):
        raise Unverifiable("not-authenticated", "sign in first", "connectez-vous d’abord")
    if kind is not Kind.OFFICER:
        return RedirectResponse(f"{ENTRIES[kind]}?lang={language_of(request)}", 303)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = asked if request.method in SAFE else PREFIX
    return RedirectResponse(f"{SIGN_IN}?next={quote(target, safe='')}&lang={language_of(request)}", 303)


def _require_same_site(request: Request) -> None:
    """Refuse what another site's page sends (Fetch Metadata; for browsers without it, RFC 6454).

    The cookie is not sent along with such a request either. Raises ``Unverifiable``.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = urlsplit(console_of(request).office.base_url)
    is_own = site == "same-origin" if site is not None else origin == f"{own.scheme}://{own.netloc}"
    if not is_own:
        logs.security("cross-site-refused", origin="none" if origin is None else "other")
        raise Unverifiable("cross-site", "this form was not sent from this site", "ce formulaire vient d’un autre site")
