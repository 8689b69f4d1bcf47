"""The ledger's clock, and whether the time that it gives can be true (docs/decisions/0028)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ledger.domain.dating import CLOCK_SKEW, LONGEST_SILENCE
from ledger.errors import Conflict

Clock = Callable[[], datetime]
LONGEST_PAUSE = timedelta(days=1)  # of a virtual machine, whose clock moves on by as much when it is resumed
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # where there is one, it runs while a machine sleeps


class Timekeeper:
    """Gives the time, and refuses one that cannot be true. A simulated clock may jump as it likes."""

    def __init__(self, clock: Clock, *, is_simulated: bool) -> None:
        self._clock, self._is_simulated = clock, is_simulated
        self._apart = timedelta() if is_simulated else self._from_steady()
        self._ahead_of: dict[str, int] = {}

    def now(self) -> datetime:
        """Return the time in whole seconds UTC, as statements give it."""
        return whole_seconds(self._clock())

    def compare(self, witness: str, time: int) -> int:
        """Note what a witness just gave as the time (Unix). Return how many seconds this clock is ahead of it."""
        self._ahead_of[witness] = int(self.now().timestamp()) - time
        return self._ahead_of[witness]

    def require_plausible(self, last: datetime) -> None:
        """Require that the time can be true now, ``last`` being the latest in the log. Raises ``Conflict``."""
        if self._is_simulated:
            return
        now, jump = self.now(), abs(self._from_steady() - self._apart)
        if not last - CLOCK_SKEW <= now <= last + LONGEST_SILENCE:
            raise _implausible(now, f"the last entry is of {last:%Y-%m-%d %H:%M}: correct it, or record confirm-clock")
        if jump > LONGEST_PAUSE:
            raise _implausible(now, "it jumped since this program was started: correct it, and start the program again")
        if min(self._ahead_of.values(), default=0) > CLOCK_SKEW.total_seconds():
            raise _implausible(now, "every witness gives an earlier time: correct it")

    def _from_steady(self) -> timedelta:
        """By how much the clock differs from one that nobody sets."""
        return self.now() - datetime.fromtimestamp(time.clock_gettime(_STEADY), UTC)


def whole_seconds(time: datetime) -> datetime:
    """Return the time in UTC, as statements give it."""
    return time.astimezone(UTC).replace(microsecond=0)


def _implausible(now: datetime, why: str) -> Conflict:
    return Conflict("clock-implausible", f"the clock gives {now:%Y-%m-%d %H:%M} UTC, but {why}")
