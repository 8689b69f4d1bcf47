"""Complaints (ISO/IEC 17024, 9.9): looked into and resolved by people whom they do not concern; actions (10.2)."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from ledger.domain.decisions.complaint import acknowledge_by, resolve_by
from ledger.domain.record import Role
from ledger.domain.subjects import SUBJECTS
from tests.ledger.domain.rules import Rules
from tests.scenario import value
from tests.vectors.stories.cases import COMPLAINED, COMPLAINT, TODAY, complain

FOUND = {**COMPLAINT, "conclusions": value("conclusions", "it was sent a day late")}
RESOLVED = {**COMPLAINT, "outcome": "upheld", "reason": value("reason", "as found"), "notified_on": TODAY}
ACTION = {**COMPLAINT, "action_id": "ca-1"}
OPENED = {**ACTION, "measures": value("measures", "send it earlier"), "due_on": TODAY}
CLOSED = {**ACTION, "effectiveness": "effective", "evidence": value("evidence", "sent a week before")}


@pytest.fixture(scope="session")
def once_complained(once_planned: Rules) -> Rules:
    """Eve complained about the workshop, for which the facilitator answers."""
    rules = deepcopy(once_planned)
    rules.person("eve")
    rules.do("lodge-complaint", "registrar", **COMPLAINED)
    return rules


@pytest.fixture
def complained(once_complained: Rules) -> Rules:
    return deepcopy(once_complained)


def test_a_complaint_has_the_usual_clocks_and_is_about_the_complainant(complained: Rules) -> None:
    complaint = complained.read().complaint("k-1")
    assert (acknowledge_by(complaint), resolve_by(complaint)) == (date(2017, 1, 19), date(2017, 4, 9))
    person = SUBJECTS["complaint"].person
    assert person is not None
    assert (person("k-1", complained.read()), person("k-2", complained.read())) == ("eve", None)


def test_a_complaint_is_resolved_and_its_action_closed(planned: Rules) -> None:
    planned.person("eve")
    complain(planned)
    complaint = planned.read().complaint("k-1")
    assert complaint.resolution is not None
    assert complaint.results.keys() == complaint.actions.keys() == {"ca-1"}


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("already-exists", {"complaint_id": "k-1"}),
        ("unknown", {"person_id": "nobody"}),
        ("unknown", {"about": "NO-WORKSHOP"}),
        ("unknown", {"concerns": "officer", "answerable_id": "awa"}),
        ("unknown", {"concerns": "advisor", "answerable_id": "awa"}),
        ("complaint-about-oneself", {"person_id": "facilitator"}),
        ("complaint-concerns", {"concerns": "officer", "answerable_id": "registrar"}),
        ("in-the-future", {"received_on": date(2017, 1, 10)}),
        ("malformed", {"about": "Awa Exemple"}),
    ],
)
def test_a_complaint_names_what_is_in_the_record(complained: Rules, code: str, wrong: dict[str, Any]) -> None:
    complained.refused(code, "lodge-complaint", "registrar", **COMPLAINED | {"complaint_id": "k-2"} | wrong)


@pytest.mark.parametrize(
    ("concerns", "answerable", "about"),
    [("officer", "manager", "manager"), ("advisor", "awa", "awa"), ("process", "manager", "appeals"),
     ("document", "manager", "TOA-PCA-FR-2017-01-X")],
)  # fmt: skip
def test_a_complaint_may_concern_others(certified: Rules, concerns: str, answerable: str, about: str) -> None:
    certified.person("eve")
    case = {"concerns": concerns, "answerable_id": answerable, "about": about}
    certified.do("lodge-complaint", "registrar", **COMPLAINED | case)


def test_the_complainant_and_whom_it_concerns_do_not_act_on_it(complained: Rules) -> None:
    for person, code in (("eve", "own-case"), ("facilitator", "complaint-concerns")):
        complained.do("grant-role", "director", person_id=person, role=Role.PROGRAMME_MANAGER)
        complained.refused(code, "investigate-complaint", person, **FOUND)
    complained.do("grant-role", "director", person_id="facilitator", role=Role.DIRECTOR)
    complained.do("investigate-complaint", "manager", **FOUND)
    complained.refused("complaint-concerns", "resolve-complaint", "facilitator", **RESOLVED)


def test_who_investigated_does_not_resolve(complained: Rules) -> None:
    complained.refused("not-investigated", "resolve-complaint", "director", **RESOLVED)
    complained.refused("not-investigated", "open-corrective-action", "manager", **OPENED)
    complained.do("grant-role", "director", person_id="manager", role=Role.DIRECTOR)
    complained.do("investigate-complaint", "manager", **FOUND)
    complained.refused("reviewer-investigated", "resolve-complaint", "manager", **RESOLVED)


def test_a_complaint_is_acknowledged_once_and_ends_with_its_resolution(complained: Rules) -> None:
    complained.do("acknowledge-complaint", "registrar", **COMPLAINT, acknowledged_on=TODAY)
    complained.refused("acknowledged-already", "acknowledge-complaint", "registrar", **COMPLAINT, acknowledged_on=TODAY)
    complained.do("investigate-complaint", "manager", **FOUND)
    complained.refused("malformed", "resolve-complaint", "director", **RESOLVED | {"notified_on": date(2017, 1, 8)})
    complained.do("resolve-complaint", "director", **RESOLVED)
    complained.refused("complaint-resolved", "investigate-complaint", "manager", **FOUND)


def test_an_action_is_opened_once_and_closed_once(complained: Rules) -> None:
    complained.do("investigate-complaint", "manager", **FOUND)
    complained.refused("malformed", "open-corrective-action", "manager", **OPENED | {"due_on": date(2017, 1, 8)})
    complained.refused("unknown", "close-corrective-action", "manager", **CLOSED)
    complained.do("open-corrective-action", "manager", **OPENED)
    complained.refused("already-exists", "open-corrective-action", "manager", **OPENED)
    complained.do("close-corrective-action", "manager", **CLOSED)
    complained.refused("action-closed", "close-corrective-action", "manager", **CLOSED)
