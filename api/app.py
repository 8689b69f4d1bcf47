"""The web application: public pages, and the secretariat's commands where a desk is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.pages import Pages
from api.public import routers
from api.register import Register

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


class Guard:
    """Adds the security headers to every answer, and answers HEAD as GET without the body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            # The server sends no body to a HEAD, whatever it is given.
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send_guarded)


def create_app(register: Register) -> FastAPI:
    """An application over an opened register; it follows the log for as long as it runs."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with register.views.live():
            yield

    app = FastAPI(
        title="pca-ledger",
        version="1",
        description="A register of certified Post-Clearance Audit advisors, with what proves it.",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere: /api is ours
        redoc_url=None,
    )
    app.state.register = register
    app.state.pages = Pages(register)
    problems.install(app)

    app.add_middleware(Guard)
    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api", "static")]), name="static")
    return app
