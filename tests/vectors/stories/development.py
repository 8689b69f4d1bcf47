"""Awa is certified under a scheme with a rule of renewal: what she did counts, and a first request is refused."""

from datetime import UTC, date, datetime
from typing import Any

from tests.scenario import END, SESSION, Scenario, value
from tests.support import World, key_of

RULE: dict[str, int] = {"renewal_hours": 40, "renewal_missions": 0, "renewal_refreshers": 1, "surveillance_months": 12}
AWA: dict[str, Any] = {"person_id": "awa"}
C_AWA: dict[str, Any] = {**AWA, "certification_id": "c-awa"}


def tell(world: World) -> None:
    """From the first activity after the grant to the renewal."""
    do = world.do
    world.appoint()
    certify(world, "awa")
    world.now = datetime(2018, 3, 5, 9, tzinfo=UTC)
    do("confirm-clock", reason_code="long-silence")
    log(world, "a-1", date(2018, 2, 28), 30)
    verify = {**AWA, "activity_id": "a-1", "accepted_hours": 25}
    do("verify-cpd-activity", **verify, reason=value("reason", "five hours were not on PCA"))
    do("record-refresher", **AWA, session_id=SESSION, hours=8, day=END)
    change = {"kind_code": "new-post", "reported_by": "administration", "day": date(2018, 3, 1)}
    do("report-capability-change", **AWA, **change, account=value("account", "moved to another directorate"))
    looked_at = ["development", "capability"]
    until = date(2018, 3, 5)
    do("review-surveillance", **C_AWA, until=until, looked_at=looked_at, result_code="in-order", rationale=None)
    seen = value("seen", "an advertisement on a web page")
    do("report-misuse", **C_AWA, misuse_id="u-1", seen=seen, seen_on=date(2018, 3, 2))
    world.now = datetime(2019, 12, 2, 9, tzinfo=UTC)
    do("confirm-clock", reason_code="long-silence")
    do("request-recertification", "awa", **C_AWA, evidence=None)
    do("refuse-recertification", **C_AWA, reason=value("reason", "fifteen hours are missing"))


def certify(world: Scenario, *people: str, **options: int) -> None:
    """People are certified under a scheme with a rule, and each has a key."""
    world.plan(**(RULE | options))
    candidacies = [world.candidate(name) for name in people]
    for one in candidacies:
        world.score(one, 4)
    world.conclude(*candidacies)
    for name in people:
        world.do("register-key", "security", name, person_id=name, public_key=key_of(name).public)


def log(world: Scenario, activity_id: str, day: date, hours: int, person: str = "awa", code: str = "course") -> None:
    """A holder states an activity in their own name."""
    evidence = value("evidence", "certificate of attendance")
    stated = {"activity_id": activity_id, "activity_code": code, "hours": hours, "day": day}
    world.do("log-cpd-activity", person, person_id=person, **stated, evidence=evidence)
