"""Whether a process can answer truthfully now: each measurement with its limit.

The limits on what belongs to this process (its database, its read models) are seconds: a load balancer sends its
requests to another process. Those on what all processes share (publishing, witnesses) are the hours after which a
monitor calls a checkpoint late. Sooner, taking every process away at once would only hide answers that are right.
"""

from asyncio import wait_for, wrap_future
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import TypeVar

import msgspec

from api.register import Health, Register
from projections.read_models import PATIENCE

DATABASE_SECONDS = 2.0  # for everything that is measured: no answer of the register takes longer to read
LATE_SECONDS = 3 * 60 * 60.0  # a checkpoint is signed again every hour; a monitor calls it late after three
LAG_ENTRIES = 1000  # one batch of the read models: a process with more to take in is still being filled
_Result = TypeVar("_Result")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A measurement and the most that it may be; ``value`` is null when there is nothing to measure."""

    value: float | None
    limit: float
    ok: bool

    @classmethod
    def of(cls, value: float | None, limit: float) -> "Check":
        """A value below 0 is none that can be right."""
        return cls(value=value, limit=limit, ok=value is None or 0 <= value <= limit)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a register at one time; ``cosigned`` is how many entries each witness has cosigned."""

    health: Health
    database_seconds: float
    head_age: float | None
    lag: tuple[int, float]
    unpublished_seconds: float
    cosigned: dict[str, int]


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a process is ready, and why: the checks whose names end in the unit of what they measure."""

    ready: bool
    checks: dict[str, Check]


class Gauge:
    """Reads one register in one thread of its own: a database that does not answer holds no other."""

    def __init__(self, register: Register, seconds: float = DATABASE_SECONDS) -> None:
        self._register, self._seconds = register, seconds
        self._thread = ThreadPoolExecutor(1, "gauge")

    async def readiness(self) -> Readiness:
        """Returns whether this process can answer truthfully now."""
        measured = await self.read(self.measure)
        if measured is None:
            return Readiness(ready=False, checks={"database_seconds": Check(value=None, limit=self._seconds, ok=False)})
        return judged(measured, self._seconds)

    async def read(self, work: Callable[[], _Result]) -> _Result | None:
        """Returns what ``work`` returns; None when it fails, or has not ended in time."""
        try:
            return await wait_for(wrap_future(self._thread.submit(work)), self._seconds)
        except Exception:  # noqa: BLE001 - whatever it was, there is no true answer
            return None

    def measure(self) -> Measured:
        """Reads everything. Raises what the database raises."""
        begun, register = perf_counter(), self._register
        health = register.health()
        return Measured(
            health=health,
            head_age=register.head_age(),
            lag=register.models.lag(),
            unpublished_seconds=register.unpublished_seconds(),
            cosigned=register.cosigned(),
            database_seconds=perf_counter() - begun,
        )


def judged(measured: Measured, database_seconds: float = DATABASE_SECONDS) -> Readiness:
    """Returns the measurements with their limits."""
    entries, seconds = measured.lag
    checks = {
        "database_seconds": Check.of(measured.database_seconds, database_seconds),
        "head_age_seconds": Check.of(measured.head_age, LATE_SECONDS),
        "read_model_lag_entries": Check.of(entries, LAG_ENTRIES),
        "read_model_lag_seconds": Check.of(seconds, PATIENCE),
        "witness_lag_seconds": Check.of(measured.unpublished_seconds, LATE_SECONDS),
    }
    return Readiness(ready=all(check.ok for check in checks.values()), checks=checks)
