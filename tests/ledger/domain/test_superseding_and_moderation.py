"""Who may change or settle what was scored, when, and that nobody does so in their own case."""

from datetime import date
from typing import Any

import pytest

from tests.ledger.domain.rules import Rules
from tests.ledger.domain.test_candidacy_and_assessment import HELD, LEVELS, NOMINATION, findings, reveal_all, sheet
from tests.scenario import CRITERIA, SESSION

FIRST = "c-awa-case-study-assessor1"
SUPERSEDE = ("supersede-score-sheet", "assessor1", "moderator")
REASON = {"name": "reason", "value": "no other assessor speaks the language"}


def superseding(old: str, new: str, levels: Any = None) -> dict[str, Any]:
    sealed = {"name": "levels", "value": LEVELS if levels is None else levels}
    ids = {"candidacy_id": "c-awa", "old_sheet_id": old, "sheet_id": new}
    return {**ids, "commitment": sealed, "reason_code": "transcription-error"}


@pytest.fixture
def scored(planned: Rules) -> Rules:
    """Every cell of Awa has two levels, still sealed."""
    planned.score("c-awa", 4)
    return planned


@pytest.fixture
def computed(scored: Rules) -> Rules:
    """Awa's outcome is computed, and nothing decided yet."""
    scored.at(2017, 5, 19, 16).do("close-session", "manager", session_id=SESSION)
    reveal_all(scored)
    scored.do("compute-outcome", "registrar", candidacy_id="c-awa")
    return scored


def test_only_a_cell_whose_levels_are_all_there_is_moderated(planned: Rules) -> None:
    """A level that stands before the sheets are in would be the result, whatever they say."""
    moderate = ("hold-moderation", "moderator")
    planned.at(2017, 5, 16).refused("levels-missing", *moderate, **HELD)
    planned.do("submit-score-sheet", "assessor1", **sheet())
    planned.do("submit-score-sheet", "assessor2", **sheet("s-2", value={"theoretical-knowledge": 4}))
    planned.at(2017, 5, 19).do("close-session", "manager", session_id=SESSION)
    planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-1")
    planned.refused("sheet-sealed", *moderate, **HELD)
    planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-2")
    planned.refused("levels-missing", *moderate, **HELD)
    planned.do(*moderate, **{**HELD, "competency": "theoretical-knowledge"})


def test_another_sheet_leaves_what_was_moderated_as_it_was(planned: Rules) -> None:
    planned.score("c-awa", 4)
    reveal_all(planned)
    planned.do("hold-moderation", "moderator", **HELD)
    for changed in ({"theoretical-knowledge": 4, "practical-skills": 3}, {"theoretical-knowledge": 4}):
        planned.refused("cell-moderated", *SUPERSEDE, **superseding(FIRST, "s-2", changed))
    corrected = {"theoretical-knowledge": 2, "practical-skills": 4}
    planned.do(*SUPERSEDE, **superseding(FIRST, "s-2", corrected))
    changed = {"theoretical-knowledge": 2, "practical-skills": 3}
    planned.refused("cell-moderated", *SUPERSEDE, **superseding("s-2", "s-3", changed))
    simulation = superseding("c-awa-simulation-assessor1", "s-4", {"practical-skills": 3, "advisory-capacity": 4})
    planned.do(*SUPERSEDE, **simulation)


def test_who_countersigned_a_change_of_a_sheet_does_not_decide(scored: Rules) -> None:
    scored.do(*SUPERSEDE, **superseding(FIRST, "s-2"))
    scored.do("grant-role", "director", person_id="moderator", role="decision-authority")
    decide: dict[str, Any] = {"candidacy_id": "c-awa", "effective_from": date(2017, 5, 19)}
    scored.at(2017, 5, 19, 16).do("close-session", "manager", session_id=SESSION)
    reveal_all(scored)
    scored.do("compute-outcome", "registrar", candidacy_id="c-awa")
    scored.refused("decider-moderated", "decide-certification", "moderator", "decider1", **decide)
    scored.refused("not-ranked", "decide-certification", "decider1", "decider2", **decide)


def test_a_candidate_neither_selects_nor_moderates_beside_whom_they_compete(planned: Rules) -> None:
    for role in ("selection-panel", "moderator"):
        planned.do("grant-role", "director", person_id="awa", role=role)
    planned.person("bob")
    planned.do("nominate-candidate", "registrar", **{**NOMINATION, "person_id": "bob"})
    decide = {"candidacy_id": "c-2", "findings": findings(*CRITERIA)}
    planned.refused("officer-is-candidate", "decide-eligibility", "panel1", "awa", **decide)
    planned.do("decide-eligibility", "panel1", "panel2", **decide)
    planned.refused("officer-is-candidate", "hold-moderation", "awa", **{**HELD, "candidacy_id": "c-2"})


def test_nobody_scores_supersedes_moderates_or_selects_in_their_own_case(scored: Rules) -> None:
    for role in ("assessor", "moderator", "selection-panel"):
        scored.do("grant-role", "director", person_id="awa", role=role)
    scored.refused("own-case", "submit-score-sheet", "awa", **sheet("s-2"))
    scored.refused("own-case", "supersede-score-sheet", "assessor1", "awa", **superseding(FIRST, "s-2"))
    scored.refused("own-case", "hold-moderation", "awa", **HELD)
    decide = {"candidacy_id": "c-awa", "findings": findings(*CRITERIA)}
    scored.refused("own-case", "decide-eligibility", "panel1", "awa", **decide)


def test_a_superseding_sheet_obeys_every_rule_of_a_first_one(scored: Rules) -> None:
    scored.do("grant-role", "director", person_id="assessor2", role="moderator")
    by_scorer = ("supersede-score-sheet", "assessor1", "assessor2")
    scored.refused("moderator-scored", *by_scorer, **superseding(FIRST, "s-2"))
    scored.refused("levels-invalid", *SUPERSEDE, **superseding(FIRST, "s-2", {"practical-skills": 6}))
    employment = {"administration_id": "SN", "since": date(2017, 5, 16)}
    scored.do("record-employment", "registrar", person_id="assessor1", **employment)
    scored.refused("own-administration", *SUPERSEDE, **superseding(FIRST, "s-2"))


def test_nothing_is_changed_or_settled_once_the_outcome_is_computed(computed: Rules) -> None:
    computed.refused("outcome-computed", *SUPERSEDE, **superseding(FIRST, "s-2"))
    computed.refused("outcome-computed", "hold-moderation", "moderator", **HELD)


def test_a_sheet_is_handed_in_from_the_first_day_on(planned: Rules) -> None:
    planned.at(2017, 5, 14, 23, 59).refused("session-not-started", "submit-score-sheet", "assessor1", **sheet())
    planned.at(2017, 5, 15).do("submit-score-sheet", "assessor1", **sheet())


def exception(**changes: Any) -> dict[str, Any]:
    return {"candidacy_id": "c-awa", "assessor_id": "assessor1", "session_id": SESSION, "reason": REASON, **changes}


def test_an_exception_is_of_known_people_and_workshops_and_nobody_grants_their_own(planned: Rules) -> None:
    grant = ("grant-separation-exception", "manager", "director")
    planned.refused("unknown", *grant, **exception(assessor_id="nobody"))
    planned.refused("unknown", *grant, **exception(session_id="NONE"))
    planned.refused("own-case", *grant, **exception(assessor_id="manager"))
    planned.do("grant-role", "director", person_id="awa", role="programme-manager")
    planned.refused("own-case", "grant-separation-exception", "awa", "director", **exception())
    planned.do(*grant, **exception())


@pytest.mark.parametrize(("start", "code"), [(date(2019, 5, 18), "separation-period"), (date(2019, 5, 19), None)])
def test_the_separation_period_is_over_after_its_months(planned: Rules, start: date, code: str | None) -> None:
    """Trained until 19 May 2017, under a version of 24 months."""
    planned.score("c-awa", 2)
    planned.conclude("c-awa")
    planned.do("plan-session", session_id="TOA-2", start=start, end=start)
    planned.do("grant-role", "director", person_id="facilitator", role="assessor")
    planned.do("assign-assessor", "manager", session_id="TOA-2", person_id="facilitator")
    planned.do("nominate-candidate", "registrar", **{**NOMINATION, "session_id": "TOA-2"})
    planned.do("decide-eligibility", "panel1", "panel2", candidacy_id="c-2", findings=findings(*CRITERIA))
    planned.at(start.year, start.month, start.day)
    submit = ("submit-score-sheet", "facilitator")
    if code is None:
        planned.do(*submit, **{**sheet(), "candidacy_id": "c-2"})
    else:
        planned.refused(code, *submit, **{**sheet(), "candidacy_id": "c-2"})


def test_nobody_moderates_a_candidate_of_their_own_administration(scored: Rules) -> None:
    """As nobody scores one: what is moderated takes the place of every level of the cell."""
    home = {"administration_id": "SN", "since": date(2016, 1, 1)}
    scored.do("record-employment", "registrar", person_id="moderator", **home)
    reveal_all(scored)
    scored.refused("own-administration", "hold-moderation", "moderator", **HELD)
    scored.refused("own-administration", *SUPERSEDE, **superseding(FIRST, "s-2"))


def test_nobody_decides_on_rivals_of_their_own_workshop(planned: Rules) -> None:
    planned.candidate("rival")
    planned.do("grant-role", "director", person_id="rival", role="decision-authority")
    decide = {"candidacy_id": "c-awa", "effective_from": date(2017, 5, 19)}
    planned.refused("officer-is-candidate", "decide-certification", "rival", "decider1", **decide)
