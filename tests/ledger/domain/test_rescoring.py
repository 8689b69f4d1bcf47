"""Others assess a candidate again after an appeal, and others decide by the new outcome."""

from copy import deepcopy

import pytest

from ledger.domain.events.certification import CertificationGranted, CertificationRefused
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from tests.ledger.domain.conftest import copied
from tests.ledger.domain.rules import Rules
from tests.scenario import PLAN, SESSION, value
from tests.vectors.stories.rescore import OTHERS, REMIT, REOPEN, decide_again, refuse, reopen, reveal, submit
from tests.vectors.stories.standing import uphold

CELL = {
    "activity": next(one for one, found in PLAN.items() if found),
    "level": 3,
    "rationale": value("rationale", "so"),
}


@pytest.fixture(scope="session")
def once_refused(once_appointed: Rules) -> Rules:
    """Bob did not reach the level; the only seat is Awa's."""
    rules = deepcopy(once_appointed)
    refuse(rules, level=2)
    return rules


@pytest.fixture(scope="session")
def once_reopened(once_refused: Rules) -> Rules:
    """Two others are assigned to assess Bob again."""
    rules = deepcopy(once_refused)
    reopen(rules)
    return rules


refused, reopened = copied("once_refused"), copied("once_reopened")


def test_others_assess_again_and_the_ranking_gives_a_further_seat(reopened: Rules) -> None:
    candidacy = reopened.read().candidacy("c-bob")
    assert (candidacy.outcome, candidacy.live_sheets, candidacy.rescoring) == (None, (), True)
    assert candidacy.sheets
    assert decide_again(reopened, 4) == "certification-granted/v1"  # tied at the last seat
    assert isinstance(reopened.last, CertificationGranted)
    assert reopened.last.serial == 2
    awa = reopened.read().certification("c-awa").grant
    assert awa is not None
    assert awa.serial == 1


@pytest.mark.parametrize(("level", "reason"), [(2, "not-met"), (3, "qualified-not-selected")])
def test_who_stays_below_is_refused_by_the_new_outcome(reopened: Rules, level: int, reason: str) -> None:
    assert decide_again(reopened, level) == "certification-refused/v1"
    assert isinstance(reopened.last, CertificationRefused)
    assert reopened.last.reason_code == reason


def test_a_seat_that_was_left_is_given(rules: Rules) -> None:
    refuse(rules, level=2, seats=2)
    reopen(rules)
    assert decide_again(rules, 3) == "certification-granted/v1"


def test_a_refusal_for_want_of_a_seat_is_not_assessed_again(rules: Rules) -> None:
    refuse(rules, level=3)
    with pytest.raises(Refused) as refusal:
        uphold(rules, "bob", "certification-refused", "rescore")
    assert refusal.value.code == "remedy-unfit"


def test_an_assessment_is_reopened_once_after_an_appeal_that_says_so(refused: Rules) -> None:
    refused.refused("unknown", "reopen-assessment", "registrar", **REOPEN)
    uphold(refused, "bob", "certification-refused", "rescore")
    refused.refused("appeal-of-another", "reopen-assessment", "registrar", **REOPEN | {"candidacy_id": "c-awa"})
    refused.do("grant-role", "director", person_id="facilitator", role=Role.REGISTRAR)
    refused.refused("panel-touched", "reopen-assessment", "facilitator", **REOPEN)
    refused.refused("not-rescored", "remit-decision", "director", **REMIT)
    refused.do("reopen-assessment", "registrar", **REOPEN)
    refused.refused("remitted-already", "reopen-assessment", "registrar", **REOPEN)
    refused.refused("not-rescored", "remit-decision", "director", **REMIT)


def test_a_refusal_that_is_remitted_as_it_is_reopens_no_assessment(refused: Rules) -> None:
    uphold(refused, "bob", "certification-refused", "remit")
    refused.refused("remedy-not-granted", "reopen-assessment", "registrar", **REOPEN)


def test_nobody_assesses_again_who_assessed_decided_or_heard_the_appeal(reopened: Rules) -> None:
    sheet = {"candidacy_id": "c-bob", "sheet_id": "s", "activity": CELL["activity"]}
    levels = {"commitment": value("levels", {PLAN[str(CELL["activity"])][0]: 3})}
    reopened.refused("assessed-before", "submit-score-sheet", "assessor1", **sheet, **levels)
    for person in ("decider1", "member1"):
        reopened.do("grant-role", "director", person_id=person, role=Role.ASSESSOR)
        reopened.do("assign-assessor", "manager", session_id=SESSION, person_id=person)
        reopened.refused("assessed-before", "submit-score-sheet", person, **sheet, **levels)
    other = sheet | {"candidacy_id": "c-awa"}
    reopened.refused("session-closed", "submit-score-sheet", "assessor3", **other, **levels)


def test_the_new_sheets_stay_sealed_until_every_cell_is_full(reopened: Rules) -> None:
    outcome = {"candidacy_id": "c-bob"}
    reopened.refused("sheets-missing", "compute-outcome", "registrar", **outcome)
    submit(reopened, "assessor3", 4)
    sheet = reopened.read().candidacy("c-bob").live_sheets[0]
    reopened.refused("sheets-missing", "reveal-score-sheet", "registrar", **outcome, sheet_id=sheet.sheet_id)
    reopened.do("recuse-assessor", "assessor3", **outcome, reason_code="family")
    assert reopened.read().candidacy("c-bob").live_sheets == ()


def test_what_was_revealed_is_settled_by_moderation_and_computed(reopened: Rules) -> None:
    submit(reopened, "assessor3", 2)
    submit(reopened, "assessor4", 4)
    reveal(reopened)
    competency = PLAN[str(CELL["activity"])][0]
    reopened.do("hold-moderation", "moderator", candidacy_id="c-bob", competency=competency, **CELL)
    reopened.do("compute-outcome", "registrar", candidacy_id="c-bob")
    assert not reopened.read().candidacy("c-bob").rescoring
    reopened.refused("session-closed", "assign-assessor", "manager", session_id=SESSION, person_id=OTHERS[0])


def test_facilitators_are_not_assigned_after_the_workshop(reopened: Rules) -> None:
    reopened.do("grant-role", "director", person_id="panel1", role=Role.FACILITATOR)
    reopened.refused("session-closed", "assign-facilitator", "manager", session_id=SESSION, person_id="panel1")
