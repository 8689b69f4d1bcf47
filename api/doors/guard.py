"""The outermost door: a request is taken under the public address, and a response leaves with the right headers."""

from fastapi import Request
from httpx2 import URL
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.pages import POSITION

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SECURITY_LINES = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
# Only for requests that an officer or an auditor has signed, or for whoever is signed in.
SIGNED_FOR = ("/secretariat/", "/tile/entries/", "/console")
_RECEIVED = "pca-ledger.method"  # where a scope holds the method that the client sent


def method_received(request: Request) -> str:
    """Returns the method as the client sent it: HEAD is served as GET, but is not what a signature for GET allows."""
    return str(request.scope.get(_RECEIVED, request.method))


class Guard:
    """Takes each request as one to the public address, and adds the security headers to every response.

    Whatever a client or a proxy states about host and scheme (Host, Forwarded, X-Forwarded-*) is not used: a redirect
    cannot lead to another site, and one to this site names no host. HEAD is served as GET without the body (RFC 9110,
    9.3.2). No cache may store the response to a signed request. Starlette refuses a body that is too large in plain
    text; this makes a problem document of that. A response that was made from the read models carries the position
    that they had reached.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base = URL(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem: Response | None = None
        may_store = not scope["path"].startswith(SIGNED_FOR) and "signature-input" not in Headers(scope=scope)
        state = scope.setdefault("state", {})  # where Starlette keeps what belongs to one request
        scope = {**scope, **self._public(scope), _RECEIVED: scope["method"]}
        if scope["method"] == "HEAD":
            scope["method"] = "GET"  # the server drops the body of a response to HEAD

        async def send_guarded(message: Message) -> None:
            nonlocal problem
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 413:
                    problem = problems.too_large(Request(scope), scope[MAX_BODY_SIZE_SCOPE_KEY])
                    headers.update(problem.headers)
                given = {name for name, _ in headers.raw}
                headers.raw.extend(line for line in _SECURITY_LINES if line[0] not in given)
                if "location" in headers:
                    headers["Location"] = _relative(headers["Location"], scope)
                if "position" in state:
                    headers[POSITION] = str(state["position"])
                if not may_store:
                    headers["Cache-Control"] = "no-store"
            elif problem is not None:
                message = {"type": "http.response.body", "body": problem.body}
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _public(self, scope: Scope) -> Scope:
        if not self._base.host:
            return {}
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        return {"scheme": self._base.scheme, "headers": [(b"host", self._base.netloc), *others]}


def _relative(location: str, scope: Scope) -> str:
    """Returns the path of an address of this register: a redirect names no host, whichever one the client named."""
    begin = f"{scope['scheme']}://{Headers(scope=scope).get('host', '')}/"
    return "/" + location.removeprefix(begin).lstrip("/\\") if location.startswith(begin) else location


class Unexpected:
    """Answers a request at which the program fails, and lets the server log the error and close the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def send_noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:
            if scope["type"] == "http" and not is_begun:
                await problems.broken(Request(scope))(scope, receive, send)
            raise


class OpenToPages(CORSMiddleware):
    """Lets pages of any site read what is public (Fetch, 3.3), such as wallets and verifiers in browsers.

    No cookie identifies a browser here, so a page may send any header. Starlette handles preflights. It would add the
    header only to the response to a request that names its origin, and a cache might then serve a response without it
    to everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, ("*",), allow_methods=("GET", "HEAD", "POST"), allow_headers=("*",))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(SIGNED_FOR):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:  # noqa: ARG002 - Starlette's
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
        await send(message)
