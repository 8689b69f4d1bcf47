"""No statement is dated earlier than what its signers saw, nor much earlier than what was recorded before it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.dating import CLOCK_SKEW, STATEMENT_LIFETIME, Known, is_back_dated
from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.events.persons import PublicListingConsentWithdrawn
from ledger.domain.record import Event, Fact, Head

SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("time", "before", "back_dated"),
    [
        (SEEN, SEEN, False),
        (SEEN - CLOCK_SKEW, SEEN, False),  # clocks differ a little
        (SEEN - CLOCK_SKEW - SECOND, SEEN, True),
        (SEEN, SEEN + STATEMENT_LIFETIME + CLOCK_SKEW, False),  # it waited for a signature
        (SEEN, SEEN + STATEMENT_LIFETIME + CLOCK_SKEW + SECOND, True),
        (SEEN + timedelta(days=1), SEEN, False),
    ],
)
def test_the_dates_of_a_statement(time: datetime, before: datetime, back_dated: bool) -> None:
    assert is_back_dated(time, SEEN, before) is back_dated


def stated(time: datetime, *, confirms: bool = False) -> Event[Fact]:
    facts = ClockConfirmed(reason_code="clock-was-ahead") if confirms else PublicListingConsentWithdrawn()
    return Event(
        ledger="l", type="t", stream="s:s", version=1, time=time, nonce=b"", head=Head(0, b""), by=(), facts=facts
    )  # fmt: skip


def days(*numbers: int) -> list[datetime]:
    return [SEEN + timedelta(days=number) for number in numbers]


def test_what_a_clock_stated_while_it_was_ahead_is_known_since_it_was_confirmed() -> None:
    known = Known()
    for time in days(0, 400, 401):
        known.add(stated(time))
    assert known.size_at(SEEN + timedelta(days=5)) == 1
    known.add(stated(SEEN + timedelta(days=2), confirms=True))
    known.add(stated(SEEN + timedelta(days=3)))
    assert [known[size] for size in range(1, 6)] == days(0, 2, 2, 2, 3)
    assert [known.size_at(moment) for moment in days(1, 2, 3)] == [1, 4, 5]


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans()), max_size=30))
def test_no_entry_is_known_before_an_earlier_one_whatever_is_confirmed(entries: list[tuple[int, bool]]) -> None:
    known = Known()
    for day, confirms in entries:
        event = stated(SEEN + timedelta(days=day), confirms=confirms)
        known.add(event)
        assert known.last == event.time or not confirms
    since = [known[size] for size in range(len(entries) + 1)]
    assert since == sorted(since)
