"""Requests about personal data, legal holds, disclosures and retention (ISO/IEC 17024, 7.1 and 7.3; GDPR)."""

from datetime import date
from typing import Any

import pytest

from ledger.domain.record import Stream
from ledger.domain.retention import kept_until
from tests.ledger.domain.rules import Rules
from tests.scenario import value
from tests.vectors.stories.cases import APPEAL, LODGED, TODAY, WHY, refuse, seat

REASON = value("reason", "as the file says")
ASKED = {"request_id": "r-1", "person_id": "awa", "request_kind": "access", "received_on": date(2017, 1, 9)}
DECIDED = {"request_id": "r-1", "granted": True, "refusal_ground": None, "reason": None}
HOLD = {"hold_id": "h-1", "person_id": "awa", "review_on": date(2018, 1, 9), "reason": REASON}
GIVEN: dict[str, Any] = {
    "transfer_id": "t-1",
    "person_id": "awa",
    "recipient": "court",
    "legal_basis": "legal-obligation",
    "categories": ["identity-data", "result-data"],
    "disclosed_on": date(2017, 1, 9),
    "told_before": False,
    "not_told_because": "prohibited-by-law",
}
OLD: dict[str, Any] = {
    "history_id": "o-1",
    "person_id": "awa",
    "session_id": None,
    "administration_id": None,
    "record_kind": "workshop-attended",
    "original_on": date(2012, 6, 1),
    "evidence_grade": "grade-b",
    "source_hash": "0" * 64,
    "account": value("account", "a list of participants"),
}


def erase(rules: Rules, basis: str = "request") -> None:
    rules.do("erase-personal-data", person_id="awa", basis_code=basis)


def refused_to_erase(rules: Rules, code: str, basis: str = "request") -> None:
    rules.refused(code, "erase-personal-data", person_id="awa", basis_code=basis)


@pytest.fixture
def known(rules: Rules) -> Rules:
    """Awa is registered, and no candidate."""
    rules.person("awa")
    return rules


# Requests


def test_an_answer_is_due_within_a_month_and_once_two_later(known: Rules) -> None:
    known.refused("unknown", "extend-data-subject-request", request_id="r-1", reason=REASON)
    known.refused("in-the-future", "receive-data-subject-request", **ASKED | {"received_on": date(2017, 1, 10)})
    known.do("receive-data-subject-request", **ASKED | {"received_on": date(2016, 12, 31)})
    assert known.read().request("r-1").due_on == date(2017, 1, 31)
    known.refused("already-exists", "receive-data-subject-request", **ASKED)
    known.do("extend-data-subject-request", request_id="r-1", reason=REASON)
    assert known.read().request("r-1").due_on == date(2017, 3, 31)
    known.refused("request-extended-already", "extend-data-subject-request", request_id="r-1", reason=REASON)


def test_time_that_is_over_is_not_extended_and_a_late_answer_is_one(known: Rules) -> None:
    known.do("receive-data-subject-request", **ASKED)
    known.at(2017, 2, 10)
    known.refused("request-overdue", "extend-data-subject-request", request_id="r-1", reason=REASON)
    known.do("decide-data-subject-request", **DECIDED)
    assert known.read().request("r-1").decided_on == date(2017, 2, 10)
    known.refused("request-decided", "decide-data-subject-request", **DECIDED)


def test_a_refusal_has_a_ground_and_reasons(known: Rules) -> None:
    known.do("receive-data-subject-request", **ASKED)
    no = DECIDED | {"granted": False}
    known.refused("malformed", "decide-data-subject-request", **no)
    known.refused("malformed", "decide-data-subject-request", **no | {"refusal_ground": "excessive"})
    known.refused("malformed", "decide-data-subject-request", **DECIDED | {"refusal_ground": "excessive"})
    known.do("decide-data-subject-request", **no | {"refusal_ground": "excessive", "reason": REASON})
    assert not known.read().request("r-1").is_open


def test_a_data_protection_officer_does_not_decide_their_own_request(known: Rules) -> None:
    known.do("grant-role", person_id="awa", role="data-protection-officer")
    known.refused("own-case", "receive-data-subject-request", "awa", **ASKED)


def test_nothing_is_erased_while_the_person_waits_for_an_answer(known: Rules) -> None:
    known.do("receive-data-subject-request", **ASKED | {"request_kind": "erase"})
    refused_to_erase(known, "request-open")
    known.do(
        "decide-data-subject-request",
        **DECIDED | {"granted": False, "refusal_ground": "legal-obligation", "reason": REASON},
    )
    refused_to_erase(known, "erasure-refused")
    known.do("receive-data-subject-request", **ASKED | {"request_id": "r-2", "request_kind": "erase"})
    known.do("decide-data-subject-request", **DECIDED | {"request_id": "r-2"})
    erase(known)


def test_who_asked_for_something_else_is_not_refused_an_erasure(known: Rules) -> None:
    known.do("receive-data-subject-request", **ASKED)
    known.do("decide-data-subject-request", **DECIDED)
    erase(known)


def test_nothing_is_erased_while_an_appeal_is_undecided(rules: Rules) -> None:
    rules.plan(appeal_days=30)
    refuse(rules, "bob")
    rules.do("lodge-appeal", "registrar", **LODGED)
    rules.refused("appeal-undecided", "erase-personal-data", person_id="bob", basis_code="request")
    seat(rules, "member1")
    rules.do("decide-admissibility", "member1", **APPEAL, admissible=False, reason=WHY)
    rules.do("close-appeal", "registrar", **APPEAL, notified_on=TODAY)
    rules.do("erase-personal-data", person_id="bob", basis_code="request")


# Holds


def test_nothing_is_erased_under_a_hold_whichever_id_it_names(known: Rules) -> None:
    known.person("double")
    known.do("place-legal-hold", **HOLD | {"person_id": "double"})
    known.do("merge-persons", person_id="awa", merged_id="double", reason=REASON)
    refused_to_erase(known, "legal-hold")
    known.do("release-legal-hold", hold_id="h-1", reason=REASON)
    known.refused("hold-released", "release-legal-hold", hold_id="h-1", reason=REASON)
    erase(known)


def test_a_hold_is_of_somebody_known_and_is_looked_at_again(known: Rules) -> None:
    known.refused("unknown", "place-legal-hold", **HOLD | {"person_id": "nobody"})
    known.refused("malformed", "place-legal-hold", **HOLD | {"review_on": date(2017, 1, 9)})
    known.do("place-legal-hold", **HOLD)
    known.refused("already-exists", "place-legal-hold", **HOLD)


# Disclosures


def test_a_disclosure_says_whether_the_person_was_told_and_if_not_why(known: Rules) -> None:
    known.refused("malformed", "record-disclosure", **GIVEN | {"not_told_because": None})
    known.refused("malformed", "record-disclosure", **GIVEN | {"told_before": True})
    known.refused("malformed", "record-disclosure", **GIVEN | {"categories": []})
    known.refused("in-the-future", "record-disclosure", **GIVEN | {"disclosed_on": date(2017, 1, 10)})
    known.do("record-disclosure", **GIVEN)
    known.refused("already-exists", "record-disclosure", **GIVEN)
    assert known.read().about("awa") == (Stream("transfer", "t-1"),)


# Retention


@pytest.mark.parametrize(("months", "until"), [(None, None), (12, date(2018, 5, 19))])
def test_a_scheme_says_how_long_data_are_kept_after_the_workshop(
    rules: Rules, months: int | None, until: date | None
) -> None:
    rules.plan(retention_months=months)
    rules.candidate("awa")
    rules.do("withdraw-candidacy", candidacy_id="c-awa", effective_from=rules.now.date(), reason_code="health")
    assert kept_until("awa", rules.read()) == until
    if until is not None:
        rules.at(2018, 5, 19)
        refused_to_erase(rules, "retention-not-ended", "retention-ended")
        rules.at(2018, 5, 20)
    erase(rules, "retention-ended")


def test_a_term_begins_with_the_last_day_of_the_certification(rules: Rules) -> None:
    rules.plan(retention_months=12)
    rules.score(rules.candidate("awa"), 4)
    rules.conclude("c-awa")
    ends = rules.read().certification("c-awa").standing.expires_on
    assert ends is not None
    assert kept_until("awa", rules.read()) == ends.replace(year=ends.year + 1)


def test_what_never_ends_is_kept(rules: Rules) -> None:
    rules.plan(retention_months=12, validity_months=None)
    rules.score(rules.candidate("awa"), 4)
    rules.conclude("c-awa")
    assert kept_until("awa", rules.read()) == date.max


# Deaths, old records, administrations


def test_a_death_is_recorded_once(known: Rules) -> None:
    died = {"person_id": "awa", "died_on": date(2017, 1, 1), "evidence": value("evidence", "a letter")}
    known.refused("in-the-future", "record-death", **died | {"died_on": date(2017, 1, 10)})
    known.do("record-death", **died)
    assert known.read().person("awa").died_on == date(2017, 1, 1)
    known.refused("death-recorded", "record-death", **died)


def test_an_old_record_is_taken_in_when_it_is_and_grants_nothing(known: Rules) -> None:
    known.plan()
    known.refused("in-the-future", "import-historical-record", **OLD | {"original_on": date(2017, 1, 10)})
    known.refused("unknown", "import-historical-record", **OLD | {"session_id": "NONE"})
    known.refused("unknown", "import-historical-record", **OLD | {"administration_id": "ZZ"})
    known.refused("malformed", "import-historical-record", **OLD | {"source_hash": "f" * 63})
    known.do("import-historical-record", **OLD | {"session_id": "TOA-PCA-FR-2017", "administration_id": "SN"})
    known.refused("already-exists", "import-historical-record", **OLD)
    assert known.events[-1].time == known.now
    assert not known.read().candidacies_of("awa")
    record = Stream("history", "o-1")
    assert [known.read().about(one) for one in ("awa", "TOA-PCA-FR-2017", "SN", "FR")] == [(record,)] * 3 + [()]


def test_an_administration_has_one_region_and_one_membership_on_a_day(known: Rules) -> None:
    moved = {"administration_id": "SN", "region": "West and Central Africa", "effective_from": date(2020, 1, 1)}
    joined = {"administration_id": "SN", "membership": "member", "effective_from": date(1976, 3, 1)}
    known.do("assign-region", **moved)
    known.refused("region-unchanged", "assign-region", **moved)
    known.do("record-membership", **joined, cited_source="List of Members")
    senegal = known.read().administration("SN")
    assert senegal.region(date(2019, 12, 31)) == "Europe"
    assert senegal.region(date(2020, 1, 1)) == "West and Central Africa"
    assert senegal.membership(date(1976, 2, 28)) is None
    assert senegal.membership(date(1976, 3, 1)) == "member"


def test_what_is_about_nobody_yet_names_nobody(known: Rules) -> None:
    known.refused("unknown", "release-legal-hold", hold_id="h-1", reason=REASON)
    read = known.read()
    assert (read.transfer("t-1").version, read.historic_record("o-1").version) == (0, 0)
