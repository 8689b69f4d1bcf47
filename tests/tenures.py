"""Several processes that hold duties in turn, in one process: their clocks and the database's are set by a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import update

from ledger.store.following import Troubles
from ledger.store.leases import LEASES, LIFE, Leases
from ledger.store.port import Database


class Times:
    """The clock of the database, which is that of its rows, and those of processes."""

    def __init__(self, database: Database) -> None:
        self.now = 1000.0
        self._database = database

    def pass_by(self, seconds: float) -> None:
        """Let time pass: for the database, every end comes nearer."""
        self.now += seconds
        with self._database.transaction(commit=True) as cursor:
            cursor.run(update(LEASES).values(until=LEASES.c.until - int(1000 * seconds)))

    def of(self, ahead: float) -> Callable[[], float]:
        """Return the clock of a process, which is ahead of all others."""
        return lambda: self.now + ahead


class Two:
    """The first of two processes has a duty. The second takes it over once the first stands still."""

    def __init__(self, folder: Path, database: Database, duty: str, *names: str) -> None:
        self.troubles = Troubles(), Troubles()
        self._times = Times(database)
        self.first, self.second = (
            Leases(folder, {duty: names}, troubles, object, self._times.of(ahead))
            for troubles, ahead in zip(self.troubles, (0, 3600), strict=True)
        )
        self.first.look()

        self.pass_by = self._times.pass_by

    def first_stands_still(self) -> None:
        self.pass_by(2 * LIFE)
        self.second.look()


@contextmanager
def two(folder: Path, database: Database, duty: str, *names: str) -> Iterator[Two]:
    with ExitStack() as stack:
        both = Two(folder, database, duty, *names)
        stack.callback(both.first.close)
        stack.callback(both.second.close)
        yield both
