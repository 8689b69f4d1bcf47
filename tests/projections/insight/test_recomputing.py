"""A result is computed again from the sheets, step by step; another version is tried on the same sheets."""

from datetime import date
from fractions import Fraction

import msgspec
import pytest

from ledger.domain.decisions.session import rank
from ledger.domain.events.session import RankingComputed
from ledger.domain.states.candidacy import Candidacy
from projections.insight.recomputing import Case, Kind, Recomputed, recompute, rounded
from projections.insight.what_if import compare
from tests.ledger.domain.rules import Rules
from tests.scenario import PLAN, SESSION, value

CELL = ("simulation", "advisory-capacity")


@pytest.fixture(scope="module")
def held() -> Rules:
    """One seat: awa gets it, kofi is a moderated half point behind, zoe meets nothing."""
    rules = Rules()
    rules.appoint()
    rules.plan(seats=1)
    for name, level in (("awa", 4), ("kofi", 4), ("zoe", 2)):
        rules.score(rules.candidate(name), level)
    rules.at(2017, 5, 19, 16)
    rules.do("close-session", "manager", session_id=SESSION)
    members = ("c-awa", "c-kofi", "c-zoe")
    for candidacy_id in members:
        for sheet in rules.read().candidacy(candidacy_id).live_sheets:
            rules.do("reveal-score-sheet", "registrar", candidacy_id=candidacy_id, sheet_id=sheet.sheet_id)
    settled = dict(zip(("activity", "competency"), CELL, strict=True))
    rules.do("hold-moderation", candidacy_id="c-kofi", level=3, rationale=value("rationale", "agreed"), **settled)
    for candidacy_id in members:
        rules.do("compute-outcome", "registrar", candidacy_id=candidacy_id)
    rules.do("compute-ranking", "registrar", session_id=SESSION)
    return rules


def attended_of(rules: Rules) -> list[Candidacy]:
    return [each for each in rules.read().candidacies_in(SESSION) if each.attends]


def ranking_of(rules: Rules) -> RankingComputed:
    (ranking,) = (event.facts for event in rules.events if isinstance(event.facts, RankingComputed))
    return ranking


def case_of(rules: Rules, candidacy_id: str) -> Case:
    read = rules.read()
    session = read.session(SESSION)
    return Case(
        candidacy=read.candidacy(candidacy_id),
        plan=session.planned,
        version=read.scheme_version(session),
        attended=attended_of(rules),
        ranking=ranking_of(rules),
        one=read.one,
        named=str.title,
    )


def words_of(found: Recomputed, kind: Kind) -> list[str]:
    return [step.words.en for step in found.steps if step.kind is kind]


def test_whoever_has_a_seat_sees_why(held: Rules) -> None:
    found = recompute(case_of(held, "c-awa"))
    assert (found.result, found.differs, found.outcome) == ("granted", False, held.read().candidacy("c-awa").outcome)
    assert words_of(found, Kind.SEAT) == ["1. Awa: 16; seat"]
    assert words_of(found, Kind.RANK) == ["2. Kofi: 31/2 (15.500); no seat left"]
    assert words_of(found, Kind.RESULT) == [
        "By the rules, certification granted: everything is met, and there is a seat"
    ]
    assert words_of(found, Kind.RECORDED) == ["The recorded outcome is the same", "The recorded ranking is the same"]


def test_who_is_tied_has_the_same_place_in_a_comparison_and_in_the_steps(held: Rules) -> None:
    awa, kofi, zoe = attended_of(held)
    assert awa.outcome is not None
    tied = [awa, msgspec.structs.replace(kofi, outcome=awa.outcome), zoe]
    ranking = rank(tied, 1)
    case = msgspec.structs.replace(case_of(held, "c-awa"), attended=tied, ranking=ranking)
    assert words_of(recompute(case), Kind.SEAT) == ["1. Awa: 16; seat", "1. Kofi: 16; seat, tied with the last one"]
    version = case.version
    assert {each.place_then for each in compare(tied, ranking, version)} == {1, None}


def test_a_half_is_rounded_up_everywhere() -> None:
    assert [str(rounded(Fraction(n, 16))) for n in (1, 3, 13)] == ["0.063", "0.188", "0.813"]


def test_whoever_is_qualified_without_a_seat_sees_what_moderation_changed(held: Rules) -> None:
    found = recompute(case_of(held, "c-kofi"))
    assert (found.result, found.differs) == ("qualified-not-selected", False)
    (settled,) = (step for step in found.steps if step.about == "/".join(CELL) and step.kind is Kind.CELL)
    assert settled.words.en == "simulation / advisory-capacity: 4, 4; settled at 3 by Moderator, in place of each"
    assert "advisory-capacity: 14 in 4 levels, mean 7/2 (3.500), cut score 3: met" in words_of(found, Kind.COMPETENCY)


def test_whoever_is_refused_sees_every_competency_below_its_cut(held: Rules) -> None:
    found = recompute(case_of(held, "c-zoe"))
    assert found.result == "not-met"
    (said,) = words_of(found, Kind.RESULT)
    assert said.startswith("By the rules, certification refused: not met: theoretical-knowledge, practical-skills")


def test_steps_are_said_in_french_too(held: Rules) -> None:
    found = recompute(case_of(held, "c-kofi"))
    french = [step.words.fr for step in found.steps]
    assert "2. Kofi\u00a0: 31/2 (15,500)\u202f; plus de place" in french
    assert all(step.words.fr != step.words.en for step in found.steps)


def test_a_recorded_outcome_that_does_not_follow_is_named(held: Rules) -> None:
    case = case_of(held, "c-zoe")
    outcome = case.candidacy.outcome
    assert outcome is not None
    forged = msgspec.structs.replace(outcome, outcome="met")
    found = recompute(msgspec.structs.replace(case, candidacy=msgspec.structs.replace(case.candidacy, outcome=forged)))
    assert found.differs
    assert words_of(found, Kind.RECORDED)[0] == "The recorded outcome is ANOTHER one"


def test_a_recorded_ranking_that_does_not_follow_is_named(held: Rules) -> None:
    case = case_of(held, "c-awa")
    forged = msgspec.structs.replace(ranking_of(held), selected=("c-kofi",))
    found = recompute(msgspec.structs.replace(case, ranking=forged))
    assert found.differs
    assert words_of(found, Kind.RECORDED)[1] == "The recorded ranking is ANOTHER one"


def test_before_a_ranking_there_is_an_outcome_and_no_result(held: Rules) -> None:
    case = msgspec.structs.replace(case_of(held, "c-awa"), attended=(), ranking=None)
    found = recompute(case)
    assert found.outcome is not None
    assert (found.outcome.outcome, found.result, words_of(found, Kind.RESULT)) == ("met", None, [])


def test_an_outcome_that_is_not_computed_yet_is_not_called_one(held: Rules) -> None:
    case = case_of(held, "c-awa")
    assert words_of(recompute(case), Kind.OUTCOME) == ["Outcome: every competency is met; sum of the means 16"]
    sealed = {i: msgspec.structs.replace(sheet, levels=None) for i, sheet in case.candidacy.sheets.items()}
    open_case = msgspec.structs.replace(case.candidacy, sheets=sealed, outcome=None)
    (said,) = words_of(
        recompute(msgspec.structs.replace(case, candidacy=open_case, attended=(), ranking=None)), Kind.OUTCOME
    )
    assert said == "Not computed yet; from what is revealed so far: incomplete: a cell has too few levels"


def test_whoever_withdrew_after_the_assessment_has_an_outcome_and_no_decision(held: Rules) -> None:
    case = case_of(held, "c-awa")
    withdrawn = msgspec.structs.replace(case.candidacy, withdrawn_from=date(2017, 5, 20))
    found = recompute(msgspec.structs.replace(case, candidacy=withdrawn))
    assert found.outcome is not None
    assert (found.outcome.outcome, found.result) == ("met", "candidacy-withdrawn")
    assert words_of(found, Kind.RESULT) == ["Nothing is decided: withdrew with effect from 20 May 2017"]


def test_before_the_selection_nothing_is_computed(held: Rules) -> None:
    case = case_of(held, "c-awa")
    found = recompute(msgspec.structs.replace(case, candidacy=msgspec.structs.replace(case.candidacy, selection=None)))
    assert (found.outcome, found.result, len(found.steps)) == (None, "undecided", 2)


def test_a_cell_with_too_few_levels_leaves_the_result_open() -> None:
    rules = Rules()
    rules.appoint()
    rules.plan()
    candidacy_id = rules.candidate("awa")
    rules.at(2017, 5, 16, 9)
    rules.do(
        "submit-score-sheet",
        "assessor1",
        candidacy_id=candidacy_id,
        sheet_id="s1",
        commitment=value("levels", {"practical-skills": 4}),
    )
    session = rules.read().session(SESSION)
    case = Case(
        candidacy=rules.read().candidacy(candidacy_id),
        plan=session.planned,
        version=rules.read().scheme_version(session),
        attended=(),
        ranking=None,
        one=rules.read().one,
        named=str.title,
    )
    found = recompute(case)
    assert found.outcome is not None
    assert found.outcome.outcome == "incomplete"
    assert words_of(found, Kind.SHEET) == ["Sheet of Assessor1 on case-study: sealed; counts"]
    assert "case-study / practical-skills: no level; incomplete: 0 of 2 levels" in words_of(found, Kind.CELL)


def test_of_two_sheets_of_one_person_and_of_a_superseded_one_the_use_is_said(held: Rules) -> None:
    case = case_of(held, "c-awa")
    found = recompute(msgspec.structs.replace(case, one=lambda person: person.rstrip("12")))
    assert found.outcome is not None
    assert found.outcome.outcome == "incomplete"
    assert found.differs
    assert sum("second sheet of one person" in words for words in words_of(found, Kind.SHEET)) == len(
        [activity for activity, assessed in PLAN.items() if assessed]
    )
    first = next(iter(case.candidacy.sheets.values()))
    sheets = case.candidacy.sheets | {first.sheet_id: msgspec.structs.replace(first, live=False)}
    gone = recompute(msgspec.structs.replace(case, candidacy=msgspec.structs.replace(case.candidacy, sheets=sheets)))
    assert any(words.endswith("superseded or set aside, does not count") for words in words_of(gone, Kind.SHEET))


def test_the_same_version_changes_nothing(held: Rules) -> None:
    version = held.read().scheme_version(held.read().session(SESSION))
    for found in compare(attended_of(held), ranking_of(held), version):
        assert not found.differs
        assert (found.place, found.off_rubric) == (found.place_then, ())


def test_another_version_says_who_would_have_passed_and_who_had_a_seat(held: Rules) -> None:
    version = held.read().scheme_version(held.read().session(SESSION))
    lower = tuple(msgspec.structs.replace(each, cut=2) for each in version.competencies)
    found = {
        each.candidacy_id: each
        for each in compare(
            attended_of(held), ranking_of(held), msgspec.structs.replace(version, competencies=lower, seats=2)
        )
    }
    assert {name: each.differs for name, each in found.items()} == {"c-awa": False, "c-kofi": True, "c-zoe": True}
    assert (found["c-kofi"].has_seat_then, found["c-kofi"].has_seat) == (False, True)
    assert (found["c-zoe"].outcome_then, found["c-zoe"].outcome, found["c-zoe"].place) == ("not-met", "met", 3)


def test_a_competency_that_nobody_scored_is_incomplete_and_levels_off_the_rubric_are_named(held: Rules) -> None:
    version = held.read().scheme_version(held.read().session(SESSION))
    added = msgspec.structs.replace(version.competencies[0], id="ethics")
    activity = msgspec.structs.replace(version.activities[0], competencies=("ethics",))
    other = msgspec.structs.replace(
        version,
        competencies=(*version.competencies, added),
        activities=(activity, *version.activities[1:]),
        levels=version.levels[:3],
    )
    (awa, *_) = compare(attended_of(held), ranking_of(held), other)
    assert (awa.outcome, awa.unmet, awa.off_rubric) == ("incomplete", ("lecture/ethics",), (4,))
