"""Scheme versions are complete before they count; a workshop is planned, staffed, closed and ranked."""

from datetime import date
from typing import Any

import pytest

from ledger.domain.decisions.session import places
from ledger.domain.events.session import RankingComputed
from ledger.domain.record import Role
from tests.ledger.domain.rules import Rules
from tests.scenario import COMPETENCIES, CRITERIA, PLAN, SCHEME, SESSION, Scenario, names


def draft(**changes: Any) -> dict[str, Any]:
    named = Scenario.named
    return {
        "scheme_id": SCHEME,
        "version": "1.1.0",
        "criteria": named(CRITERIA),
        "competencies": [{**row, "cut": 3} for row in named(COMPETENCIES)],
        "activities": [{**row, "competencies": PLAN[row["id"]]} for row in named(PLAN)],
        "levels": [{"level": n, "anchor_en": str(n), "anchor_fr": str(n)} for n in range(1, 6)],
        "decision_rule": "mean-of-levels/v1",
        "assessors_per_cell": 2,
        "seats": 2,
        "validity_months": 36,
        "renewal_window_months": 6,
        "separation_months": 24,
        **changes,
    }


ONE_LEVEL = [{"level": 3, "anchor_en": "a", "anchor_fr": "a"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1.0"},
        {"levels": []},
        {"levels": ONE_LEVEL},
        {"levels": [{"level": n, "anchor_en": "a", "anchor_fr": "a"} for n in (1, 3)]},
        {"levels": [{"level": n, "anchor_en": "a", "anchor_fr": " "} for n in (1, 2, 3)]},
        {"competencies": [{**row, "cut": 9} for row in Scenario.named(COMPETENCIES)]},
        {"criteria": []},
        {"criteria": Scenario.named(["Not An Id"])},
        {"criteria": [{"id": "x", "name_en": "", "name_fr": "x"}]},
        {"activities": [{**row, "competencies": []} for row in Scenario.named(PLAN)]},
        {"activities": [{**row, "competencies": PLAN[row["id"]] * 2} for row in Scenario.named(PLAN)]},
        {"competencies": [{**row, "cut": 3} for row in Scenario.named(COMPETENCIES * 2)]},
        {"criteria": Scenario.named(CRITERIA * 2)},
        {"seats": 0},
        {"validity_months": 0},
        {"separation_months": -1},
        {"renewal_window_months": 36},
        {"recognises": True},
        {"steps": ["identity", "identity"]},
        {"appeal_days": 0},
    ],
)
def test_a_draft_that_lacks_something_or_names_it_twice_is_refused(planned: Rules, changes: dict[str, Any]) -> None:
    """Case I1: a competency named twice in an activity would weigh double."""
    planned.refused("malformed", "draft-scheme-version", "manager", **draft(**changes))


def test_a_version_says_what_happens_before_and_after_the_workshop(planned: Rules) -> None:
    version = planned.read().scheme(SCHEME).drafts["1.0.0"]
    assert (version.field_phase, version.renewal, version.clocks) == (None, None, (30, 10, 90))
    options = {"field_phase_months": 24, "recognises": True, "renewal_missions": 2, "decision_days": 60}
    planned.do("draft-scheme-version", "manager", **draft(version="1.1.0", **options))
    version = planned.read().scheme(SCHEME).drafts["1.1.0"]
    assert (version.field_phase, version.renewal, version.clocks) == ((24, True), (0, 2, 0), (30, 10, 60))


def test_a_candidate_neither_closes_nor_ranks_nor_withdraws_others(planned: Rules) -> None:
    """Case I16: what concerns every candidate of a workshop concerns the one who would sign it."""
    for role in (Role.PROGRAMME_MANAGER, Role.REGISTRAR):
        planned.do("grant-role", "director", person_id="awa", role=role)
    planned.candidate("bob")
    withdrawal: dict[str, Any] = {"initiator": "candidate", "effective_from": date(2017, 1, 9)}
    planned.refused("officer-is-candidate", "withdraw-candidacy", "awa", candidacy_id="c-bob", **withdrawal)
    planned.at(2017, 5, 19, 15).refused("officer-is-candidate", "close-session", "awa", session_id=SESSION)
    planned.do("close-session", "manager", session_id=SESSION)
    planned.refused("officer-is-candidate", "compute-ranking", "awa", session_id=SESSION)


def test_a_candidate_reveals_no_sheet_of_others_and_computes_no_outcome(planned: Rules) -> None:
    """Before it is recorded, the statement to be signed shows the levels, and then what they make."""
    planned.do("grant-role", "director", person_id="awa", role=Role.REGISTRAR)
    planned.candidate("bob")
    planned.at(2017, 5, 19, 15).score("c-bob", 4)
    (sheet, *_) = planned.read().candidacy("c-bob").live_sheets
    reveal = {"candidacy_id": "c-bob", "sheet_id": sheet.sheet_id}
    planned.refused("officer-is-candidate", "reveal-score-sheet", "awa", **reveal)
    planned.do("reveal-score-sheet", "registrar", **reveal)
    planned.refused("officer-is-candidate", "compute-outcome", "awa", candidacy_id="c-bob")


def test_a_candidate_chooses_nobody_who_trains_or_assesses_in_their_workshop(planned: Rules) -> None:
    planned.do("grant-role", "director", person_id="awa", role=Role.PROGRAMME_MANAGER)
    for command, person in (("assign-facilitator", "facilitator"), ("assign-assessor", "assessor1")):
        planned.refused("officer-is-candidate", command, "awa", session_id=SESSION, person_id=person)
        planned.do("plan-session", "manager", **plan(session_id=f"TOA-{person.upper()}"))
        planned.do(command, "awa", session_id=f"TOA-{person.upper()}", person_id=person)


def test_versions_grow_and_are_approved_once(planned: Rules) -> None:
    planned.refused("version-not-greater", "draft-scheme-version", "manager", **draft(version="1.0.0"))
    planned.refused("unknown", "draft-scheme-version", "manager", **draft(scheme_id="other"))
    two_levels = [*ONE_LEVEL, {"level": 4, "anchor_en": "b", "anchor_fr": "b"}]
    planned.do("draft-scheme-version", "manager", **draft(validity_months=None, levels=two_levels))
    approve = ("approve-scheme-version", "director", "manager")
    since: dict[str, Any] = {"effective_from": date(2018, 1, 1)}
    planned.refused("version-not-drafted", *approve, scheme_id=SCHEME, version="9.0.0", **since)
    planned.refused("version-already-approved", *approve, scheme_id=SCHEME, version="1.0.0", **since)
    planned.do(*approve, scheme_id=SCHEME, version="1.1.0", **since)
    planned.refused("unknown", *approve, scheme_id="other", version="1.1.0", **since)
    one_day = {"scheme_version": "1.1.0", "end": date(2018, 1, 1)}
    planned.refused("version-not-in-force", "plan-session", "manager", **plan(start=date(2017, 12, 31), **one_day))
    planned.do("plan-session", "manager", **plan(start=date(2018, 1, 1), **one_day))


def test_a_scheme_has_an_id_and_titles_of_its_own(planned: Rules) -> None:
    titles = {"title_en": "T", "title_fr": "T", "domain": "PCA"}
    planned.refused("already-exists", "establish-scheme", "director", scheme_id=SCHEME, **titles)
    planned.refused("malformed", "establish-scheme", "director", scheme_id="Not An Id", **titles)
    planned.refused("malformed", "establish-scheme", "director", scheme_id="x", **{**titles, "title_fr": ""})


def plan(**changes: Any) -> dict[str, Any]:
    return {"session_id": "TOA-2", "start": date(2017, 9, 1), "end": date(2017, 9, 5), **changes}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("malformed", {"session_id": "lower"}),
        ("malformed", {"end": date(2017, 8, 31)}),
        ("malformed", {"language": "French"}),
        ("already-exists", {"session_id": SESSION}),
        ("unknown", {"scheme_id": "other"}),
        ("version-not-in-force", {"start": date(2016, 1, 1)}),
        ("version-not-in-force", {"scheme_version": "2.0.0"}),
    ],
)
def test_a_workshop_is_planned_under_a_version_in_force(planned: Rules, code: str, changes: dict[str, Any]) -> None:
    planned.refused(code, "plan-session", "manager", **plan(**changes))


def test_nobody_trains_and_assesses_in_one_workshop(planned: Rules) -> None:
    train, assess = ("assign-facilitator", "manager"), ("assign-assessor", "manager")
    for assign in (train, assess):
        planned.refused("role-not-held", *assign, session_id=SESSION, person_id="panel1")
        planned.refused("unknown", *assign, session_id=SESSION, person_id="nobody")
    planned.refused("already-assigned", *train, session_id=SESSION, person_id="facilitator")
    planned.refused("already-assigned", *assess, session_id=SESSION, person_id="assessor1")
    planned.do("grant-role", "director", person_id="assessor1", role="facilitator")
    planned.do("grant-role", "director", person_id="facilitator", role="assessor")
    planned.refused("trainer-and-assessor", *train, session_id=SESSION, person_id="assessor1")
    planned.refused("trainer-and-assessor", *assess, session_id=SESSION, person_id="facilitator")
    planned.refused("unknown", *assess, session_id="NONE", person_id="assessor1")


def test_a_candidate_of_a_workshop_neither_trains_nor_assesses_in_it(planned: Rules) -> None:
    planned.do("record-employment", "registrar", person_id="awa", administration_id="SN", since=date(2017, 1, 1))
    for role, command in (("facilitator", "assign-facilitator"), ("assessor", "assign-assessor")):
        planned.do("grant-role", "director", person_id="awa", role=role)
        planned.refused("officer-is-candidate", command, "manager", session_id=SESSION, person_id="awa")
        planned.do("plan-session", "manager", **plan(session_id=f"TOA-{role.upper()}"))
        planned.do(command, "manager", session_id=f"TOA-{role.upper()}", person_id="awa")


def test_an_assessor_needs_a_home_administration(planned: Rules) -> None:
    planned.do("grant-role", "director", person_id="registrar", role="assessor")
    planned.refused("employment-unknown", "assign-assessor", "manager", session_id=SESSION, person_id="registrar")


def test_a_workshop_closes_when_it_is_over_and_everyone_is_decided_upon(planned: Rules) -> None:
    planned.do("register-person", person_id="bob", details=names("Bob"))
    planned.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    planned.refused("session-not-over", "close-session", "manager", session_id=SESSION)
    planned.at(2017, 5, 19, 17).refused("candidacy-undecided", "close-session", "manager", session_id=SESSION)
    planned.refused("session-not-closed", "compute-ranking", "registrar", session_id=SESSION)
    planned.do("withdraw-candidacy", candidacy_id="c-bob", effective_from=date(2017, 5, 1), reason_code="health")
    planned.do("close-session", "manager", session_id=SESSION)
    planned.refused("session-closed", "close-session", "manager", session_id=SESSION)
    planned.refused("session-closed", "nominate-candidate", candidacy_id="c-x", person_id="bob", details=[])
    planned.refused("outcome-missing", "compute-ranking", "registrar", session_id=SESSION)


def test_everyone_tied_at_the_last_seat_is_selected_and_nobody_below(planned: Rules) -> None:
    for name in ("bob", "cid"):
        planned.candidate(name)
    planned.score("c-awa", 4)
    planned.score("c-bob", 4)
    planned.score("c-cid", 3)
    planned.conclude("c-awa", "c-bob", "c-cid")
    session = planned.read().session(SESSION)
    assert session.selected == ("c-awa", "c-bob")
    (ranking,) = (event.facts for event in planned.events if isinstance(event.facts, RankingComputed))
    assert places(ranking) == {"c-awa": 1, "c-bob": 1, "c-cid": 3}
    refusal = planned.last
    assert refusal is not None
    assert getattr(refusal, "reason_code", None) == "qualified-not-selected"
    planned.refused("already-ranked", "compute-ranking", "registrar", session_id=SESSION)


def test_a_ranking_without_anyone_who_meets_everything_selects_nobody(planned: Rules) -> None:
    planned.score("c-awa", 2)
    planned.conclude("c-awa")
    assert planned.read().session(SESSION).selected == ()
    assert getattr(planned.last, "unmet", None) == COMPETENCIES
