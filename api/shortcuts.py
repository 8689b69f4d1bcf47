"""Shortcuts to the pages that most people ask for: past the search for a route, and the checking of parameters.

Both are FastAPI's, and take longer than reading what a page shows. A request takes a shortcut when there is nothing to
check: no parameter of the handler but those in the path, and no position of the log. Any other takes the same handler's
route, and gets the same response.
"""

import re
from inspect import signature

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.pages import POSITION
from api.public import about, advisors, certificates, routers
from api.public.as_of import as_of, times

HANDLERS = about.home, about.scheme, advisors.roster, advisors.advisor, certificates.certificate, certificates.history
_POSITION = POSITION.lower().encode()
_PART = "([A-Za-z0-9-]+)"  # as ids and numbers are; a dot begins the name of a format, which is another route


class Shortcut(BaseRoute):
    """A route to a handler whose parameters are those in the path, ``when``, and others that need not be given."""

    def __init__(self, route: APIRoute) -> None:
        self.path = self.path_format = route.path
        self._endpoint = route.endpoint
        names = [*signature(route.endpoint).parameters, *signature(as_of).parameters]
        self._checked = frozenset(name.encode() for name in names)
        self._is_dated = "when" in names
        self._pattern = re.compile(re.sub(r"\{\w+\}", _PART, route.path))
        self._parts = re.findall(r"\{(\w+)\}", route.path)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
            return Match.NONE, {}
        found = self._pattern.fullmatch(scope["path"])
        if found is None or not self._states_nothing(scope):
            return Match.NONE, {}
        return Match.FULL, {"route": self, "path_params": dict(zip(self._parts, found.groups(), strict=True))}

    def _states_nothing(self, scope: Scope) -> bool:
        """Whether a request has none of the parameters that are checked, under whichever spelling."""
        query: bytes = scope["query_string"]
        names = [pair.partition(b"=")[0] for pair in query.split(b"&")]
        return (
            self._checked.isdisjoint(names)
            and not any(b"%" in name for name in names)
            and all(name != _POSITION for name, _ in scope["headers"])
        )

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        dated = {"when": times(request)} if self._is_dated else {}
        response = await self._endpoint(request, **scope["path_params"], **dated)
        await response(scope, receive, send)


def shortcuts() -> list[Shortcut]:
    """Returns the shortcuts to all of ``HANDLERS``."""
    routes = (route for router in routers for route in router.routes)
    return [Shortcut(route) for route in routes if isinstance(route, APIRoute) and route.endpoint in HANDLERS]
