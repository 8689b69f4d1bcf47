"""Leases: a duty, such as publishing, is done by one process at a time, whichever lives of those on one record.

A row in the record names the holder of a duty and says until when, by the clock of the database. The holder renews it
well before that; once it has ended, any other process takes the duty over, which counts its epoch up. Whatever the duty
writes, it writes in a transaction that requires the lease: a process that stood still for a minute, and does not know
that another one took over, writes nothing.
"""

import os
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

import msgspec
from eventsourcing.persistence import PersistenceError
from sqlalchemy import Column, Table, Text, not_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ledger.errors import Unreachable
from ledger.store.following import Appends, Follower, Troubles
from ledger.store.opening import open_record
from ledger.store.port import Cursor, Database, Unavailable
from ledger.store.tables import RECORD, Long

PUBLISHING, DOCUMENTS, WEBHOOKS, NOTICES = "publishing", "documents", "webhooks", "notices"
LIFE = 4.0  # seconds from a renewal until another process may take over
RENEWED = 1.0  # seconds between renewals
LOOK_SECONDS = 0.5  # between two looks at the rows
MARGIN = 0.5  # seconds before the end at which the holder stops: its clock may run slower than the database's
TROUBLE = "leases"  # the name of the trouble that says why they cannot be renewed

LEASES = Table(
    "leases",
    RECORD,
    Column("duty", Text, primary_key=True),
    Column("holder", Text, nullable=False),  # empty once it is released
    Column("epoch", Long, nullable=False),
    Column("until", Long, nullable=False),  # milliseconds since 1970
    Column("troubles", Text, nullable=False),  # what does not work for the holder, as JSON
)
_ROW = LEASES.c
_LIFE = int(1000 * LIFE)


class database_time(FunctionElement[int]):  # noqa: N801 - written as a function of SQL
    """The time of the database's clock, in milliseconds since 1970."""

    type = Long
    inherit_cache = True


@compiles(database_time, "sqlite")
def _in_sqlite(*_: object, **__: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(database_time, "postgresql")
def _in_postgresql(*_: object, **__: object) -> str:
    # Not now(), which is the time at which the transaction began: it may have waited for the row since.
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


# A row that ends later than any renewal could say is of before the database's clock was set back.
_HAS_ENDED = not_(_ROW.until.between(database_time(), database_time() + 2 * _LIFE))
_RENEWED = database_time() + _LIFE


class LeaseLost(Unavailable):
    """Another process holds the duty now, and goes on with it. Nothing was written."""


class HeldElsewhere(Unreachable):
    """Another process, which lives, holds the duty."""

    def __init__(self, holder: str) -> None:
        host, process, _ = holder.split()
        super().__init__(
            f"another process does this: {host}, process {process}",
            f"un autre processus s’en charge : {host}, processus {process}",
        )


class Tenure(Protocol):
    """The time for which a process holds a duty."""

    @property
    def is_held(self) -> bool:
        """Whether it lasts, as far as this process knows without asking: False when it was not renewed in time."""

    def require(self, cursor: Cursor) -> None:
        """Require, in a transaction that writes, that it lasts until the commit. Raises ``LeaseLost``."""


class Lease:
    """Implements :class:`Tenure`. ``epoch`` counts the tenures of the duty, up to this one."""

    def __init__(self, duty: str, holder: str, epoch: int, clock: Callable[[], float]) -> None:
        self.epoch = epoch
        self._duty, self._holder = duty, holder
        self._clock = clock
        self._end = -inf

    @property
    def is_held(self) -> bool:
        return self._clock() < self._end

    def require(self, cursor: Cursor) -> None:
        # Shared: whoever takes over waits until this transaction has ended.
        found = cursor.run(select(_ROW.holder, _ROW.epoch).where(_ROW.duty == self._duty).with_for_update(read=True))
        if [tuple(row) for row in found] != [(self._holder, self.epoch)]:
            self.end()
            raise LeaseLost(f"{self._duty}: another process does this now")

    def renew(self, asked: float) -> None:
        """The database renewed it after ``asked``, a time of this process."""
        self._end = asked + LIFE - MARGIN

    def is_due(self) -> bool:
        """Whether it is to be renewed."""
        return self._clock() >= self._end - (LIFE - MARGIN) + RENEWED

    def end(self) -> None:
        """It has ended, or is released."""
        self._end = -inf


@contextmanager
def writing(database: Database, tenure: Tenure) -> Iterator[None]:
    """A transaction that writes for a duty. Raises ``LeaseLost``, and then writes nothing."""
    with database.transaction(commit=True) as cursor:
        tenure.require(cursor)
        yield


class _Alone:
    is_held = True

    def require(self, cursor: Cursor) -> None:
        """Nobody can have taken over."""


Holding = Callable[[], Tenure | None]
"""Returns the tenure of a duty while this process holds it."""


def alone() -> Tenure:
    """Return the tenure of a process beside which no other opens the record, such as one that makes a demonstration."""
    return _ALONE


_ALONE = _Alone()


class Leases:
    """The duties that one process holds or waits for, on a connection of its own. Safe for threads."""

    def __init__(
        self,
        folder: Path,
        duties: Mapping[str, Iterable[str]],
        troubles: Troubles,
        taken: Callable[[], object],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``duties`` names the troubles of each, beside its own name: what fails for its holder, every process says.

        ``taken`` is called when a duty was taken. Raises ``Unavailable``.
        """
        self.holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
        self._duties = {duty: frozenset({duty, *names}) for duty, names in duties.items()}
        self._troubles, self._taken, self._clock = troubles, taken, clock
        self._leases: dict[str, Lease] = {}
        self._database = open_record(folder)

    def of(self, duty: str) -> Holding:
        """Return what returns the lease of a duty while it is held."""
        return lambda: self._held(duty)

    def held(self) -> dict[str, bool]:
        """Return the duties that this process takes part in, and whether it holds each."""
        return {duty: self._held(duty) is not None for duty in self._duties}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Take what nobody holds, at once; hold on, or wait, in a thread for as long as the block runs; then release.

        Raises ``Unavailable``.
        """
        with closing(self):
            try:
                self.look()
                with Follower("leases", self.look, LOOK_SECONDS, self._troubles.of(TROUBLE)).running(Appends()):
                    yield
            finally:
                with suppress(PersistenceError):  # it ends by itself
                    self.release()

    def look(self) -> None:
        """Renew what is held, and take what has ended. Raises ``Unavailable``."""
        with self._database.transaction(commit=False) as cursor:
            rows = {row.duty: row for row in cursor.run(select(LEASES, _HAS_ENDED.label("has_ended")))}
        for duty in self._duties:
            row = rows.get(duty)
            if row is not None and row.holder == self.holder:
                self._renew(duty)
            else:
                self._lose(duty, "{}" if row is None else row.troubles)
                if row is None or row.has_ended:
                    self._take(duty)

    def release(self) -> None:
        """Let others take at once what is held. Raises ``Unavailable``."""
        for lease in self._leases.values():
            lease.end()
        released = update(LEASES).where(_ROW.holder == self.holder).values(holder="", until=0, troubles="{}")
        with self._database.transaction(commit=True) as cursor:
            cursor.run(released)

    def wait(self, duty: str) -> None:
        """Wait until the duty is held. Raises ``HeldElsewhere`` once its holder renews it, and ``Unavailable``."""
        row = select(LEASES).where(_ROW.duty == duty)
        ((*_, first, _),) = self._database.run(row)
        while self._held(duty) is None:
            sleep(LOOK_SECONDS)
            ((_, holder, _, until, _),) = self._database.run(row)
            if holder not in ("", self.holder) and until > first:
                raise HeldElsewhere(holder)

    def close(self) -> None:
        self._database.close()

    def _held(self, duty: str) -> Lease | None:
        lease = self._leases.get(duty)
        return lease if lease is not None and lease.is_held else None

    def _renew(self, duty: str) -> None:
        if duty in self._leases and not self._leases[duty].is_due():
            return
        asked, troubles = self._clock(), self._troubles.own(self._duties[duty])
        mine = update(LEASES).where(_ROW.duty == duty, _ROW.holder == self.holder)
        values = {"until": _RENEWED, "troubles": msgspec.json.encode(troubles).decode()}
        with self._database.transaction(commit=True) as cursor:
            renewed = cursor.run(mine.values(values).returning(_ROW.epoch))
        for row in renewed:
            self._hold(duty, row.epoch, asked)

    def _take(self, duty: str) -> None:
        asked = self._clock()
        new = {"duty": duty, "holder": "", "epoch": 0, "until": 0, "troubles": "{}"}
        ended = update(LEASES).where(_ROW.duty == duty, _HAS_ENDED)
        values = {"holder": self.holder, "epoch": _ROW.epoch + 1, "until": _RENEWED, "troubles": "{}"}
        with self._database.transaction(commit=True) as cursor:
            cursor.run(insert(LEASES).on_conflict_do_nothing(), new)
            taken = cursor.run(ended.values(values).returning(_ROW.epoch))
        for row in taken:
            self._hold(duty, row.epoch, asked)

    def _hold(self, duty: str, epoch: int, asked: float) -> None:
        lease = self._leases.get(duty)
        if lease is None or lease.epoch != epoch:  # taken now, or by a commit whose outcome was not known
            self._leases[duty] = lease = Lease(duty, self.holder, epoch, self._clock)
            self._troubles.elsewhere.pop(duty, None)
            lease.renew(asked)
            self._taken()
        lease.renew(asked)

    def _lose(self, duty: str, troubles: str) -> None:
        """Another process holds the duty, or held it: what fails is what fails for that process."""
        lease = self._leases.pop(duty, None)
        if lease is not None:
            lease.end()
        for name in self._duties[duty]:
            self._troubles.pop(name, None)
        self._troubles.elsewhere[duty] = msgspec.json.decode(troubles, type=dict[str, tuple[str, int]])


@contextmanager
def holding(folder: Path, duty: str) -> Iterator[Holding]:
    """Hold a duty for one command, for as long as the block runs. Waits for the end of a holder that died.

    Raises ``HeldElsewhere`` when another process goes on with it, and ``Unavailable``.
    """
    leases = Leases(folder, {duty: ()}, Troubles(), lambda: None)
    with leases.running():
        leases.wait(duty)
        yield leases.of(duty)


def on_duty(
    held: Holding, state: Callable[[], object], seconds: float, work: Callable[[Tenure], object]
) -> Callable[[], None]:
    """Return what a follower may do often: the ``work`` of a duty that is held.

    It is done when the duty was taken, when ``state`` is another one, and at least every ``seconds``.
    """
    last: tuple[Tenure, object] | None = None
    again = 0.0

    def follow() -> None:
        nonlocal last, again
        tenure = held()
        if tenure is None:
            return
        now = tenure, state()
        if now == last and monotonic() < again:
            return
        with suppress(LeaseLost):  # whoever took over goes on
            work(tenure)
        last, again = now, monotonic() + seconds

    return follow
