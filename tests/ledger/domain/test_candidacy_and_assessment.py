"""Nomination, selection, sealed sheets, moderation, outcome."""

from datetime import date
from typing import Any, get_args, get_type_hints

import pytest

from ledger.domain.decisions.assessment import may_not_score
from ledger.domain.events.candidacy import AssessmentOutcomeComputed
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.outcome import RULES, mean_of_levels_v1
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, PLAN, SESSION, START, names, value

NOMINATION: dict[str, Any] = {"candidacy_id": "c-2", "person_id": "awa", "details": []}
LEVELS = {"theoretical-knowledge": 4, "practical-skills": 4}
HELD: dict[str, Any] = {"candidacy_id": "c-awa", "level": 2, "rationale": value("rationale", "r")}


def sheet(
    sheet_id: str = "s-1", activity: str = "case-study", value: Any = None, name: str = "levels"
) -> dict[str, Any]:
    sealed = {"name": name, "value": LEVELS if value is None else value}
    return {"candidacy_id": "c-awa", "sheet_id": sheet_id, "activity": activity, "commitment": sealed}


def withdrawal(**changes: Any) -> dict[str, Any]:
    day = date(2017, 2, 1)
    said = {"candidacy_id": "c-awa", "initiator": "candidate", "effective_from": day, "reason_code": "other"}
    return {**said, **changes}


def reveal_all(rules: Rules) -> None:
    for live in rules.read().candidacy("c-awa").live_sheets:
        rules.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=live.sheet_id)


def findings(*met: str) -> list[dict[str, Any]]:
    return [{"criterion": criterion, "met": criterion in met} for criterion in CRITERIA]


def test_one_open_candidacy_a_person_and_scheme(planned: Rules) -> None:
    planned.refused("candidacy-open", "nominate-candidate", "registrar", **NOMINATION)
    planned.refused("already-exists", "nominate-candidate", "registrar", **{**NOMINATION, "candidacy_id": "c-awa"})
    planned.refused("candidate-is-officer", "nominate-candidate", **{**NOMINATION, "person_id": "assessor1"})
    planned.refused("own-case", "nominate-candidate", "registrar", **{**NOMINATION, "person_id": "registrar"})
    planned.at(2017, 2, 1).do("withdraw-candidacy", "registrar", **withdrawal())
    planned.do("nominate-candidate", "registrar", **NOMINATION)


def test_a_nomination_is_of_a_known_person_by_a_known_administration(planned: Rules) -> None:
    nominate = ("nominate-candidate", "registrar")
    planned.refused("unknown", *nominate, **{**NOMINATION, "person_id": "nobody"})
    planned.person("bob")
    planned.refused("unknown", *nominate, **{**NOMINATION, "person_id": "bob", "administration_id": "ZZ"})
    planned.do(*nominate, **{**NOMINATION, "person_id": "bob"})


def test_a_finding_on_every_criterion_decides(planned: Rules) -> None:
    planned.refused("selection-decided", "decide-eligibility", candidacy_id="c-awa", findings=findings())
    planned.do("register-person", person_id="bob", details=names("Bob"))
    planned.do("nominate-candidate", "registrar", **{**NOMINATION, "person_id": "bob"})
    decide = ("decide-eligibility", "panel1", "panel2")
    planned.refused("findings-incomplete", *decide, candidacy_id="c-2", findings=findings()[1:])
    with pytest.raises(Refused) as twice:
        planned.do(*decide, candidacy_id="c-2", findings=findings() + findings()[:1])
    assert (twice.value.code, twice.value.fields["criteria"]) == ("findings-incomplete", CRITERIA[0])
    planned.refused("unknown", *decide, candidacy_id="c-9", findings=findings())
    assert planned.do(*decide, candidacy_id="c-2", findings=findings(CRITERIA[0])) == "eligibility-refused/v2"
    planned.refused("not-eligible", "withdraw-candidacy", "registrar", **withdrawal(candidacy_id="c-2"))
    planned.refused("not-eligible", "submit-score-sheet", "assessor1", **{**sheet(), "candidacy_id": "c-2"})


def test_who_withdrew_takes_no_further_part(planned: Rules) -> None:
    withdraw = ("withdraw-candidacy", "registrar")
    planned.at(2017, 2, 1).do(*withdraw, **withdrawal())
    planned.refused("candidacy-withdrawn", *withdraw, **withdrawal())
    planned.refused("candidacy-withdrawn", "submit-score-sheet", "assessor1", **sheet())
    planned.do("nominate-candidate", "registrar", **NOMINATION)
    planned.do(*withdraw, **withdrawal(candidacy_id="c-2"))
    planned.refused("candidacy-withdrawn", "decide-eligibility", candidacy_id="c-2", findings=findings())


def test_who_withdrew_once_scored_has_no_second_go_in_that_workshop(planned: Rules) -> None:
    """Scores that were handed in, and may be known, are changed by superseding only."""
    planned.score("c-awa", 1)
    planned.do("withdraw-candidacy", "registrar", **withdrawal(effective_from=date(2017, 5, 16)))
    planned.refused("already-exists", "nominate-candidate", "registrar", **NOMINATION)
    planned.do("plan-session", session_id="TOA-2", start=date(2017, 9, 4), end=date(2017, 9, 8))
    planned.do("nominate-candidate", "registrar", **NOMINATION, session_id="TOA-2")


def test_no_withdrawal_after_the_decision(certified: Rules) -> None:
    certified.refused("certification-decided", "withdraw-candidacy", "registrar", **withdrawal())


def test_nobody_withdraws_on_a_day_to_come_or_before_a_workshop_that_scored_them(planned: Rules) -> None:
    withdraw = ("withdraw-candidacy", "registrar")
    planned.at(2017, 5, 16).refused("in-the-future", *withdraw, **withdrawal(effective_from=date(2017, 5, 17)))
    planned.do("submit-score-sheet", "assessor1", **sheet())
    before = withdrawal(effective_from=date(2017, 5, 14))
    planned.refused("effective-too-early", *withdraw, **before)
    planned.candidate("bob")
    planned.do(*withdraw, **{**before, "candidacy_id": "c-bob"})
    planned.do(*withdraw, **withdrawal(effective_from=START))
    awa, bob = (planned.read().candidacy(candidacy) for candidacy in ("c-awa", "c-bob"))
    assert awa.was_trained(START), "who was scored took part"
    assert not bob.was_trained(START)


def test_an_assessor_may_not_score_their_own_administration(planned: Rules) -> None:
    planned.do("record-employment", "registrar", person_id="assessor1", administration_id="SN", since=date(2017, 1, 1))
    planned.at(2017, 5, 16).refused("own-administration", "submit-score-sheet", "assessor1", **sheet())


def test_an_assessor_may_not_score_whom_their_administration_employs_though_another_nominated(planned: Rules) -> None:
    planned.do("record-employment", "registrar", person_id="awa", administration_id="FR", since=date(2017, 1, 1))
    planned.at(2017, 5, 16).refused("own-administration", "submit-score-sheet", "assessor1", **sheet())


def moved(rules: Rules, person: str, administration: str, *since: int) -> None:
    rules.do("record-employment", "registrar", person_id=person, administration_id=administration, since=date(*since))


def test_employment_counts_as_of_the_workshop(planned: Rules) -> None:
    """Case I16: an assessor who changes administration, scores a compatriot and changes back is refused."""
    moved(planned, "assessor1", "SN", 2017, 1, 1)
    planned.at(2017, 5, 16)
    for since in ((2017, 5, 16), (2017, 5, 1), (2016, 12, 31)):  # on that day, antedated, before the first
        moved(planned, "assessor1", "FR", *since)
        planned.refused("own-administration", "submit-score-sheet", "assessor1", **sheet())
    moved(planned.at(2017, 5, 19), "awa", "FR", 2017, 5, 19)
    planned.refused("own-administration", "submit-score-sheet", "assessor2", **sheet())


def test_employment_before_or_after_the_workshop_is_no_hindrance(planned: Rules) -> None:
    moved(planned, "assessor1", "SN", 2016, 1, 1)
    moved(planned, "assessor1", "CI", 2017, 1, 1)
    moved(planned, "assessor1", "FR", 2017, 1, 1)  # corrects what was recorded of that day
    planned.at(2017, 6, 1)
    moved(planned, "assessor1", "SN", 2017, 6, 1)
    planned.do("submit-score-sheet", "assessor1", **sheet())


def test_the_first_employment_that_is_known_counts_for_earlier_days_too(planned: Rules) -> None:
    planned.at(2017, 6, 1)
    moved(planned, "awa", "FR", 2017, 6, 1)
    planned.refused("own-administration", "submit-score-sheet", "assessor1", **sheet())


def test_only_assigned_assessors_score_during_the_workshop_and_once(planned: Rules) -> None:
    planned.refused("session-not-started", "submit-score-sheet", "assessor1", **sheet())
    planned.at(2017, 5, 16).do("grant-role", "director", person_id="moderator", role="assessor")
    planned.refused("assessor-not-assigned", "submit-score-sheet", "moderator", **sheet())
    planned.do("submit-score-sheet", "assessor1", **sheet())
    planned.refused("already-exists", "submit-score-sheet", "assessor2", **sheet())
    planned.refused("sheet-exists", "submit-score-sheet", "assessor1", **sheet("s-2"))
    planned.refused("activity-not-assessed", "submit-score-sheet", "assessor1", **sheet("s-2", "lecture"))
    planned.at(2017, 5, 19).do("close-session", "manager", session_id=SESSION)
    planned.refused("session-closed", "submit-score-sheet", "assessor2", **sheet("s-2"))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("levels-invalid", {"value": {"communication": 3}}),
        ("levels-invalid", {"value": {}}),
        ("malformed", {"value": [3]}),
        ("levels-invalid", {"value": {"practical-skills": 6}}),
        ("malformed", {"value": {"practical-skills": True}}),
        ("malformed", {"name": "other"}),
    ],
)
def test_sealed_levels_are_of_the_activity_and_on_the_rubric(
    planned: Rules, code: str, changes: dict[str, Any]
) -> None:
    planned.at(2017, 5, 16).refused(code, "submit-score-sheet", "assessor1", **sheet(**changes))


def test_sheets_stay_sealed_until_all_are_in(planned: Rules) -> None:
    planned.at(2017, 5, 16).do("submit-score-sheet", "assessor1", **sheet())
    planned.refused("sheets-missing", "reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-1")
    planned.refused("sheet-not-live", "reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="none")
    planned.at(2017, 5, 19).do("close-session", "manager", session_id=SESSION)
    planned.refused("sheet-sealed", "compute-outcome", "registrar", candidacy_id="c-awa")
    planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-1")
    planned.refused("sheet-revealed", "reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-1")
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    assert isinstance(planned.last, AssessmentOutcomeComputed)
    assert planned.last.outcome == "incomplete"  # missing is not zero
    planned.do("compute-ranking", "registrar", session_id=SESSION)
    planned.do("decide-certification", "decider1", "decider2", candidacy_id="c-awa", effective_from=date(2017, 5, 19))
    assert "case-study/practical-skills" in getattr(planned.last, "unmet", ())


def test_levels_that_are_not_given_cannot_be_sealed(planned: Rules) -> None:
    handed_in = {**sheet(), "commitment": {"name": "levels", "digest": "x" * 43}}
    planned.at(2017, 5, 16).refused("disclosure-missing", "submit-score-sheet", "assessor1", **handed_in)


def test_every_cell_needs_its_levels_before_a_sheet_is_revealed(planned: Rules) -> None:
    part = {"practical-skills": 4}
    reveal = {"candidacy_id": "c-awa", "sheet_id": "c-awa-simulation-assessor1"}
    planned.at(2017, 5, 16)
    for assessor in ("assessor1", "assessor2"):
        planned.do("submit-score-sheet", assessor, **sheet(f"s-{assessor}", value=part))
        for activity in ("simulation", "group-discussion", "presentation"):
            value = dict.fromkeys(PLAN[activity], 4)
            planned.do("submit-score-sheet", assessor, **sheet(f"c-awa-{activity}-{assessor}", activity, value))
    planned.refused("sheets-missing", "reveal-score-sheet", "registrar", **reveal)
    for assessor in ("assessor1", "assessor2"):
        change = {**sheet(f"t-{assessor}"), "old_sheet_id": f"s-{assessor}", "reason_code": "omission"}
        del change["activity"]
        planned.do("supersede-score-sheet", assessor, "moderator", **change)
    planned.do("reveal-score-sheet", "registrar", **reveal)


def test_every_assessor_who_may_score_is_waited_for_while_the_workshop_is_open(planned: Rules) -> None:
    for name in ("third", "compatriot", "former"):
        planned.do("register-person", "registrar", person_id=name, details=names(name))
        planned.do("grant-role", "director", person_id=name, role="assessor")
        home = "SN" if name == "compatriot" else "FR"
        planned.do("record-employment", "registrar", person_id=name, administration_id=home, since=date(2010, 1, 1))
        planned.do("assign-assessor", "manager", session_id=SESSION, person_id=name)
    planned.do("revoke-role", "director", person_id="former", role="assessor")
    planned.score("c-awa", 4)
    reveal = ("reveal-score-sheet", "registrar")
    with pytest.raises(Refused) as refused:
        planned.do(*reveal, candidacy_id="c-awa", sheet_id="c-awa-simulation-assessor1")
    activities = [activity for activity, competencies in PLAN.items() if competencies]
    assert refused.value.fields["missing"] == ", ".join(f"{activity}: third" for activity in activities)
    planned.at(2017, 5, 19).do("close-session", "manager", session_id=SESSION)
    planned.do(*reveal, candidacy_id="c-awa", sheet_id="c-awa-simulation-assessor1")


def test_once_a_sheet_is_revealed_no_other_is_handed_in(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="c-awa-simulation-assessor1")
    # The second sheet is asked for what it says, although the first is open already.
    planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="c-awa-simulation-assessor2")
    planned.do("register-person", "registrar", person_id="late", details=names("Late"))
    planned.do("grant-role", "director", person_id="late", role="assessor")
    planned.do("record-employment", "registrar", person_id="late", administration_id="FR", since=date(2010, 1, 1))
    planned.do("assign-assessor", "manager", session_id=SESSION, person_id="late")
    planned.refused("sheets-revealed", "submit-score-sheet", "late", **sheet())


def test_what_was_sealed_and_is_gone_cannot_be_counted(planned: Rules) -> None:
    planned.score("c-awa", 4)
    commitment = planned.read().candidacy("c-awa").sheets["c-awa-simulation-assessor2"].commitment
    del planned.values[commitment]
    reveal = {"candidacy_id": "c-awa", "sheet_id": "c-awa-simulation-assessor1"}
    planned.refused("disclosure-missing", "reveal-score-sheet", "registrar", **reveal)


def test_the_outcome_is_computed_by_the_rule_that_the_scheme_version_names(
    planned: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    (named,) = get_args(get_type_hints(SchemeVersionDrafted)["decision_rule"])
    assert set(RULES) == {named} == set(get_args(get_type_hints(AssessmentOutcomeComputed)["rule"]))
    asked: list[str] = []

    def another(version: SchemeVersionDrafted, candidacy: Candidacy) -> AssessmentOutcomeComputed:
        asked.append(candidacy.candidacy_id)
        return mean_of_levels_v1(version, candidacy)

    monkeypatch.setitem(RULES, named, another)
    planned.score("c-awa", 4)
    planned.conclude("c-awa")
    assert asked == ["c-awa"]


def test_nothing_is_recorded_of_a_candidate_who_was_erased(certified: Rules) -> None:
    certified.at(2020, 5, 19).do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    reason = {"name": "reason", "value": "about somebody who asked to be forgotten"}
    exception = {"candidacy_id": "c-awa", "assessor_id": "assessor1", "session_id": SESSION, "reason": reason}
    certified.refused("person-erased", "grant-separation-exception", "manager", "director", **exception)
    withdraw: dict[str, Any] = {"effective_from": date(2019, 1, 1), "reason": reason}
    certified.refused("person-erased", "withdraw-certification", "decider1", "decider2", **withdraw)
    certified.refused("person-erased", "suspend-certification", "decider1", **withdraw)


def test_a_change_is_a_superseding_sheet_by_the_same_assessor(planned: Rules) -> None:
    planned.at(2017, 5, 16).do("submit-score-sheet", "assessor1", **sheet())
    change = {**sheet("s-2"), "old_sheet_id": "s-1", "reason_code": "transcription-error"}
    del change["activity"]
    planned.refused("not-your-sheet", "supersede-score-sheet", "assessor2", "moderator", **change)
    planned.refused("already-exists", "supersede-score-sheet", **{**change, "sheet_id": "s-1"})
    planned.do("supersede-score-sheet", "assessor1", "moderator", **change)
    planned.refused("sheet-not-live", "supersede-score-sheet", **{**change, "sheet_id": "s-3"})
    candidacy = planned.read().candidacy("c-awa")
    assert [(s.sheet_id, s.live) for s in candidacy.sheets.values()] == [("s-1", False), ("s-2", True)]


def test_moderation_stands_beside_the_sheets(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.refused("sheet-sealed", "hold-moderation", "moderator", **HELD)
    reveal_all(planned)
    planned.refused("malformed", "hold-moderation", "moderator", **{**HELD, "level": 9})
    planned.refused("activity-not-assessed", "hold-moderation", "moderator", **{**HELD, "competency": "communication"})
    for name in ("assessor1", "facilitator"):
        planned.do("grant-role", "director", person_id=name, role="moderator")
    planned.refused("moderator-scored", "hold-moderation", "assessor1", **HELD)
    planned.refused("moderator-trained", "hold-moderation", "facilitator", **HELD)
    planned.do("hold-moderation", "moderator", **HELD)
    planned.refused("already-moderated", "hold-moderation", "moderator", **HELD)
    planned.do("grant-role", "director", person_id="moderator", role="assessor")
    planned.do("assign-assessor", "manager", session_id=SESSION, person_id="moderator")
    planned.refused("assessor-moderated", "submit-score-sheet", "moderator", **sheet("s-9"))
    planned.refused("session-not-closed", "compute-outcome", "registrar", candidacy_id="c-awa")
    planned.at(2017, 5, 19).do("close-session", "manager", session_id=SESSION)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    assert isinstance(planned.last, AssessmentOutcomeComputed)
    practical = next(c for c in planned.last.competencies if c.competency == "practical-skills")
    assert (practical.total, practical.count) == (2 + 2 + 4 + 4, 4)
    planned.refused("outcome-computed", "compute-outcome", "registrar", candidacy_id="c-awa")


def test_a_trainer_assesses_after_the_separation_period_or_by_exception(planned: Rules) -> None:
    planned.score("c-awa", 2)
    planned.conclude("c-awa")
    planned.do("plan-session", session_id="TOA-2", start=date(2018, 5, 14), end=date(2018, 5, 18))
    planned.do("grant-role", "director", person_id="facilitator", role="assessor")
    planned.do("nominate-candidate", "registrar", **{**NOMINATION, "session_id": "TOA-2"})
    against = may_not_score("facilitator", planned.read().candidacy("c-2"), planned.read())
    assert against is not None
    assert against.code == "separation-period"
    assert may_not_score("assessor1", planned.read().candidacy("c-2"), planned.read()) is None
    planned.do("assign-assessor", "manager", session_id="TOA-2", person_id="facilitator")
    planned.do("decide-eligibility", "panel1", "panel2", candidacy_id="c-2", findings=findings(*CRITERIA))
    planned.at(2018, 5, 15)
    again = {**sheet(), "candidacy_id": "c-2"}
    planned.refused("separation-period", "submit-score-sheet", "facilitator", **again)
    reason = {"name": "reason", "value": "no other assessor speaks the language"}
    exception = {"candidacy_id": "c-2", "assessor_id": "facilitator", "session_id": SESSION, "reason": reason}
    planned.do("grant-separation-exception", "manager", "director", **exception)
    planned.do("submit-score-sheet", "facilitator", **again)


def test_the_plan_has_a_lecture_that_is_not_assessed(planned: Rules) -> None:
    assert PLAN["lecture"] == ()
    planned.at(2017, 5, 16)
    planned.refused("activity-not-assessed", "submit-score-sheet", "assessor1", **sheet(activity="lecture"))
    planned.refused("activity-not-assessed", "hold-moderation", "moderator", **{**HELD, "activity": "lecture"})


@pytest.mark.parametrize(
    "details",
    [[value("languages", ["fr", "pt", "fr"])], [value("years_of_pca", 8), value("years_of_pca", 9)]],
    ids=["a language twice", "a detail twice"],
)
def test_a_nomination_names_nothing_twice(planned: Rules, details: list[dict[str, Any]]) -> None:
    planned.person("bob")
    nomination = {"candidacy_id": "c-bob", "person_id": "bob"}
    planned.refused("malformed", "nominate-candidate", "registrar", **nomination, details=details)
    planned.do("nominate-candidate", "registrar", **nomination, details=[value("languages", ["fr", "pt"])])
