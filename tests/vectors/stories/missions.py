"""Awa leads a mission in Belgium with Cleo, whom she assesses; a second mission is cancelled."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from tests.scenario import COMPETENCIES, Scenario, names, value
from tests.support import World, key_of

REQUEST = {"administration_id": "BE", "topic": "risk-identification", "language": "fr", "mode": "on-site"}
DAYS = {"start": date(2018, 3, 5), "end": date(2018, 3, 9)}
PLEDGE = "collaboration-pledge/v1"
TERMS = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def tell(world: World) -> None:
    """From the pool of advisors to what the administration made of the advice."""
    world.appoint()
    prepare(world)
    request(world, "m-1")
    assign(world, "m-1", awa="lead", cleo="observer")
    carry_out(world, "m-1")
    do = world.do
    do("file-mission-report", "awa", mission_id="m-1", report=value("report", "file 12"), recommendations=5)
    ratings = [value("audit_efficiency", 4), value("risk_identification", 5)]
    do("record-beneficiary-feedback", mission_id="m-1", contact_id="ben", ratings=ratings)
    levels = value("levels", dict.fromkeys(COMPETENCIES, 4))
    assessed = {"participant_id": "cleo", "candidacy_id": "c-cleo", "commitment": levels, "recommendation": "certify"}
    do("submit-field-assessment", "awa", mission_id="m-1", **assessed)
    result = {"topic": "risk-identification", "recommended": 5, "adopted": 2}
    do("record-mission-results", mission_id="m-1", results=[result])
    request(world, "m-2")
    do("cancel-mission", mission_id="m-2")
    do("deactivate-advisor", person_id="awa")
    do("reactivate-advisor", person_id="awa")


def prepare(world: Scenario) -> None:
    """Awa, Bob and Cleo are certified and in the pool; Awa has a key, and Ben speaks for Belgium."""
    do = world.do
    world.plan(seats=3)
    people = {"awa": "SN", "bob": "SN", "cleo": "CI"}
    candidacies = [world.candidate(name) for name in people]
    for one in candidacies:
        world.score(one, 4)
    world.conclude(*candidacies)
    do("register-person", person_id="ben", details=names("Ben"))
    do("appoint-contact-point", administration_id="BE", person_id="ben", since=date(2017, 1, 1))
    do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    world.now = datetime(2018, 1, 8, 9, tzinfo=UTC)
    do("confirm-clock", reason_code="long-silence")
    for name, code in people.items():
        do("record-employment", person_id=name, administration_id=code, since=date(2010, 1, 1))
        do("register-advisor", person_id=name, certification_id=f"c-{name}")
    proof = value("evidence", "certificate of 2016")
    do("record-language-proficiency", person_id="awa", language="fr", cefr="C1", since=date(2016, 1, 1), evidence=proof)
    do("record-advice-domains", person_id="awa", topics=["audit-efficiency", "risk-identification"])
    do("declare-availability", "awa", person_id="awa", start=date(2018, 2, 1), end=date(2018, 6, 30), modes=["on-site"])
    do("pledge-collaboration", "awa", person_id="awa", text=PLEDGE)


def request(world: Scenario, mission_id: str, days: Mapping[str, date] = DAYS) -> None:
    """Belgium asks for a mission, which is approved."""
    world.do("request-mission", mission_id=mission_id, **REQUEST, **days)
    world.do("approve-mission", mission_id=mission_id, terms_hash=TERMS, budget_line="PCA-2018/04")


def release(world: Scenario, mission_id: str, name: str) -> None:
    """The home administration of an advisor lets them go."""
    world.do("request-release", mission_id=mission_id, person_id=name)
    letter = value("evidence", "letter of 12 January")
    world.do("decide-release", mission_id=mission_id, person_id=name, granted=True, evidence=letter)


def assign(world: Scenario, mission_id: str, **team: str) -> None:
    """Advisors are released and assigned, each with a reason."""
    for name, role in team.items():
        release(world, mission_id, name)
        reason = value("reason", "speaks Dutch too")
        world.do("assign-advisor", mission_id=mission_id, person_id=name, mission_role=role, reason=reason)


def carry_out(world: Scenario, mission_id: str, days: Mapping[str, date] = DAYS) -> None:
    """Awa begins on the first day, and the mission ends on the last."""
    world.now = datetime.combine(days["start"], time(9), UTC)
    world.do("start-mission", "awa", mission_id=mission_id, started_on=days["start"])
    world.now = datetime.combine(days["end"], time(17), UTC)
    world.do("complete-mission", mission_id=mission_id, ended_on=days["end"], mode="on-site")
