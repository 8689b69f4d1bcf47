"""The SQLite file: how connections are opened, and how a transaction takes the write lock.

Everything that the ledger keeps stands in this one file, so that one transaction can hold it all. A
writing transaction takes the lock at its first statement: what it reads cannot change before it commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.persistence import OperationalError
from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteTransaction,
)

LOCK_TIMEOUT = 30  # seconds for which a writer waits for that of another process
READER_TIMEOUT = 200  # milliseconds for which the emptying of the write-ahead log waits for readers
_PRAGMAS = (
    # The library opens in WAL mode. FULL: what was answered as recorded survives a power failure.
    "PRAGMA synchronous = FULL",
    # Deleted rows are overwritten with zeros: what is erased leaves no trace in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


class LedgerTransaction(SQLiteTransaction):
    """Begins with the write lock when it is going to write."""

    def __enter__(self) -> SQLiteCursor:
        cursor = self.connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.Error as error:
            raise OperationalError(error) from error
        return cursor


class LedgerConnection(SQLiteConnection):
    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        with LedgerTransaction(self, commit=commit) as cursor, cursor:
            yield cursor


class LedgerConnectionPool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = super()._create_connection()._sqlite_conn
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except sqlite3.Error as error:
            raise OperationalError(error) from error
        return LedgerConnection(connection, self.max_age)


class LedgerDatastore(SQLiteDatastore):
    """``db_name`` is a path or a SQLite URI. Originator ids are text: the names of streams."""

    def __init__(self, db_name: str, *, lock_timeout: int = LOCK_TIMEOUT) -> None:
        super().__init__(db_name, originator_id_type="text")
        self._lock_timeout = lock_timeout
        self.pool = LedgerConnectionPool(db_name=db_name, lock_timeout=lock_timeout, pool_timeout=lock_timeout)
        self._snapshot: SQLiteCursor | None = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it, what is read here stands as it stood at the beginning, whatever others write. For one thread."""
        with super().transaction(commit=False) as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_schema")  # only the first read fixes what is seen
            self._snapshot = cursor
            try:
                yield
            finally:
                self._snapshot = None

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        if self._snapshot is None:
            with super().transaction(commit=commit) as cursor:
                yield cursor
        else:
            assert not commit
            yield self._snapshot

    def truncate_wal(self) -> bool:
        """Move the write-ahead log into the file and empty it. False while somebody reads what stands in it."""
        with self.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            # It waits for readers with the write lock in its hand: not for long.
            cursor.execute(f"PRAGMA busy_timeout = {READER_TIMEOUT}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                busy, _, _ = cursor.fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {1000 * self._lock_timeout}")
            return not busy
