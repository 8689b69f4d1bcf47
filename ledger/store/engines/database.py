"""A database behind the port, on an SQLAlchemy engine: its connections, its transactions and its errors.

The drivers are in autocommit mode: a transaction begins and ends by the statements of this module, and nowhere else.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from math import inf
from threading import Lock, local
from time import perf_counter
from typing import Any, ClassVar

from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from ledger.store.port import Row, Unavailable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Plain = Sequence[Any] | Mapping[str, Any]


class EngineCursor:
    """Implements :class:`ledger.store.port.Cursor` on one connection; ``raw`` is a cursor of its driver."""

    def __init__(self, connection: Connection, raw: Any, mark: str, *, writes: bool) -> None:
        self.mark = mark
        self.writes = writes
        self.raw = raw
        self.connection = connection
        self._last_works: list[Callable[[], object]] = []  # within the transaction
        self._works: list[Callable[[], object]] = []

    def run(self, statement: Executable, parameters: Parameters = None) -> list[Row]:
        if parameters is not None and not parameters:
            return []
        result = self.connection.execute(statement, parameters)
        return list(result.all()) if result.returns_rows else []

    def execute(self, statement: str, parameters: Plain = (), /) -> object:
        return self.raw.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> object:
        return self.raw.executemany(statement, parameters)

    def fetchone(self) -> Row:
        return self.raw.fetchone()

    def fetchall(self) -> list[Row]:
        return list(self.raw.fetchall())

    def before_commit(self, work: Callable[[], object]) -> None:
        self._last_works.append(work)

    def after_commit(self, work: Callable[[], object]) -> None:
        self._works.append(work)

    def finish(self) -> None:
        """Do what was to be done before the commit."""
        while self._last_works:
            self._last_works.pop(0)()

    def committed(self) -> None:
        """Do what was to be done after the commit."""
        for work in self._works:
            work()


class EngineDatabase(ABC):
    """Implements :class:`ledger.store.port.Database`, but for what its engine does in a way of its own."""

    kind: ClassVar[str]
    mark: ClassVar[str]

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._thread = local()  # its ``cursor`` is that of the transaction in which the thread is
        self._syncing = Lock()
        self._synced = -inf  # when the last sync began
        self._has_failed = False

    @property
    def name(self) -> str:
        return self._name

    @contextmanager
    def transaction(self, *, commit: bool, durable: bool = True) -> Iterator[EngineCursor]:
        joined: EngineCursor | None = getattr(self._thread, "cursor", None)
        if joined is not None:
            assert joined.writes or not commit, "within a transaction that only reads, nothing is written"
            with self._translated():
                yield joined
            return
        with self._turn(writes=commit), self._translated(), self._connected() as connection:
            raw = self._begun(connection, writes=commit, durable=durable)
            self._thread.cursor = cursor = EngineCursor(connection, raw, self.mark, writes=commit)
            try:
                yield cursor
                if commit:
                    cursor.finish()
                    self._commit(raw)
            finally:
                self._thread.cursor = None
                self._roll_back(connection, raw)
        cursor.committed()

    def sync(self) -> None:
        assert getattr(self._thread, "cursor", None) is None, "what is not committed cannot be synced"
        called = perf_counter()
        with self._syncing:
            if self._synced < called:  # else another thread's began after what this one committed
                self._synced, self._has_failed = perf_counter(), True
                self._sync()
                self._has_failed = False
            elif self._has_failed:  # of what it lost, Linux tells only one: https://lwn.net/Articles/752063/
                raise Unavailable(f"{self.name}: what was committed may not be on the disk")

    def _connected(self) -> AbstractContextManager[Connection]:
        """A connection of the pool."""
        return self._engine.connect()

    def run(self, statement: Executable, parameters: Parameters = None) -> list[Row]:
        with self.transaction(commit=False) as cursor:
            return cursor.run(statement, parameters)

    def select(self, statement: str, parameters: Plain = ()) -> list[Row]:
        with self.transaction(commit=False) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    def snapshot(self) -> AbstractContextManager[object]:
        return self.transaction(commit=False)

    def close(self) -> None:
        self._engine.dispose()

    @abstractmethod
    def _turn(self, *, writes: bool) -> AbstractContextManager[object]:
        """Wait for the threads that have to be waited for."""

    @abstractmethod
    def _begun(self, connection: Connection, *, writes: bool, durable: bool) -> Any:
        """Begin a transaction; return a cursor of the driver."""

    @abstractmethod
    def _commit(self, raw: Any) -> None: ...

    @abstractmethod
    def _sync(self) -> None:
        """Wait until what is committed is on the disk."""

    @abstractmethod
    def _roll_back(self, connection: Connection, raw: Any) -> None:
        """Roll back what is not committed. One that is lost is given up: else SQLAlchemy's pool logs a traceback."""

    @abstractmethod
    def _meaning(self, error: BaseException) -> PersistenceError | None:
        """One of the library's errors for one of the driver's; None for any other."""

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turns every error of the driver into one of the library's, which names the database."""
        try:
            yield
        except NoConnection as error:
            raise Unavailable(f"{self.name}: every connection is in use") from error
        except Exception as error:
            meaning = self._meaning(error.orig if isinstance(error, DBAPIError) and error.orig else error)
            if meaning is None:
                raise
            raise meaning from error

    def _failure(self, error: BaseException, *, contradicts: bool, passes: bool) -> PersistenceError:
        if contradicts:
            return IntegrityError(error)
        return (Unavailable if passes else OperationalError)(f"{self.name}: {' '.join(str(error).split())}")
