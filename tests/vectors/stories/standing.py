"""A workshop with a field phase: Dia is certified after a mission, Eli recognised, and Fay refused twice.

The withdrawal of Bob is annulled on appeal before he relinquishes the certification; that of Cleo is annulled.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ledger.domain.record import Role
from tests.scenario import COMPETENCIES, CRITERIA, PLAN, Scenario, value
from tests.support import World
from tests.vectors.stories.cases import PANEL, seat
from tests.vectors.stories.missions import DAYS, assign, carry_out, prepare, request

WORKSHOP = "TOA-PCA-FR-2018"
START, END, DEADLINE = date(2018, 1, 22), date(2018, 1, 26), date(2019, 1, 25)
MISSION = {"mission_id": "m-1", "effective_from": date(2018, 3, 12)}
RELINQUISH: dict[str, Any] = {
    "certification_id": "c-bob",
    "effective_from": date(2018, 4, 1),
    "request": value("evidence", "letter of 10 March"),
}
ANNUL: dict[str, Any] = {
    "certification_id": "c-cleo",
    "reason_code": "fraud",
    "reason": value("reason", "the degree was forged"),
}


def tell(world: World) -> None:
    """From the workshop to what became of those who took part, and of two who were certified before."""
    world.appoint()
    prepare(world)
    for member in PANEL:
        seat(world, member)
    for decider in ("decider3", "decider4"):
        seat(world, decider, Role.DECISION_AUTHORITY)
    pre_accredit(world, "dia", "eli", refused=("fay",))
    uphold(world, "fay", "certification-refused", "remit")
    world.do("remit-decision", certification_id="c-fay", appeal_id="a-fay")
    world.do("decide-certification", "decider3", "decider4", candidacy_id="c-fay", effective_from=END)
    accompany(world, dia="certify", eli="recognise")
    for one in ("c-dia", "c-eli"):
        world.do("decide-field-phase", certification_id=one, **MISSION)
    world.do("issue-certificate", certification_id="c-dia")
    withdraw(world, "bob")
    world.do("relinquish-certification", **RELINQUISH)
    world.do("annul-certification", **ANNUL)


def withdraw(world: Scenario, name: str) -> None:
    """A withdrawal that an appeal annuls."""
    day = world.now.date()
    world.do("withdraw-certification", certification_id=f"c-{name}", effective_from=day, reason_code="other")
    uphold(world, name, "certification-withdrawn", "annul")
    world.do("annul-decision", certification_id=f"c-{name}", appeal_id=f"a-{name}")


def uphold(world: Scenario, name: str, disputed: str, remedy: str, appeal_id: str = "") -> None:
    """Somebody appeals against a decision on their certification, and the panel agrees with them."""
    do, appeal = world.do, {"appeal_id": appeal_id or f"a-{name}"}
    day = world.now.date()
    lodged = {"person_id": name, "candidacy_id": f"c-{name}", "disputed": disputed, "lodged_on": day}
    do("lodge-appeal", **appeal, **lodged, grounds=value("grounds", "not so"))
    do("decide-admissibility", "member1", **appeal, admissible=True, reason=value("reason", "in time"))
    do("appoint-appeal-panel", **appeal, members=list(PANEL))
    do("decide-appeal", "member1", "member2", **appeal, outcome="upheld", remedy=remedy, reason=value("reason", "so"))


def pre_accredit(
    world: Scenario, *people: str, refused: tuple[str, ...] = (), recognises: bool = True, seats: int = 3
) -> None:
    """A second workshop, under a version of the scheme that has a field phase; the first is ranked first."""
    levels = dict.fromkeys(refused, 1) | dict.fromkeys(people, 4) | {people[0]: 5}
    people = (*people, *refused)
    do = world.do
    do(
        "draft-scheme-version",
        version="2.0.0",
        criteria=world.named(CRITERIA),
        competencies=[{**row, "cut": 3} for row in world.named(COMPETENCIES)],
        activities=[{**row, "competencies": PLAN[row["id"]]} for row in world.named(PLAN)],
        levels=[{"level": n, "anchor_en": str(n), "anchor_fr": str(n)} for n in range(1, 6)],
        decision_rule="mean-of-levels/v1",
        assessors_per_cell=1,
        seats=seats,
        validity_months=36,
        renewal_window_months=6,
        separation_months=24,
        field_phase_months=12,
        recognises=recognises,
    )
    do("approve-scheme-version", version="2.0.0", effective_from=date(2018, 1, 8))
    do("plan-session", session_id=WORKSHOP, scheme_version="2.0.0", start=START, end=END)
    do("assign-assessor", "manager", session_id=WORKSHOP, person_id="assessor1")
    for name in people:
        world.person(name)
        do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, session_id=WORKSHOP, details=[])
        findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
        do("decide-eligibility", candidacy_id=f"c-{name}", findings=findings)
    world.now = datetime(2018, 1, 26, 17, tzinfo=UTC)
    for name in people:
        for activity, competencies in PLAN.items():
            if competencies:
                do(
                    "submit-score-sheet",
                    "assessor1",
                    candidacy_id=f"c-{name}",
                    sheet_id=f"{name}-{activity}",
                    activity=activity,
                    commitment=value("levels", dict.fromkeys(competencies, levels[name])),
                )
    do("close-session", "manager", session_id=WORKSHOP)
    for name in people:
        for sheet in world.read().candidacy(f"c-{name}").live_sheets:
            do("reveal-score-sheet", candidacy_id=f"c-{name}", sheet_id=sheet.sheet_id)
        do("compute-outcome", candidacy_id=f"c-{name}")
    do("compute-ranking", session_id=WORKSHOP)
    for name in people:
        do("decide-certification", candidacy_id=f"c-{name}", effective_from=END)


def accompany(world: Scenario, mission_id: str = "m-1", days: Mapping[str, date] = DAYS, /, **recommended: str) -> None:
    """They go on a mission that Awa leads, who then recommends something for each."""
    request(world, mission_id, days)
    for name in recommended:
        if not world.read().advisor(name).version:
            world.do("record-employment", person_id=name, administration_id="CI", since=date(2010, 1, 1))
            world.do("register-advisor", person_id=name, certification_id=f"c-{name}")
    assign(world, mission_id, awa="lead", **dict.fromkeys(recommended, "observer"))
    carry_out(world, mission_id, days)
    levels = value("levels", dict.fromkeys(COMPETENCIES, 4))
    for name, recommendation in recommended.items():
        assessed = {"participant_id": name, "candidacy_id": f"c-{name}", "recommendation": recommendation}
        world.do("submit-field-assessment", "awa", mission_id=mission_id, commitment=levels, **assessed)
