"""Bob appeals against the refusal to select him, and is selected by others; somebody complains about the workshop."""

from datetime import date

from ledger.domain.record import Role
from tests.scenario import CRITERIA, SESSION, Scenario, key_of, names, value
from tests.support import World

PANEL = ("member1", "member2", "member3")
TODAY = date(2017, 1, 9)
NOT_MET = [{"criterion": criterion, "met": criterion != CRITERIA[0]} for criterion in CRITERIA]
GROUNDS = value("grounds", "eight years of experience were counted as two")
WHY = value("reason", "the letter of the administration was overlooked")
APPEAL = {"appeal_id": "a-1"}
COMPLAINT = {"complaint_id": "k-1"}
LODGED = {
    **APPEAL,
    "person_id": "bob",
    "candidacy_id": "c-bob",
    "disputed": "eligibility-refused",
    "lodged_on": TODAY,
    "grounds": GROUNDS,
}
COMPLAINED = {
    **COMPLAINT,
    "person_id": "eve",
    "concerns": "workshop",
    "answerable_id": "facilitator",
    "about": SESSION,
    "received_on": TODAY,
    "grounds": value("grounds", "the material came too late"),
}


def seat(world: Scenario, name: str, role: Role = Role.APPEAL_PANEL) -> None:
    """Somebody of an administration of no candidate is given a role and a key."""
    world.do("register-person", "registrar", person_id=name, details=names(name.title()))
    world.do("grant-role", "director", person_id=name, role=role)
    world.do("register-key", "security", name, person_id=name, public_key=key_of(name).public)
    world.do("record-employment", "registrar", person_id=name, administration_id="BE", since=date(2010, 1, 1))


def refuse(world: Scenario, name: str) -> None:
    """Somebody is nominated, and not selected."""
    world.person(name)
    world.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[])
    world.do("decide-eligibility", "panel1", "panel2", candidacy_id=f"c-{name}", findings=NOT_MET)


def admit(world: Scenario) -> None:
    """The appeal is acknowledged and heard by three members."""
    world.do("acknowledge-appeal", "registrar", **APPEAL, acknowledged_on=TODAY)
    world.do("decide-admissibility", "member1", **APPEAL, admissible=True, reason=WHY)
    world.do("appoint-appeal-panel", "director", **APPEAL, members=list(PANEL))


def complain(world: Scenario) -> None:
    """A complaint is resolved, with one action that has an effect."""
    do = world.do
    do("lodge-complaint", "registrar", **COMPLAINED)
    do("acknowledge-complaint", "registrar", **COMPLAINT, acknowledged_on=TODAY)
    do("investigate-complaint", "manager", **COMPLAINT, conclusions=value("conclusions", "it was sent a day late"))
    action = {**COMPLAINT, "action_id": "ca-1"}
    do("open-corrective-action", "manager", **action, measures=value("measures", "send it earlier"), due_on=TODAY)
    told = {"reason": value("reason", "as found"), "notified_on": TODAY}
    do("resolve-complaint", "director", **COMPLAINT, outcome="upheld", **told)
    evidence = value("evidence", "sent a week before the next workshop")
    do("close-corrective-action", "manager", **action, effectiveness="effective", evidence=evidence)


def tell(world: World) -> None:
    """The selection is remitted and decided by others; a complaint leads to a corrective action."""
    do = world.do
    world.appoint()
    for member in PANEL:
        seat(world, member)
    for member in ("panel3", "panel4"):
        seat(world, member, Role.SELECTION_PANEL)
    world.plan()
    world.person("eve")
    refuse(world, "bob")
    do("lodge-appeal", "registrar", **LODGED)
    admit(world)
    do("order-interim-measure", "member1", "member2", **APPEAL, measure="ranking-held", until=date(2017, 3, 1))
    do("decide-appeal", "member2", "member3", **APPEAL, outcome="upheld", remedy="remit", reason=WHY)
    do("close-appeal", "registrar", **APPEAL, notified_on=TODAY)
    do("remit-selection", "registrar", candidacy_id="c-bob", appeal_id="a-1")
    all_met = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    do("decide-eligibility", "panel3", "panel4", candidacy_id="c-bob", findings=all_met)
    complain(world)
