"""Who decides, what is granted, and how a certification lives on."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.events.certification import CertificateIssued, CertificationGranted, CertificationRefused
from ledger.domain.months import add_months, last_day
from ledger.domain.number import CertificateNumber
from ledger.domain.record import Role
from ledger.domain.standing import Standing, Status, standing_of
from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, END, SESSION, value

AWA = {"certification_id": "c-awa"}
SUSPEND: dict[str, Any] = {**AWA, "effective_from": date(2018, 1, 1), "reason_code": "under-review"}


def test_a_certificate_is_issued_once_and_reissued_under_a_new_number(certified: Rules) -> None:
    assert isinstance(certified.last, CertificateIssued)
    first = certified.last.certificate.number
    certified.refused("certificate-issued", "issue-certificate", "registrar", **AWA)
    certified.do("reissue-certificate", "registrar", **AWA, reason_code="lost")
    assert getattr(certified.last, "old_number", None) == first
    assert CertificateNumber.parse(first) == CertificateNumber(SESSION, 1, 1)
    certified.refused("not-granted", "issue-certificate", "registrar", certification_id="c-none")


@pytest.mark.parametrize(
    ("code", "person"), [("decider-scored", "assessor1"), ("decider-trained", "facilitator"), ("own-case", "awa")]
)
def test_who_trained_or_scored_or_is_concerned_may_not_decide(certified: Rules, code: str, person: str) -> None:
    certified.do("grant-role", "director", person_id=person, role=Role.DECISION_AUTHORITY)
    certified.refused(code, "suspend-certification", person, **SUSPEND)
    certified.do("suspend-certification", "decider1", **SUSPEND)


def test_a_registrar_who_is_the_candidate_or_the_holder_records_nothing_about_it(certified: Rules) -> None:
    """Case I16: a registrar may not issue their own certificate, nor reveal, compute or withdraw in their own case."""
    certified.do("grant-role", "director", person_id="awa", role=Role.REGISTRAR)
    sheet_id = certified.read().candidacy("c-awa").live_sheets[0].sheet_id
    withdrawal = {"initiator": "candidate", "effective_from": date(2017, 5, 19)}
    for command, arguments in (
        ("issue-certificate", {}),
        ("reissue-certificate", {"reason_code": "lost"}),
        ("reveal-score-sheet", {"candidacy_id": "c-awa", "sheet_id": sheet_id}),
        ("compute-outcome", {"candidacy_id": "c-awa"}),
        ("withdraw-candidacy", {"candidacy_id": "c-awa", **withdrawal}),
    ):
        certified.refused("own-case", command, "awa", **arguments)


@pytest.mark.parametrize(
    ("withdrew", "code"),
    [(date(2017, 5, 15), None), (date(2017, 5, 16), "decider-trained")],
    ids=["on the first day", "after the first day"],
)
def test_who_trained_somebody_who_withdrew_later_may_not_decide(
    planned: Rules, withdrew: date, code: str | None
) -> None:
    """ISO/IEC 17024 9.4.4 asks who trained the candidate, not who stayed to the end."""
    withdraw: dict[str, Any] = {"initiator": "candidate", "effective_from": withdrew, "reason_code": "health"}
    planned.at(2017, 5, 17).do("withdraw-candidacy", "registrar", candidacy_id="c-awa", **withdraw)
    planned.do("plan-session", session_id="TOA-2", start=date(2017, 9, 4), end=date(2017, 9, 8))
    planned.do("nominate-candidate", candidacy_id="c-2", person_id="awa", session_id="TOA-2", details=[])
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    planned.do("decide-eligibility", "panel1", "panel2", candidacy_id="c-2", findings=findings)
    planned.do("grant-role", "director", person_id="facilitator", role=Role.DECISION_AUTHORITY)
    decide: dict[str, Any] = {"candidacy_id": "c-2", "effective_from": date(2017, 9, 8)}
    planned.refused(code or "not-ranked", "decide-certification", "facilitator", "decider1", **decide)


def test_what_expired_is_neither_suspended_nor_resumed_but_may_turn_out_to_have_been_void(certified: Rules) -> None:
    certified.at(2018, 1, 1).do("suspend-certification", "decider1", **SUSPEND)
    certified.at(2020, 5, 19)
    earlier = date(2018, 6, 1)
    certified.refused("expired", "lift-suspension", "decider1", **AWA, effective_from=earlier)
    certified.refused("expired", "suspend-certification", "decider1", **{**SUSPEND, "effective_from": earlier})
    found_out_late: dict[str, Any] = {**AWA, "effective_from": earlier, "reason_code": "misconduct"}
    certified.do("withdraw-certification", "decider1", "decider2", **found_out_late)
    assert certified.read().certification("c-awa").standing.on(earlier) is Status.WITHDRAWN


def test_a_change_takes_effect_within_the_days_of_the_certification_both_included(certified: Rules) -> None:
    before, last, after = END - timedelta(days=1), date(2020, 5, 18), date(2020, 5, 19)
    certified.at(2018, 1, 1)
    withdraw = ("withdraw-certification", "decider1", "decider2")
    for day, code in ((before, "effective-too-early"), (after, "expired")):
        certified.refused(code, "lift-suspension", "decider1", **AWA, effective_from=day)
        certified.refused(code, *withdraw, **AWA, effective_from=day, reason_code="misconduct")
    certified.at(2020, 5, 18).do("suspend-certification", "decider1", **{**SUSPEND, "effective_from": last})
    standing = certified.read().certification("c-awa").standing
    assert [standing.on(day) for day in (last, after)] == [Status.SUSPENDED, Status.EXPIRED]
    certified.do(*withdraw, **AWA, effective_from=last, reason_code="misconduct")


def test_a_certificate_counts_on_its_last_day(certified: Rules) -> None:
    standing = certified.read().certification("c-awa").standing
    assert [standing.on(date(2020, 5, day)) for day in (18, 19)] == [Status.VALID, Status.EXPIRED]


def rank(planned: Rules) -> None:
    """Awa is scored, and ranked after the workshop: all that a decision needs."""
    planned.score("c-awa", 4)
    planned.at(2017, 5, 19, 16).do("close-session", "manager", session_id=SESSION)
    for sheet in planned.read().candidacy("c-awa").live_sheets:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    planned.do("compute-ranking", "registrar", session_id=SESSION)


def test_nothing_is_issued_once_the_certification_is_withdrawn(planned: Rules) -> None:
    rank(planned)
    planned.do("decide-certification", "decider1", "decider2", candidacy_id="c-awa", effective_from=END)
    end: dict[str, Any] = {**AWA, "effective_from": END, "reason_code": "misconduct"}
    planned.do("withdraw-certification", "decider1", "decider2", **end)
    planned.refused("withdrawn", "issue-certificate", "registrar", **AWA)


def test_a_moderator_may_not_decide(planned: Rules) -> None:
    planned.score("c-awa", 4)
    for sheet in planned.read().candidacy("c-awa").live_sheets:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    planned.do("hold-moderation", candidacy_id="c-awa", level=4, rationale=value("rationale", "agreed"))
    planned.do("grant-role", "director", person_id="moderator", role=Role.DECISION_AUTHORITY)
    decide: dict[str, Any] = {"candidacy_id": "c-awa", "effective_from": END}
    planned.refused("decider-moderated", "decide-certification", "moderator", "decider1", **decide)
    planned.refused("not-ranked", "decide-certification", "decider1", "decider2", **decide)


def test_the_decision_is_taken_once_and_not_before_the_end_of_the_workshop(planned: Rules) -> None:
    decide = ("decide-certification", "decider1", "decider2")
    rank(planned)
    planned.refused("effective-too-early", *decide, candidacy_id="c-awa", effective_from=date(2017, 5, 18))
    planned.do(*decide, candidacy_id="c-awa", effective_from=END)
    assert isinstance(planned.last, CertificationGranted)
    assert planned.last.expires_on == date(2020, 5, 18)
    planned.refused("certification-decided", *decide, candidacy_id="c-awa", effective_from=END)
    planned.refused("certificate-missing", "reissue-certificate", "registrar", **AWA, reason_code="lost")


def test_suspended_lifted_withdrawn(certified: Rules) -> None:
    certified.at(2018, 1, 1)
    early = {**SUSPEND, "effective_from": date(2017, 1, 1)}
    certified.refused("effective-too-early", "suspend-certification", "decider1", **early)
    certified.refused("expired", "suspend-certification", "decider1", **{**SUSPEND, "effective_from": date(2021, 1, 1)})
    certified.refused("not-suspended", "lift-suspension", "decider1", **AWA, effective_from=date(2018, 1, 1))
    certified.do("suspend-certification", "decider1", **SUSPEND)
    certified.refused("suspended", "suspend-certification", "decider1", **SUSPEND)
    certified.at(2020, 1, 1).refused("suspended", "renew-certification", **AWA, method="reassessment")
    certified.do("lift-suspension", "decider1", **AWA, effective_from=date(2018, 3, 1))
    end: dict[str, Any] = {**AWA, "effective_from": date(2018, 6, 1), "reason_code": "misconduct"}
    certified.do("withdraw-certification", "decider1", "decider2", **end)
    certified.refused("withdrawn", "withdraw-certification", "decider1", "decider2", **end)
    certified.refused("withdrawn", "reissue-certificate", "registrar", **AWA, reason_code="lost")
    standing = certified.read().certification("c-awa").standing
    days = {
        date(2017, 5, 18): Status.NOT_YET_VALID,
        date(2018, 2, 28): Status.SUSPENDED,
        date(2018, 3, 1): Status.VALID,
        date(2018, 6, 1): Status.WITHDRAWN,
    }
    assert {day: standing.on(day) for day in days} == days


@pytest.mark.parametrize("first_day", [date(2020, 5, 19), date(2020, 6, 1)])
def test_nobody_holds_two_certifications_in_force_under_one_scheme(certified: Rules, first_day: date) -> None:
    """Renewal is the way; a suspended certification still is one, and one that expired or was void is none."""
    start = date(2018, 5, 14)
    certified.do("plan-session", session_id="TOA-2", start=start, end=start)
    for assessor in ("assessor1", "assessor2"):
        certified.do("assign-assessor", "manager", session_id="TOA-2", person_id=assessor)
    certified.do("nominate-candidate", candidacy_id="c-2", person_id="awa", session_id="TOA-2", details=[])
    findings = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    certified.do("decide-eligibility", candidacy_id="c-2", findings=findings)
    certified.at(2018, 5, 14).score("c-2", 4)
    certified.do("close-session", "manager", session_id="TOA-2")
    for sheet in certified.read().candidacy("c-2").live_sheets:
        certified.do("reveal-score-sheet", "registrar", candidacy_id="c-2", sheet_id=sheet.sheet_id)
    certified.do("compute-outcome", "registrar", candidacy_id="c-2")
    certified.do("compute-ranking", "registrar", session_id="TOA-2")
    decide: dict[str, Any] = {"name": "decide-certification", "candidacy_id": "c-2"}
    certified.refused("already-certified", **decide, effective_from=start)
    certified.do("suspend-certification", "decider1", **{**SUSPEND, "effective_from": start})
    for day in (start, date(2020, 5, 18)):
        certified.refused("already-certified", **decide, effective_from=day)
    certified.do("lift-suspension", "decider1", **AWA, effective_from=start)
    certified.do(**decide, effective_from=first_day)
    certified.at(2020, 1, 1).refused("already-certified", "renew-certification", **AWA, method="reassessment")
    end: dict[str, Any] = {"certification_id": "c-2", "effective_from": first_day, "reason_code": "misconduct"}
    certified.do("withdraw-certification", "decider1", "decider2", **end)
    certified.do("renew-certification", **AWA, method="reassessment")


def test_renewed_inside_the_window_only(certified: Rules) -> None:
    renew = ("renew-certification", "decider1", "decider2")
    certified.at(2019, 11, 17).refused("outside-renewal-window", *renew, **AWA, method="reassessment")
    certified.at(2020, 5, 19).refused("outside-renewal-window", *renew, **AWA, method="reassessment")
    certified.at(2020, 5, 18).do(*renew, **AWA, method="reassessment")
    assert certified.read().certification("c-awa").standing.expires_on == date(2023, 5, 18)


def test_a_certification_without_expiry_is_not_renewed(rules: Rules) -> None:
    rules.certify(validity_months=None)
    rules.refused("no-expiry", "renew-certification", "decider1", "decider2", **AWA, method="reassessment")
    assert rules.read().certification("c-awa").standing.on(date(2099, 1, 1)) is Status.VALID


def test_a_certificate_that_lacks_an_item_cannot_be_issued() -> None:
    rules = Rules(body="")
    rules.appoint()
    rules.plan()
    rules.score(rules.candidate("awa"), 4)
    rules.at(2017, 5, 19, 16)
    rules.refused_in_conclusion("certificate-item-missing", "c-awa")


def test_nothing_granted_is_no_standing() -> None:
    refused = CertificationRefused(certification_id="c", person_id="p", session_id="S", reason_code="not-met", unmet=())
    assert standing_of([refused]).on(date(2020, 1, 1)) is Status.NONE


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 100))
def test_of_one_day_the_pause_recorded_last_decides(day: date, length: int) -> None:
    later = day + timedelta(days=length)
    standing = Standing(day, None, ((later, True), (later, False)))
    assert standing.on(later) is Status.VALID


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2025, 8, 29), 6, date(2026, 2, 28)),
        (date(2025, 8, 30), 6, date(2026, 2, 28)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 8, 28), 6, date(2026, 2, 27)),
        (date(2023, 8, 29), 6, date(2024, 2, 28)),
        (date(2023, 8, 30), 6, date(2024, 2, 29)),
        (date(2025, 3, 31), 1, date(2025, 4, 30)),
        (date(2017, 5, 19), 36, date(2020, 5, 18)),
        (date(2025, 3, 1), 12, date(2026, 2, 28)),
    ],
)
def test_a_period_ends_the_day_before_the_same_day_or_with_the_month(first: date, months: int, last: date) -> None:
    """Case I15."""
    assert last_day(first, months) == last


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 600))
def test_no_period_is_shorter_than_its_months_and_the_next_begins_the_day_after(day: date, months: int) -> None:
    after = last_day(day, months) + timedelta(days=1)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) in (months, months + 1)
    assert after.day == day.day or (after.day == 1 and add_months(day, months).day < day.day)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
