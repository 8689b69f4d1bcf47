"""What is written of each request: its id on every line, and in JSON a line of its own.

The address itself is never written: it may hold a token, or the name that somebody searched for.
"""

import re
from contextlib import nullcontext
from secrets import token_hex
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from api import logs
from api.observing.measures import METHODS, OTHER, Measures, template_of

REQUEST_ID = "X-Request-ID"
# Hexadecimal digits, as nginx makes them, or a UUID: no name and no token of this register fits.
WELL_FORMED = re.compile("[0-9a-f]{16,32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
UNWRITTEN = frozenset({"/livez", "/readyz", "/metrics"})  # asked every few seconds; written when they fail


class Requests:
    """Binds the request's id to what is logged meanwhile, states it on errors, counts and writes the request."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        begun, status, size = perf_counter(), 500, "0"

        async def send_noted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
                size = headers.get("content-length", "0")
                if status >= 400:  # others may be cached, and the id is of one request
                    headers[REQUEST_ID] = request_id
            await send(message)

        with bound_contextvars(request=request_id):
            try:
                await self._app(scope, receive, send_noted)
            finally:
                route = template_of(scope)
                scope.setdefault("state", {})["route"] = route  # for those whose scope is another
                received = Headers(scope=scope).get("content-length", "")
                sizes = received if received.isdecimal() else "0", size
                _note(self._measures, scope, route, status, sizes, perf_counter() - begun)


def sent_again(measures: Measures, scope: Scope, route: str, status: int, size: int, seconds: float) -> None:
    """Counts and writes a request that was answered with ``size`` bytes which were kept, like any other."""
    with bound_contextvars(request=_id_of(scope)) if logs.writes_requests() else nullcontext():
        _note(measures, scope, route, status, ("0", str(size)), seconds)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if WELL_FORMED.fullmatch(given) else token_hex(8)


def _note(measures: Measures, scope: Scope, route: str, status: int, sizes: tuple[str, str], seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else OTHER
    problem = scope.get("state", {}).get("problem", "")
    measures.answered(method, route, status, seconds, sizes)
    if problem:
        measures.failed(problem)
    if logs.writes_requests() and (status >= 400 or route not in UNWRITTEN):
        about = {"code": problem} if problem else {}
        logs.request(method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1), **about)
