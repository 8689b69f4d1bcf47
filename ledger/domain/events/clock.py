"""Facts about the ledger's clock: two officers confirm it where the log makes it seem implausible."""

from typing import Literal

from ledger.domain.record import Fact, Stream

THE_CLOCK = Stream("clock", "ledger")  # there is one


class ClockConfirmed(Fact, frozen=True, kw_only=True):
    """The time of this statement is right, although the log made it seem implausible.

    After a long silence of the log, it is much later than the last entry. After a clock was ahead, it is earlier:
    entries before it that state later times count as known since this one.
    """

    reason_code: Literal["long-silence", "clock-was-ahead"]
