"""What a file of an earlier version holds is taken into the record once, and the file is removed after it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select

from ledger.errors import Unreadable
from ledger.store.earlier import Rows, read_rows, take_in
from ledger.store.port import Database
from ledger.store.tables import create
from tests.engines import Engine
from tests.support import World

TABLES = MetaData()
PLACES = Table("some_places", TABLES, Column("name", Text, primary_key=True), Column("place", Integer))
ROWS = {"some_places": [{"name": "first", "place": 1}, {"name": None, "place": 2}]}

pytestmark = pytest.mark.usefixtures("engine")


def earlier(folder: Path, *also: str) -> Path:
    """The file of an earlier version; its log is still beside it, as after a process that was killed."""
    file = folder / "earlier.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE some_places (name TEXT, place INTEGER)")
        database.execute("INSERT INTO some_places VALUES ('first', 1), (NULL, 2)")
        for statement in also:
            database.execute(statement)
        database.commit()
        for suffix in ("-wal", "-shm"):
            (folder / f"copy{suffix}").write_bytes((folder / f"earlier.db{suffix}").read_bytes())
    for suffix in ("-wal", "-shm"):
        (folder / f"copy{suffix}").rename(folder / f"earlier.db{suffix}")
    return file


def taken_in(database: Database, file: Path) -> list[Rows]:
    """What was put into the record."""
    put = list[Rows]()
    with database.transaction(commit=True) as cursor:
        take_in(cursor, file, read_rows, put.append)
        assert file.exists() or not put, "it is there until the record holds what was in it"
    return put


def test_a_file_is_taken_in_once_and_removed_with_all_that_lies_beside_it(world: World, tmp_path: Path) -> None:
    database = world.ledger.database
    assert taken_in(database, earlier(tmp_path)) == [ROWS]
    assert list(tmp_path.glob("earlier.db*")) == []
    assert taken_in(database, tmp_path / "earlier.db") == [], "another process was faster"
    assert taken_in(database, earlier(tmp_path)) == [], "its process died before it removed the file"
    assert list(tmp_path.glob("earlier.db*")) == []


def test_what_is_not_committed_leaves_the_file_where_it_is(engine: Engine, world: World, tmp_path: Path) -> None:
    file, database = earlier(tmp_path), world.ledger.database
    create(database, TABLES)
    twice = [{"name": "first", "place": 1}] * 2
    with pytest.raises(IntegrityError), database.transaction(commit=True) as cursor:
        take_in(cursor, file, read_rows, lambda _: cursor.run(insert(PLACES), twice))
    assert file.exists()
    assert database.run(select(PLACES)) == []
    assert taken_in(database, file) == [ROWS]


def test_another_file_of_that_name_is_left_alone(world: World, tmp_path: Path) -> None:
    taken_in(world.ledger.database, earlier(tmp_path))
    file = earlier(tmp_path, "UPDATE some_places SET place = 3 WHERE place = 2")
    with pytest.raises(Unreadable, match=r"earlier\.db: the ledger's database holds other rows"):
        taken_in(world.ledger.database, file)
    assert file.exists()


def test_a_text_that_is_none_hides_no_other_row(tmp_path: Path) -> None:
    file = earlier(tmp_path, "INSERT INTO some_places VALUES (CAST(x'c3' AS TEXT), 3)")
    assert read_rows(file) == {"some_places": [*ROWS["some_places"], {"name": "\N{REPLACEMENT CHARACTER}", "place": 3}]}
