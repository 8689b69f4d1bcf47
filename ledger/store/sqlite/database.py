"""A SQLite database behind the port: its connections, its transactions and its errors."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from eventsourcing.persistence import ConnectionUnavailableError, IntegrityError, OperationalError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool

from ledger.store.port import AddedColumn, Unavailable
from ledger.store.sqlite.structure import differences

LOCK_TIMEOUT = 30  # seconds for which a writer waits for that of another process
READER_TIMEOUT = 200  # milliseconds for which the emptying of the write-ahead log waits for readers
IN_MEMORY = ":memory:"
_PRAGMAS = (
    # The library opens in WAL mode. FULL: what was acknowledged as recorded survives a power failure.
    "PRAGMA synchronous = FULL",
    # Deleted rows are overwritten with zeros: what is erased leaves no trace in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)
_PRIMARY_CODE = 0xFF  # of an extended error code


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        created = super()._create_connection()
        cursor = created.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        return created


class SQLiteDatabase:
    """Implements :class:`ledger.store.port.Database`. ``file`` is a path or a SQLite URI, or None for one in memory."""

    def __init__(self, file: str | None, *, read_only: bool = False) -> None:
        self._lock_timeout = LOCK_TIMEOUT
        self._pool = _Pool(db_name=file or IN_MEMORY, lock_timeout=self._lock_timeout, pool_timeout=self._lock_timeout)
        self._pool.is_journal_mode_wal = read_only  # else the library would change the file's mode
        self._snapshot: sqlite3.Cursor | None = None
        # While a thread waits in the pool for the one that writes, the pool keeps every reader waiting too.
        self._writing = Lock()

    @property
    def name(self) -> str:
        return Path(self._pool.db_name.partition("?")[0]).name

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[sqlite3.Cursor]:
        if self._snapshot is None:
            with self._begun(commit=commit) as cursor:
                yield cursor
        else:
            assert not commit
            with _translated(self.name):
                yield self._snapshot

    def select(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
        if self._snapshot is None:
            with self._cursor(writes=False) as cursor:
                return cursor.execute(statement, parameters).fetchall()
        return self._snapshot.execute(statement, parameters).fetchall()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._begun(commit=False) as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_schema")  # only the first read fixes what is seen
            self._snapshot = cursor
            try:
                yield
            finally:
                self._snapshot = None

    def create(self, tables: Sequence[str], added: Sequence[AddedColumn] = ()) -> None:
        with self.transaction(commit=True) as cursor:
            for table in tables:
                cursor.execute(table)
            for column in added:
                cursor.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (column.table, column.name))
                if cursor.fetchone() is None:
                    cursor.execute(f"ALTER TABLE {column.table} ADD COLUMN {column.name} {column.definition}")
                    if column.fill:
                        cursor.execute(column.fill)

    def forget_erased(self) -> bool:
        """Move the write-ahead log into the file and empty it."""
        with self._cursor(writes=True) as cursor:
            # It waits for readers while it holds the write lock: not for long.
            cursor.execute(f"PRAGMA busy_timeout = {READER_TIMEOUT}")
            try:
                busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {1000 * self._lock_timeout}")
            return not busy

    def deviations(self, tables: Sequence[str]) -> Iterator[str]:
        with closing(SQLiteDatabase(None)) as fresh:
            fresh.create(tables)
            with fresh.transaction(commit=False) as made, self.transaction(commit=False) as stored:
                yield from differences(made, stored)

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _begun(self, *, commit: bool) -> Iterator[sqlite3.Cursor]:
        with self._cursor(writes=commit) as cursor:
            # A deferred transaction takes the lock at its first writing statement, after it has read.
            cursor.execute("BEGIN IMMEDIATE" if commit else "BEGIN")
            try:
                yield cursor
                if commit:
                    cursor.connection.commit()
            finally:
                cursor.connection.rollback()  # of what is not committed

    @contextmanager
    def _cursor(self, *, writes: bool) -> Iterator[sqlite3.Cursor]:
        """A cursor on a connection that nobody else uses meanwhile; every error is one of the library's."""
        if writes and not self._writing.acquire(timeout=self._lock_timeout):
            raise Unavailable("another thread is writing")
        try:
            with _translated(self.name):
                connection = self._pool.get_connection(is_writer=writes)
                try:
                    with connection.cursor() as cursor, closing(cursor):
                        yield cursor
                finally:
                    self._pool.put_connection(connection)
        finally:
            if writes:
                self._writing.release()


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Turns every error into one of the library's, which names the file."""
    try:
        yield
    except ConnectionUnavailableError as error:
        raise Unavailable(error) from error
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.Error as error:
        raise (Unavailable if _is_passing(error) else OperationalError)(f"{name}: {error}") from error


def _is_passing(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    return isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR


def library_version() -> str:
    """The name and version of the library."""
    return f"SQLite {sqlite3.sqlite_version}"
