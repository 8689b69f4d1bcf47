"""Appeals (ISO/IEC 17024, 9.8): who may hear one, what holds meanwhile, and what it leads to."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from ledger.domain.decisions.panel import CHECKS, checks
from ledger.domain.events.appeal import AppealLodged, AppealPanelAppointed
from ledger.domain.record import Role
from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, END, SESSION, START, value
from tests.vectors.stories.cases import APPEAL, GROUNDS, LODGED, NOT_MET, PANEL, TODAY, WHY, admit, refuse, seat

ALL_MET = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
DECIDED = {**APPEAL, "outcome": "upheld", "remedy": "remit", "reason": WHY}
DISMISSED = {**DECIDED, "outcome": "dismissed", "remedy": "no-remedy"}
REMIT = {"candidacy_id": "c-bob", "appeal_id": "a-1"}


@pytest.fixture(scope="session")
def once_refused(once_appointed: Rules) -> Rules:
    """A panel that could hear appeals, and Bob, who was not selected."""
    rules = deepcopy(once_appointed)
    for member in PANEL:
        seat(rules, member)
    rules.plan(seats=1)
    rules.candidate("awa")
    refuse(rules, "bob")
    return rules


@pytest.fixture(scope="session")
def once_heard(once_refused: Rules) -> Rules:
    """Bob's appeal is before three members."""
    rules = deepcopy(once_refused)
    rules.do("lodge-appeal", "registrar", **LODGED)
    admit(rules)
    return rules


@pytest.fixture
def refused(once_refused: Rules) -> Rules:
    return deepcopy(once_refused)


@pytest.fixture
def heard(once_heard: Rules) -> Rules:
    return deepcopy(once_heard)


def lodged(rules: Rules) -> AppealLodged:
    return rules.read().appeal("a-1").lodged


def test_an_appeal_says_until_when_it_could_be_lodged_and_against_which_decision(refused: Rules) -> None:
    refused.do("lodge-appeal", "registrar", **LODGED)
    appeal = lodged(refused)
    assert (appeal.decided_on, appeal.appeal_until, appeal.decision_version) == (TODAY, date(2017, 2, 8), 2)
    assert not refused.read().appeal("a-1").is_late
    assert refused.read().appeal("a-1").remedy == "no-remedy"


def test_a_late_appeal_is_recorded_as_late(refused: Rules) -> None:
    refused.at(2017, 2, 9).do("lodge-appeal", "registrar", **LODGED | {"lodged_on": date(2017, 2, 9)})
    assert refused.read().appeal("a-1").is_late


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("not-the-appellants", {"candidacy_id": "c-awa"}),
        ("nothing-to-appeal", {"disputed": "certification-refused"}),
        ("in-the-future", {"lodged_on": date(2017, 1, 10)}),
        ("malformed", {"lodged_on": date(2017, 1, 8)}),  # before the decision
        ("unknown", {"candidacy_id": "c-nobody"}),
    ],
)
def test_only_an_own_decision_that_was_made_is_appealed(refused: Rules, code: str, wrong: dict[str, Any]) -> None:
    refused.refused(code, "lodge-appeal", "registrar", **LODGED | wrong)


def test_nobody_records_their_own_appeal(refused: Rules) -> None:
    refused.do("grant-role", "director", person_id="bob", role=Role.REGISTRAR)
    refused.refused("own-case", "lodge-appeal", "bob", **LODGED)


def test_a_decision_is_appealed_once(heard: Rules) -> None:
    heard.refused("already-exists", "lodge-appeal", "registrar", **LODGED)
    heard.refused("appeal-exists", "lodge-appeal", "registrar", **LODGED | {"appeal_id": "a-2"})
    heard.do("decide-appeal", "member2", "member3", **DISMISSED)
    heard.refused("appeal-exists", "lodge-appeal", "registrar", **LODGED | {"appeal_id": "a-2"})


def test_an_appeal_is_acknowledged_once_and_admitted_once(heard: Rules) -> None:
    heard.refused("acknowledged-already", "acknowledge-appeal", "registrar", **APPEAL, acknowledged_on=TODAY)
    heard.refused("admissibility-decided", "decide-admissibility", "member2", **APPEAL, admissible=True, reason=WHY)


def test_a_panel_waits_for_the_admissibility(refused: Rules) -> None:
    panel = {**APPEAL, "members": list(PANEL)}
    refused.refused("unknown", "appoint-appeal-panel", "director", **panel)
    refused.do("lodge-appeal", "registrar", **LODGED)
    refused.refused("admissibility-undecided", "appoint-appeal-panel", "director", **panel)
    refused.refused("appeal-undecided", "close-appeal", "registrar", **APPEAL, notified_on=TODAY)
    refused.do("decide-admissibility", "member1", **APPEAL, admissible=False, reason=WHY)
    refused.refused("appeal-over", "appoint-appeal-panel", "director", **panel)
    refused.do("close-appeal", "registrar", **APPEAL, notified_on=TODAY)
    refused.refused("appeal-closed", "close-appeal", "registrar", **APPEAL, notified_on=TODAY)


def test_the_trace_of_a_panel_names_every_check_of_every_member(heard: Rules) -> None:
    fact = heard.last
    assert isinstance(fact, AppealPanelAppointed)
    assert [trace.person_id for trace in fact.trace] == list(PANEL)
    assert {trace.checks for trace in fact.trace} == {tuple(CHECKS)}


@pytest.mark.parametrize("members", [PANEL[:2], (*PANEL[:2], "member1")])
def test_three_different_people_hear_an_appeal(heard: Rules, members: tuple[str, ...]) -> None:
    heard.refused("malformed", "appoint-appeal-panel", "director", **APPEAL, members=list(members))


def test_a_member_holds_the_role(heard: Rules) -> None:
    members = [*PANEL[:2], "moderator"]
    heard.refused("role-not-held", "appoint-appeal-panel", "director", **APPEAL, members=members)


def as_member(rules: Rules, person: str) -> dict[str, Any]:
    """The panel with somebody instead of the third member."""
    rules.do("grant-role", "director", person_id=person, role=Role.APPEAL_PANEL)
    return {**APPEAL, "members": [*PANEL[:2], person]}


@pytest.mark.parametrize(
    ("person", "check"),
    [
        ("bob", "appellant"),
        ("panel1", "selected"),
        ("awa", "competitor"),
        ("assessor1", "workshop-staff"),
        ("facilitator", "workshop-staff"),
    ],
)
def test_nobody_whom_the_case_touches_hears_it(heard: Rules, person: str, check: str) -> None:
    panel = as_member(heard, person)
    heard.refused("panel-touched", "appoint-appeal-panel", "director", **panel)
    found = checks(person, lodged(heard), TODAY, heard.read())
    assert found[check]  # type: ignore[index]  # a name of a check


def test_a_member_under_a_second_id_is_the_same_human(heard: Rules) -> None:
    seat(heard, "double")
    heard.do("merge-persons", person_id="double", merged_id="panel1", reason=value("reason", "one person"))
    heard.refused("panel-touched", "appoint-appeal-panel", "director", **APPEAL, members=[*PANEL[:2], "double"])


def test_who_belongs_to_the_administration_of_the_appellant_does_not_hear_it(heard: Rules) -> None:
    heard.do("record-employment", "registrar", person_id="member3", administration_id="SN", since=TODAY)
    heard.refused("panel-touched", "decide-appeal", "member2", "member3", **DECIDED)


def test_a_member_who_is_assigned_to_the_workshop_later_does_not_decide(heard: Rules) -> None:
    heard.do("grant-role", "director", person_id="member3", role=Role.ASSESSOR)
    heard.do("assign-assessor", "manager", session_id=SESSION, person_id="member3")
    heard.refused("panel-touched", "decide-appeal", "member2", "member3", **DECIDED)


def test_two_who_were_appointed_decide(heard: Rules) -> None:
    seat(heard, "member4")
    heard.refused("not-on-panel", "decide-appeal", "member3", "member4", **DECIDED)
    heard.do("appoint-appeal-panel", "director", **APPEAL, members=["member2", "member3", "member4"])
    heard.refused("not-on-panel", "decide-appeal", "member1", "member4", **DECIDED)
    heard.do("decide-appeal", "member3", "member4", **DECIDED)
    heard.refused("appeal-over", "decide-appeal", "member3", "member4", **DECIDED)


@pytest.mark.parametrize(
    ("outcome", "remedy"),
    [("dismissed", "remit"), ("upheld", "no-remedy"), ("upheld", "annul"), ("upheld-in-part", "annul")],
)
def test_the_remedy_follows_from_the_outcome(heard: Rules, outcome: str, remedy: str) -> None:
    wrong = DECIDED | {"outcome": outcome, "remedy": remedy}
    heard.refused("remedy-unfit", "decide-appeal", "member2", "member3", **wrong)


def test_an_appeal_that_is_upheld_in_part_may_have_no_remedy(heard: Rules) -> None:
    partly = DECIDED | {"outcome": "upheld-in-part", "remedy": "no-remedy"}
    heard.do("decide-appeal", "member2", "member3", **partly)
    heard.refused("remedy-not-granted", "remit-selection", "registrar", **REMIT)


@pytest.mark.parametrize("until", [date(2017, 1, 8), date(2017, 4, 10), date(2999, 12, 31)])
def test_an_interim_measure_ends_when_the_appeal_should_be_decided(heard: Rules, until: date) -> None:
    measure = {**APPEAL, "measure": "ranking-held"}
    heard.refused("malformed", "order-interim-measure", "member1", "member2", **measure, until=until)


def test_a_workshop_is_not_ranked_while_a_measure_holds(heard: Rules) -> None:
    heard.at(2017, 5, 15).do(
        "order-interim-measure", "member1", "member2", **APPEAL, measure="ranking-held", until=date(2017, 5, 15)
    )
    assert heard.read().appeal("a-1").holds("ranking-held", date(2017, 5, 15))
    assert not heard.read().appeal("a-1").holds("ranking-held", date(2017, 5, 16))
    assert not heard.read().appeal("a-1").holds("certification-held", date(2017, 5, 15))
    heard.score("c-awa", 4)
    heard.at(2017, 5, 19, 16).do(
        "order-interim-measure", "member1", "member2", **APPEAL, measure="ranking-held", until=END
    )
    heard.refused_in_conclusion("interim-measure", "c-awa")
    heard.do("decide-appeal", "member2", "member3", **DISMISSED)
    heard.do("compute-ranking", "registrar", session_id=SESSION)


def test_a_certification_is_not_decided_or_documented_while_a_measure_holds(heard: Rules) -> None:
    heard.do("decide-appeal", "member2", "member3", **DISMISSED)
    heard.score("c-awa", 4)
    heard.conclude("c-awa")
    suspend = {"certification_id": "c-awa", "effective_from": END, "reason_code": "other"}
    heard.do("suspend-certification", "decider1", **suspend)
    second = {"appeal_id": "a-2", "person_id": "awa", "candidacy_id": "c-awa", "grounds": GROUNDS}
    heard.do("lodge-appeal", "registrar", **second, disputed="certification-suspended", lodged_on=END)
    heard.do("decide-admissibility", "member1", appeal_id="a-2", admissible=True, reason=WHY)
    heard.do("appoint-appeal-panel", "director", appeal_id="a-2", members=list(PANEL))
    lift = {"certification_id": "c-awa", "effective_from": END}
    held = {"appeal_id": "a-2", "measure": "certification-held", "until": date(2017, 6, 1)}
    heard.do("order-interim-measure", "member1", "member2", **held)
    heard.refused("interim-measure", "lift-suspension", "decider1", **lift)
    heard.refused("interim-measure", "reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    heard.do("decide-appeal", "member1", "member2", appeal_id="a-2", outcome="upheld", remedy="annul", reason=WHY)
    heard.do("grant-role", "director", person_id="member3", role=Role.DECISION_AUTHORITY)
    heard.refused("decider-heard-appeal", "lift-suspension", "member3", **lift)
    heard.do("lift-suspension", "decider1", **lift)


def test_a_selection_that_is_remitted_is_decided_by_others(heard: Rules) -> None:
    heard.refused("remedy-not-granted", "remit-selection", "registrar", **REMIT)
    heard.do("decide-appeal", "member2", "member3", **DECIDED)
    heard.refused("appeal-of-another", "remit-selection", "registrar", **REMIT | {"candidacy_id": "c-awa"})
    heard.do("remit-selection", "registrar", **REMIT)
    assert heard.read().candidacy("c-bob").undecided
    heard.refused("remitted-already", "remit-selection", "registrar", **REMIT)
    again = {"candidacy_id": "c-bob", "findings": NOT_MET}
    for name in ("panel3", "panel4"):
        seat(heard, name, Role.SELECTION_PANEL)
    heard.refused("decided-before", "decide-eligibility", "panel1", "panel3", **again)
    heard.do("grant-role", "director", person_id="member1", role=Role.SELECTION_PANEL)
    heard.refused("decided-before", "record-findings", "member1", **again)
    heard.do("decide-eligibility", "panel3", "panel4", **again)
    heard.refused("remedy-unfit", "remit-selection", "registrar", **REMIT)  # another decision than was appealed
    heard.do("lodge-appeal", "registrar", **LODGED | {"appeal_id": "a-2"})


def test_after_the_workshop_a_selection_is_not_remitted(heard: Rules) -> None:
    heard.do("decide-appeal", "member2", "member3", **DECIDED)
    heard.at(2017, 5, 19, 16).do("close-session", "manager", session_id=SESSION)
    heard.refused("session-closed", "remit-selection", "registrar", **REMIT)


def test_an_exclusion_that_is_remitted_is_decided_by_another_director(refused: Rules) -> None:
    rules = refused.at(2017, 5, 15, 9)
    incident = {"incident_id": "i-1"}
    rules.do(
        "report-incident",
        "facilitator",
        session_id=SESSION,
        **incident,
        incident_code="forbidden-aid",
        day=START,
        person_id="facilitator",
    )
    rules.do("implicate-candidate", candidacy_id="c-awa", **incident, account=value("account", "notes"))
    exclude = {"candidacy_id": "c-awa", **incident, "reason": WHY}
    rules.do("exclude-candidate", **exclude)
    appeal = {**APPEAL, "person_id": "awa", "candidacy_id": "c-awa", "lodged_on": START, "grounds": GROUNDS}
    rules.do("lodge-appeal", "registrar", **appeal, disputed="candidate-excluded")
    panel = as_member(rules, "facilitator")
    rules.do("decide-admissibility", "member1", **APPEAL, admissible=True, reason=WHY)
    rules.refused("panel-touched", "appoint-appeal-panel", "director", **panel)
    assert checks("facilitator", lodged(rules), START, rules.read())["reported"]
    rules.do("appoint-appeal-panel", "director", **APPEAL, members=list(PANEL))
    rules.do("decide-appeal", "member1", "member2", **DECIDED)
    remit = {"candidacy_id": "c-awa", "appeal_id": "a-1"}
    rules.do("remit-selection", "registrar", **remit)
    rules.refused("remitted-already", "remit-selection", "registrar", **remit)
    assert rules.read().candidacy("c-awa").attends
    rules.refused("decided-before", "exclude-candidate", **exclude)


def test_who_scored_trained_or_decided_is_found_by_name_of_the_check(certified: Rules) -> None:
    certified.do("suspend-certification", "decider1", certification_id="c-awa", effective_from=END, reason_code="other")
    appeal = {**APPEAL, "person_id": "awa", "candidacy_id": "c-awa", "lodged_on": END, "grounds": GROUNDS}
    certified.do("lodge-appeal", "registrar", **appeal, disputed="certification-suspended")
    found = {
        person: {check for check, where in checks(person, lodged(certified), END, certified.read()).items() if where}
        for person in ("facilitator", "assessor1", "decider1", "decider2", "panel1", "moderator")
    }
    assert found == {
        "facilitator": {"trained", "workshop-staff"},
        "assessor1": {"scored", "workshop-staff"},
        "decider1": {"decided"},
        "decider2": {"decided"},
        "panel1": {"selected"},
        "moderator": set(),
    }
    certified.refused("remedy-not-granted", "remit-selection", "registrar", candidacy_id="c-awa", appeal_id="a-1")
