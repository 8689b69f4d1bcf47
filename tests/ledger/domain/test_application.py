"""What candidates hand in before the selection, and what keeps it from being decided (ISO/IEC 17024, 9.1 and 9.7)."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from ledger.domain.decisions.rows import EventType
from ledger.domain.events.application import ApplicationSubmitted
from ledger.domain.record import ROLE_LABELS
from ledger.domain.refusal import Refused
from ledger.domain.subjects import CURRENT_TYPES
from tests.ledger.domain.rules import Rules
from tests.scenario import SESSION, key_of, names, value
from tests.vectors.stories.application import ALL_MET, CHECKLIST, DETAILS, PAPER, STEPS, on_paper

AWA = {"candidacy_id": "c-awa"}
SUBMIT = {**AWA, "text": "declaration/v1", "details": DETAILS}
DAY = date(2017, 1, 9)
USE: dict[str, Any] = {
    "use_id": "ai-1",
    "purpose": "translate",
    "touches": ["applications"],
    "model": "Exemple LM",
    "model_version": "3.1",
    "person_id": "moderator",
}


@pytest.fixture(scope="session")
def once_called() -> Rules:
    """A scheme with every step, and Awa, who has a key, is nominated with Bob, who has none."""
    rules = Rules()
    rules.appoint()
    rules.plan(seats=1, steps=STEPS)
    for name in ("awa", "bob"):
        rules.person(name)
        rules.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[])
    rules.do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    return rules


@pytest.fixture
def called(once_called: Rules) -> Rules:
    return deepcopy(once_called)


def everything_of_awa(rules: Rules) -> None:
    """Awa does every step before the selection in her own name."""
    rules.do("submit-application", "awa", **SUBMIT)
    rules.do("declare-application-complete", **AWA, checklist=CHECKLIST)
    rules.do("accept-code-of-conduct", "awa", **AWA, text="code-of-conduct/v1")
    rules.do("declare-interests", "awa", **AWA, relation_code="family", reason=value("reason", "a cousin assesses"))
    rules.do("acknowledge-ai-use", "awa", **AWA, text="ai-notice/v1")


def test_selection_waits_for_each_step_and_says_which_are_missing(called: Rules) -> None:
    with pytest.raises(Refused) as refused:
        called.do("decide-eligibility", **AWA, findings=ALL_MET)
    assert refused.value.code == "steps-missing"
    for word in ("a complete application", "code of conduct", "interests", "artificial intelligence"):
        assert word in refused.value.words.en
    assert "identity" not in refused.value.words.en, "it is verified before the first score sheet"
    assert "un dossier de candidature complet" in refused.value.words.fr
    everything_of_awa(called)
    assert called.do("decide-eligibility", **AWA, findings=ALL_MET) == "eligibility-confirmed/v2"
    on_paper(called, "c-bob")
    called.do("declare-application-complete", candidacy_id="c-bob", checklist=CHECKLIST)
    assert called.do("decide-eligibility", candidacy_id="c-bob", findings=ALL_MET) == "eligibility-confirmed/v2"


def test_a_candidate_applies_in_their_own_name_and_nobody_does_it_for_them(called: Rules) -> None:
    called.refused("not-in-own-name", "submit-application", "registrar", **SUBMIT)
    called.refused("no-key", "submit-application", "bob", **SUBMIT | {"candidacy_id": "c-bob"})
    called.refused("malformed", "submit-application", "awa", **SUBMIT | {"details": [*DETAILS, DETAILS[0]]})
    called.do("submit-application", "awa", **SUBMIT)
    submitted = called.last
    assert isinstance(submitted, ApplicationSubmitted)
    assert (submitted.scheme_id, submitted.scheme_version) == ("toa-pca-fr", "1.0.0")
    assert called.read().candidacy("c-awa").preparation.application == submitted.details
    paper = {"signed_on": date(2017, 1, 10), "evidence": PAPER}
    called.refused("in-the-future", "receive-application", **SUBMIT | {"candidacy_id": "c-bob"} | paper)


def test_an_application_is_returned_until_it_is_whole_and_is_then_left_alone(called: Rules) -> None:
    back = {**AWA, "missing": ["years-of-pca"], "complete_by": date(2017, 2, 1), "reason": None}
    called.refused("application-awaited", "return-application", **back)
    called.do("submit-application", "awa", **SUBMIT | {"details": DETAILS[:1]})
    for day in (date(2017, 1, 8), date(2017, 5, 15)):
        called.refused("malformed", "return-application", **back | {"complete_by": day})
    called.refused("malformed", "return-application", **back | {"missing": []})
    called.do("return-application", **back)
    called.refused("application-awaited", "declare-application-complete", **AWA, checklist=CHECKLIST)
    called.do("submit-application", "awa", **SUBMIT | {"details": DETAILS[:1]})
    with pytest.raises(Refused, match="years-of-pca, languages"):
        called.do("declare-application-complete", **AWA, checklist=CHECKLIST)
    called.do("submit-application", "awa", **SUBMIT)
    with pytest.raises(Refused, match="declaration"):
        called.do("declare-application-complete", **AWA, checklist=CHECKLIST[:3])
    called.do("declare-application-complete", **AWA, checklist=CHECKLIST)
    called.refused("application-complete", "submit-application", "awa", **SUBMIT)


def test_nothing_is_handed_in_after_the_decision_or_a_withdrawal(called: Rules) -> None:
    everything_of_awa(called)
    called.do("decide-eligibility", **AWA, findings=[{**ALL_MET[0], "met": False}, *ALL_MET[1:]])
    called.refused("not-eligible", "accept-code-of-conduct", "awa", **AWA, text="code-of-conduct/v1")
    called.do("withdraw-candidacy", candidacy_id="c-bob", effective_from=DAY, reason_code="health")
    paper = {"text": "code-of-conduct/v1", "signed_on": DAY, "evidence": PAPER}
    called.refused("candidacy-withdrawn", "receive-signed-paper", candidacy_id="c-bob", **paper)


def test_an_application_comes_before_the_selection_and_the_rest_before_the_certification(
    planned: Rules, certified: Rules
) -> None:
    planned.do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    planned.refused("selection-decided", "submit-application", "awa", **SUBMIT)
    planned.do("accept-code-of-conduct", "awa", **AWA, text="code-of-conduct/v1")
    certified.refused("certification-decided", "request-accommodation", **AWA, need=value("need", "time"))


def test_no_candidate_of_the_workshop_acts_on_another(called: Rules) -> None:
    called.do("grant-role", "director", person_id="awa", role="registrar")
    paper = {"text": "code-of-conduct/v1", "signed_on": DAY, "evidence": PAPER}
    called.refused("officer-is-candidate", "receive-signed-paper", "awa", candidacy_id="c-bob", **paper)
    called.refused("own-case", "receive-signed-paper", "awa", **AWA, **paper)


# The use of artificial intelligence (6.5 of the edition of 2026)


def test_whoever_validates_results_accepts_it_in_their_own_name(called: Rules) -> None:
    called.refused("not-in-own-name", "declare-ai-use", "manager", "assessor1", **USE)
    called.refused("no-officer", "declare-ai-use", "manager", "zoe", **with_key(called, "zoe"))
    called.refused("malformed", "declare-ai-use", "manager", "moderator", **USE | {"touches": []})
    called.refused("malformed", "declare-ai-use", "manager", "moderator", **USE | {"model": " "})
    assert called.do("declare-ai-use", "manager", "moderator", **USE) == "ai-use-declared/v1"
    called.refused("already-exists", "declare-ai-use", "manager", "moderator", **USE)
    called.refused("officer-is-candidate", "declare-ai-use", "manager", "awa", **USE | {"person_id": "awa"})


def with_key(rules: Rules, name: str) -> dict[str, Any]:
    """A use that somebody without a role would validate."""
    rules.do("register-person", "registrar", person_id=name, details=names(name))
    rules.do("register-key", "security", name, person_id=name, public_key=key_of(name).public)
    return USE | {"person_id": name}


def test_a_candidate_who_does_not_know_of_every_declared_use_is_not_decided_on(planned: Rules) -> None:
    """Also where the scheme has no steps."""
    planned.person("bob")
    planned.do("nominate-candidate", candidacy_id="c-bob", person_id="bob", details=[])
    planned.do("declare-ai-use", "manager", "moderator", **USE)
    planned.refused("steps-missing", "decide-eligibility", candidacy_id="c-bob", findings=ALL_MET)
    notice = {"text": "ai-notice/v1", "signed_on": DAY, "evidence": PAPER}
    for one in ("c-awa", "c-bob"):
        planned.do("receive-signed-paper", candidacy_id=one, **notice)
    planned.do("decide-eligibility", candidacy_id="c-bob", findings=ALL_MET)
    planned.do("declare-ai-use", "manager", "moderator", **USE | {"use_id": "ai-2"})
    planned.do("receive-signed-paper", candidacy_id="c-bob", **notice)
    assert planned.read().candidacy("c-bob").preparation.ai_uses == frozenset({"ai-1", "ai-2"})
    for one in ("c-awa", "c-bob"):
        planned.score(one, 4)
    with pytest.raises(Refused) as refused:
        planned.conclude("c-awa", "c-bob")
    assert refused.value.code == "steps-missing"


def test_no_use_is_declared_after_the_workshop(certified: Rules) -> None:
    certified.refused("session-closed", "declare-ai-use", "manager", "moderator", **USE)


@pytest.mark.parametrize("row", CURRENT_TYPES, ids=lambda row: row.wire_name)
def test_every_statement_is_signed_by_people(row: EventType) -> None:
    """No program has a seat: each is a role that a person holds, or that of whoever has a key."""
    assert row.seats
    assert {*row.seats} <= {*ROLE_LABELS}


# The call for nominations


def test_a_call_runs_to_its_last_day_and_then_closes_the_nominations(planned: Rules) -> None:
    call = {"administrations": ["SN"], "until": date(2017, 1, 31)}
    close = "close-call-for-nominations"
    planned.refused("not-called", close)
    planned.refused("malformed", "issue-call-for-nominations", **call | {"administrations": []})
    planned.refused("unknown", "issue-call-for-nominations", **call | {"administrations": ["ZZ"]})
    for day in (date(2017, 1, 8), date(2017, 5, 15)):
        planned.refused("malformed", "issue-call-for-nominations", **call | {"until": day})
    planned.do("issue-call-for-nominations", **call)
    planned.at(2017, 1, 31, 23).refused("call-not-over", close)
    planned.at(2017, 2, 1).do(close)
    planned.refused("call-closed", close)
    planned.person("bob")
    nomination = {"candidacy_id": "c-bob", "person_id": "bob", "details": []}
    planned.refused("call-closed", "nominate-candidate", **nomination)
    planned.do("issue-call-for-nominations", **call | {"until": date(2017, 2, 10)})
    planned.do("nominate-candidate", **nomination)
    assert planned.read().session(SESSION).call is not None


def test_a_paper_informs_of_no_use_that_was_declared_after_it_was_signed(called: Rules) -> None:
    called.do("declare-ai-use", "manager", "moderator", **USE)
    called.now = called.now.replace(day=called.now.day + 1)
    called.do("declare-ai-use", "manager", "moderator", **USE | {"use_id": "ai-2"})
    notice = {"text": "ai-notice/v1", "evidence": PAPER, "candidacy_id": "c-bob"}
    called.do("receive-signed-paper", **notice, signed_on=called.now.date())
    called.do("receive-signed-paper", **notice, signed_on=DAY)
    known = called.read().candidacy("c-bob").preparation.ai_uses
    assert known == frozenset({"ai-1", "ai-2"})  # what they know, they know
    called.do("receive-signed-paper", **notice | AWA, signed_on=DAY)
    assert called.read().candidacy("c-awa").preparation.ai_uses == frozenset({"ai-1"})


def test_whoever_signs_in_anothers_name_learns_nothing_of_their_candidacy(called: Rules) -> None:
    called.do("withdraw-candidacy", candidacy_id="c-bob", effective_from=DAY, reason_code="other")
    with pytest.raises(Refused) as refused:
        called.do("accept-code-of-conduct", "awa", candidacy_id="c-bob", text="code-of-conduct/v1")
    assert (refused.value.code, refused.value.fields) == ("not-in-own-name", {"person": "awa"})
    called.refused("unknown", "accept-code-of-conduct", "awa", candidacy_id="c-eve", text="code-of-conduct/v1")
