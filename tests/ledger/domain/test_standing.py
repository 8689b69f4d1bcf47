"""The field phase, and how a certification ends: given up by its holder, or annulled from the start."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.domain.decisions.field_phase import require_in_time
from ledger.domain.events.certification import CertificationAnnulled, FieldPhasePassed, PreAccreditationGranted
from ledger.domain.months import last_day
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.scope import scope_on
from ledger.domain.spans import Span, spans
from ledger.domain.standing import Standing, Status
from tests.ledger.domain.rules import Rules
from tests.vectors.stories.cases import APPEAL, LODGED, PANEL, WHY, admit, refuse, seat
from tests.vectors.stories.missions import DAYS, request
from tests.vectors.stories.standing import ANNUL, DEADLINE, END, MISSION, RELINQUISH, accompany, pre_accredit, uphold

DIA: dict[str, Any] = {"certification_id": "c-dia", **MISSION}
ELI: dict[str, Any] = {"certification_id": "c-eli", **MISSION}
DECIDE = "decide-field-phase"
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def once_assessed(once_pre_accredited: Rules) -> Rules:
    """Awa leads a mission, and recommends to certify Dia, to recognise Eli, and to wait with Fay."""
    rules = deepcopy(once_pre_accredited)
    accompany(rules, dia="certify", eli="recognise", fay="not-yet")
    return rules


@pytest.fixture
def assessed(once_assessed: Rules) -> Rules:
    return deepcopy(once_assessed)


def standing(rules: Rules, name: str) -> Standing:
    return rules.read().certification(f"c-{name}").standing


def test_a_workshop_with_a_field_phase_ends_in_a_pre_accreditation(pre_accredited: Rules) -> None:
    assert isinstance(pre_accredited.last, PreAccreditationGranted)
    assert pre_accredited.last.field_deadline == DEADLINE
    held = pre_accredited.read().certification("c-dia")
    assert held.decided
    assert held.grant is None
    assert not held.in_force(END)
    on = [END - ONE_DAY, END, DEADLINE, DEADLINE + ONE_DAY]
    statuses = [Status.NOT_YET_VALID, Status.PRE_ACCREDITED, Status.PRE_ACCREDITED, Status.LAPSED]
    assert [held.standing.on(day) for day in on] == statuses
    pre_accredited.refused("not-granted", "issue-certificate", certification_id="c-dia")
    again = {"candidacy_id": "c-dia", "effective_from": END}
    pre_accredited.refused("certification-decided", "decide-certification", **again)


def test_after_the_mission_the_certification_is_granted_and_can_have_a_certificate(assessed: Rules) -> None:
    assert assessed.do(DECIDE, **DIA) == "field-phase-passed/v1"
    assert isinstance(assessed.last, FieldPhasePassed)
    granted = MISSION["effective_from"]
    assert isinstance(granted, date)
    assert assessed.last.expires_on == last_day(granted, 36)
    assert spans(standing(assessed, "dia")) == [
        Span(END, granted - ONE_DAY, Status.PRE_ACCREDITED),
        Span(granted, last_day(granted, 36), Status.VALID),
        Span(last_day(granted, 36) + ONE_DAY, None, Status.EXPIRED),
    ]
    assessed.do("issue-certificate", certification_id="c-dia")
    assessed.refused("certification-decided", DECIDE, **DIA)


def test_who_is_recognised_does_not_lapse_and_may_be_certified_after_another_mission(assessed: Rules) -> None:
    assert assessed.do(DECIDE, **ELI) == "recognition-granted/v1"
    assert standing(assessed, "eli").on(DEADLINE + ONE_DAY) is Status.RECOGNISED
    assert not assessed.read().certification("c-eli").in_force(DEADLINE)
    assessed.refused("recognised", DECIDE, **ELI)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("not-pre-accredited", {"certification_id": "c-awa"}),
        ("field-assessment-missing", {"mission_id": "m-2"}),
        ("not-recommended", {"certification_id": "c-fay"}),
        ("effective-too-early", {"effective_from": DAYS["end"] - ONE_DAY}),
    ],
)
def test_the_field_phase_is_decided_on_what_the_lead_of_a_mission_recommends(
    assessed: Rules, code: str, change: dict[str, Any]
) -> None:
    request(assessed, "m-2")
    assessed.refused(code, DECIDE, **{**DIA, **change})


def test_whoever_led_the_mission_does_not_decide(assessed: Rules) -> None:
    assessed.do("grant-role", "director", person_id="awa", role=Role.DECISION_AUTHORITY)
    assessed.refused("decider-led", DECIDE, "awa", "decider2", **DIA)


def test_the_lead_was_certified_all_the_time_as_far_as_is_known_now(assessed: Rules) -> None:
    annul = {**ANNUL, "certification_id": "c-awa"}
    assessed.do("annul-certification", **annul)
    assessed.refused("not-certified-then", DECIDE, **DIA)


def test_the_lead_was_of_another_administration_as_far_as_is_known_now(assessed: Rules) -> None:
    assessed.do("record-employment", person_id="dia", administration_id="SN", since=date(2018, 2, 1))
    assessed.refused("own-administration", DECIDE, **DIA)


def test_a_mission_after_the_deadline_is_too_late_unless_the_person_is_recognised(pre_accredited: Rules) -> None:
    held = standing(pre_accredited, "dia")
    for day, code in ((END - ONE_DAY, "before-field-phase"), (DEADLINE + ONE_DAY, "field-deadline")):
        with pytest.raises(Refused) as error:
            require_in_time(held, day)
        assert error.value.code == code
    require_in_time(held, DEADLINE)
    require_in_time(replace(held, recognised_from=date(2018, 3, 12)), DEADLINE + ONE_DAY)


def test_a_scheme_may_not_provide_for_recognition(in_service: Rules) -> None:
    pre_accredit(in_service, "eli", recognises=False)
    accompany(in_service, eli="recognise")
    in_service.refused("no-recognition", DECIDE, **ELI)


def test_a_holder_gives_a_certification_up_once_from_a_day_on(in_service: Rules) -> None:
    in_service.refused("not-granted", "relinquish-certification", **{**RELINQUISH, "certification_id": "c-zoe"})
    for day, code in ((date(2017, 1, 1), "effective-too-early"), (date(2030, 1, 1), "expired")):
        in_service.refused(code, "relinquish-certification", **{**RELINQUISH, "effective_from": day})
    in_service.do("relinquish-certification", **RELINQUISH)
    day = RELINQUISH["effective_from"]
    assert [standing(in_service, "bob").on(one) for one in (day - ONE_DAY, day)] == [Status.VALID, Status.RELINQUISHED]
    in_service.refused("relinquished", "relinquish-certification", **RELINQUISH)
    reissue = {"certification_id": "c-bob", "reason_code": "lost"}
    in_service.refused("relinquished", "reissue-certificate", **reissue)
    in_service.refused("relinquished", "suspend-certification", certification_id="c-bob", effective_from=day)


def test_a_pre_accreditation_is_given_up_while_it_lasts(pre_accredited: Rules) -> None:
    give_up = {**RELINQUISH, "certification_id": "c-dia"}
    pre_accredited.refused(
        "lapsed", "relinquish-certification", **{**give_up, "effective_from": DEADLINE + timedelta(days=1)}
    )
    pre_accredited.do("relinquish-certification", **give_up)
    pre_accredited.refused("relinquished", DECIDE, **DIA)


def test_nobody_is_erased_in_the_field_phase_but_once_it_lapsed(pre_accredited: Rules) -> None:
    erase: dict[str, Any] = {"person_id": "dia", "basis_code": "request"}
    pre_accredited.refused("certification-in-force", "erase-personal-data", **erase)
    after = DEADLINE + timedelta(days=1)
    pre_accredited.at(after.year, after.month, after.day, 9).do("erase-personal-data", **erase)


def test_what_was_annulled_never_counted_whatever_the_day(in_service: Rules) -> None:
    in_service.do("withdraw-certification", certification_id="c-cleo", effective_from=date(2018, 1, 9))
    in_service.do("annul-certification", **ANNUL)
    assert isinstance(in_service.last, CertificationAnnulled)
    assert in_service.last.void_from == date(2017, 5, 19)
    days = (date(2017, 1, 1), date(2017, 5, 19), date(2017, 12, 1), date(2030, 1, 1))
    assert {standing(in_service, "cleo").on(day) for day in days} == {Status.ANNULLED}
    assert spans(standing(in_service, "cleo")) == [Span(date(2017, 5, 19), None, Status.ANNULLED)]
    in_service.refused("annulled", "annul-certification", **ANNUL)
    in_service.refused("annulled", "reissue-certificate", certification_id="c-cleo", reason_code="lost")
    in_service.do("annul-certification", **{**ANNUL, "certification_id": "c-bob"})


def test_whoever_was_annulled_may_be_certified_again_and_no_number_comes_back(in_service: Rules) -> None:
    in_service.do("annul-certification", **ANNUL)
    in_service.refused("certification-decided", "decide-certification", candidacy_id="c-cleo", effective_from=END)
    in_service.do("plan-session", session_id="TOA-2", start=date(2018, 9, 3), end=date(2018, 9, 7))
    in_service.do("nominate-candidate", candidacy_id="c-2", person_id="cleo", session_id="TOA-2", details=[])


def test_who_trained_somebody_does_not_annul(in_service: Rules) -> None:
    in_service.do("grant-role", "director", person_id="facilitator", role=Role.DECISION_AUTHORITY)
    in_service.refused("decider-trained", "annul-certification", "director", "facilitator", **ANNUL)
    in_service.refused("not-granted", "annul-certification", **{**ANNUL, "certification_id": "c-zoe"})


def appeal(rules: Rules, name: str, disputed: str, remedy: str) -> None:
    for member in PANEL:
        seat(rules, member)
    uphold(rules, name, disputed, remedy)


def test_a_refusal_that_is_remitted_is_decided_again_by_others(in_service: Rules) -> None:
    pre_accredit(in_service, "dia", refused=("gil",))
    remit = {"certification_id": "c-gil", "appeal_id": "a-gil"}
    in_service.refused("unknown", "remit-decision", **remit)
    appeal(in_service, "gil", "certification-refused", "remit")
    in_service.refused("appeal-of-another", "remit-decision", **{**remit, "certification_id": "c-dia"})
    in_service.refused("remedy-not-granted", "annul-decision", **remit)
    decide = {"candidacy_id": "c-gil", "effective_from": END}
    in_service.refused("certification-decided", "decide-certification", **decide)
    in_service.do("remit-decision", **remit)
    assert not in_service.read().certification("c-gil").decided
    in_service.refused("remitted-already", "remit-decision", **remit)
    for decider in ("decider3", "decider4"):
        seat(in_service, decider, Role.DECISION_AUTHORITY)
    in_service.refused("decided-before", "decide-certification", "decider1", "decider3", **decide)
    in_service.do("decide-certification", "decider3", "decider4", **decide)
    assert in_service.read().certification("c-gil").decided


def test_a_refusal_for_want_of_a_seat_that_is_remitted_ends_in_a_further_seat(in_service: Rules) -> None:
    pre_accredit(in_service, "dia", "eli", "gil", seats=1)
    candidacies = ("c-dia", "c-eli", "c-gil")
    refused = [one for one in candidacies if in_service.read().certification(one).pre_accreditation is None]
    for member in PANEL:
        seat(in_service, member)
    for decider in ("decider3", "decider4"):
        seat(in_service, decider, Role.DECISION_AUTHORITY)
    for one in refused:
        uphold(in_service, one.removeprefix("c-"), "certification-refused", "remit")
        in_service.do("remit-decision", certification_id=one, appeal_id=f"a-{one.removeprefix('c-')}")
        in_service.do("decide-certification", "decider3", "decider4", candidacy_id=one, effective_from=END)
    held = [in_service.read().certification(one).pre_accreditation for one in candidacies]
    assert sorted(one.serial for one in held if one is not None) == [1, 2, 3]


@pytest.mark.parametrize(
    ("disputed", "command", "extra"),
    [
        ("certification-suspended", "suspend-certification", {}),
        ("certification-withdrawn", "withdraw-certification", {}),
        ("scope-reduced", "reduce-scope", {"removed": ["communication"]}),
    ],
)
def test_a_decision_that_is_annulled_on_appeal_counts_as_never_taken(
    in_service: Rules, disputed: str, command: str, extra: dict[str, Any]
) -> None:
    before = in_service.read().certification("c-bob")
    decision = {"certification_id": "c-bob", "effective_from": date(2018, 1, 8), **extra}
    in_service.do(command, **decision)
    appeal(in_service, "bob", disputed, "annul")
    annul = {"certification_id": "c-bob", "appeal_id": "a-bob"}
    in_service.do("annul-decision", **annul)
    after = in_service.read().certification("c-bob")
    for day in (date(2018, 1, 7), date(2018, 1, 8), date(2019, 1, 1)):
        assert after.standing.on(day) is before.standing.on(day)
        assert scope_on(after.scopes, day) == scope_on(before.scopes, day)
    in_service.refused("decision-gone", "annul-decision", **annul)


def test_what_a_panel_says_of_the_selection_remits_no_certification(planned: Rules) -> None:
    for member in PANEL:
        seat(planned, member)
    refuse(planned, "bob")
    planned.do("lodge-appeal", **LODGED)
    admit(planned)
    planned.do("decide-appeal", "member2", "member3", **APPEAL, outcome="upheld", remedy="remit", reason=WHY)
    planned.refused("remedy-unfit", "remit-decision", certification_id="c-bob", **APPEAL)


def test_an_appeal_annuls_only_what_still_stands(in_service: Rules) -> None:
    suspend = {"certification_id": "c-bob", "effective_from": date(2018, 1, 8)}
    in_service.do("suspend-certification", **suspend)
    appeal(in_service, "bob", "certification-suspended", "annul")
    in_service.do("withdraw-certification", **suspend)
    in_service.refused("decision-gone", "annul-decision", certification_id="c-bob", appeal_id="a-bob")
