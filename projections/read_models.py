"""All read models of a ledger: asked, kept live, rebuilt and compared with a fresh replay."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.store.datastore import LedgerDatastore
from ledger.store.ledger import Ledger
from projections.following import TABLES, Following, Progress, is_passing
from projections.names import Names
from projections.questions import Questions

DATABASE, PUBLIC_DATABASE = "projections.db", "projections.public.db"
POLL_SECONDS = 0.25  # how late at most the pages show what another process appended
# Views and triggers before the tables that they are about. What SQLite keeps for itself stays.
_OBJECTS = (
    "SELECT type, name, sql FROM sqlite_schema WHERE NOT (type IN ('table', 'index') AND name GLOB 'sqlite_*') "
    "ORDER BY type = 'index', type DESC"
)


class Difference(msgspec.Struct, frozen=True):
    """A row that a fresh replay and the stored table do not share."""

    table: str
    kind: str
    row: str


class ReadModels(Questions):
    """The read models of one ledger: of all of it, or of what is published."""

    def __init__(self, ledger: Ledger, *, public: bool = False) -> None:
        self._ledger = ledger
        path, end = _place(ledger, public)
        self.following = Following(LedgerDatastore(str(path)), ledger.log, end)
        super().__init__(self.following.datastore, Names(ledger.vault))
        self.failure: BaseException | None = None

    def catch_up(self, progress: Progress | None = None) -> None:
        """Take in whatever the log has."""
        self.following.catch_up(progress)

    @contextmanager
    def live(self) -> Iterator[None]:
        """Follow the log in a thread for as long as the block runs."""
        stopping, appended = Event(), Event()
        self._ledger.log.listen(appended)
        thread = Thread(target=self._follow, args=(stopping, appended), name="follow", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            appended.set()
            thread.join()
            self._ledger.log.unlisten(appended)

    def differences(self, progress: Progress | None = None) -> list[Difference]:
        """Rows in which the stored tables differ from a fresh replay up to their position."""
        path = self.following.datastore.pool.db_name
        with closing(LedgerDatastore(path)) as stored, closing(LedgerDatastore(":memory:")) as replayed:
            found = Following(stored, self._ledger.log)
            # A register may go on following meanwhile: one moment is compared.
            with stored.snapshot():
                position = found.position
                fresh = Following(replayed, self._ledger.log, lambda: position)
                fresh.catch_up(progress)
                return list(_differences(found, fresh))

    def close(self) -> None:
        self.following.datastore.close()

    def __enter__(self) -> ReadModels:
        self.catch_up()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, stopping: Event, appended: Event) -> None:
        try:
            while not stopping.is_set():
                appended.clear()
                self.catch_up()
                appended.wait(POLL_SECONDS)
        except BaseException as error:
            self.failure = error
            raise


def rebuild(ledger: Ledger, progress: Progress | None = None) -> None:
    """Replay the whole log into new files, and put their tables in the place of whatever stands in the old ones."""
    for public in {False, ledger.publications.policy.asks}:
        path, end = _place(ledger, public)
        rebuilt = path.with_name(f"{path.stem}.rebuilt.db")
        _remove(rebuilt)
        with closing(LedgerDatastore(str(rebuilt))) as fresh:
            Following(fresh, ledger.log, end).catch_up(progress)
            try:
                _replace(path, fresh)
            except (PersistenceError, sqlite3.Error) as error:
                if is_passing(error):
                    raise
                _remove(path)  # it is no database any more
                _replace(path, fresh)
        _remove(rebuilt)


def _replace(path: Path, fresh: LedgerDatastore) -> None:
    """All that stands in a file by what stands in another database, in one transaction: others may be reading it."""
    with (
        fresh.transaction(commit=False) as source,
        closing(LedgerDatastore(str(path))) as stored,
        stored.transaction(commit=True) as target,
    ):
        target.execute(_OBJECTS)
        for kind, name, _ in target.fetchall():
            if kind != "index":  # it goes with its table
                quoted = name.replace('"', '""')
                target.execute(f'DROP {kind} IF EXISTS "{quoted}"')
        source.execute(_OBJECTS)
        for kind, name, definition in source.fetchall():
            target.execute(definition)
            if kind == "table":
                source.execute(f"SELECT * FROM {name}")
                rows = [tuple(row) for row in source.fetchall()]
                if rows:
                    target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        source.execute("PRAGMA user_version")
        target.execute(f"PRAGMA user_version = {source.fetchone()[0]}")


def _differences(stored: Following, fresh: Following) -> Iterator[Difference]:
    for table in TABLES:
        found, replayed = set(stored.rows(table)), set(fresh.rows(table))
        yield from (Difference(table, "missing", repr(row)) for row in sorted(replayed - found, key=repr))
        yield from (Difference(table, "unexpected", repr(row)) for row in sorted(found - replayed, key=repr))
    if stored.position != fresh.position:
        yield Difference("tracking", "unexpected", str(stored.position))


def _place(ledger: Ledger, public: bool) -> tuple[Path, Callable[[], int] | None]:
    """The file of the read models, and how far they follow the log: None is as far as it goes."""
    if public and ledger.publications.policy.asks:  # only where publishing waits for witnesses do the two differ
        return ledger.folder / PUBLIC_DATABASE, lambda: ledger.publications.size
    return ledger.folder / DATABASE, None


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
