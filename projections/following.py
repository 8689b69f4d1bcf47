"""Following the log: each batch of entries changes every read model in one transaction.

The position is saved with the rows: a crash repeats work but never skips it. Several processes may
follow into one file; whoever holds the write lock goes on from where the last one stopped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from eventsourcing.persistence import Notification, OperationalError, PersistenceError, Tracking
from eventsourcing.sqlite import SQLiteCursor, SQLiteTrackingRecorder

from ledger.errors import Corrupt
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import read_stored
from ledger.store.datastore import LedgerDatastore
from ledger.store.recorder import LedgerRecorder
from projections.entry import Entry, microseconds
from projections.questions import READ_MODELS

LOG = "ledger"  # the name under which the library tracks the position
BATCH = 1000
Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""


TABLES = {name: columns for model in READ_MODELS.values() for name, columns in model.TABLES.items()} | {
    "known_time": "one INTEGER PRIMARY KEY CHECK (one = 1), known INTEGER NOT NULL"
}
INDEXES = [index for model in READ_MODELS.values() for index in model.INDEXES]


class Following(SQLiteTrackingRecorder):
    """The tables of all read models in one file, and the position up to which they hold."""

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore, log: LedgerRecorder, end: Callable[[], int] | None = None) -> None:
        """``end`` answers how many entries may be followed so far: all of them when it is not given."""
        super().__init__(datastore)
        self._log = log
        self._end = end or log.size
        with self._sound():
            self._forget_other_tables()
            self.create_table()

    def construct_create_table_statements(self) -> list[str]:
        tables = [f"CREATE TABLE IF NOT EXISTS {name} ({columns})" for name, columns in TABLES.items()]
        return [*super().construct_create_table_statements(), *tables, *INDEXES]

    def _forget_other_tables(self) -> None:
        """Tables of another version of this program are dropped: the log is replayed into those of this one."""
        shape = crc32(repr(sorted(TABLES.items())).encode())
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("PRAGMA user_version")
            if cursor.fetchone()[0] % 2**32 == shape:
                return
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for row in cursor.fetchall():
                cursor.execute(f"DROP TABLE {row['name']}")
            # SQLite keeps a signed 32-bit integer here.
            cursor.execute(f"PRAGMA user_version = {shape - 2**32 if shape >= 2**31 else shape}")

    @property
    def position(self) -> int:
        """How many entries of the log the tables hold."""
        with self._sound():
            return int(self.max_tracking_id(LOG) or 0)

    def catch_up(self, progress: Progress | None = None, batch: int = BATCH) -> int:
        """Take in whatever the log has; answers the position."""
        size = self._end()
        while (position := self._take(batch)) is not None:
            size = max(size, position)
            if progress is not None:
                progress(position, size)
        return self.position

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Every row of a table, sorted: two tables with the same rows answer the same."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            return sorted(map(tuple, cursor.fetchall()), key=repr)

    def _take(self, batch: int) -> int | None:
        """One batch in one transaction; the position after it, or None when there was nothing."""
        with self.datastore.transaction(commit=True) as cursor:
            with self._sound():
                start, known = int(self._max_tracking_id(LOG, cursor) or 0), _known(cursor)
            notifications = self._log.select_notifications(start + 1, batch, self._end())
            if not notifications:
                return None
            for notification in notifications:
                entry = _entry(notification, known)
                known = entry.known
                with self._sound():
                    for model in READ_MODELS.values():
                        model.record(cursor, entry)
            position = notifications[-1].id
            with self._sound():
                cursor.execute("INSERT OR REPLACE INTO known_time VALUES (1, ?)", (known,))
                self._insert_tracking(cursor, Tracking(LOG, position))
        return position

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Whatever stored rows that contradict the log lead to is one error, which says what to do about it."""
        try:
            yield
        except Exception as error:
            if is_passing(error):
                raise
            name = Path(self.datastore.pool.db_name).name
            says = f"{name} contradicts the log ({error!r}); run: pca-ledger rebuild"
            raise Corrupt("projection-differs", says) from error


def is_passing(error: Exception) -> bool:
    """Whether a failure says nothing of what stands in a database: it was locked, or the disk is full."""
    cause = error.__cause__ if isinstance(error, PersistenceError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF != sqlite3.SQLITE_ERROR
    return cause is None and isinstance(error, OperationalError)  # no connection was free


def _known(cursor: SQLiteCursor) -> int:
    cursor.execute("SELECT known FROM known_time")
    row = cursor.fetchone()
    return 0 if row is None else int(row["known"])


def _entry(notification: Notification, known_before: int) -> Entry:
    event = read_stored(notification.topic, notification.state).event
    signatures = open_envelope(notification.state).signatures
    # Statements may wait for a signature: what is appended later is not known earlier.
    known = max(known_before, microseconds(event.time))
    return Entry(notification.id, known, event, tuple(s.keyid for s in signatures))
