"""What the ledger asks of a database. To test another one, add how it is opened to ``OPENED``."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from ledger.store.opening import database_version, open_database
from ledger.store.port import MOST_PARAMETERS, AddedColumn, Database, Unavailable, rewrite, select_among
from ledger.store.sqlite import database as sqlite

# How each database is opened in a folder.
OPENED: dict[str, Callable[[Path], Database]] = {"sqlite": lambda folder: open_database(folder / "some.db")}
TABLES = ("CREATE TABLE IF NOT EXISTS pairs (key TEXT PRIMARY KEY, value INTEGER NOT NULL)",)
SECRET = "value that is removed"  # noqa: S105 - of nobody


@pytest.fixture(params=OPENED)
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Database]:
    """Opens the same database again, as another process would."""
    return partial(OPENED[request.param], tmp_path)


@pytest.fixture
def database(opening: Callable[[], Database]) -> Iterator[Database]:
    with closing(opening()) as opened:
        opened.create(TABLES)
        yield opened


def insert(database: Database, *keys: str) -> None:
    with database.transaction(commit=True) as cursor:
        cursor.executemany("INSERT INTO pairs VALUES (?, ?)", [(key, len(key)) for key in keys])


def keys(database: Database) -> list[str]:
    with database.transaction(commit=False) as cursor:
        cursor.execute("SELECT key FROM pairs ORDER BY key")
        return [row["key"] for row in cursor.fetchall()]


def test_only_a_block_that_ends_is_committed_and_only_when_it_was_to_be(database: Database) -> None:
    insert(database, "kept")
    for commit in (True, False):
        with pytest.raises(IntegrityError), database.transaction(commit=commit) as cursor:
            cursor.executemany("INSERT INTO pairs VALUES (?, 1)", [("lost",), ("kept",)])
    with database.transaction(commit=False) as cursor:
        cursor.execute("INSERT INTO pairs VALUES ('not to be kept', 1)")
    assert keys(database) == ["kept"]


def test_a_row_is_read_by_position_and_by_name_and_parameters_are_given_by_both(database: Database) -> None:
    insert(database, "key")
    with database.transaction(commit=False) as cursor:
        cursor.execute("SELECT key, value FROM pairs WHERE key = ?", ("key",))
        row = cursor.fetchone()
        assert (row["key"], row[1], tuple(row), cursor.fetchone()) == ("key", 3, ("key", 3), None)
        cursor.execute("SELECT value FROM pairs WHERE key = :wanted", {"wanted": "key"})
        assert [value for (value,) in cursor.fetchall()] == [3]


def test_errors_are_told_apart(database: Database) -> None:
    insert(database, "key")
    with pytest.raises(IntegrityError):
        insert(database, "key")
    with pytest.raises(OperationalError) as raised, database.transaction(commit=False) as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    assert not isinstance(raised.value, Unavailable)


def test_one_writer_waits_for_another(database: Database) -> None:
    with database.transaction(commit=True) as cursor:
        waiting = Thread(target=insert, args=(database, "second"))
        waiting.start()
        cursor.execute("SELECT count(*) AS pairs FROM pairs")
        assert cursor.fetchone()["pairs"] == 0
        cursor.execute("INSERT INTO pairs VALUES ('first', 5)")
    waiting.join()
    assert keys(database) == ["first", "second"]


def test_a_writer_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(open_database(tmp_path / "some.db")) as database, database.transaction(commit=True):
        for other in (database, open_database(tmp_path / "some.db")):
            with pytest.raises(Unavailable), other.transaction(commit=True):
                pass


def test_a_snapshot_is_of_one_moment(database: Database, opening: Callable[[], Database]) -> None:
    insert(database, "before")
    with database.snapshot(), closing(opening()) as other:
        insert(other, "meanwhile")
        assert keys(database) == ["before"]
    assert keys(database) == ["before", "meanwhile"]


def test_tables_and_columns_are_added_and_what_is_not_ours_is_named(database: Database) -> None:
    insert(database, "key")
    column = AddedColumn("pairs", "note", "TEXT NOT NULL DEFAULT 'none'")
    for _ in range(2):
        database.create(TABLES, [column])
    with database.transaction(commit=False) as cursor:
        cursor.execute("SELECT note FROM pairs")
        assert [tuple(row) for row in cursor.fetchall()] == [("none",)]
    assert len(list(database.deviations(TABLES))) == 1
    assert not list(database.deviations([TABLES[0].replace(")", f", {column.name} {column.definition})", 1)]))


def test_any_number_of_values_can_be_looked_up(database: Database) -> None:
    many = [str(number) for number in range(2 * MOST_PARAMETERS + 1)]
    insert(database, *many)
    with database.transaction(commit=False) as cursor:
        assert len(select_among(cursor, "SELECT key FROM pairs WHERE key IN ({})", [*many, "none"])) == len(many)
        assert select_among(cursor, "SELECT key FROM pairs WHERE key IN ({})", []) == []


def test_what_is_removed_is_in_no_file(database: Database, tmp_path: Path) -> None:
    insert(database, SECRET, "kept")
    for without, left in ((SECRET, ["kept"]), ("kept", [])):
        with database.transaction(commit=True) as cursor:
            rewrite(cursor, "pairs", without=lambda row, key=without: row["key"] == key)  # type: ignore[misc]  # mypy infers no default
        assert keys(database) == left
    assert database.forget_erased()
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.iterdir())


def test_who_waits_to_write_keeps_no_reader_waiting(
    opening: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(opening()) as database:
        database.create(TABLES)
        refused = list[str]()

        def write() -> None:
            with pytest.raises(Unavailable) as raised:
                insert(database, "other")
            refused.append(str(raised.value))

        with database.transaction(commit=True) as cursor:
            cursor.execute("INSERT INTO pairs VALUES ('one', 1)")
            waiting = Thread(target=write)
            waiting.start()
            while waiting.is_alive():
                assert keys(database) == []
        waiting.join()
        assert refused == ["another thread is writing"]
        assert keys(database) == ["one"]


def test_more_readers_at_once_than_connections_are_told_to_come_back(
    opening: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with closing(opening()) as database, ExitStack() as held:
        database.create(TABLES)
        begun = (held.enter_context(database.transaction(commit=False)) for _ in range(100))
        with pytest.raises(Unavailable):
            list(begun)


def test_a_file_that_cannot_be_made_is_not_available(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        open_database(tmp_path / "missing" / "some.db")


def test_the_library_behind_the_databases_is_named() -> None:
    assert re.fullmatch(r"SQLite \d+\.\d+\.\d+", database_version())
