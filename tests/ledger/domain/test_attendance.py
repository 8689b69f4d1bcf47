"""Seats, invitations, identities, accommodations, attendance and incidents (ISO/IEC 17024, 7.4, 9.1 and 9.2)."""

from datetime import date
from typing import Any

import pytest

from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, SESSION, START, key_of, names, value

AWA = {"candidacy_id": "c-awa"}
ANSWER = {**AWA, "accepted": True, "released": True, "evidence": None}
IDENTITY = {
    **AWA,
    "method": "in-person",
    "document_type": "passport",
    "country": value("issuing_country", "SN"),
    "verified_on": START,
}
THERE = {**AWA, "day": START, "activity": None, "present": True}
INCIDENT = {"incident_id": "i-1", "incident_code": "disruption", "day": START, "person_id": "facilitator"}
IMPLICATED = {**AWA, "incident_id": "i-1", "account": value("account", "left the room twice")}
EXCLUDED = {**AWA, "incident_id": "i-1", "reason": value("reason", "after two warnings")}
SHEET = {"activity": "simulation", "commitment": value("levels", {"practical-skills": 4, "advisory-capacity": 4})}


@pytest.fixture
def begun(planned: Rules) -> Rules:
    """The first day of Awa's workshop."""
    return planned.at(2017, 5, 15, 9)


@pytest.fixture
def with_identity(rules: Rules) -> Rules:
    """The first day of a workshop whose scheme asks for identities."""
    rules.plan(seats=1, steps=["identity"])
    rules.candidate("awa")
    return rules.at(2017, 5, 15, 9)


def submit(rules: Rules) -> str:
    return rules.do("submit-score-sheet", "assessor1", **AWA, sheet_id="s-1", **SHEET)


def refused_a_sheet(rules: Rules, code: str) -> None:
    rules.refused(code, "submit-score-sheet", "assessor1", **AWA, sheet_id="s-1", **SHEET)


# Seats and invitations


def test_there_are_as_many_seats_as_the_scheme_says_and_one_who_leaves_frees_theirs(planned: Rules) -> None:
    planned.candidate("bob")
    planned.do("shortlist-candidate", **AWA)
    planned.refused("already-shortlisted", "shortlist-candidate", **AWA)
    planned.refused("seats-taken", "shortlist-candidate", candidacy_id="c-bob")
    planned.do("pass-over-candidate", candidacy_id="c-bob", reason_code="no-seat-left")
    assert not planned.read().candidacy("c-bob").attends
    assert planned.read().candidacy("c-bob").ended
    planned.refused("no-seat-taken", "pass-over-candidate", candidacy_id="c-bob", reason_code="other")
    planned.do("withdraw-candidacy", **AWA, effective_from=planned.now.date(), reason_code="health")
    planned.refused("candidacy-withdrawn", "shortlist-candidate", **AWA)
    planned.do("shortlist-candidate", candidacy_id="c-bob")
    assert planned.read().candidacy("c-bob").attends


def test_only_who_was_selected_is_shortlisted_by_a_panel_of_which_no_candidate_is_a_member(planned: Rules) -> None:
    planned.person("bob")
    planned.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    planned.refused("not-eligible", "shortlist-candidate", candidacy_id="c-bob")
    planned.do("grant-role", person_id="bob", role="selection-panel")
    planned.refused("officer-is-candidate", "shortlist-candidate", "panel1", "bob", **AWA)


def test_who_has_a_seat_is_invited_and_answers_and_the_last_answer_counts(planned: Rules) -> None:
    invite = {**AWA, "reply_by": date(2017, 3, 1)}
    planned.refused("not-shortlisted", "invite-candidate", **invite)
    planned.do("shortlist-candidate", **AWA)
    planned.refused("not-invited", "record-answer", **ANSWER)
    for day in (date(2017, 1, 8), START):
        planned.refused("malformed", "invite-candidate", **invite | {"reply_by": day})
    planned.do("invite-candidate", **invite)
    planned.do("record-answer", **ANSWER)
    planned.do("record-answer", **ANSWER | {"accepted": False})
    assert not planned.read().candidacy("c-awa").attends
    planned.refused("no-seat-taken", "decide-certification", **AWA, effective_from=START)
    planned.do("record-answer", **ANSWER)
    assert planned.read().candidacy("c-awa").attends


def test_who_declined_takes_no_seat_back_that_another_has_by_now(planned: Rules) -> None:
    planned.candidate("bob")
    planned.do("shortlist-candidate", **AWA)
    planned.do("invite-candidate", **AWA, reply_by=date(2017, 3, 1))
    planned.do("record-answer", **ANSWER | {"accepted": False})
    planned.do("shortlist-candidate", candidacy_id="c-bob")
    planned.refused("seats-taken", "record-answer", **ANSWER)
    planned.do("record-answer", **ANSWER | {"accepted": False, "released": False})


def test_seats_and_answers_change_until_the_first_sheet_or_the_end(begun: Rules, certified: Rules) -> None:
    begun.now = begun.now.replace(month=5, day=14)
    begun.do("shortlist-candidate", **AWA)
    begun.do("invite-candidate", **AWA, reply_by=date(2017, 5, 14))
    begun.at(2017, 5, 15, 9)
    submit(begun)
    begun.refused("assessment-begun", "pass-over-candidate", **AWA, reason_code="other")
    begun.refused("assessment-begun", "record-answer", **ANSWER)
    certified.refused("session-closed", "shortlist-candidate", **AWA)


# Accommodations


def test_a_candidate_is_not_scored_while_their_request_waits(begun: Rules) -> None:
    request = {**AWA, "need": value("need", "a larger print")}
    decide = {**AWA, "decision_code": "granted-in-part", "measures": None}
    begun.refused("accommodation-not-requested", "decide-accommodation", **decide)
    begun.do("request-accommodation", **request)
    begun.refused("accommodation-undecided", "request-accommodation", **request)
    refused_a_sheet(begun, "accommodation-undecided")
    begun.do("decide-accommodation", **decide)
    begun.refused("accommodation-not-requested", "decide-accommodation", **decide)
    submit(begun)
    begun.refused("assessment-begun", "request-accommodation", **request)


# Identity and attendance


def test_nobody_is_scored_or_present_before_their_identity_is_verified(with_identity: Rules) -> None:
    refused_a_sheet(with_identity, "identity-not-verified")
    with_identity.refused("identity-not-verified", "record-attendance", **THERE)
    with_identity.do("record-attendance", **THERE | {"present": False})
    with_identity.refused("in-the-future", "verify-identity", **IDENTITY | {"verified_on": date(2017, 5, 16)})
    with_identity.do("verify-identity", **IDENTITY)
    with_identity.do("record-attendance", **THERE)
    assert with_identity.read().candidacy("c-awa").preparation.attended == {(START, None): True}
    submit(with_identity)


def test_attendance_is_recorded_by_a_facilitator_of_the_workshop_on_one_of_its_days(begun: Rules) -> None:
    begun.do("grant-role", person_id="moderator", role="facilitator")
    begun.refused("facilitator-not-assigned", "record-attendance", "moderator", **THERE)
    begun.refused("in-the-future", "record-attendance", **THERE | {"day": date(2017, 5, 16)})
    begun.refused("not-on-this-day", "record-attendance", **THERE | {"day": date(2017, 5, 14)})
    begun.refused("activity-unknown", "record-attendance", **THERE | {"activity": "excursion"})
    begun.do("record-attendance", **THERE | {"activity": "lecture"})
    begun.person("bob")
    begun.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    begun.refused("not-eligible", "record-attendance", **THERE | {"candidacy_id": "c-bob"})


# Incidents and exclusion


def test_an_officer_reports_an_incident_in_their_own_name(begun: Rules) -> None:
    report = "report-incident"
    begun.refused("not-in-own-name", report, "moderator", **INCIDENT)
    begun.do("register-person", person_id="zoe", details=names("Zoe"))
    begun.do("register-key", "security", "zoe", **key("zoe"))
    begun.refused("no-officer", report, "zoe", **INCIDENT | {"person_id": "zoe"})
    begun.do("register-key", "security", "awa", **key("awa"))
    begun.refused("officer-is-candidate", report, "awa", **INCIDENT | {"person_id": "awa"})
    begun.refused("in-the-future", report, "facilitator", **INCIDENT | {"day": date(2017, 5, 16)})
    begun.do(report, "facilitator", **INCIDENT)
    begun.refused("already-exists", report, "facilitator", **INCIDENT)
    assert list(begun.read().session(SESSION).incidents) == ["i-1"]


def key(name: str) -> dict[str, Any]:
    return {"person_id": name, "public_key": key_of(name).public}


def test_a_candidate_is_excluded_for_an_incident_that_concerns_them_and_may_appeal(begun: Rules) -> None:
    begun.refused("unknown", "implicate-candidate", **IMPLICATED)
    begun.do("report-incident", "facilitator", **INCIDENT)
    begun.refused("not-implicated", "exclude-candidate", **EXCLUDED)
    begun.do("implicate-candidate", **IMPLICATED)
    begun.refused("already-implicated", "implicate-candidate", **IMPLICATED)
    begun.do("exclude-candidate", **EXCLUDED)
    excluded = begun.read().candidacy("c-awa").preparation.excluded
    assert excluded is not None
    assert excluded.appeal_until == date(2017, 6, 14)


def test_who_was_excluded_is_neither_selected_nor_scored_nor_ranked_nor_certified(begun: Rules) -> None:
    begun.candidate("bob")
    begun.person("eve")
    begun.do("nominate-candidate", candidacy_id="c-eve", person_id="eve", details=[])
    begun.do("report-incident", "facilitator", **INCIDENT)
    for one in (AWA, {"candidacy_id": "c-eve"}):
        begun.do("implicate-candidate", **IMPLICATED | one)
        begun.do("exclude-candidate", **EXCLUDED | one)
    found = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    begun.refused("candidate-excluded", "decide-eligibility", candidacy_id="c-eve", findings=found)
    assert not begun.read().candidacy("c-eve").undecided
    refused_a_sheet(begun, "candidate-excluded")
    begun.refused("candidate-excluded", "withdraw-candidacy", **AWA, effective_from=START)
    begun.refused("candidate-excluded", "record-attendance", **THERE)
    begun.refused("candidate-excluded", "shortlist-candidate", **AWA)
    again = {"candidacy_id": "c-awa-2", "person_id": "awa", "details": []}
    begun.refused("candidate-excluded", "nominate-candidate", **again)
    begun.score("c-bob", 4)
    begun.conclude("c-bob")
    assert begun.read().session(SESSION).selected == ("c-bob",)
    begun.refused("candidate-excluded", "decide-certification", **AWA, effective_from=date(2017, 5, 19))
