"""A file of SQLite that others may be writing is read and copied as it was at one moment."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from ledger.store.engines.sqlite_copying import copy
from ledger.store.engines.sqlite_reading import reading
from ledger.store.port import Changed


def test_a_file_that_is_written_while_it_is_read_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("CREATE TABLE some (number INTEGER)")
    with pytest.raises(Changed, match="was written while it was read"), reading(file) as database:  # noqa: PT012
        database.select("SELECT * FROM some")
        with closing(sqlite3.connect(file)) as writer, writer:
            writer.execute("INSERT INTO some VALUES (1)")


def test_a_file_is_copied_at_one_moment_to_where_there_is_none(tmp_path: Path) -> None:
    source, target = tmp_path / "some.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE some (number INTEGER)")
        writer.execute("INSERT INTO some VALUES (1)")
        writer.commit()
        writer.execute("INSERT INTO some VALUES (2)")  # not committed yet
        copy(source, target)
    with closing(sqlite3.connect(target)) as copied:
        assert copied.execute("SELECT * FROM some").fetchall() == [(1,)]
    with pytest.raises(FileExistsError):
        copy(source, target)
    with pytest.raises(OperationalError, match=r"nothing\.db"):
        copy(tmp_path / "nothing.db", tmp_path / "other.db")
