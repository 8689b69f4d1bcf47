"""The selection: members of the panel record what each of them finds, and two decide."""

from typing import Any

import pytest

from ledger.domain.decisions.candidacy import counting_findings, found_on, sees_findings
from ledger.domain.events.candidacy import EligibilityConfirmed, EligibilityRefused, FindingsRecorded
from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, SESSION, names, value

RECORD, DECIDE = "record-findings", ("decide-eligibility", "panel1", "panel2")
FIRST, SECOND, _ = CRITERIA
WHY = value("reason", "three of the years were in another field")


def found(*unmet: str, **changed: Any) -> dict[str, Any]:
    """All criteria of Bob's candidacy are met, but for some."""
    findings = [{"criterion": criterion, "met": criterion not in unmet} for criterion in CRITERIA]
    return {"candidacy_id": "c-bob", "findings": findings, "reason": None, **changed}


@pytest.fixture
def nominated(planned: Rules) -> Rules:
    """Bob is nominated, and nothing is decided on him; the panel has a third member."""
    planned.person("bob")
    planned.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    planned.do("register-person", person_id="panel3", details=names("Panel3"))
    planned.do("grant-role", person_id="panel3", role="selection-panel")
    return planned


def test_each_member_records_findings_of_their_own_and_the_latest_count(nominated: Rules) -> None:
    assert nominated.do(RECORD, "panel1", **found(FIRST)) == "findings-recorded/v1"
    nominated.do(RECORD, "panel2", **found(SECOND))
    nominated.do(RECORD, "panel1", **found(reason=WHY))
    candidacy = nominated.read().candidacy("c-bob")
    assert list(candidacy.findings) == ["panel2", "panel1"], "the last recorded last"
    assert candidacy.findings["panel1"] == nominated.last
    assert candidacy.undecided, "findings decide nothing by themselves"
    counting = counting_findings(candidacy, nominated.read())
    assert counting == candidacy.findings
    assert found_on(counting.values()) == {criterion: {True} for criterion in CRITERIA} | {SECOND: {True, False}}
    of_bob = [event.facts for event in nominated.events if isinstance(event.facts, FindingsRecorded)]
    assert [[f.criterion for f in fact.findings if not f.met] for fact in of_bob] == [[FIRST], [SECOND], []]


def test_findings_are_on_every_criterion_once_by_a_member_who_may_select(nominated: Rules) -> None:
    whole = found()["findings"]
    for findings in (whole[1:], whole + whole[:1], [*whole[1:], {"criterion": "luck", "met": True}]):
        nominated.refused("findings-incomplete", RECORD, "panel1", **found(findings=findings))
    nominated.refused("role-not-held", RECORD, "assessor1", **found())
    nominated.refused("unknown", RECORD, "panel1", **found(candidacy_id="c-nobody"))
    nominated.do("grant-role", person_id="awa", role="selection-panel")
    nominated.refused("officer-is-candidate", RECORD, "awa", **found())
    nominated.refused("own-case", RECORD, "awa", **found(candidacy_id="c-awa"))


def test_a_member_sees_what_others_found_once_their_own_findings_are_in_or_all_is_decided(nominated: Rules) -> None:
    def sees(member: str) -> bool:
        return sees_findings(member, nominated.read().candidacy("c-bob"), nominated.read())

    nominated.do(RECORD, "panel1", **found())
    nominated.do(RECORD, "panel2", **found())
    assert [sees(member) for member in ("panel1", "panel2", "panel3")] == [True, True, False]
    nominated.do(*DECIDE, **found())
    assert sees("panel3")


def test_nothing_is_found_after_the_decision_or_a_withdrawal(nominated: Rules) -> None:
    nominated.refused("selection-decided", RECORD, "panel1", **found(candidacy_id="c-awa"))
    nominated.do("withdraw-candidacy", candidacy_id="c-bob", effective_from=nominated.now.date(), reason_code="health")
    nominated.refused("candidacy-withdrawn", RECORD, "panel1", **found())


def test_the_panel_decides_as_all_found_who_recorded_findings(nominated: Rules) -> None:
    nominated.do(RECORD, "panel3", **found(FIRST))
    nominated.refused("findings-agree", *DECIDE, **found(reason=WHY))
    nominated.do(RECORD, "panel1", **found(FIRST))
    nominated.refused("findings-agree", *DECIDE, **found(FIRST, SECOND, reason=WHY))
    assert nominated.do(*DECIDE, **found(FIRST)) == "eligibility-refused/v2"
    candidacy = nominated.read().candidacy("c-bob")
    assert (candidacy.eligible, candidacy.unmet_criteria) == (False, (FIRST,))
    assert candidacy.selection is not None
    assert candidacy.selection.by == ("panel1", "panel2")


@pytest.mark.parametrize(
    ("unmet", "fact"),
    [((), EligibilityConfirmed), ((FIRST,), EligibilityRefused)],
)
def test_where_members_differ_the_panel_gives_its_reason(
    nominated: Rules, unmet: tuple[str, ...], fact: type[EligibilityConfirmed | EligibilityRefused]
) -> None:
    nominated.do(RECORD, "panel1", **found())
    nominated.do(RECORD, "panel2", **found(FIRST))
    nominated.refused("findings-differ", *DECIDE, **found(*unmet))
    nominated.do(*DECIDE, **found(*unmet, reason=WHY))
    assert isinstance(nominated.last, fact)
    selection = nominated.read().candidacy("c-bob").selection
    assert selection is not None
    assert selection.reason == nominated.last.reason
    assert nominated.last.reason is not None


def test_findings_that_nobody_recorded_are_decided_on_as_before(nominated: Rules) -> None:
    assert nominated.do(*DECIDE, **found()) == "eligibility-confirmed/v2"
    assert nominated.read().candidacy("c-bob").attends


def test_of_one_human_under_two_ids_the_last_findings_count(nominated: Rules) -> None:
    """Otherwise somebody who was registered twice would differ from themselves."""
    nominated.do(RECORD, "panel3", **found(FIRST))
    nominated.do(RECORD, "panel1", **found())
    nominated.do("merge-persons", person_id="panel1", merged_id="panel3", reason=WHY)
    counting = counting_findings(nominated.read().candidacy("c-bob"), nominated.read())
    assert found_on(counting.values()) == {criterion: {True} for criterion in CRITERIA}
    nominated.refused("findings-agree", *DECIDE, **found(FIRST))
    nominated.do(*DECIDE, **found())


def test_findings_of_who_turns_out_to_be_a_candidate_of_the_workshop_count_for_nothing(nominated: Rules) -> None:
    nominated.do(RECORD, "panel3", **found(FIRST))
    nominated.do("merge-persons", person_id="panel3", merged_id="awa", reason=WHY)
    assert counting_findings(nominated.read().candidacy("c-bob"), nominated.read()) == {}
    nominated.do(*DECIDE, **found())


def test_a_decision_of_the_first_version_is_decided_again_as_it_was(nominated: Rules) -> None:
    """Its statements are in registers, and signed: they keep their meaning and give no reason."""
    decide_v1, stated = ("decide-eligibility/v1", "panel1", "panel2"), found()
    del stated["reason"]
    nominated.refused("findings-incomplete", *decide_v1, **{**stated, "findings": stated["findings"][1:]})
    assert nominated.do(*decide_v1, **stated) == "eligibility-confirmed/v1"
    bob = nominated.read().candidacy("c-bob").selection
    assert bob is not None
    assert bob.reason is None
    nominated.person("eve")
    nominated.do("nominate-candidate", candidacy_id="c-eve", person_id="eve", session_id=SESSION, details=[])
    refused = {"candidacy_id": "c-eve", "findings": found(SECOND)["findings"]}
    assert nominated.do(*decide_v1, **refused) == "eligibility-refused/v1"
    assert nominated.read().candidacy("c-eve").unmet_criteria == (SECOND,)


def test_findings_bind_a_decision_of_the_first_version_too(nominated: Rules) -> None:
    """Otherwise two could sign the earlier form to pass over what a third found."""
    decide_v1 = ("decide-eligibility/v1", "panel1", "panel2")
    stated = {"candidacy_id": "c-bob", "findings": found()["findings"]}
    nominated.do(RECORD, "panel3", **found(FIRST))
    nominated.refused("findings-agree", *decide_v1, **stated)
    nominated.do(RECORD, "panel1", **found())
    nominated.refused("findings-differ", *decide_v1, **stated)
    nominated.do(RECORD, "panel3", **found())
    assert nominated.do(*decide_v1, **stated) == "eligibility-confirmed/v1"
