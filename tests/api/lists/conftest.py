"""Two workshops with what lists ask about: a moderated cell, a replaced sheet, an exception, a late suspension, a key."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from ledger.domain.record import Role
from tests.scenario import CRITERIA, PLAN, SESSION, names, value
from tests.support import World, copied, key_of
from tests.watched import appoint_auditor

NEXT = "TOA-PCA-FR-2018"
ON = date(2018, 6, 1)
CELL = {"activity": "simulation", "competency": "advisory-capacity"}
MEMBERS = ("c-awa", "c-kofi", "c-zoe")


@pytest.fixture(scope="session")
def held_history(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Two workshops, the second not yet closed. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("history") / "ledger")
    world.appoint()
    appoint_auditor(world)
    _first(world)
    _second(world)
    _afterwards(world)
    world.ledger.close()
    return world


def _first(world: World) -> None:
    """One seat: awa has it, kofi is behind through moderation, zoe is not there; eve is not selected, tom withdraws."""
    world.plan(seats=1)
    for name in ("awa", "kofi", "zoe"):
        world.candidate(name)
    for name in ("eve", "tom"):
        world.person(name)
        world.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, administration_id="CI", details=[])
    findings = [{"criterion": each, "met": each != CRITERIA[0]} for each in CRITERIA]
    world.do("decide-eligibility", candidacy_id="c-eve", findings=findings)
    world.do("withdraw-candidacy", candidacy_id="c-tom", effective_from=date(2017, 1, 9), reason=None)
    for candidacy_id, level in zip(MEMBERS, (4, 4, 2), strict=True):
        world.score(candidacy_id, level)
    old = next(sheet for sheet in world.read().candidacy("c-zoe").live_sheets if sheet.assessor == "assessor1")
    world.now = datetime(2017, 5, 19, 15, tzinfo=UTC)
    world.do("close-session", "manager", session_id=SESSION)
    for candidacy_id in MEMBERS:
        for sheet in world.read().candidacy(candidacy_id).live_sheets:
            world.do("reveal-score-sheet", "registrar", candidacy_id=candidacy_id, sheet_id=sheet.sheet_id)
    world.do(
        "supersede-score-sheet",
        "assessor1",
        "moderator",
        candidacy_id="c-zoe",
        old_sheet_id=old.sheet_id,
        sheet_id="corrected",
        commitment=value("levels", dict.fromkeys(PLAN[old.activity], 2) | {PLAN[old.activity][0]: 3}),
        reason_code="transcription-error",
        reason=value("reason", "read from the wrong line"),
    )
    world.do("reveal-score-sheet", "registrar", candidacy_id="c-zoe", sheet_id="corrected")
    world.do("hold-moderation", candidacy_id="c-kofi", level=3, rationale=value("rationale", "=agreed"), **CELL)
    for candidacy_id in MEMBERS:
        world.do("compute-outcome", "registrar", candidacy_id=candidacy_id)
    world.do("compute-ranking", "registrar", session_id=SESSION)
    for candidacy_id in MEMBERS:
        world.do("decide-certification", candidacy_id=candidacy_id, effective_from=date(2017, 5, 19))
    world.do("issue-certificate", "registrar", certification_id="c-awa")


def _second(world: World) -> None:
    """Zoe comes again; who trained her then assesses her, by an exception. Her sheet is still sealed."""
    world.now = datetime(2018, 3, 1, 9, tzinfo=UTC)
    world.do("grant-role", "director", person_id="facilitator", role=Role.ASSESSOR)
    world.do("plan-session", session_id=NEXT, start=date(2018, 3, 5), end=date(2018, 3, 9), funder="Other fund")
    world.do("assign-assessor", "manager", session_id=NEXT, person_id="facilitator")
    world.do("nominate-candidate", candidacy_id="c-zoe-2", person_id="zoe", session_id=NEXT, details=[])
    findings = [{"criterion": each, "met": True} for each in CRITERIA]
    world.do("decide-eligibility", candidacy_id="c-zoe-2", findings=findings)
    exception = {"candidacy_id": "c-zoe-2", "assessor_id": "facilitator", "session_id": SESSION}
    world.do("grant-separation-exception", **exception, reason=value("reason", "nobody else speaks Wolof"))
    world.do("assign-assessor", "manager", session_id=NEXT, person_id="assessor2")
    world.now = datetime(2018, 3, 6, 9, tzinfo=UTC)
    recusal = {"candidacy_id": "c-zoe-2", "reason_code": "family", "reason": value("reason", "a cousin")}
    world.do("recuse-assessor", "assessor2", **recusal)
    sheet = {"candidacy_id": "c-zoe-2", "sheet_id": "sealed-1"}
    world.do(
        "submit-score-sheet", "facilitator", **sheet, commitment=value("levels", dict.fromkeys(PLAN["case-study"], 5))
    )


def _afterwards(world: World) -> None:
    """A suspension is recorded three months late, and a key turns out to be compromised."""
    world.now = datetime(2018, 5, 1, 9, tzinfo=UTC)
    world.do("suspend-certification", effective_from=date(2018, 1, 31), reason_code="under-review", reason=None)
    world.now = datetime(2018, 5, 2, 9, tzinfo=UTC)
    world.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=date(2018, 5, 2))
    key = {"person_id": "decider2", "key_id": key_of("decider2").key_id}
    since = datetime(2017, 5, 19, 15, tzinfo=UTC)
    world.do("revoke-key", "security", **key, reason_code="compromised", compromised_since=since)
    world.do("register-person", "registrar", person_id="late", details=names("Late"))


history = copied("held_history")


@pytest.fixture(scope="module")
def told(held_history: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same, for tests that change nothing."""
    world = held_history.copy(tmp_path_factory.mktemp("told") / "ledger")
    yield world
    world.ledger.close()
