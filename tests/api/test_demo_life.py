"""The demonstration goes on after its workshops: an appeal, a complaint, a renewal from evidence, two missions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.reading import Draft
from ledger.store.ledger import Ledger


@pytest.fixture(scope="module")
def ledger(demonstration: Path) -> Iterator[Ledger]:
    with Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC)) as opened:
        yield opened


@pytest.fixture
def read(ledger: Ledger) -> Draft:
    return ledger.read()


def test_an_appeal_is_upheld_and_a_complaint_answered(ledger: Ledger, read: Draft) -> None:
    (appeal,) = [read.appeal(one) for one in ledger.ids_of("appeal")]
    assert appeal.decision is not None
    assert (appeal.decision.outcome, appeal.decision.remedy) == ("upheld", "resit")
    assert appeal.lodged.lodged_on <= appeal.lodged.appeal_until
    (complaint,) = [read.complaint(one) for one in ledger.ids_of("complaint")]
    assert complaint.resolution is not None
    assert complaint.actions.keys() == complaint.results.keys()
    assert len(complaint.actions) == 1


def test_a_renewal_rests_on_what_the_holder_has_shown(ledger: Ledger, read: Draft) -> None:
    (person,) = ledger.ids_of("development")
    history = read.development(person)
    assert [verified.hours for verified in history.verified.values()] == [24, 12]
    assert len(history.refreshers) == 1
    assert len(read.candidacies_of(person)) == 1


def test_two_administrations_have_had_a_mission_each(ledger: Ledger, read: Draft) -> None:
    missions = [read.mission(one) for one in ledger.ids_of("mission")]
    assert len({mission.requested.administration_id for mission in missions}) == 2
    assert [(mission.has_feedback, mission.recommendations) for mission in missions] == [(True, 5)] * 2
    assert all(mission.last_day < datetime(2026, 1, 1, tzinfo=UTC).date() for mission in missions)
