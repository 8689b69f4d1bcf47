"""The pages of missions for officers, and an advisor's own page."""

from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.missions import views
from api.console.page import page
from api.console.routing import router
from ledger.domain.events.mission import MissionRole

missions = router()
Id = Annotated[str, Path(max_length=64)]


@missions.get("/missions", name="missions.list")
def listed(request: Request) -> Response:
    """Every mission, the latest first, and what can be filed."""
    console = console_of(request)
    lines = views.missions(record_of(console))
    return page(request, "missions.html", lines=lines, deeds=views.new_ones(visitor_of(request)))


@missions.get("/missions/{mission_id}", name="missions.one")
def one(request: Request, mission_id: Id, role: Annotated[MissionRole, Query()] = "lead") -> Response:
    """One mission: its team, what comes next, and the advisors proposed for a role, each with the reasons."""
    found = views.one_of(record_of(console_of(request)), visitor_of(request), mission_id, role)
    return page(request, "mission.html", one=found, roles=views.ROLES, role=role)


@missions.get("/own-missions", name="missions.own")
def own(request: Request) -> Response:
    """One's own part: the pledge, when one could go, and the missions that one is on."""
    found = views.own(record_of(console_of(request)), visitor_of(request).person)
    return page(request, "own-missions.html", own=found)
