"""What is written of each request: its id on every line, and in JSON a line of its own.

The address itself is never written: it may hold a token, or the name that somebody searched for.
"""

import re
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api import logs
from api.observing.measures import METHODS, OTHER, template_of

REQUEST_ID = "X-Request-ID"
# Hexadecimal digits, as nginx makes them, or a UUID: no name and no token of this register fits.
WELL_FORMED = re.compile("[0-9a-f]{16,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
UNWRITTEN = frozenset({"/livez", "/readyz", "/metrics"})  # asked every few seconds; written when they fail


def sent_again(scope: Scope, route: str, status: int, seconds: float) -> None:
    """Writes the line of a request that was answered with what is kept from another."""
    if logs.writes_requests():
        given = Headers(scope=scope).get(REQUEST_ID, "")
        with bound_contextvars(request=given if WELL_FORMED.fullmatch(given) else token_hex(8)):
            logs.request(method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1000, 1))


class Requests:
    """Binds the request's id to what is logged meanwhile, states it on errors, and writes the line of the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if WELL_FORMED.fullmatch(given) else token_hex(8)
        begun, status = perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= 400:  # others may be cached, and the id is of one request
                    MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, send_noted)
            finally:
                scope.setdefault("state", {})["route"] = route = template_of(scope)  # for those whose scope is another
                if status >= 400 or route not in UNWRITTEN:
                    logs.request(
                        method=scope["method"] if scope["method"] in METHODS else OTHER,
                        route=route,
                        status=status,
                        milliseconds=round((perf_counter() - begun) * 1000, 1),
                        **({"code": scope["state"]["problem"]} if "problem" in scope.get("state", {}) else {}),
                    )
