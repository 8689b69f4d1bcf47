"""A declared conflict of interest takes an assessor off a candidate, and lets nobody choose among levels they have seen."""

from datetime import date
from typing import Any

import pytest

from ledger.domain.decisions.assessment import may_not_moderate
from ledger.domain.events.candidacy import AssessmentOutcomeComputed, AssessorRecused
from ledger.domain.refusal import Refused
from tests.ledger.domain.rules import Rules
from tests.ledger.domain.test_candidacy_and_assessment import HELD, reveal_all, sheet
from tests.scenario import PLAN, SESSION, names, value

RECUSE = ("recuse-assessor", "assessor1")
WHY: dict[str, Any] = {"candidacy_id": "c-awa", "reason_code": "family", "reason": value("reason", "a cousin")}
SUBMIT = "submit-score-sheet"
REVEAL: dict[str, Any] = {"candidacy_id": "c-awa", "sheet_id": "c-awa-simulation-assessor2"}


def live(rules: Rules) -> set[str]:
    """The assessors whose sheets count."""
    return {sheet.assessor for sheet in rules.read().candidacy("c-awa").live_sheets}


def replaced(rules: Rules) -> None:
    """A third assessor joins the workshop and scores every cell."""
    rules.do("register-person", "registrar", person_id="third", details=names("Third"))
    rules.do("grant-role", "director", person_id="third", role="assessor")
    rules.do("record-employment", "registrar", person_id="third", administration_id="FR", since=date(2010, 1, 1))
    rules.do("assign-assessor", "manager", session_id=SESSION, person_id="third")
    for activity, competencies in PLAN.items():
        if competencies:
            rules.do(SUBMIT, "third", **sheet(f"third-{activity}", activity, dict.fromkeys(competencies, 2)))


def set_aside(rules: Rules) -> tuple[str, ...]:
    assert isinstance(rules.last, AssessorRecused)
    return rules.last.set_aside


def test_a_recused_assessor_hands_in_nothing_and_moderates_nothing(planned: Rules) -> None:
    planned.do(*RECUSE, **WHY)  # before the workshop begins
    assert set_aside(planned) == ()
    planned.at(2017, 5, 16).refused("recused", SUBMIT, "assessor1", **sheet())
    planned.do("grant-role", "director", person_id="assessor1", role="moderator")
    planned.refused("recused", "hold-moderation", "assessor1", **HELD)
    planned.do(SUBMIT, "assessor2", **sheet())


def test_a_conflict_is_declared_once_and_by_an_assessor_of_the_workshop(planned: Rules) -> None:
    planned.do("grant-role", "director", person_id="moderator", role="assessor")
    planned.refused("assessor-not-assigned", "recuse-assessor", "moderator", **WHY)
    planned.refused("malformed", *RECUSE, **{**WHY, "reason_code": "boredom"})
    planned.do(*RECUSE, **WHY)
    planned.refused("recused", *RECUSE, **WHY)


def test_it_concerns_one_candidate(planned: Rules) -> None:
    planned.candidate("ida")
    planned.do(*RECUSE, **WHY)
    planned.at(2017, 5, 16).do(SUBMIT, "assessor1", **{**sheet(), "candidacy_id": "c-ida"})


def test_sealed_sheets_are_set_aside_and_another_assessor_takes_the_cells(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.do(*RECUSE, **WHY)
    assert len(set_aside(planned)) == 4
    assert live(planned) == {"assessor2"}
    change = {**sheet("s-2"), "old_sheet_id": "c-awa-simulation-assessor1", "reason_code": "omission"}
    del change["activity"]
    planned.refused("sheet-not-live", "supersede-score-sheet", "assessor1", "moderator", **change)
    planned.refused("sheet-not-live", "reveal-score-sheet", **{**REVEAL, "sheet_id": "c-awa-simulation-assessor1"})
    with pytest.raises(Refused) as refused:
        planned.do("reveal-score-sheet", **REVEAL)
    missing = str(refused.value.fields["missing"]).split(", ")
    assert missing == [f"{activity}/{c}" for activity, competencies in PLAN.items() for c in competencies]
    replaced(planned)
    planned.conclude("c-awa")
    outcome = planned.read().candidacy("c-awa").outcome
    assert isinstance(outcome, AssessmentOutcomeComputed)
    assert {level.level for cell in outcome.cells for level in cell.sheets} == {4, 2}
    assert not any("assessor1" in level.sheet_id for cell in outcome.cells for level in cell.sheets)


def test_without_another_assessor_the_outcome_is_incomplete(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.do(*RECUSE, **WHY)
    planned.conclude("c-awa")
    outcome = planned.read().candidacy("c-awa").outcome
    assert isinstance(outcome, AssessmentOutcomeComputed)
    assert outcome.outcome == "incomplete"


def test_once_levels_are_revealed_they_count_on_and_only_moderation_settles_them(planned: Rules) -> None:
    planned.score("c-awa", 4)
    reveal_all(planned)
    planned.do(*RECUSE, **WHY)
    assert set_aside(planned) == ()
    assert live(planned) == {"assessor1", "assessor2"}
    change = {**sheet("s-2"), "old_sheet_id": "c-awa-case-study-assessor1", "reason_code": "omission"}
    del change["activity"]
    planned.refused("recused", "supersede-score-sheet", "assessor1", "moderator", **change)
    planned.do("hold-moderation", "moderator", **HELD)


def test_once_the_workshop_is_closed_sheets_count_on_because_nobody_could_take_them_over(planned: Rules) -> None:
    planned.score("c-awa", 5)
    planned.at(2017, 5, 19).do("close-session")
    planned.do(*RECUSE, **WHY)
    assert set_aside(planned) == ()
    reveal_all(planned)
    planned.do("compute-outcome", candidacy_id="c-awa")
    outcome = planned.read().candidacy("c-awa").outcome
    assert isinstance(outcome, AssessmentOutcomeComputed)
    assert outcome.outcome == "met"


def test_one_revealed_sheet_of_another_keeps_all_of_them(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.do("reveal-score-sheet", **REVEAL)
    planned.do(*RECUSE, **WHY)
    assert set_aside(planned) == ()
    sealed = [s.sheet_id for s in planned.read().candidacy("c-awa").live_sheets if s.levels is None]
    assert len(sealed) == 7
    planned.do("reveal-score-sheet", candidacy_id="c-awa", sheet_id="c-awa-simulation-assessor1")


def test_sheets_of_another_id_of_the_same_human_are_set_aside_too(planned: Rules) -> None:
    planned.person("alias")
    planned.do("grant-role", "director", person_id="alias", role="assessor")
    planned.do("record-employment", "registrar", person_id="alias", administration_id="FR", since=date(2010, 1, 1))
    planned.do("assign-assessor", "manager", session_id=SESSION, person_id="alias")
    planned.at(2017, 5, 16).do(SUBMIT, "alias", **sheet())
    planned.do("merge-persons", person_id="assessor1", merged_id="alias", reason=value("reason", "one human"))
    planned.do(*RECUSE, **WHY)
    assert set_aside(planned) == ("s-1",)
    planned.refused("recused", "recuse-assessor", "alias", **WHY)


def test_who_is_recused_does_not_decide_on_the_candidate(planned: Rules) -> None:
    planned.do("grant-role", "director", person_id="decider1", role="assessor")
    planned.do("assign-assessor", "manager", session_id=SESSION, person_id="decider1")
    planned.do("recuse-assessor", "decider1", **WHY)
    planned.score("c-awa", 4)
    planned.refused_in_conclusion("recused", "c-awa")


def test_nothing_is_declared_about_who_does_not_attend(planned: Rules) -> None:
    withdrawal = {"initiator": "candidate", "effective_from": date(2017, 1, 9), "reason_code": "other"}
    planned.do("withdraw-candidacy", "registrar", candidacy_id="c-awa", **withdrawal)
    planned.refused("candidacy-withdrawn", *RECUSE, **WHY)


def test_who_may_not_moderate_is_told_why_before_they_try(planned: Rules) -> None:
    planned.do(*RECUSE, **WHY)
    read = planned.read()
    against = may_not_moderate("assessor1", read.candidacy("c-awa"), read)
    assert against is not None
    assert against.code == "recused"
    assert may_not_moderate("moderator", read.candidacy("c-awa"), read) is None
