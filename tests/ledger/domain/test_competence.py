"""Undertakings, ties and qualifications (ISO/IEC 17024, 4.3, 5.2 and 6.1 to 6.3)."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from tests.ledger.domain.rules import Rules
from tests.scenario import COMPETENCIES, CRITERIA, END, SCHEME, SESSION, START, names, value
from tests.vectors.stories.competence import VALID_TO, calibrate, qualify, undertake, with_key

AWA = {"candidacy_id": "c-awa"}
TIE = {
    "conflict_id": "conflict-1",
    "relation_code": "family",
    "counterpart_id": None,
    "counterpart_administration": None,
    "since": date(2015, 6, 1),
    "reason": None,
}
WHY = value("reason", "it no longer exists")
LEVELS = {"practical-skills": 4, "advisory-capacity": 4}


@pytest.fixture(scope="module")
def once_asked(once_appointed: Rules) -> Rules:
    """A workshop is planned under a version that asks for qualified assessors; nobody is assigned."""
    rules = deepcopy(once_appointed)
    rules.approve(qualified_assessors=True)
    rules.do("plan-session", start=START, end=END)
    return rules


@pytest.fixture
def asked(once_asked: Rules) -> Rules:
    return deepcopy(once_asked)


def assign(rules: Rules, person: str = "assessor1") -> str:
    return rules.do("assign-assessor", person_id=person)


def refused_to_assess(rules: Rules, code: str, person: str = "assessor1") -> None:
    rules.refused(code, "assign-assessor", person_id=person)


def declare(rules: Rules, officer: str, **tie: Any) -> None:
    rules.do("declare-conflict-of-interest", officer, person_id=officer, **TIE | tie)


def sheet(rules: Rules, levels: dict[str, int] = LEVELS, number: int = 1) -> str:
    commitment = value("levels", levels)
    return rules.do(
        "submit-score-sheet",
        "assessor1",
        **AWA,
        sheet_id=f"s-{number}",
        activity="simulation" if number == 1 else "group-discussion",
        commitment=commitment,
    )


# The undertaking


def test_an_undertaking_is_signed_in_ones_own_name_by_an_officer(rules: Rules) -> None:
    undertaking = {"person_id": "assessor1", "text": "impartiality/v1"}
    rules.refused("not-in-own-name", "sign-impartiality-undertaking", "assessor2", **undertaking)
    undertake(rules, "assessor1")
    assert rules.read().competence("assessor1").undertaken_until == date(2018, 1, 9)
    with_key(rules, "guest")
    rules.refused("no-officer", "sign-impartiality-undertaking", "guest", **undertaking | {"person_id": "guest"})


def test_an_undertaking_counts_from_its_statement_until_the_same_day_of_the_next_year(asked: Rules) -> None:
    qualify(asked, "assessor1")
    calibrate(asked, "assessor1")
    asked.at(2016, 5, 18, 9)  # a year and a day before the last day of the workshop
    undertake(asked, "assessor1")
    refused_to_assess(asked, "undertaking-missing")
    asked.at(2016, 5, 19, 9)
    undertake(asked, "assessor1")
    assign(asked)


# Ties


def test_a_tie_is_to_one_person_or_one_administration_that_the_record_knows(planned: Rules) -> None:
    tie = TIE | {"person_id": "assessor1"}
    person: dict[str, Any] = {"counterpart_id": "awa"}
    administration = {"counterpart_administration": "SN"}
    for given in ({}, person | administration):
        planned.refused("malformed", "declare-conflict-of-interest", "assessor1", **tie | given)
    for code, given in (
        ("unknown", {"counterpart_id": "nobody"}),
        ("unknown", {"counterpart_administration": "XK"}),
        ("conflict-with-oneself", {"counterpart_id": "assessor1"}),
        ("in-the-future", person | {"since": date(2017, 1, 10)}),
    ):
        planned.refused(code, "declare-conflict-of-interest", "assessor1", **tie | given)
    planned.refused("not-in-own-name", "declare-conflict-of-interest", "assessor2", **tie | person)
    declare(planned, "assessor1", **person)
    planned.refused("already-exists", "declare-conflict-of-interest", "assessor1", **tie | person)


def test_who_declared_a_tie_neither_selects_nor_scores_nor_moderates_nor_decides(planned: Rules) -> None:
    planned.person("bob")
    planned.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    declare(planned, "panel1", counterpart_id="bob")
    met = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    planned.refused("conflict-declared", "decide-eligibility", candidacy_id="c-bob", findings=met)
    planned.refused("conflict-declared", "record-findings", candidacy_id="c-bob", findings=met)
    declare(planned, "panel2", counterpart_id="awa")
    planned.refused("conflict-declared", "shortlist-candidate", **AWA)
    for officer in ("assessor1", "moderator", "decider2"):
        declare(planned, officer, counterpart_administration="SN")
    planned.at(2017, 5, 15, 9)
    with pytest.raises(Exception, match="declared a conflict of interest that concerns c-awa"):
        sheet(planned)
    settle = {**AWA, "level": 4, "rationale": value("rationale", "agreed")}
    planned.refused("conflict-declared", "hold-moderation", **settle)
    planned.refused("conflict-declared", "decide-certification", **AWA, effective_from=END)


def test_a_tie_declared_after_scoring_keeps_from_further_sheets_and_leaves_the_signed_ones(planned: Rules) -> None:
    planned.at(2017, 5, 15, 9)
    sheet(planned)
    declare(planned, "assessor1", counterpart_id="awa")
    assert planned.read().candidacy("c-awa").sheets["s-1"].live
    with pytest.raises(Exception, match="declared a conflict"):
        sheet(planned, {"communication": 4, "advisory-capacity": 4}, 2)
    planned.do("recuse-assessor", **AWA, reason_code="family", reason=None)
    assert not planned.read().candidacy("c-awa").sheets["s-1"].live
    planned.refused("recused", "recuse-assessor", **AWA, reason_code="family", reason=None)


def test_a_tie_counts_for_every_id_of_both_people_and_for_former_employers(planned: Rules) -> None:
    for one, other in (("awa", "awa2"), ("assessor1", "assessor9")):
        planned.do("register-person", person_id=other, details=names("Other"))
        planned.do("merge-persons", person_id=one, merged_id=other, reason=value("reason", "the same"))
    declare(planned, "assessor1", counterpart_id="awa")
    assert planned.read().has_conflict("assessor9", "awa2")
    assert not planned.read().has_conflict("assessor2", "awa")
    planned.do("record-employment", person_id="awa", administration_id="CI", since=date(2001, 1, 1))
    planned.do("record-employment", person_id="awa", administration_id="SN", since=date(2012, 1, 1))
    declare(planned, "assessor2", counterpart_administration="CI")
    assert planned.read().has_conflict("assessor2", "awa")
    assert planned.read().has_conflict_with("assessor2", "CI")
    assert not planned.read().has_conflict_with("assessor2", "SN")


def test_a_tie_ends_when_its_officer_says_so_and_a_manager_whom_it_never_concerned_agrees(planned: Rules) -> None:
    end = {"person_id": "assessor1", "conflict_id": "conflict-1", "reason": WHY}
    planned.refused("unknown", "end-conflict-of-interest", "assessor1", "manager", **end)
    declare(planned, "assessor1", counterpart_id="manager")
    planned.refused("own-case", "end-conflict-of-interest", "assessor1", "manager", **end)
    declare(planned, "assessor1", counterpart_administration="SN", conflict_id="conflict-2")
    end |= {"conflict_id": "conflict-2"}
    planned.refused("not-in-own-name", "end-conflict-of-interest", "assessor2", "manager", **end)
    planned.do("end-conflict-of-interest", "assessor1", "manager", **end)
    assert not planned.read().has_conflict_with("assessor1", "SN")
    planned.refused("unknown", "end-conflict-of-interest", "assessor1", "manager", **end)


def test_nobody_declares_to_have_no_tie_to_a_workshop_of_somebody_they_declared_one_to(planned: Rules) -> None:
    said = {"person_id": "assessor1", "session_id": SESSION}
    planned.do("declare-no-conflict", "assessor1", **said)
    assert planned.read().competence("assessor1").unconcerned == {SESSION}
    declare(planned, "assessor1", counterpart_id="awa")
    planned.refused("conflict-declared", "declare-no-conflict", "assessor1", **said)
    planned.refused("unknown", "declare-no-conflict", "assessor1", **said | {"session_id": "OTHER"})


# Qualifications


def test_a_qualification_is_of_the_scheme_and_rests_on_a_certification_or_on_what_is_equivalent(
    certified: Rules,
) -> None:
    qualification = {
        "person_id": "awa",
        "competencies": COMPETENCIES[:1],
        "languages": ["fr"],
        "basis": "own-certification",
        "evidence": value("evidence", "her certificate"),
        "valid_to": VALID_TO,
    }
    wrong: tuple[dict[str, Any], ...] = (
        {"competencies": []},
        {"competencies": ["sailing"]},
        {"competencies": [COMPETENCIES[0]] * 2},
        {"languages": []},
        {"valid_to": date(2017, 5, 18)},
    )
    for changed in wrong:
        certified.refused("malformed", "qualify-assessor", **qualification | changed)
    certified.refused("not-certified", "qualify-assessor", **qualification | {"person_id": "assessor1"})
    certified.refused("own-case", "qualify-assessor", **qualification | {"person_id": "manager"})
    certified.do("qualify-assessor", **qualification)
    ended = {"person_id": "awa", "reason_code": "other"}
    certified.do("end-assessor-qualification", **ended)
    certified.refused("not-qualified", "end-assessor-qualification", **ended)


def test_whoever_trains_or_assesses_is_qualified_has_undertaken_and_to_assess_is_calibrated(asked: Rules) -> None:
    refused_to_assess(asked, "not-qualified")
    qualify(asked, "assessor1")
    refused_to_assess(asked, "undertaking-missing")
    undertake(asked, "assessor1")
    refused_to_assess(asked, "not-calibrated")
    calibrate(asked, "assessor1", "assessor2", agreed=7)
    refused_to_assess(asked, "not-calibrated")
    calibrate(asked, "assessor1", number=2, valid_to=date(2017, 5, 18))
    refused_to_assess(asked, "not-calibrated")
    calibrate(asked, "assessor1", number=3, agreed=8)
    assign(asked)
    qualify(asked, "facilitator")
    undertake(asked, "facilitator")
    asked.do("assign-facilitator", person_id="facilitator")


def test_a_qualification_counts_on_the_last_day_of_the_workshop_and_in_its_language(asked: Rules) -> None:
    undertake(asked, "assessor1")
    calibrate(asked, "assessor1", valid_to=END)
    qualify(asked, "assessor1", valid_to=date(2017, 5, 18))
    refused_to_assess(asked, "not-qualified")
    qualify(asked, "assessor1", valid_to=END)
    asked.do(
        "plan-session",
        session_id="TOA-PCA-EN-2017",
        language="en",
        start=START,
        end=END,
    )
    asked.refused("not-qualified", "assign-assessor", person_id="assessor1", session_id="TOA-PCA-EN-2017")
    assign(asked)


def test_an_assessor_scores_the_competencies_of_their_qualification_and_no_longer_once_it_ended(asked: Rules) -> None:
    undertake(asked, "assessor1")
    calibrate(asked, "assessor1")
    some = {"competencies": ["practical-skills"], "languages": ["fr"], "basis": "equivalence", "valid_to": VALID_TO}
    asked.do("qualify-assessor", person_id="assessor1", evidence=value("evidence", "a file"), **some)
    assign(asked)
    asked.candidate("awa")
    asked.at(2017, 5, 15, 9)
    with pytest.raises(Exception, match="not qualified to assess: advisory-capacity"):
        sheet(asked)
    sheet(asked, {"practical-skills": 4})
    change = {**AWA, "old_sheet_id": "s-1", "sheet_id": "s-2", "reason_code": "omission"}
    asked.refused("not-qualified-in", "supersede-score-sheet", **change, commitment=value("levels", LEVELS))
    asked.do("end-assessor-qualification", person_id="assessor1", reason_code="competence-lost", reason=None)
    asked.refused(
        "not-qualified", "supersede-score-sheet", **change, commitment=value("levels", {"practical-skills": 3})
    )


def test_under_a_version_that_does_not_ask_for_it_nobody_needs_a_qualification(rules: Rules) -> None:
    rules.approve()
    rules.do("plan-session", start=START, end=END)
    assign(rules)


# Calibration


def test_a_moderator_who_took_no_part_states_who_agreed_with_the_exemplar(asked: Rules) -> None:
    exercise = {
        "calibration_id": "calibration-1",
        "scheme_id": SCHEME,
        "conducted_on": asked.now.date(),
        "participants": [{"person_id": "assessor1", "compared": 10, "agreed": 8}],
        "required_percent": 80,
        "valid_to": VALID_TO,
    }
    conduct = "conduct-calibration-exercise"
    one = {"person_id": "assessor1", "compared": 10, "agreed": 11}
    asked.refused("malformed", conduct, **exercise | {"participants": [one]})
    asked.refused("malformed", conduct, **exercise | {"participants": []})
    asked.refused("malformed", conduct, **exercise | {"valid_to": date(2017, 1, 8)})
    asked.refused("in-the-future", conduct, **exercise | {"conducted_on": date(2017, 1, 10)})
    asked.refused("unknown", conduct, **exercise | {"scheme_id": "other"})
    asked.refused("own-case", conduct, **exercise | {"participants": [one | {"person_id": "moderator", "agreed": 1}]})
    asked.do("register-person", person_id="assessor9", details=names("Other"))
    asked.do("merge-persons", person_id="assessor1", merged_id="assessor9", reason=value("reason", "the same"))
    twice = [one | {"agreed": 8}, one | {"person_id": "assessor9", "agreed": 8}]
    asked.refused("malformed", conduct, **exercise | {"participants": twice})
    asked.do(conduct, **exercise)
    asked.refused("already-exists", conduct, **exercise)


def test_nobody_signs_an_undertaking_under_an_id_that_was_merged(rules: Rules) -> None:
    rules.do("register-person", person_id="assessor9", details=names("Other"))
    rules.do("merge-persons", person_id="assessor1", merged_id="assessor9", reason=value("reason", "the same"))
    undertaking = {"person_id": "assessor9", "text": "impartiality/v1"}
    rules.refused("person-merged", "sign-impartiality-undertaking", "assessor1", **undertaking)
