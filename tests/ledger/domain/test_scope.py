"""What a certification covers: reduced, extended again by what was assessed since, and what certificates say of it."""

from datetime import date
from typing import Any

import pytest

from ledger.domain.events.certification import CertificateContent, CertificateReissued
from ledger.domain.record import Role
from ledger.domain.scope import scope_on
from tests.ledger.domain.rules import Rules
from tests.scenario import COMPETENCIES

AWA = {"certification_id": "c-awa"}
REDUCE, EXTEND, REISSUE = (
    ("reduce-scope", "decider1", "decider2"),
    ("extend-scope", "decider1", "decider2"),
    ("reissue-certificate", "registrar"),
)
THEORY, SKILLS, COMMUNICATION, ADVICE = COMPETENCIES
MARCH, JUNE = date(2018, 3, 1), date(2018, 6, 1)


def reduction(*removed: str, **changes: Any) -> dict[str, Any]:
    return {**AWA, "removed": removed, "effective_from": MARCH, "reason_code": "competence-lost", **changes}


def extension(*added: str, **changes: Any) -> dict[str, Any]:
    evidence = {"name": "evidence", "value": "assessment of June"}
    return {**AWA, "added": added, "assessed_on": JUNE, "effective_from": JUNE, "evidence": evidence, **changes}


@pytest.fixture
def reduced(certified: Rules) -> Rules:
    """Since 1 March 2018 Awa is certified for theory and advice only."""
    certified.at(2018, 2, 20).do(*REDUCE, **reduction(SKILLS, COMMUNICATION))
    return certified.at(2018, 6, 2)


def certificate(rules: Rules) -> CertificateContent:
    assert isinstance(rules.last, CertificateReissued)
    return rules.last.certificate


def scope(rules: Rules, *day: int) -> frozenset[str]:
    return scope_on(rules.read().certification("c-awa").scopes, date(*day))


def test_a_scope_is_reduced_from_a_day_on(reduced: Rules) -> None:
    assert scope(reduced, 2017, 1, 1) == scope(reduced, 2018, 2, 28) == set(COMPETENCIES)
    assert scope(reduced, 2018, 3, 1) == {THEORY, ADVICE}


def test_what_was_assessed_since_is_taken_back(reduced: Rules) -> None:
    reduced.do(*EXTEND, **extension(SKILLS))
    assert scope(reduced, 2018, 5, 31) == {THEORY, ADVICE}
    assert scope(reduced, 2018, 6, 1) == {THEORY, ADVICE, SKILLS}


@pytest.mark.parametrize("removed", [(), (SKILLS, SKILLS)], ids=["nothing", "one twice"])
def test_what_is_named_is_named_once(reduced: Rules, removed: tuple[str, ...]) -> None:
    reduced.refused("malformed", *REDUCE, **reduction(*removed))
    reduced.refused("malformed", *EXTEND, **extension(*removed))


def test_only_what_is_in_the_scope_is_removed_and_something_remains(reduced: Rules) -> None:
    reduced.refused("not-in-scope", *REDUCE, **reduction(SKILLS, THEORY))
    reduced.refused("not-in-scope", *REDUCE, **reduction("juggling"))
    reduced.refused("nothing-remains", *REDUCE, **reduction(THEORY, ADVICE))


def test_only_what_the_scheme_knows_and_the_scope_lacks_is_added(reduced: Rules) -> None:
    reduced.refused("not-in-scheme", *EXTEND, **extension(SKILLS, "juggling"))
    reduced.refused("already-in-scope", *EXTEND, **extension(SKILLS, THEORY))


def test_the_assessment_is_later_than_the_reduction_and_earlier_than_the_extension(reduced: Rules) -> None:
    early, today, late = date(2018, 2, 28), date(2018, 6, 2), date(2018, 6, 3)
    reduced.refused("assessed-too-early", *EXTEND, **extension(SKILLS, assessed_on=early))
    reduced.refused("in-the-future", *EXTEND, **extension(SKILLS, assessed_on=late))
    reduced.refused("effective-too-early", *EXTEND, **extension(SKILLS, effective_from=date(2018, 5, 31)))
    reduced.do(*EXTEND, **extension(SKILLS, assessed_on=MARCH))
    reduced.do(*EXTEND, **extension(COMMUNICATION, assessed_on=today, effective_from=today))


def test_what_was_taken_out_later_is_assessed_later(reduced: Rules) -> None:
    reduced.do(*REDUCE, **reduction(ADVICE, effective_from=JUNE))
    april = date(2018, 4, 1)
    reduced.refused("assessed-too-early", *EXTEND, **extension(SKILLS, ADVICE, assessed_on=april))
    reduced.do(*EXTEND, **extension(SKILLS, assessed_on=april))


def test_the_changes_follow_one_another_in_their_days_too(reduced: Rules) -> None:
    reduced.refused("effective-too-early", *REDUCE, **reduction(ADVICE, effective_from=date(2018, 2, 28)))
    reduced.do(*REDUCE, **reduction(ADVICE))
    assert scope(reduced, 2018, 3, 1) == {THEORY}, "of one day, the one recorded last"


def test_a_change_counts_within_the_days_of_a_certification_in_force(certified: Rules) -> None:
    certified.refused("effective-too-early", *REDUCE, **reduction(SKILLS, effective_from=date(2017, 5, 18)))
    certified.refused("expired", *REDUCE, **reduction(SKILLS, effective_from=date(2020, 5, 19)))
    certified.refused("not-granted", *REDUCE, **{**reduction(SKILLS), "certification_id": "c-none"})
    certified.at(2018, 2, 1).do(
        "suspend-certification", **AWA, effective_from=date(2018, 2, 1), reason_code="under-review"
    )
    certified.do(*REDUCE, **reduction(SKILLS))
    certified.at(2020, 5, 19).refused("expired", *EXTEND, **extension(SKILLS))
    certified.do("withdraw-certification", **AWA, effective_from=JUNE, reason_code="competence-lost")
    certified.refused("withdrawn", *REDUCE, **reduction(THEORY, effective_from=JUNE))


def test_two_decide_who_neither_trained_nor_scored(certified: Rules) -> None:
    certified.do("grant-role", "director", person_id="assessor1", role=Role.DECISION_AUTHORITY)
    certified.refused("decider-scored", "reduce-scope", "decider1", "assessor1", **reduction(SKILLS))
    certified.refused("signers-not-distinct", "reduce-scope", "decider1", "decider1", **reduction(SKILLS))
    certified.refused("decider-scored", "extend-scope", "assessor1", "decider1", **extension(SKILLS))


def test_a_renewal_keeps_the_scope(reduced: Rules) -> None:
    reduced.at(2020, 3, 1).do("renew-certification", "decider1", "decider2", **AWA, method="reassessment")
    assert scope(reduced, 2021, 1, 1) == {THEORY, ADVICE}
    reduced.do(*REISSUE, **AWA, reason_code="renewed")
    assert certificate(reduced).scope == (THEORY, ADVICE)


def test_a_certificate_is_reissued_for_the_scope_while_the_last_states_another(reduced: Rules) -> None:
    reduced.at(2018, 2, 28).refused("scope-unchanged", *REISSUE, **AWA, reason_code="scope-changed")
    reduced.at(2018, 3, 1).do(*REISSUE, **AWA, reason_code="scope-changed")
    assert certificate(reduced).scope == (THEORY, ADVICE)
    reduced.refused("scope-unchanged", *REISSUE, **AWA, reason_code="scope-changed")
    reduced.at(2018, 6, 2).do(*EXTEND, **extension(COMMUNICATION))
    reduced.do(*REISSUE, **AWA, reason_code="lost")
    assert certificate(reduced).scope == (THEORY, COMMUNICATION, ADVICE), "in the order of the scheme"
    reduced.refused("scope-unchanged", *REISSUE, **AWA, reason_code="scope-changed")


def test_a_first_certificate_states_the_scope_of_its_day(planned: Rules) -> None:
    planned.score("c-awa", 4)
    planned.at(2017, 5, 19, 16).do("close-session", "manager", session_id="TOA-PCA-FR-2017")
    for sheet in planned.read().candidacy("c-awa").live_sheets:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    planned.do("compute-ranking", "registrar", session_id="TOA-PCA-FR-2017")
    planned.do("decide-certification", "decider1", "decider2", candidacy_id="c-awa", effective_from=date(2017, 5, 20))
    planned.do(*REDUCE, **reduction(SKILLS, effective_from=date(2017, 5, 20)))
    planned.at(2017, 5, 20).do("issue-certificate", "registrar", **AWA)
    assert SKILLS not in planned.last.certificate.scope  # type: ignore[union-attr]  # a certificate was issued
