"""Continued competence, surveillance and renewal (ISO/IEC 17024, 7.1, 9.6 and 9.7)."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from ledger.domain.decisions.appeal import disputable
from ledger.domain.record import Role
from ledger.domain.renewal import history_of, progress_of
from tests.ledger.domain.rules import Rules
from tests.scenario import SESSION, START, value
from tests.vectors.stories.cases import APPEAL, PANEL, seat
from tests.vectors.stories.development import AWA, C_AWA, certify, log
from tests.vectors.stories.missions import assign, carry_out, request

GRANTED, EXPIRES = date(2017, 5, 19), date(2020, 5, 18)
LOGGED = {"activity_code": "course", "hours": 10, "day": date(2018, 1, 10), "evidence": value("evidence", "a paper")}
REFRESHER: dict[str, Any] = {"session_id": None, "title": value("title", "Refresher"), "hours": 8}
CHANGE = {**AWA, "kind_code": "health", "reported_by": "holder", "day": date(2018, 1, 9)}
REVIEW: dict[str, Any] = {**C_AWA, "looked_at": ["capability"], "result_code": "in-order"}
SEEN = {"seen": value("seen", "a web page"), "seen_on": date(2018, 1, 9)}
WHY = value("reason", "why")
WITHDRAW = {"effective_from": date(2018, 1, 10), "reason_code": "misconduct", "reason": None}
RENEW = ("renew-certification", "decider1", "decider2")


@pytest.fixture(scope="session")
def once_continuing(once_appointed: Rules) -> Rules:
    """Awa and Bob, who are certified under a scheme with a rule of renewal, have keys."""
    rules = deepcopy(once_appointed)
    certify(rules, "awa", "bob")
    return rules.at(2018, 1, 10, 9)


@pytest.fixture
def awa(once_continuing: Rules) -> Rules:
    return deepcopy(once_continuing)


def hours(rules: Rules) -> int:
    progress = progress_of(rules.read().certification("c-awa"), rules.read())
    assert progress is not None
    return progress.hours


def missing(rules: Rules) -> list[str]:
    progress = progress_of(rules.read().certification("c-awa"), rules.read())
    assert progress is not None
    return [gap.what for gap in progress.gaps(rules.now.date())]


def verify(rules: Rules, activity_id: str, accepted: int, by: str = "registrar", reason: Any = None) -> None:
    said = {"activity_id": activity_id, "accepted_hours": accepted, "reason": reason}
    rules.do("verify-cpd-activity", by, **AWA, **said)


# Activities


def test_an_activity_is_the_holder_s_own_statement_of_what_they_did_while_certified(awa: Rules) -> None:
    log(awa, "a-1", GRANTED, 10)
    log(awa, "a-2", date(2018, 1, 10), 10)
    awa.refused("not-in-own-name", "log-cpd-activity", "registrar", **AWA, activity_id="a-3", **LOGGED)
    before, later = {**LOGGED, "day": GRANTED - timedelta(days=1)}, {**LOGGED, "day": date(2018, 1, 11)}
    awa.refused("not-while-certified", "log-cpd-activity", "awa", **AWA, activity_id="a-3", **before)
    awa.refused("in-the-future", "log-cpd-activity", "awa", **AWA, activity_id="a-3", **later)
    awa.refused("already-exists", "log-cpd-activity", "awa", **AWA, activity_id="a-1", **LOGGED)
    awa.refused("malformed", "log-cpd-activity", "awa", **AWA, activity_id="a-3", **{**LOGGED, "hours": 0})


def test_an_activity_is_stated_once_and_again_where_it_was_not_accepted(awa: Rules) -> None:
    log(awa, "a-1", date(2018, 1, 10), 10)
    awa.refused("activity-logged", "log-cpd-activity", "awa", **AWA, activity_id="a-2", **LOGGED)
    verify(awa, "a-1", 0, reason=WHY)
    log(awa, "a-2", date(2018, 1, 10), 10)
    verify(awa, "a-2", 10)
    awa.refused("activity-logged", "log-cpd-activity", "awa", **AWA, activity_id="a-3", **LOGGED)
    assert hours(awa) == 10


def test_whoever_is_not_or_no_longer_certified_states_no_activity(awa: Rules) -> None:
    awa.at(2020, 5, 18, 9)
    log(awa, "a-1", EXPIRES, 10)
    awa.at(2020, 5, 19, 9).refused(
        "not-while-certified", "log-cpd-activity", "awa", **AWA, activity_id="a-2", **{**LOGGED, "hours": 3}
    )


def test_a_registrar_verifies_an_activity_and_gives_a_reason_for_fewer_hours(awa: Rules) -> None:
    log(awa, "a-1", date(2018, 1, 10), 10)
    said = {**AWA, "activity_id": "a-1"}
    awa.refused("unknown", "verify-cpd-activity", **{**said, "activity_id": "a-9"}, accepted_hours=1)
    awa.refused("hours-beyond-logged", "verify-cpd-activity", **said, accepted_hours=11)
    awa.refused("fewer-hours-unexplained", "verify-cpd-activity", **said, accepted_hours=9)
    assert hours(awa) == 0
    assert len(history_of("awa", awa.read()).unverified) == 1
    verify(awa, "a-1", 9, reason=WHY)
    awa.refused("already-verified", "verify-cpd-activity", **said, accepted_hours=9, reason=WHY)
    verify(awa, "a-1", 10)  # a mistake is corrected
    assert hours(awa) == 10
    assert history_of("awa", awa.read()).unverified == ()


def test_nobody_verifies_their_own_activity_not_even_under_another_id(awa: Rules) -> None:
    awa.person("kim")
    awa.do("grant-role", "director", person_id="kim", role="registrar")
    log(awa, "a-1", date(2018, 1, 10), 10)
    log(awa, "a-2", date(2018, 1, 9), 5)
    verify(awa, "a-1", 10, "kim")
    awa.do("record-refresher", "kim", **AWA, **REFRESHER, day=date(2018, 1, 9))
    awa.do("review-surveillance", "kim", **REVIEW, until=date(2017, 12, 31))
    assert hours(awa) == 10
    awa.do("revoke-role", "director", person_id="kim", role="registrar")
    awa.do("merge-persons", person_id="awa", merged_id="kim", reason=WHY)
    awa.do("grant-role", "director", person_id="awa", role="registrar")
    awa.refused("own-case", "verify-cpd-activity", "awa", **AWA, activity_id="a-2", accepted_hours=5)
    history = history_of("kim", awa.read())
    assert hours(awa) == 0
    assert history.refreshers == ()
    assert history.reviews == ()
    verify(awa, "a-1", 10)  # by another registrar
    assert hours(awa) == 10


def test_what_two_ids_of_one_person_have_in_common_counts_once(awa: Rules) -> None:
    for name in ("awa", "bob"):
        log(awa, f"a-{name}", date(2018, 1, 10), 10, name)
        log(awa, f"only-{name}", date(2018, 1, 9), 1, name, "course" if name == "awa" else "teaching")
        for activity in (f"a-{name}", f"only-{name}"):
            accepted = 1 if activity.startswith("only") else {"awa": 10, "bob": 7}[name]
            reason = WHY if accepted == 7 else None
            said = {"activity_id": activity, "accepted_hours": accepted, "reason": reason}
            awa.do("verify-cpd-activity", person_id=name, **said)
        awa.do("record-refresher", person_id=name, **REFRESHER, day=date(2018, 1, 9))
    awa.do("record-refresher", person_id="awa", session_id=SESSION, hours=8, day=GRANTED)
    awa.do("record-refresher", person_id="bob", **REFRESHER, day=GRANTED)  # the same workshop by its title
    assert hours(awa) == 11
    awa.do("merge-persons", person_id="awa", merged_id="bob", reason=WHY)
    progress = progress_of(awa.read().certification("c-awa"), awa.read())
    assert progress is not None
    assert (progress.hours, progress.refreshers) == (12, 2)
    awa.refused("person-merged", "log-cpd-activity", "bob", person_id="bob", activity_id="a-3", **LOGGED)
    log(awa, "a-3", date(2018, 1, 10), 3)
    verify(awa, "a-3", 3)
    assert hours(awa) == 15


# Refreshers


def test_a_refresher_is_a_workshop_on_one_of_its_days_or_an_event_with_a_title(awa: Rules) -> None:
    both = {**REFRESHER, "session_id": SESSION, "day": GRANTED}
    awa.refused("malformed", "record-refresher", **AWA, **both)
    awa.refused("malformed", "record-refresher", **AWA, session_id=None, title=None, hours=8, day=GRANTED)
    awa.refused("not-on-this-day", "record-refresher", **AWA, session_id=SESSION, hours=8, day=date(2018, 1, 9))
    awa.refused("unknown", "record-refresher", **AWA, session_id="NONE", hours=8, day=date(2018, 1, 9))
    awa.refused("not-while-certified", "record-refresher", **AWA, session_id=SESSION, hours=8, day=START)
    awa.refused("in-the-future", "record-refresher", **AWA, **REFRESHER, day=date(2018, 1, 11))
    awa.do("record-refresher", **AWA, session_id=SESSION, hours=8, day=GRANTED)
    awa.do("record-refresher", **AWA, **REFRESHER, day=date(2018, 1, 9))
    awa.refused("refresher-recorded", "record-refresher", **AWA, session_id=SESSION, hours=8, day=GRANTED)
    awa.refused("refresher-recorded", "record-refresher", **AWA, **REFRESHER, day=date(2018, 1, 9))
    awa.refused("refresher-recorded", "record-refresher", **AWA, **REFRESHER, day=GRANTED)  # that of the workshop
    assert "refreshers" not in missing(awa)


# Changes and surveillance


def test_a_change_is_open_until_a_review_looks_at_it(awa: Rules) -> None:
    awa.do("report-capability-change", **CHANGE)
    awa.refused("in-the-future", "report-capability-change", **{**CHANGE, "day": date(2018, 1, 11)})
    awa.do("review-surveillance", **{**REVIEW, "looked_at": ["missions"]}, until=date(2017, 12, 31))
    assert history_of("awa", awa.read()).open_changes
    awa.do("review-surveillance", **REVIEW, until=date(2018, 1, 9))
    assert not history_of("awa", awa.read()).open_changes
    awa.at(2018, 1, 11, 9).do("report-capability-change", **CHANGE)
    assert len(history_of("awa", awa.read()).open_changes) == 1
    awa.person("kim")
    awa.refused("none-in-force", "report-capability-change", **{**CHANGE, "person_id": "kim"})


def test_a_review_follows_the_last_one_and_ends_today_at_the_latest(awa: Rules) -> None:
    review = ("review-surveillance", "registrar")
    for day in (GRANTED - timedelta(days=1), date(2018, 1, 11)):
        awa.refused("outside-surveillance", *review, **REVIEW, until=day)
    awa.refused("malformed", *review, **{**REVIEW, "looked_at": []}, until=GRANTED)
    awa.refused("not-their-certification", *review, **{**REVIEW, "certification_id": "c-bob"}, until=GRANTED)
    awa.do(*review, **REVIEW, until=GRANTED)
    assert awa.last.since == GRANTED  # type: ignore[union-attr]
    awa.refused("outside-surveillance", *review, **REVIEW, until=GRANTED)
    awa.do("withdraw-certification", certification_id="c-awa", **WITHDRAW)
    awa.refused("none-in-force", *review, **REVIEW, until=date(2018, 1, 10))


def test_the_next_surveillance_is_due_so_many_months_after_the_last(awa: Rules) -> None:
    awa.at(2018, 5, 18, 9)
    assert "surveillance" not in missing(awa)
    awa.at(2018, 5, 19, 9)
    assert "surveillance" in missing(awa)
    awa.do("review-surveillance", **REVIEW, until=date(2018, 5, 18))
    awa.at(2019, 5, 18, 9)
    assert "surveillance" not in missing(awa)
    awa.at(2019, 5, 19, 9)
    progress = progress_of(awa.read().certification("c-awa"), awa.read())
    assert progress is not None
    gap = progress.gaps(awa.now.date())[-1]
    assert gap.words.en == "surveillance: was due by 18 May 2019"
    assert gap.words.fr == "surveillance\N{NO-BREAK SPACE}: attendue au plus tard le 18 mai 2019"


# Renewal


def fulfil(rules: Rules) -> None:
    """Awa has what the rule asks for, on the first and the last day of the period that has passed."""
    log(rules, "a-1", GRANTED, 30)
    log(rules, "a-2", rules.now.date(), 10)
    verify(rules, "a-1", 30)
    verify(rules, "a-2", 10)
    rules.do("record-refresher", **AWA, session_id=SESSION, hours=8, day=GRANTED)
    rules.do("review-surveillance", **REVIEW, until=rules.now.date())


def test_a_renewal_is_refused_with_what_is_missing_and_decided_once_it_is_there(awa: Rules) -> None:
    awa.at(2020, 5, 18, 9)
    renew = {"certification_id": "c-awa", "method": "refresher-and-missions"}
    with pytest.raises(Exception, match="hours of development: 0 of 40, refreshers: 0 of 1, surveillance: was due"):
        awa.do(*RENEW, **renew)
    awa.refused("renewal-gaps", *RENEW, **renew)
    fulfil(awa)
    assert missing(awa) == []
    awa.do(*RENEW, **renew)
    # What counted in one period counts in no other.
    assert missing(awa) == ["hours", "refreshers"]
    progress = progress_of(awa.read().certification("c-awa"), awa.read())
    assert progress is not None
    assert progress.period == (date(2020, 5, 19), date(2023, 5, 18))
    assert not progress.period.has(EXPIRES)
    awa.at(2020, 5, 19, 9)
    log(awa, "a-3", date(2020, 5, 19), 7)
    verify(awa, "a-3", 7)
    assert hours(awa) == 7
    awa.at(2023, 5, 18, 9).refused("renewal-gaps", *RENEW, **renew)


def test_a_reassessment_needs_its_evidence_instead(awa: Rules) -> None:
    awa.at(2020, 5, 18, 9)
    renew = {"certification_id": "c-awa", "method": "reassessment"}
    awa.refused("reassessment-without-evidence", *RENEW, **renew)
    awa.do(*RENEW, **renew, evidence=value("evidence", "report 12"))


def test_what_ended_is_not_renewed_whatever_the_holder_has_shown(awa: Rules) -> None:
    awa.at(2020, 5, 18, 9)
    fulfil(awa)
    awa.do("withdraw-certification", certification_id="c-awa", **{**WITHDRAW, "effective_from": EXPIRES})
    renew = {"certification_id": "c-awa", "method": "refresher-and-missions"}
    awa.refused("withdrawn", *RENEW, **renew)
    awa.refused("none-in-force", "request-recertification", "awa", **C_AWA, evidence=None)


def test_what_was_annulled_is_not_renewed_and_gives_its_person_nothing_to_state(awa: Rules) -> None:
    awa.at(2020, 5, 18, 9)
    fulfil(awa)
    awa.do("annul-certification", certification_id="c-awa", reason_code="fraud", reason=WHY)
    awa.refused("annulled", *RENEW, certification_id="c-awa", method="refresher-and-missions")
    awa.refused("none-in-force", "request-recertification", "awa", **C_AWA, evidence=None)
    awa.refused("none-in-force", "review-surveillance", **REVIEW, until=EXPIRES)
    awa.refused("not-while-certified", "log-cpd-activity", "awa", **AWA, activity_id="a-9", **LOGGED)


def test_under_a_version_without_a_rule_nothing_is_missing(certified: Rules) -> None:
    progress = progress_of(certified.read().certification("c-awa"), certified.read())
    assert progress is not None
    assert progress.gaps(EXPIRES) == ()
    assert progress.surveillance_due is None
    assert progress_of(certified.read().certification("c-nobody"), certified.read()) is None


def test_a_mission_counts_when_it_was_completed_in_the_period_and_not_when_cancelled(rules: Rules) -> None:
    certify(rules, "awa", renewal_hours=0, renewal_missions=2, renewal_refreshers=0)
    rules.do("register-person", person_id="ben", details=[value("given_name", "Ben"), value("family_name", "E")])
    rules.do("appoint-contact-point", administration_id="BE", person_id="ben", since=date(2017, 1, 1))
    rules.at(2018, 1, 8, 9).do("record-employment", person_id="awa", administration_id="SN", since=date(2010, 1, 1))
    rules.do("register-advisor", person_id="awa", certification_id="c-awa")
    rules.do("pledge-collaboration", "awa", person_id="awa", text="collaboration-pledge/v1")
    request(rules, "m-1")
    assign(rules, "m-1", awa="lead")
    assert missing(rules) == ["missions"]
    with_cancelled = deepcopy(rules)
    carry_out(rules, "m-1")
    with_cancelled.do("cancel-mission", mission_id="m-1")
    counts = []
    for one in (rules, with_cancelled):
        progress = progress_of(one.read().certification("c-awa"), one.read())
        assert progress is not None
        counts.append(progress.missions)
    assert counts == [1, 0]


# Asked for and refused


def test_a_holder_asks_once_inside_the_window(awa: Rules) -> None:
    ask = {**C_AWA, "evidence": None}
    awa.at(2019, 11, 17, 9).refused("outside-renewal-window", "request-recertification", "awa", **ask)
    awa.at(2019, 11, 18, 9).refused("not-in-own-name", "request-recertification", "bob", **ask)
    awa.do("request-recertification", "awa", **ask)
    awa.refused("recertification-requested", "request-recertification", "awa", **ask)


def test_two_of_the_decision_authority_refuse_what_was_asked_for_and_the_holder_may_ask_again(awa: Rules) -> None:
    refuse: dict[str, Any] = {**C_AWA, "reason": WHY}
    awa.at(2020, 1, 10, 9).refused("recertification-not-requested", "refuse-recertification", **refuse)
    awa.do("request-recertification", "awa", **C_AWA, evidence=None)
    awa.do("refuse-recertification", **refuse)
    assert awa.last.appeal_until == date(2020, 2, 9)  # type: ignore[union-attr]
    awa.refused("recertification-not-requested", "refuse-recertification", **refuse)
    (decision,) = disputable("c-awa", awa.read())
    assert (decision.disputed, decision.by) == ("recertification-refused", ("decider1", "decider2"))
    awa.at(2020, 1, 11, 9).do("request-recertification", "awa", **C_AWA, evidence=None)
    awa.do(*RENEW, certification_id="c-awa", method="reassessment", evidence=value("evidence", "report 12"))
    awa.refused("recertification-not-requested", "refuse-recertification", **refuse)


def test_who_refused_a_renewal_neither_hears_the_appeal_nor_decides_again_once_it_is_remitted(awa: Rules) -> None:
    for member in (*PANEL, "decider3", "decider4"):
        seat(awa, member, Role.DECISION_AUTHORITY if member.startswith("decider") else Role.APPEAL_PANEL)
    awa.do("grant-role", "director", person_id="decider1", role=Role.APPEAL_PANEL)
    awa.at(2020, 1, 10, 9).do("request-recertification", "awa", **C_AWA, evidence=None)
    awa.do("refuse-recertification", **C_AWA, reason=WHY)
    appeal = {"candidacy_id": "c-awa", "disputed": "recertification-refused", "lodged_on": date(2020, 1, 10)}
    awa.do("lodge-appeal", "registrar", **APPEAL, person_id="awa", **appeal, grounds=value("grounds", "it was shown"))
    awa.do("decide-admissibility", "member1", **APPEAL, admissible=True, reason=WHY)
    touched: dict[str, Any] = {**APPEAL, "members": ["decider1", "member2", "member3"]}
    awa.refused("panel-touched", "appoint-appeal-panel", "director", **touched)
    awa.do("appoint-appeal-panel", "director", **APPEAL, members=list(PANEL))
    awa.do("decide-appeal", "member2", "member3", **APPEAL, outcome="upheld", remedy="remit", reason=WHY)
    again: dict[str, Any] = {
        "certification_id": "c-awa",
        "method": "reassessment",
        "evidence": value("evidence", "report 12"),
    }
    awa.refused("decided-before", *RENEW, **again)
    awa.do("request-recertification", "awa", **C_AWA, evidence=None)
    awa.refused("decided-before", "refuse-recertification", "decider2", "decider3", **C_AWA, reason=WHY)
    awa.do("renew-certification", "decider3", "decider4", **again)


# Misuse


def test_a_misuse_is_reported_even_of_what_was_withdrawn(awa: Rules) -> None:
    awa.do("withdraw-certification", certification_id="c-awa", **WITHDRAW)
    awa.do("report-misuse", **C_AWA, misuse_id="u-1", **SEEN)
    awa.refused("already-exists", "report-misuse", **C_AWA, misuse_id="u-1", **SEEN)
    awa.refused("in-the-future", "report-misuse", **C_AWA, misuse_id="u-2", **{**SEEN, "seen_on": date(2018, 1, 11)})
    assert list(history_of("awa", awa.read()).misuses) == ["u-1"]


def test_nothing_counts_for_what_was_not_granted_never_expires_or_has_no_rule(rules: Rules) -> None:
    rules.plan(seats=1, validity_months=None)
    rules.candidate("awa")
    assert progress_of(rules.read().certification("c-awa"), rules.read()) is None
    rules.score("c-awa", 4)
    rules.conclude("c-awa")
    assert progress_of(rules.read().certification("c-awa"), rules.read()) is None


def test_without_a_rule_nothing_is_asked_for(certified: Rules) -> None:
    progress = progress_of(certified.read().certification("c-awa"), certified.read())
    assert progress is not None
    assert progress.counted == ()
