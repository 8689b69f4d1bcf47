"""Officers undertake, declare and are qualified; a risk is treated, and a role is lent and taken back."""

from datetime import UTC, date, datetime

from tests.scenario import COMPETENCIES, END, SCHEME, SESSION, START, Scenario, key_of, value
from tests.support import World

VALID_TO = date(2018, 12, 31)
EVIDENCE = value("evidence", "ten years of audits, file 12")


def qualify(world: Scenario, person: str, *, valid_to: date = VALID_TO) -> None:
    """Somebody is found competent by what is equivalent to a certification."""
    world.do(
        "qualify-assessor",
        person_id=person,
        competencies=COMPETENCIES,
        languages=["fr"],
        basis="equivalence",
        evidence=EVIDENCE,
        valid_to=valid_to,
    )


def undertake(world: Scenario, person: str) -> None:
    """An officer signs the undertaking."""
    world.do("sign-impartiality-undertaking", person, person_id=person, text="impartiality/v1")


def calibrate(world: Scenario, *people: str, number: int = 1, valid_to: date = VALID_TO, agreed: int = 9) -> None:
    """They take part in an exercise of ten levels, of which eight are required."""
    world.do(
        "conduct-calibration-exercise",
        calibration_id=f"calibration-{number}",
        scheme_id=SCHEME,
        conducted_on=world.now.date(),
        participants=[{"person_id": one, "compared": 10, "agreed": agreed} for one in people],
        required_percent=80,
        valid_to=valid_to,
    )


def with_key(world: Scenario, person: str) -> None:
    """Somebody is registered and given a key, and no role."""
    world.person(person)
    world.do("register-key", "security", person, person_id=person, public_key=key_of(person).public)


def tell(world: World) -> None:
    """Before a workshop whose scheme asks for qualified assessors, and after it."""
    do = world.do
    world.appoint()
    world.approve(qualified_assessors=True)
    staff = ("facilitator", "assessor1", "assessor2")
    for person in staff:
        undertake(world, person)
        qualify(world, person)
    calibrate(world, *staff[1:])
    do("plan-session", start=START, end=END)
    do("assign-facilitator", person_id="facilitator")
    do("assign-assessor", person_id="assessor1")
    do("declare-no-conflict", "facilitator", person_id="facilitator", session_id=SESSION)
    world.person("awa", family_name="N'Guessan-Écho")
    do(
        "declare-conflict-of-interest",
        "assessor1",
        person_id="assessor1",
        conflict_id="conflict-1",
        relation_code="family",
        counterpart_id="awa",
        since=date(2015, 6, 1),
        reason=value("reason", "a cousin"),
    )
    do(
        "record-impartiality-risk",
        "facilitator",
        risk_id="risk-1",
        person_id="facilitator",
        source="funding",
        severity="medium",
        account=value("account", "the fund of the workshop employs an assessor"),
        affected=["assessor2"],
        sessions=[SESSION],
        review_by=date(2017, 2, 1),
    )
    do(
        "treat-impartiality-risk",
        risk_id="risk-1",
        measures=value("measures", "another assessor scores those whom the fund pays for"),
        residual="low",
        review_by=date(2018, 1, 9),
    )
    with_key(world, "deputy")
    do(
        "grant-delegation",
        "registrar",
        "director",
        person_id="deputy",
        delegator_id="registrar",
        role="registrar",
        until=date(2017, 6, 30),
    )
    world.now = datetime(2017, 5, 22, 9, tzinfo=UTC)
    do("revoke-delegation", person_id="deputy", role="registrar")
    do(
        "end-conflict-of-interest",
        "assessor1",
        "manager",
        person_id="assessor1",
        conflict_id="conflict-1",
        reason=value("reason", "divorced in April"),
    )
    do("end-assessor-qualification", person_id="assessor2", reason_code="at-own-request", reason=None)
