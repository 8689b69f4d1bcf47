"""SQLite behind the port: one file, or memory."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar
from weakref import WeakSet

from eventsourcing.persistence import PersistenceError
from sqlalchemy import Connection, MetaData, QueuePool, StaticPool, create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from ledger.store.engines.database import EngineDatabase
from ledger.store.engines.sqlite_structure import differences
from ledger.store.engines.sqlite_watching import SQLiteWatch
from ledger.store.port import Unavailable
from ledger.store.tables import create

LOCK_TIMEOUT = 30  # seconds for which a writer waits for that of another process, and anybody for a connection
CONNECTIONS = 40  # at once: as many as there are threads that serve requests
IN_MEMORY = ":memory:"
# FULL: what was acknowledged as recorded survives a power failure. NORMAL: a commit in WAL mode is not synced.
_SYNCED = {True: "PRAGMA synchronous = FULL", False: "PRAGMA synchronous = NORMAL"}
_PRAGMAS = (
    _SYNCED[True],
    "PRAGMA temp_store = MEMORY",
)
_PRIMARY_CODE = 0xFF  # of an extended error code


class _Dialect(SQLiteDialect_pysqlite):
    """All databases of the process are of one library: a statement that was compiled for one is for the others too."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Dialect)

    def __hash__(self) -> int:
        return hash(_Dialect)


registry.register("sqlite.alike", __name__, _Dialect.__name__)
_COMPILED: LRUCache[Any, Any] = LRUCache(1000)  # statements


class SQLiteDatabase(EngineDatabase):
    """``file`` is a path or a SQLite URI, or None for one in memory, which is for one thread."""

    kind: ClassVar[str] = "sqlite"
    mark: ClassVar[str] = "?"

    def __init__(self, file: str | None, *, read_only: bool = False) -> None:
        self._file, self._read_only = file or IN_MEMORY, read_only
        self._lock_timeout = LOCK_TIMEOUT
        self._gave_up = False
        pool: dict[str, Any] = {"poolclass": StaticPool}
        if file:
            pool = {
                "poolclass": QueuePool,
                "pool_size": 5,
                "max_overflow": CONNECTIONS - 5,
                "pool_timeout": LOCK_TIMEOUT,
            }
        options = {"compiled_cache": _COMPILED}
        engine = create_engine(
            "sqlite+alike://", creator=self._opened, hide_parameters=True, execution_options=options, **pool
        )
        super().__init__(engine, Path(self._file.partition("?")[0]).name)
        # Writers of this process wait here, and not each for the lock of the file with a connection in hand.
        self._writing = Lock()
        self._watches: WeakSet[SQLiteWatch] = WeakSet()

    def listening(self, wake: Callable[[], object]) -> AbstractContextManager[None]:  # noqa: ARG002 - nobody calls it
        return nullcontext()

    def watch(self) -> SQLiteWatch:
        watch = SQLiteWatch(self._opened)
        self._watches.add(watch)
        return watch

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.transaction(commit=False) as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_schema")  # only the first read fixes what is seen
            yield

    @property
    def path(self) -> Path | None:
        return None if self._read_only or self._file == IN_MEMORY else Path(self._file)

    def copy_to(self, path: Path) -> None:
        with self._translated(), closing(self._opened()) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))

    def compact(self) -> None:
        with self._turn(writes=True), self._translated(), closing(self._opened()) as connection:
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise Unavailable(f"{self.name}: somebody reads what was deleted")

    def deviations(self, tables: MetaData) -> Iterator[str]:
        with closing(SQLiteDatabase(None)) as fresh:
            create(fresh, tables)
            with fresh.transaction(commit=False) as made, self.transaction(commit=False) as stored:
                yield from differences(made.raw, stored.raw)

    def _opened(self) -> sqlite3.Connection:
        if self._gave_up:
            self._gave_up = False
            gc.collect()  # a connection stays open for as long as the error that spoilt it refers to its cursor
        connection = sqlite3.connect(
            self._file,
            timeout=self._lock_timeout,
            isolation_level=None,
            check_same_thread=False,
            uri=self._file.startswith("file:"),
        )
        for pragma in _PRAGMAS if self._read_only else ("PRAGMA journal_mode = WAL", *_PRAGMAS):
            connection.execute(pragma)
        return connection

    @contextmanager
    def _turn(self, *, writes: bool) -> Iterator[None]:
        if writes and not self._writing.acquire(timeout=self._lock_timeout):
            raise Unavailable("another thread is writing")
        try:
            yield
        finally:
            if writes:
                self._writing.release()

    def _begun(self, connection: Connection, *, writes: bool, durable: bool) -> sqlite3.Cursor:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        raw = driver.cursor()
        raw.row_factory = sqlite3.Row
        if writes:
            raw.execute(_SYNCED[durable])  # a connection of the pool has what its last writer set
        # A deferred transaction takes the lock at its first writing statement, after it has read. One that reads sees
        # what was committed before its first statement.
        raw.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        return raw

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Closes all connections after an error by which a process may only read a file until it has closed them."""
        with super()._connected() as connection:
            try:
                yield connection
            except Exception as error:
                if "readonly" in str(error) and not self._read_only and self._file != IN_MEMORY:
                    connection.invalidate()
                    self._engine.dispose()
                    for watch in list(self._watches):
                        watch.give_up()
                    self._gave_up = True
                raise

    def _commit(self, raw: sqlite3.Cursor) -> None:
        raw.execute("COMMIT")

    def _sync(self) -> None:
        # What is committed is in the log (https://sqlite.org/wal.html, 2). If there is none any more, SQLite synced
        # the file itself before it removed it.
        try:
            with suppress(FileNotFoundError), Path(f"{self._file}-wal").open("rb") as log:
                os.fdatasync(log.fileno())
        except OSError as error:
            raise Unavailable(f"{self.name}: {error.strerror}") from error

    def _roll_back(self, connection: Connection, raw: sqlite3.Cursor) -> None:  # noqa: ARG002 - never lost
        raw.connection.rollback()
        raw.close()

    def _meaning(self, error: BaseException) -> PersistenceError | None:
        if not isinstance(error, sqlite3.Error):
            return None
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
        passes = isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR
        return self._failure(error, contradicts=isinstance(error, sqlite3.IntegrityError), passes=passes)


def library_version() -> str:
    """The name and version of the library."""
    return f"SQLite {sqlite3.sqlite_version}"
