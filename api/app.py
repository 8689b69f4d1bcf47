"""The web application: public pages, and the secretariat's commands where a desk is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import problems
from api.pages import Pages
from api.public import routers
from api.register import Register

MAX_BODY_BYTES = 1024 * 1024
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

    @app.middleware("http")
    async def secure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    for router in routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(packages=[("api", "static")]), name="static")
    return app
