"""The web application: the public pages, and with an office the secretariat's commands too."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType

from fastapi import Depends, FastAPI, Request
from starlette.types import Scope

from api import problems
from api.console import routers as console_routers
from api.console.application import Console
from api.doors.bodies import Bodies
from api.doors.deadlines import Deadlines
from api.doors.guard import Guard, OpenToPages, Unexpected
from api.doors.kept import Answer, Answers, Kept
from api.doors.rates import Proxies, Rates
from api.notices.http import router as notices
from api.observing import requests
from api.observing.http import router as observing
from api.observing.measures import Measures
from api.observing.readiness import Gauge
from api.observing.requests import Requests
from api.pages import Pages, reach
from api.public import routers
from api.register import Register
from api.secretariat.entries import router as entries
from api.secretariat.http import router as secretariat
from api.secretariat.lists import router as lists
from api.secretariat.office import Office
from api.secretariat.past import router as past
from api.shortcuts import shortcuts
from api.turns import Turns
from api.wallet.codes import Codes
from ledger.signing.keys import SigningKey


def create_app(
    register: Register,
    office: Office | None = None,
    measures: Measures | None = None,
    demonstrated: Mapping[str, SigningKey] = MappingProxyType({}),
) -> FastAPI:
    """Returns the application of an opened register. It follows the log for as long as it runs.

    With an office, officers may also prepare and sign statements, at the console and over HTTP. ``measures`` are those
    of this process, which others in it contribute to as well. ``demonstrated`` are the keys of a demonstration's
    officers, by person.
    """

    answers = Answers(register)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with register.models.live():
            async with answers.running():
                yield

    app = FastAPI(
        title="pca-ledger",
        version="1",
        description="A register of certified Post-Clearance Audit advisors, with what proves it.",
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere; /api takes their place
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # docs/decisions/0051
    )
    app.state.register = register
    app.state.pages = Pages(register)
    app.state.codes = Codes(register.database, register.now)
    app.state.answers = answers
    app.state.turns = Turns()
    app.state.gauge = Gauge(register)
    app.state.measures = measures or Measures()
    problems.install(app)

    app.add_middleware(Deadlines, late=lambda scope: problems.too_late(Request(scope)))
    app.add_middleware(Bodies)
    app.add_middleware(
        Rates,
        proxies=Proxies(register.settings.proxies),
        refuse=lambda scope, seconds: problems.too_many(Request(scope), seconds),
    )
    app.add_middleware(Unexpected)
    app.add_middleware(OpenToPages)
    app.add_middleware(Requests, measures=app.state.measures)
    app.add_middleware(Guard, base_url=register.settings.base_url)
    app.add_middleware(Kept, answers=answers, count=partial(_sent_again, app.state.measures))
    if office is not None:
        app.state.office = office
        app.state.console = Console.of(office, demonstrated)
        app.state.is_demonstrated = bool(demonstrated)
        for router in console_routers:
            app.include_router(router)
        app.include_router(secretariat)  # first: routes are tried in turn, and no other begins like its prefix
    for router in routers:
        app.include_router(router, dependencies=[Depends(reach)])
    app.include_router(observing)
    if office is not None:
        app.include_router(notices)
        app.include_router(entries)
        app.include_router(lists)
        app.include_router(past)
    app.router.routes[:0] = shortcuts()
    return app


def _sent_again(measures: Measures, scope: Scope, answer: Answer, seconds: float) -> None:
    whole = answer.whole
    requests.sent_again(measures, scope, answer.route, whole.status, len(whole.body), seconds)
