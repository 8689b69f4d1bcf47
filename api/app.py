"""The web application: the public pages, and with an office the secretariat's commands too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.pages import Pages
from api.public import routers
from api.register import Register
from api.secretariat.entries import router as entries
from api.secretariat.http import router as secretariat
from api.secretariat.office import Office
from api.wallet.codes import Codes

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

POSITION = "Ledger-Position"  # how many entries of the log an answer speaks for, at least
SIGNED_FOR = ("/secretariat/", "/tile/entries/")  # only for requests that an officer or an auditor has signed


class Guard:
    """Adds the security headers to every response, and serves HEAD as GET without the body (RFC 9110, 9.3.2).

    A response that was made from the read models carries the position of the log that it speaks for.

    Starlette refuses a body that is too large in plain text; this makes a problem document of that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem: Response | None = None
        state = scope.setdefault("state", {})  # where Starlette keeps what belongs to one request

        async def send_guarded(message: Message) -> None:
            nonlocal problem
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 413:
                    problem = problems.too_large(Request(scope), scope[MAX_BODY_SIZE_SCOPE_KEY])
                    headers.update(problem.headers)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if "position" in state:
                    headers[POSITION] = str(state["position"])
            elif problem is not None:
                message = {"type": "http.response.body", "body": problem.body}
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            # The server drops the body of a response to HEAD.
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send_guarded)


class OpenToPages(CORSMiddleware):
    """Lets pages of any site read what is public (Fetch, 3.3), such as wallets and verifiers in browsers.

    No cookie identifies a browser here. Starlette handles preflights. It would add the header only to the response to
    a request that names its origin, and a cache might then serve a response without it to everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, ("*",), allow_methods=("GET", "POST"), allow_headers=("Authorization",))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(SIGNED_FOR):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:  # noqa: ARG002 - Starlette's
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
        await send(message)


def create_app(register: Register, office: Office | None = None) -> FastAPI:
    """Returns the application of an opened register. It follows the log for as long as it runs.

    With an office, officers may also prepare and sign statements over HTTP.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with register.models.live():
            yield

    app = FastAPI(
        title="pca-ledger",
        version="1",
        description="A register of certified Post-Clearance Audit advisors, with what proves it.",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere; /api takes their place
        redoc_url=None,
    )
    app.state.register = register
    app.state.pages = Pages(register)
    app.state.codes = Codes(register.now)
    problems.install(app)

    app.add_middleware(OpenToPages)
    app.add_middleware(Guard)
    for router in routers:
        app.include_router(router)
    if office is not None:
        app.state.office = office
        app.include_router(secretariat)
        app.include_router(entries)
    app.mount("/static", StaticFiles(packages=[("api", "static")]), name="static")
    return app
