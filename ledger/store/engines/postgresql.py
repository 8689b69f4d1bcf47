"""PostgreSQL behind the port, by psycopg 3. PgBouncer in transaction mode may be in between."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import partial
from threading import Event, Thread
from typing import Any, ClassVar, TypeVar

import psycopg
from eventsourcing.persistence import OperationalError, PersistenceError
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.exc import SQLAlchemyError

from ledger.store.engines.database import EngineDatabase
from ledger.store.engines.postgresql_structure import differences
from ledger.store.engines.postgresql_watching import PostgreSQLWatch
from ledger.store.port import Uncertain

DRIVER = "postgresql+psycopg"
CONNECTIONS, MORE_CONNECTIONS = 5, 10  # kept by a process, and opened beside them when all are in use
SECONDS = {
    # A commit that waits for a quorum of replicas is not a statement: LATE_SECONDS after this it is given up here.
    "statement_timeout": 30,
    "lock_timeout": 20,
    # The server ends a transaction whose process stands still.
    "idle_in_transaction_session_timeout": 10,
}
CONNECT_SECONDS = 5
POOL_SECONDS = 30  # for which a thread waits for a connection
LISTEN_SECONDS = 1.0  # after which a listener looks whether it is to stop, and listens again after a failure
CHANNEL = "pca_ledger"
LATE_SECONDS = 5  # after the end of its longest statement until a server is given up that says nothing
LOST_SECONDS = 15  # after which a connection is given up whose server does not acknowledge what was sent
# An audit reads one moment for hours, and computes between two statements. Nobody waits for it.
AUDITING_SECONDS = SECONDS | {"statement_timeout": 600, "idle_in_transaction_session_timeout": 600}
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def _beginning(mode: str, seconds: Mapping[str, int]) -> str:
    """One trip to the server. Settings of the session would be those of another client behind PgBouncer."""
    return "; ".join([mode, *(f"SET LOCAL {name} = '{value}s'" for name, value in seconds.items())])


_BEGIN = {True: _beginning("BEGIN ISOLATION LEVEL READ COMMITTED", SECONDS), False: _beginning(_READING, SECONDS)}
_NOT_DURABLE = "; SET LOCAL synchronous_commit = off"
# Whatever the role or the database sets: names mean what PostgreSQL and the ledger define, and nothing ends the whole
# (since PostgreSQL 17).
_BEGIN_AUDIT = (
    _beginning(_READING, AUDITING_SECONDS)
    + """;
SELECT pg_catalog.set_config(
    'search_path', pg_catalog.concat(pg_catalog.quote_ident(pg_catalog.current_schema()), ', pg_temp'), true);
SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'"""
)
# PostgreSQL's error codes (appendix A), by class and by code: what may succeed when it is tried again, or
# by somebody with another role (42501).
_PASSING = ("08", "40", "53", "57", "58", "25006", "25P03", "42501", "55P03", "55006")


T = TypeVar("T")


class _Connection(psycopg.Connection[Any]):
    """One that is given up when its server says nothing for ``seconds``, though its machine acknowledges."""

    seconds = float(SECONDS["statement_timeout"] + LATE_SECONDS)

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, self.seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            if timeout is None:  # of the library's own timeouts it knows what to do
                self.pgconn.finish()
            raise


class _AuditConnection(_Connection):
    seconds = float(AUDITING_SECONDS["statement_timeout"] + LATE_SECONDS)


class PostgreSQLDatabase(EngineDatabase):
    """The database at a ``postgresql://`` address, as libpq reads it.

    One that is opened ``to_audit`` is only read, for as long as it takes: a role that may read its tables is enough,
    and so is a replica.
    """

    kind: ClassVar[str] = "postgresql"
    mark: ClassVar[str] = "%s"

    def __init__(self, address: str, *, to_audit: bool = False) -> None:
        self._to_audit = to_audit
        try:
            said = conninfo_to_dict(address)
        except psycopg.ProgrammingError as error:
            raise ValueError("no address of a PostgreSQL database") from error
        # After a password that is not percent-encoded its rest is read as these, which errors show.
        if "@" in str(said.get("host", "")) or set(str(said.get("port", ""))) - set("0123456789,"):
            raise ValueError("no host or port of a PostgreSQL database")
        options: dict[str, Any] = {
            "autocommit": True,
            "connect_timeout": CONNECT_SECONDS,
            "client_encoding": "utf8",
            "prepare_threshold": None,  # PgBouncer gives each transaction another session
            "application_name": "pca-ledger",
            "keepalives_idle": LOST_SECONDS,
            "tcp_user_timeout": 1000 * LOST_SECONDS,
        }
        self._connect = partial(psycopg.AsyncConnection.connect, address, **options)
        engine = create_engine(
            f"{DRIVER}://",
            pool_size=CONNECTIONS,
            max_overflow=MORE_CONNECTIONS,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,
            # SQLAlchemy does not read every address that libpq does, such as one with several hosts and ports.
            creator=partial(
                (_AuditConnection if to_audit else _Connection).connect,
                address,
                **options,
            ),
        )
        super().__init__(engine, f"{said.get('host', 'PostgreSQL')}/{said.get('dbname')}")

    def watch(self) -> PostgreSQLWatch:
        return PostgreSQLWatch(self._connect)

    def deviations(self, tables: MetaData) -> Iterator[str]:
        with self.transaction(commit=False) as cursor:
            yield from differences(cursor.raw, tables)

    @contextmanager
    def listening(self, wake: Callable[[], object]) -> Iterator[None]:
        stopped = Event()
        thread = Thread(target=self._listen, args=(wake, stopped), name="listen", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def _listen(self, wake: Callable[[], object], stopped: Event) -> None:
        """Listen on a connection of its own. Whatever fails is tried again: followers poll meanwhile."""
        while not stopped.is_set():
            try:
                pooled = self._engine.raw_connection()
                connection = pooled.dbapi_connection
                assert isinstance(connection, psycopg.Connection)
                pooled.detach()  # else the pool would have one less
                with closing(connection):
                    connection.execute(f"LISTEN {CHANNEL}")
                    while not stopped.is_set():
                        for _ in connection.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                            wake()
            except (psycopg.Error, SQLAlchemyError):
                stopped.wait(LISTEN_SECONDS)

    def _turn(self, *, writes: bool) -> nullcontext[None]:  # noqa: ARG002 - the server orders the writers
        return nullcontext()

    def _begun(self, connection: Connection, *, writes: bool, durable: bool) -> psycopg.Cursor[Any]:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, psycopg.Connection)
        raw = driver.cursor()
        assert not (writes and self._to_audit), "an audit writes nothing"
        try:
            raw.execute(_BEGIN_AUDIT if self._to_audit else _BEGIN[writes] + ("" if durable else _NOT_DURABLE))
        except psycopg.Error:
            self._roll_back(connection, raw)
            raise
        return raw

    def _commit(self, raw: psycopg.Cursor[Any]) -> None:
        warnings = list[str]()

        def note(said: psycopg.errors.Diagnostic) -> None:
            warnings.append(str(said.message_primary))  # which cannot be read later

        raw.connection.add_notice_handler(note)
        try:
            raw.execute("COMMIT")
        except psycopg.Error as error:
            if raw.connection.broken or error.sqlstate is None or error.sqlstate.startswith(("08", "57")):
                raise Uncertain(f"{self.name}: {error}") from error
            raise
        finally:
            raw.connection.remove_notice_handler(note)
        if raw.statusmessage != "COMMIT":  # somebody went on after a statement that had failed
            raise OperationalError(f"{self.name}: nothing was committed, because a statement had failed")
        if warnings:  # it did not wait for the replicas
            raise Uncertain(f"{self.name}: {warnings[0]}")

    def _sync(self) -> None:
        with self.transaction(commit=True) as cursor:
            cursor.execute("SELECT pg_logical_emit_message(true, '', '')")  # a commit of nothing would wait for nothing

    def _roll_back(self, connection: Connection, raw: psycopg.Cursor[Any]) -> None:
        with suppress(psycopg.Error):
            raw.connection.rollback()
        if raw.connection.closed:
            connection.invalidate()

    def _meaning(self, error: BaseException) -> PersistenceError | None:
        if not isinstance(error, psycopg.Error):
            return None
        # An error of no statement is one of the connection, or of the program.
        state = error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
        contradicts = isinstance(error, psycopg.IntegrityError)
        return self._failure(error, contradicts=contradicts, passes=state.startswith(_PASSING))
