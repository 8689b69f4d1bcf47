"""Databases that can be made again: replaced whole, whatever stands in their place."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.store import cache
from ledger.store.engines import sqlite
from ledger.store.opening import open_database
from ledger.store.port import Unavailable

TABLES = ("CREATE TABLE pairs (key TEXT PRIMARY KEY, value INTEGER NOT NULL)", "CREATE TABLE empty (key TEXT)")


def replace(path: Path) -> list[tuple[str, int]]:
    made = path.with_name("fresh.db")
    made.unlink(missing_ok=True)
    with closing(open_database(made)) as fresh:
        cache.create_only(fresh, TABLES)

        def finish() -> None:
            with fresh.transaction(commit=True) as cursor:
                cursor.execute("INSERT INTO pairs VALUES ('one', 1)")

        cache.replace(path, fresh, finish)
    with closing(open_database(path)) as replaced:
        assert replaced.name == path.name
        assert replaced.select("SELECT * FROM empty") == []
        return [tuple(row) for row in replaced.select("SELECT * FROM pairs")]


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "models.db"
    path.write_bytes(b"garbage " * 1000)
    assert replace(path) == [("one", 1)]
    assert replace(path) == [("one", 1)], "a database is replaced too"


def test_a_database_is_of_the_tables_that_it_was_created_with(tmp_path: Path) -> None:
    path = tmp_path / "models.db"
    replace(path)
    with closing(open_database(path)) as replaced:
        assert cache.is_version_of(replaced, TABLES)
        assert not cache.is_version_of(replaced, TABLES[:1])


def test_a_database_that_another_process_writes_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "models.db"
    replace(path)
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 0)
    with closing(open_database(path)) as other, other.transaction(commit=True), pytest.raises(Unavailable):
        replace(path)
    assert replace(path) == [("one", 1)]
