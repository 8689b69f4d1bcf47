"""What the ledger asks of a database, on each engine."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, literal, select

from ledger.store.engines import postgresql, sqlite
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.opening import database_version, open_database
from ledger.store.port import MOST_PARAMETERS, Database, Unavailable, Uncertain
from ledger.store.tables import among, create
from tests.engines import postgresql_url

TABLES = MetaData()
PAIRS = Table(
    "pairs", TABLES, Column("key", Text, primary_key=True), Column("value", Integer, nullable=False, index=True)
)


@cache
def address(folder: Path) -> str:
    return postgresql_url(f"port_{sha256(bytes(folder)).hexdigest()[:16]}")


# How each database is opened in a folder.
OPENED: dict[str, Callable[[Path], Database]] = {
    "sqlite": lambda folder: open_database(folder / "some.db"),
    "postgresql": lambda folder: PostgreSQLDatabase(address(folder)),
}


@pytest.fixture(params=OPENED)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Database]:
    """Opens the same database again, as another process would."""
    return partial(OPENED[request.param], tmp_path)


@pytest.fixture
def database(opening: Callable[[], Database]) -> Iterator[Database]:
    with closing(opening()) as opened:
        create(opened, TABLES)
        yield opened


def insert_keys(database: Database, *keys: str) -> None:
    with database.transaction(commit=True) as cursor:
        cursor.run(insert(PAIRS), [{"key": key, "value": len(key)} for key in keys])


def keys(database: Database) -> list[str]:
    return [row.key for row in database.run(select(PAIRS.c.key).order_by(PAIRS.c.key))]


def test_only_a_block_that_ends_is_committed_and_only_when_it_was_to_be(database: Database) -> None:
    insert_keys(database, "kept")
    told = list[str]()
    with pytest.raises(IntegrityError), database.transaction(commit=True) as cursor:  # noqa: PT012 - the block is tried
        cursor.after_commit(lambda: told.append("lost"))
        cursor.run(insert(PAIRS), [{"key": key, "value": 1} for key in ("lost", "kept")])
    with pytest.raises(KeyError), database.transaction(commit=True) as cursor:  # noqa: PT012 - the block is tried
        cursor.run(insert(PAIRS), {"key": "lost too", "value": 1})
        raise KeyError
    with database.transaction(commit=True) as cursor:
        cursor.after_commit(lambda: told.append(" ".join(keys(database))))
        cursor.run(insert(PAIRS), {"key": "second", "value": 1})
        assert not told
    assert told == ["kept second"]


def test_what_is_done_last_belongs_to_the_transaction(database: Database) -> None:
    found = list[str]()

    def last() -> None:
        found.extend(keys(database))
        insert_keys(database, "last")

    with database.transaction(commit=True) as cursor:
        cursor.before_commit(last)
        insert_keys(database, "first")
    assert (found, keys(database)) == (["first"], ["first", "last"])
    with pytest.raises(IntegrityError), database.transaction(commit=True) as cursor:  # noqa: PT012 - the block is tried
        cursor.before_commit(last)
        insert_keys(database, "undone")
    assert keys(database) == ["first", "last"]


def test_what_a_thread_does_meanwhile_joins_its_transaction(database: Database) -> None:
    with pytest.raises(KeyError), database.transaction(commit=True):  # noqa: PT012 - the block is tried
        insert_keys(database, "within")
        assert keys(database) == ["within"]
        raise KeyError
    assert keys(database) == []
    with pytest.raises(AssertionError), database.transaction(commit=False):
        insert_keys(database, "never")


def test_a_row_is_read_by_position_and_by_name_and_plain_sql_takes_parameters(database: Database) -> None:
    insert_keys(database, "key")
    ((key, value),) = rows = database.run(select(PAIRS))
    assert (key, value) == (rows[0].key, rows[0].value) == ("key", 3)
    mark = database.mark
    assert [tuple(row) for row in database.select(f"SELECT value FROM pairs WHERE key = {mark}", ("key",))] == [(3,)]
    with database.transaction(commit=True) as cursor:
        cursor.executemany(f"INSERT INTO pairs VALUES ({mark}, {mark})", [("other", 5)])
        cursor.execute("SELECT value FROM pairs ORDER BY value")
        assert [cursor.fetchone()[0], cursor.fetchone()[0], cursor.fetchone()] == [3, 5, None]


def test_errors_are_told_apart(database: Database) -> None:
    insert_keys(database, "key")
    with pytest.raises(IntegrityError):
        insert_keys(database, "key")
    with pytest.raises(OperationalError) as in_core:
        database.run(select(Table("absent", MetaData(), Column("key", Text))))
    with pytest.raises(OperationalError) as plain:
        database.select("SELECT 1 FROM absent")
    assert not isinstance(in_core.value, Unavailable)
    assert not isinstance(plain.value, Unavailable)
    assert keys(database) == ["key"]


def test_who_writes_the_same_row_waits_for_the_one_before(database: Database) -> None:
    refused = list[type[BaseException]]()

    def write() -> None:
        with pytest.raises(IntegrityError) as raised:
            insert_keys(database, "key")
        refused.append(raised.type)

    with database.transaction(commit=True) as cursor:
        cursor.run(insert(PAIRS), {"key": "key", "value": 5})
        waiting = Thread(target=write)
        waiting.start()
        assert keys(database) == ["key"]
        assert not refused
    waiting.join()
    assert (keys(database), refused) == (["key"], [IntegrityError])


def test_a_writer_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(open_database(tmp_path / "some.db")) as database, database.transaction(commit=True):
        refused = list[str]()

        def write(other: Database) -> None:
            with pytest.raises(Unavailable) as raised, other.transaction(commit=True):
                pass
            refused.append(str(raised.value))

        for other in (database, open_database(tmp_path / "some.db")):
            waiting = Thread(target=write, args=(other,))
            waiting.start()
            waiting.join()
    assert refused == ["another thread is writing", "some.db: database is locked"]


def test_a_snapshot_is_of_one_moment(database: Database, opening: Callable[[], Database]) -> None:
    insert_keys(database, "before")
    with database.snapshot(), closing(opening()) as other:
        assert keys(database) == ["before"]
        insert_keys(other, "meanwhile")
        assert keys(database) == ["before"]
    assert keys(database) == ["before", "meanwhile"]


def test_what_is_not_ours_is_named_and_what_is_missing(database: Database) -> None:
    create(database, TABLES)
    assert list(database.deviations(TABLES)) == []
    with database.transaction(commit=True) as cursor:
        cursor.execute("CREATE VIEW shorter AS SELECT key FROM pairs")
        cursor.execute("DROP INDEX ix_pairs_value")
    assert list(database.deviations(TABLES)) == [
        "view shorter is not the ledger's",
        "index pairs.ix_pairs_value is missing",
    ]


def test_any_number_of_values_can_be_looked_up(database: Database) -> None:
    many = [str(number) for number in range(2 * MOST_PARAMETERS + 1)]
    insert_keys(database, *many)
    with database.transaction(commit=False) as cursor:
        assert len(among(cursor, select(PAIRS.c.key), PAIRS.c.key, [*many, "none"])) == len(many)
        assert among(cursor, select(literal(1)), PAIRS.c.key, []) == []


def test_who_waits_to_write_keeps_no_reader_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(open_database(tmp_path / "some.db")) as database:
        create(database, TABLES)
        refused, read = list[str](), list[list[str]]()

        def write() -> None:
            with pytest.raises(Unavailable) as raised:
                insert_keys(database, "other")
            refused.append(str(raised.value))

        with database.transaction(commit=True) as cursor:
            cursor.run(insert(PAIRS), {"key": "one", "value": 1})
            waiting = Thread(target=write)
            waiting.start()
            while waiting.is_alive():
                reading = Thread(target=lambda: read.append(keys(database)))
                reading.start()
                reading.join()
        waiting.join()
        assert (refused, {*map(tuple, read)}) == (["another thread is writing"], {()})
        assert keys(database) == ["one"]


def test_more_readers_at_once_than_connections_are_told_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    monkeypatch.setattr(sqlite, "CONNECTIONS", 5)
    with closing(open_database(tmp_path / "some.db")) as database, ExitStack() as held:
        create(database, TABLES)
        for _ in range(5):
            held.enter_context(database._engine.connect())  # type: ignore[attr-defined]  # as other threads would
        with pytest.raises(Unavailable, match="every connection is in use"):
            keys(database)


def test_a_file_that_cannot_be_made_is_not_available(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        open_database(tmp_path / "missing" / "some.db")


def test_the_library_behind_the_databases_is_named() -> None:
    assert re.fullmatch(r"SQLite \d+\.\d+\.\d+", database_version())


def test_who_goes_on_after_a_statement_that_failed_is_not_told_that_it_was_committed(database: Database) -> None:
    """PostgreSQL answers such a COMMIT with ROLLBACK, which is no error. SQLite commits the rest."""
    create(database, TABLES)

    def goes_on() -> None:
        with database.transaction(commit=True):
            insert_keys(database, "before")
            with suppress(OperationalError):
                database.select("SELECT nothing")

    if database.kind == "sqlite":
        goes_on()
        assert keys(database) == ["before"]
    else:
        with pytest.raises(OperationalError, match="nothing was committed"):
            goes_on()
        assert keys(database) == []


@pytest.mark.parametrize("lost", ["SELECT 1", "COMMIT", "BEGIN"])
def test_a_connection_that_is_lost_is_replaced_and_nothing_is_logged(
    lost: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy's pool would log a traceback, which frightens and may hold what somebody typed."""

    def lose(database: Database) -> None:
        with database.transaction(commit=True) as cursor:
            cursor.run(insert(PAIRS), {"key": "lost", "value": 1})
            cursor.execute("SELECT pg_backend_pid()")
            with psycopg.connect(address(tmp_path), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", cursor.fetchone())
            if lost != "COMMIT":
                cursor.execute(lost)

    with closing(OPENED["postgresql"](tmp_path)) as database:
        create(database, TABLES)
        with monkeypatch.context() as patch:
            if lost == "BEGIN":
                patch.setitem(postgresql._BEGIN, True, "SELECT pg_terminate_backend(pg_backend_pid())")
            with pytest.raises(Unavailable):
                lose(database)
        insert_keys(database, "kept")
        assert keys(database) == ["kept"]
    assert caplog.records == []


@pytest.mark.parametrize("address", ["postgresql://u:pa@ss@h/n", "postgresql://u:pa/ss@h/n", "postgresql://["])
def test_an_address_that_is_misread_is_refused_before_an_error_shows_its_password(address: str) -> None:
    with pytest.raises(ValueError, match=r"^no (host or port|address) of a PostgreSQL database$"):
        PostgreSQLDatabase(address)


def test_what_contradicts_at_the_commit_is_told_apart_from_a_lost_commit(tmp_path: Path) -> None:
    with closing(OPENED["postgresql"](tmp_path)) as database:
        with database.transaction(commit=True) as cursor:
            cursor.execute("CREATE TABLE late (key TEXT UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(IntegrityError), database.transaction(commit=True) as cursor:
            cursor.executemany("INSERT INTO late VALUES (%s)", [("key",), ("key",)])
        assert database.select("SELECT * FROM late") == []


def test_who_listens_goes_on_on_the_same_connection_while_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LISTEN_SECONDS", 0.02)
    listeners, woken = "SELECT pid FROM pg_stat_activity WHERE starts_with(query, 'LISTEN')", Event()
    with closing(OPENED["postgresql"](tmp_path)) as database, database.listening(woken.set):
        here = f"{listeners} AND datname = current_database()"
        while not (first := database.select(here)):
            pass
        assert not woken.wait(0.2)
        with database.transaction(commit=True) as cursor:
            cursor.execute("NOTIFY pca_ledger")
        assert woken.wait(60)
        assert database.select(here) == first


def test_a_file_that_could_only_be_read_is_written_once_its_connections_were_closed(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "some.db")) as database:
        create(database, TABLES)
        with database.transaction(commit=False) as cursor:
            cursor.execute("PRAGMA query_only = ON")
        with pytest.raises(Unavailable, match="readonly"):
            insert_keys(database, "key")
        insert_keys(database, "key")
        assert keys(database) == ["key"]


def test_a_commit_with_a_warning_is_uncertain(tmp_path: Path) -> None:
    """PostgreSQL warns when it does not wait for its replicas any more; so does this trigger."""
    with closing(PostgreSQLDatabase(address(tmp_path))) as database:
        create(database, TABLES)
        with database.transaction(commit=True) as cursor:
            cursor.execute(
                "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql "
                "AS 'BEGIN RAISE WARNING ''late''; RETURN NULL; END'"
            )
            cursor.execute(
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON pairs DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION warn()"
            )
        with pytest.raises(Uncertain, match="late"):
            insert_keys(database, "key")
        assert keys(database) == ["key"], "it was committed, as it may have been"


def test_a_server_that_says_nothing_for_too_long_is_given_up_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(OPENED["postgresql"](tmp_path)) as database:
        with monkeypatch.context() as patch:
            patch.setattr(postgresql._Connection, "seconds", 0.1)
            with pytest.raises(Unavailable):
                database.select("SELECT pg_sleep(60)")
        ((said,),) = database.select("SELECT 1")
        assert said == 1
