"""A clock that cannot be right freezes no ledger: nothing is recorded by it, and two officers can put it right."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from ledger.domain.dating import LONGEST_SILENCE
from ledger.domain.standing import Status
from ledger.errors import Conflict
from ledger.store.clock import LONGEST_PAUSE
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt
from projections.following import TABLES
from projections.read_models import ReadModels, rebuild
from tests.support import World

SUSPEND = {"certification_id": "c-awa", "reason_code": "under-review"}
HOUR = timedelta(hours=1)


@pytest.fixture
def real(workshop: World) -> Iterator[World]:
    """The workshop's ledger, opened with a clock that is not simulated."""
    workshop.ledger.close()
    workshop.ledger = Ledger.open(workshop.ledger.folder, lambda: workshop.now)
    yield workshop
    workshop.ledger.close()


def jumped(world: World, by: timedelta) -> None:
    """The program is started again with another clock."""
    world.now += by
    world.ledger.close()
    world.ledger = Ledger.open(world.ledger.folder, lambda: world.now)


def implausible(world: World, why: str) -> None:
    """Nothing but a confirmation is prepared or recorded, and the refusal says why."""
    size = world.ledger.size()
    with pytest.raises(Conflict, match=why) as refused:
        world.do("give-listing-consent", "registrar", person_id="awa")
    assert refused.value.code == "clock-implausible"
    assert world.ledger.size() == size


def test_a_clock_far_ahead_of_the_last_entry_records_nothing(real: World) -> None:
    """Case R3."""
    right = real.now
    jumped(real, timedelta(days=400))
    implausible(real, "the last entry is of 2017-05-19 16:00")
    real.now = right
    real.ledger.close()
    real.ledger = Ledger.open(real.ledger.folder, lambda: real.now)
    real.do("give-listing-consent", "registrar", person_id="awa")


def test_a_statement_prepared_by_a_plausible_clock_is_not_recorded_by_another(real: World) -> None:
    submission = real.submission("give-listing-consent", "registrar", person_id="awa")
    real.now += timedelta(days=2)
    (answer,) = real.ledger.submit([submission])
    assert isinstance(answer, Conflict)
    assert answer.code == "clock-implausible"


@pytest.mark.parametrize(("silence", "confirms"), [(LONGEST_SILENCE - HOUR, False), (LONGEST_SILENCE + HOUR, True)])
def test_after_a_long_silence_two_officers_confirm_the_clock(real: World, silence: timedelta, confirms: bool) -> None:
    jumped(real, silence)
    if confirms:
        implausible(real, "confirm-clock")
        real.do("confirm-clock", reason_code="long-silence")
    real.do("give-listing-consent", "registrar", person_id="awa")


def test_a_jump_while_the_program_runs_records_nothing_until_it_is_started_again(real: World) -> None:
    real.now += LONGEST_PAUSE - HOUR
    real.do("give-listing-consent", "registrar", person_id="awa")
    real.now += timedelta(days=1)
    implausible(real, "jumped since this program was started")
    jumped(real, timedelta())
    real.do("withdraw-listing-consent", "registrar", person_id="awa")


def test_a_clock_that_every_witness_contradicts_records_nothing(real: World) -> None:
    clock = real.ledger.time
    earlier = int((real.now - timedelta(days=3)).timestamp())
    assert clock.compare("north", earlier) == 3 * 24 * 3600
    implausible(real, "every witness gives an earlier time")
    assert clock.compare("south", int(real.now.timestamp())) == 0
    real.do("give-listing-consent", "registrar", person_id="awa")


def test_a_ledger_frozen_by_a_clock_that_was_ahead_is_recovered_by_two_officers(real: World) -> None:
    """Case R3: what was recorded meanwhile is known since the confirmation, in the log and in the read models."""
    right, wrong = real.now, timedelta(days=80)
    jumped(real, wrong)
    ahead = {**SUSPEND, "effective_from": date(2017, 6, 1)}
    real.do("suspend-certification", "decider1", **ahead)
    real.do("lift-suspension", "decider1", certification_id="c-awa", effective_from=date(2017, 6, 20))
    with ReadModels(real.ledger):
        pass  # they follow while the clock is ahead
    jumped(real, right + timedelta(days=20) - real.now)
    implausible(real, "the last entry is of 2017-08-07")
    assert real.ledger.size_at(real.now) == real.ledger.size() - 2
    real.do("confirm-clock", reason_code="clock-was-ahead")
    confirmed = real.now
    assert real.ledger.size_at(confirmed) == real.ledger.size()
    real.now += HOUR
    real.do("suspend-certification", "decider1", **{**SUSPEND, "effective_from": date(2017, 6, 25)})
    with ReadModels(real.ledger) as models:

        def status(known: datetime, *days: int) -> list[Status]:
            timeline = models.certificates.timeline("c-awa", known)
            return [timeline.on(date(2017, 6, day)) for day in days]

        assert status(right, 2, 26) == [Status.VALID, Status.VALID]
        assert status(confirmed, 2, 26) == [Status.SUSPENDED, Status.VALID]
        assert status(real.now, 2, 26) == [Status.SUSPENDED, Status.SUSPENDED]
        assert models.differences() == []
        followed = {table: models.following.rows(table) for table in TABLES}
        rebuild(real.ledger)
        assert {table: models.following.rows(table) for table in TABLES} == followed


def test_what_is_recorded_while_a_confirmation_waits_for_signatures_is_not_known_earlier(real: World) -> None:
    stated = real.now
    late = real.submission("confirm-clock", reason_code="long-silence")
    real.now += 20 * HOUR
    real.do("give-listing-consent", "registrar", person_id="awa")
    size = real.ledger.size()
    (answer,) = real.ledger.submit([late])
    assert isinstance(answer, Conflict)
    assert answer.code == "moved-on"
    assert (real.ledger.size(), real.ledger.size_at(stated)) == (size, size - 1)
    late = real.submission("confirm-clock", reason_code="long-silence")
    real.now += HOUR
    recorded, refused = real.ledger.submit([real.submission("withdraw-listing-consent", person_id="awa"), late])
    assert isinstance(recorded, Receipt)
    assert isinstance(refused, Conflict)
    real.do("confirm-clock", reason_code="long-silence")
