"""Missions, from the request of an administration to what it made of the advice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.ledger.domain.rules import Rules
from tests.scenario import COMPETENCIES, names, value
from tests.vectors.stories.missions import DAYS, REQUEST, TERMS, assign, carry_out, release, request

LEVELS = value("levels", dict.fromkeys(COMPETENCIES, 4))
ASSESSED = {"mission_id": "m-1", "candidacy_id": "c-cleo", "commitment": LEVELS, "recommendation": "recognise"}
RESULT = {"topic": "trade-compliance", "recommended": 3, "adopted": 1}
RATED = {"mission_id": "m-1", "contact_id": "ben", "ratings": [value("trade_compliance", 4)]}
ON_MISSION = {"mission_id": "m-1", "person_id": "awa"}


@pytest.fixture
def asked(in_service: Rules) -> Rules:
    """Belgium asked for a mission, which is approved."""
    request(in_service, "m-1")
    return in_service


@pytest.fixture
def assigned(asked: Rules) -> Rules:
    """Awa leads, and Cleo observes."""
    assign(asked, "m-1", awa="lead", cleo="observer")
    return asked


@pytest.fixture
def completed(assigned: Rules) -> Rules:
    """The mission took place."""
    carry_out(assigned, "m-1")
    return assigned


def test_an_administration_asks_for_a_mission_on_certain_days(asked: Rules) -> None:
    asked.refused("already-exists", "request-mission", mission_id="m-1", **REQUEST, **DAYS)
    asked.refused("unknown", "request-mission", mission_id="m-2", **{**REQUEST, "administration_id": "XX"}, **DAYS)
    days = {"start": DAYS["end"], "end": DAYS["start"]}
    asked.refused("malformed", "request-mission", mission_id="m-2", **REQUEST, **days)


def test_a_mission_is_approved_once_before_anybody_is_asked(in_service: Rules) -> None:
    in_service.refused("unknown", "approve-mission", mission_id="m-1", terms_hash=TERMS)
    in_service.do("request-mission", mission_id="m-1", **REQUEST, **DAYS)
    in_service.refused("mission-not-approved", "request-release", **ON_MISSION)
    in_service.refused("malformed", "approve-mission", mission_id="m-1", terms_hash="a file")
    in_service.do("approve-mission", mission_id="m-1", terms_hash=TERMS)
    in_service.refused("mission-approved", "approve-mission", mission_id="m-1", terms_hash=TERMS)


def test_the_home_administration_answers_what_it_was_asked_and_can_change_its_mind(asked: Rules) -> None:
    asked.refused("no-advisor", "request-release", mission_id="m-1", person_id="ben")
    asked.refused("release-not-requested", "decide-release", granted=True, **ON_MISSION)
    asked.do("request-release", **ON_MISSION)
    asked.refused("release-awaited", "request-release", **ON_MISSION)
    asked.do("decide-release", granted=False, **ON_MISSION)
    asked.refused("release-unchanged", "decide-release", granted=False, **ON_MISSION)
    asked.do("decide-release", granted=True, **ON_MISSION)
    assert asked.read().mission("m-1").releases == {"awa": True}
    asked.do("request-release", **ON_MISSION)
    assert asked.read().mission("m-1").releases == {"awa": None}


def test_an_advisor_is_assigned_once_they_are_released(asked: Rules) -> None:
    asked.refused("not-released", "assign-advisor", mission_role="lead", **ON_MISSION)
    release(asked, "m-1", "awa")
    asked.do("assign-advisor", mission_role="lead", **ON_MISSION)
    assert asked.read().mission("m-1").lead == "awa"
    asked.refused("already-assigned", "assign-advisor", mission_role="lead", **ON_MISSION)


def test_another_than_the_first_proposed_needs_a_reason(asked: Rules) -> None:
    release(asked, "m-1", "bob")
    chosen = {"mission_id": "m-1", "person_id": "bob", "mission_role": "lead"}
    asked.refused("not-first-proposed", "assign-advisor", **chosen)
    asked.do("assign-advisor", reason=value("reason", "knows the administration"), **chosen)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("advisor-inactive", lambda rules: rules.do("deactivate-advisor", person_id="awa")),
        (
            "beneficiary-employs",
            lambda rules: rules.do(
                "record-employment", person_id="awa", administration_id="BE", since=date(2018, 1, 1)
            ),
        ),
        (
            "not-certified-then",
            lambda rules: rules.do("suspend-certification", certification_id="c-awa", effective_from=date(2018, 3, 8)),
        ),
    ],
)
def test_who_cannot_go_is_not_assigned(asked: Rules, code: str, change: Callable[[Rules], Any]) -> None:
    release(asked, "m-1", "awa")
    change(asked)
    asked.refused(code, "assign-advisor", mission_role="observer", **ON_MISSION)


def test_a_new_lead_takes_the_place_of_the_one_before_until_the_mission_begins(assigned: Rules) -> None:
    release(assigned, "m-1", "bob")
    bob = {"mission_id": "m-1", "person_id": "bob", "mission_role": "lead", "reason": value("reason", "Awa is ill")}
    assigned.do("assign-advisor", **bob)
    read = assigned.read()
    assert read.mission("m-1").team == {"cleo": "observer", "bob": "lead"}
    assert [one.mission_id for one in read.missions_of("bob")] == ["m-1"]
    assert read.missions_of("awa") == ()
    assigned.do("assign-advisor", **{**bob, "person_id": "awa"})
    carry_out(assigned, "m-1")
    assigned.refused("mission-ended", "assign-advisor", **bob)


def test_the_lead_states_in_their_own_name_that_the_mission_began(assigned: Rules) -> None:
    assigned.at(2018, 3, 5)
    assigned.refused("not-in-own-name", "start-mission", "cleo", mission_id="m-1", started_on=DAYS["start"])
    assigned.refused("in-the-future", "start-mission", "awa", mission_id="m-1", started_on=DAYS["end"])
    assigned.refused("mission-not-started", "complete-mission", mission_id="m-1", ended_on=DAYS["end"], mode="remote")
    assigned.do("start-mission", "awa", mission_id="m-1", started_on=DAYS["start"])
    assigned.refused("mission-started", "start-mission", "awa", mission_id="m-1", started_on=DAYS["start"])
    reason = value("reason", "other")
    assigned.refused(
        "mission-started", "assign-advisor", mission_id="m-1", person_id="cleo", mission_role="lead", reason=reason
    )


def test_nobody_begins_a_mission_without_a_lead_or_with_one_who_is_suspended(asked: Rules) -> None:
    start = {"mission_id": "m-1", "started_on": DAYS["start"]}
    asked.refused("no-lead", "start-mission", "awa", **start)
    assign(asked, "m-1", awa="lead")
    asked.do("suspend-certification", certification_id="c-awa", effective_from=DAYS["end"])
    asked.at(2018, 3, 5).refused("not-certified-then", "start-mission", "awa", **start)


@pytest.mark.parametrize("code", ["beneficiary-employs", "release-refused"])
def test_what_came_after_the_assignment_keeps_the_lead_from_beginning(assigned: Rules, code: str) -> None:
    if code == "release-refused":
        assigned.do("decide-release", granted=False, **ON_MISSION)
    else:
        assigned.do("record-employment", person_id="awa", administration_id="BE", since=assigned.now.date())
    assigned.at(2018, 3, 5).refused(code, "start-mission", "awa", mission_id="m-1", started_on=DAYS["start"])


def test_a_mission_ends_on_a_day_between_its_first_and_today(assigned: Rules) -> None:
    assigned.at(2018, 3, 7)
    assigned.do("start-mission", "awa", mission_id="m-1", started_on=date(2018, 3, 6))
    for code, day in (("malformed", date(2018, 3, 5)), ("in-the-future", date(2018, 3, 8))):
        assigned.refused(code, "complete-mission", mission_id="m-1", ended_on=day, mode="on-site")
    assigned.do("complete-mission", mission_id="m-1", ended_on=date(2018, 3, 7), mode="on-site")
    mission = assigned.read().mission("m-1")
    assert (mission.first_day, mission.last_day, mission.is_open) == (date(2018, 3, 6), date(2018, 3, 7), False)
    assigned.refused("mission-ended", "cancel-mission", mission_id="m-1", reason_code="other")


def test_the_lead_signs_nothing_about_the_mission_as_an_officer(asked: Rules) -> None:
    asked.do("grant-role", "director", person_id="awa", role="programme-manager")
    assign(asked, "m-1", awa="lead")
    asked.refused("own-case", "cancel-mission", "awa", mission_id="m-1", reason_code="other")


def test_the_lead_files_one_report(completed: Rules) -> None:
    report = {"mission_id": "m-1", "report": value("report", "file 12"), "recommendations": 5}
    completed.refused("not-in-own-name", "file-mission-report", "cleo", **report)
    completed.do("file-mission-report", "awa", **report)
    assert completed.read().mission("m-1").recommendations == 5
    completed.refused("report-filed", "file-mission-report", "awa", **report)


def test_nothing_came_of_a_mission_that_is_not_completed(assigned: Rules) -> None:
    assigned.refused("mission-not-completed", "record-mission-results", mission_id="m-1", results=[RESULT])
    assigned.refused("mission-not-completed", "record-beneficiary-feedback", **RATED)


def test_a_contact_point_of_the_beneficiary_rates_a_mission_once(completed: Rules) -> None:
    completed.refused("no-contact-point", "record-beneficiary-feedback", **{**RATED, "contact_id": "bob"})
    completed.refused("malformed", "record-beneficiary-feedback", **{**RATED, "ratings": []})
    completed.refused(
        "malformed", "record-beneficiary-feedback", **{**RATED, "ratings": [value("trade_compliance", 6)]}
    )
    completed.do("record-beneficiary-feedback", **RATED)
    completed.refused("feedback-recorded", "record-beneficiary-feedback", **RATED)


def test_the_lead_assesses_each_participant_once(completed: Rules) -> None:
    completed.refused("not-in-own-name", "submit-field-assessment", "cleo", participant_id="cleo", **ASSESSED)
    completed.refused("own-case", "submit-field-assessment", "awa", participant_id="awa", **ASSESSED)
    completed.refused("not-on-the-mission", "submit-field-assessment", "awa", participant_id="bob", **ASSESSED)
    completed.refused(
        "not-their-certification",
        "submit-field-assessment",
        "awa",
        participant_id="cleo",
        **{**ASSESSED, "candidacy_id": "c-bob"},
    )
    completed.do("submit-field-assessment", "awa", participant_id="cleo", **ASSESSED)
    (assessment,) = completed.read().mission("m-1").assessments
    assert (assessment.person_id, assessment.recommendation, assessment.assessor) == ("cleo", "recognise", "awa")
    completed.refused("field-assessed", "submit-field-assessment", "awa", participant_id="cleo", **ASSESSED)


def test_no_lead_of_the_same_administration_or_no_longer_certified_assesses(completed: Rules) -> None:
    completed.do("suspend-certification", certification_id="c-awa", effective_from=DAYS["start"])
    completed.refused("not-certified-then", "submit-field-assessment", "awa", participant_id="cleo", **ASSESSED)
    completed.do("lift-suspension", certification_id="c-awa", effective_from=DAYS["start"])
    completed.do("register-person", person_id="cleo2", details=names("Cléo"))
    completed.do("record-employment", person_id="cleo2", administration_id="SN", since=date(2010, 1, 1))
    completed.do("merge-persons", person_id="cleo2", merged_id="cleo", reason=value("reason", "one person"))
    completed.refused("own-administration", "submit-field-assessment", "awa", participant_id="cleo", **ASSESSED)


def test_a_declared_conflict_rules_out_the_mission_and_the_assessment(completed: Rules) -> None:
    tie = {"person_id": "awa", "relation_code": "family", "since": date(2018, 1, 1)}
    completed.do("grant-role", "director", person_id="awa", role="auditor")
    completed.do("declare-conflict-of-interest", "awa", conflict_id="tie-1", counterpart_id="cleo", **tie)
    completed.refused("conflict-declared", "submit-field-assessment", "awa", participant_id="cleo", **ASSESSED)
    completed.do("declare-conflict-of-interest", "awa", conflict_id="tie-2", counterpart_administration="BE", **tie)
    completed.do("request-mission", mission_id="m-2", **REQUEST, start=date(2018, 4, 2), end=date(2018, 4, 6))
    completed.do("approve-mission", mission_id="m-2", terms_hash=TERMS)
    release(completed, "m-2", "awa")
    awa = {"mission_id": "m-2", "person_id": "awa", "mission_role": "lead"}
    completed.refused("conflict-with-beneficiary", "assign-advisor", **awa)


def test_what_was_adopted_later_replaces_what_was_recorded(completed: Rules) -> None:
    completed.do("record-mission-results", mission_id="m-1", results=[RESULT])
    completed.do("record-mission-results", mission_id="m-1", results=[{**RESULT, "adopted": 3}])
    results = completed.read().mission("m-1").results
    assert results is not None
    assert [(one.recommended, one.adopted) for one in results] == [(3, 3)]
    for wrong in ([{**RESULT, "adopted": 4}], [], [RESULT, RESULT]):
        completed.refused("malformed", "record-mission-results", mission_id="m-1", results=wrong)


def test_a_mission_that_is_cancelled_takes_nothing_more(asked: Rules) -> None:
    asked.do("cancel-mission", mission_id="m-1", reason_code="no-funding")
    asked.refused("mission-ended", "request-release", **ON_MISSION)
