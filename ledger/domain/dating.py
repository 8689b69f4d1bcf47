"""Whether the time in a statement can be true, given the log that its signers saw and what is recorded."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Self

from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.record import Event, Fact

LONG_AGO = datetime.min.replace(tzinfo=UTC)
STATEMENT_LIFETIME = timedelta(days=7)  # docs/decisions/0003: how long a statement may wait for its signatures
CLOCK_SKEW = timedelta(minutes=5)  # by how much the clocks of officers, logs, witnesses and verifiers may differ
# docs/decisions/0028: a time that is later than this after the last entry counts only once two officers confirm it.
LONGEST_SILENCE = timedelta(days=92)
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def is_back_dated(time: datetime, seen: datetime, before: datetime) -> bool:
    """Whether a statement's ``time`` is earlier than can be true.

    ``seen`` is the latest time in the log that its signers saw (the head inside the statement), ``before``
    the latest time established for anything recorded before it.
    """
    return time + CLOCK_SKEW < seen or time + STATEMENT_LIFETIME + CLOCK_SKEW < before


class Known:
    """Since when each size of a log has been known: the latest time of its statements (docs/decisions/0003).

    A confirmed clock ends the times that lie after it: they were stated while a clock was ahead.
    """

    def __init__(self, since: Iterable[datetime] = (LONG_AGO,)) -> None:
        # Of each size, in microseconds since 1970: eight bytes an entry.
        self.since = array("q", map(_microseconds, since))
        self.unchanged = len(self.since)  # how many of those have not changed since this was set

    @classmethod
    def of(cls, since: "array[int]") -> Self:
        """The inverse of :attr:`since`."""
        known = cls(())
        known.since, known.unchanged = since, len(since)
        return known

    def __iter__(self) -> Iterator[datetime]:
        """Since when each size has been known, from 0: another one is made of it."""
        return (_EPOCH + _MICROSECOND * since for since in self.since)

    def __getitem__(self, size: int) -> datetime:
        return _EPOCH + _MICROSECOND * self.since[size]

    @property
    def last(self) -> datetime:
        """Since when the whole log has been known."""
        return self[-1]

    def size_at(self, moment: datetime) -> int:
        """How many entries were known at a moment."""
        return bisect_right(self.since, _microseconds(moment), 1) - 1  # from 1: the first is of size 0

    def confirm(self, event: Event[Fact]) -> int:
        """Correct what is known as an event that confirms the clock says. Return how many entries that concerns."""
        time = _microseconds(event.time)
        start = bisect_right(self.since, time)
        concerned = len(self.since) - start
        self.since[start:] = array("q", [time]) * concerned
        self.unchanged = min(self.unchanged, start)
        return concerned

    def add(self, event: Event[Fact], witnessed: datetime = LONG_AGO) -> None:
        """Take in one more entry; ``witnessed`` is when a witness had cosigned what is before it."""
        if isinstance(event.facts, ClockConfirmed):
            self.confirm(event)
        self.since.append(max(self.since[-1], _microseconds(max(witnessed, event.time))))

    def skip(self, witnessed: datetime) -> None:
        """Take in an entry whose time is lost."""
        self.since.append(max(self.since[-1], _microseconds(witnessed)))


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND
