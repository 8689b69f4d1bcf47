"""All read models of a ledger: asked, kept live, rebuilt and compared with a fresh replay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

import msgspec

from ledger.store.datastore import LedgerDatastore
from ledger.store.ledger import Ledger
from projections.certificates import Certificates
from projections.changes import Changes
from projections.following import TABLES, Following, Progress
from projections.history import History
from projections.names import Names
from projections.roster import Roster
from projections.schemes import Schemes

DATABASE, PUBLIC_DATABASE, REBUILT = "projections.db", "projections.public.db", "projections.rebuilt.db"
ATTEMPTS = 20  # to compare at a moment when nothing was recorded in between
POLL_SECONDS = 0.25  # how late at most the pages show what another process appended


class Difference(msgspec.Struct, frozen=True):
    """A row that a fresh replay and the stored table do not share."""

    table: str
    kind: str
    row: str


class Views:
    """The read models of one ledger: of all of it, or of what is published."""

    def __init__(self, ledger: Ledger, *, public: bool = False) -> None:
        self._ledger = ledger
        # Only where publishing waits for witnesses do the two differ.
        self._end = (lambda: ledger.publications.size) if public and ledger.publications.policy.asks else None
        path = ledger.folder / (DATABASE if self._end is None else PUBLIC_DATABASE)
        self.following = Following(LedgerDatastore(str(path)), ledger.log, self._end)
        datastore = self.following.datastore
        self.roster = Roster(datastore, Names(ledger.vault))
        self.certificates = Certificates(datastore)
        self.history = History(datastore)
        self.schemes = Schemes(datastore)
        self.changes = Changes(datastore)
        self.failure: BaseException | None = None

    def catch_up(self, progress: Progress | None = None) -> None:
        """Take in whatever the log has."""
        self.following.catch_up(progress)

    @contextlib.contextmanager
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

    def rebuild(self, progress: Progress | None = None) -> None:
        """Replay the whole log into a new file, then swap the rows in one transaction."""
        path = self._ledger.folder / REBUILT
        _remove(path)
        fresh = Following(LedgerDatastore(str(path)), self._ledger.log, self._end)
        fresh.catch_up(progress)
        position, rows = fresh.position, {table: fresh.rows(table) for table in TABLES}
        fresh.datastore.close()
        _remove(path)
        with self.following.datastore.transaction(commit=True) as cursor:
            for table, values in rows.items():
                cursor.execute(f"DELETE FROM {table}")
                if values:
                    cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values[0]))})", values)
            cursor.execute("UPDATE tracking SET notification_id = ? WHERE application_name = 'ledger'", (position,))

    def differences(self, progress: Progress | None = None) -> list[Difference]:
        """Rows in which the stored tables differ from a fresh replay up to their position."""
        fresh = Following(LedgerDatastore(":memory:"), self._ledger.log, self._end)
        found: list[Difference] = []
        try:
            for _ in range(ATTEMPTS):
                size = self._ledger.log.size()
                self.catch_up()
                fresh.catch_up(progress)
                found = list(self._differences_to(fresh))
                # What a register recorded meanwhile may stand in one of the two only: look again.
                if not found or self._ledger.log.size() == size:
                    break
            return found
        finally:
            fresh.datastore.close()

    def _differences_to(self, fresh: Following) -> Iterator[Difference]:
        for table in TABLES:
            stored, replayed = set(self.following.rows(table)), set(fresh.rows(table))
            yield from (Difference(table, "missing", repr(row)) for row in sorted(replayed - stored, key=repr))
            yield from (Difference(table, "unexpected", repr(row)) for row in sorted(stored - replayed, key=repr))
        if self.following.position != fresh.position:
            yield Difference("tracking", "unexpected", str(self.following.position))

    def close(self) -> None:
        self.following.datastore.close()

    def __enter__(self) -> Views:
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


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
