"""Bob did not reach the level; a panel has others assess him again, and they find that he did."""

from typing import Any

from ledger.domain.record import Role
from tests.scenario import END, PLAN, SESSION, Scenario, value
from tests.support import World
from tests.vectors.stories.cases import PANEL, seat
from tests.vectors.stories.standing import uphold

REOPEN = {"candidacy_id": "c-bob", "appeal_id": "a-bob"}
REMIT = {"certification_id": "c-bob", "appeal_id": "a-bob"}
DECIDE: dict[str, Any] = {"candidacy_id": "c-bob", "effective_from": END}
OTHERS = ("assessor3", "assessor4")


def refuse(world: Scenario, *, level: int, seats: int = 1) -> None:
    """Awa is certified at a level of 4, and Bob has another; others are there who could assess and decide."""
    world.plan(seats=seats)
    world.score(world.candidate("awa"), 4)
    world.candidate("bob")
    for assessor in ("assessor1", "assessor2"):
        submit(world, assessor, level)
    world.conclude("c-awa", "c-bob")
    for member in PANEL:
        seat(world, member)
    for name in OTHERS:
        seat(world, name, Role.ASSESSOR)
    for name in ("decider3", "decider4"):
        seat(world, name, Role.DECISION_AUTHORITY)


def reopen(world: Scenario) -> None:
    """The appeal is upheld, and others are assigned."""
    uphold(world, "bob", "certification-refused", "rescore")
    world.do("reopen-assessment", "registrar", **REOPEN)
    for name in OTHERS:
        world.do("assign-assessor", "manager", session_id=SESSION, person_id=name)


def submit(world: Scenario, assessor: str, level: int) -> None:
    """One of them hands in a sheet for every activity."""
    for activity, competencies in PLAN.items():
        if competencies:
            levels = value("levels", dict.fromkeys(competencies, level))
            sheet = {"sheet_id": f"bob-{activity}-{assessor}", "activity": activity, "commitment": levels}
            world.do("submit-score-sheet", assessor, candidacy_id="c-bob", **sheet)


def reveal(world: Scenario) -> None:
    """The new sheets are revealed."""
    for sheet in world.read().candidacy("c-bob").live_sheets:
        world.do("reveal-score-sheet", "registrar", candidacy_id="c-bob", sheet_id=sheet.sheet_id)


def decide_again(world: Scenario, level: int) -> str:
    """Others assess, and others decide; what they recorded is returned."""
    for name in OTHERS:
        submit(world, name, level)
    reveal(world)
    world.do("compute-outcome", "registrar", candidacy_id="c-bob")
    world.do("remit-decision", "director", **REMIT)
    return world.do("decide-certification", "decider3", "decider4", **DECIDE)


def tell(world: World) -> None:
    """Bob has a further seat."""
    world.appoint()
    refuse(world, level=2)
    reopen(world)
    decide_again(world, 4)
