"""Whatever is changed in a table of the read models, the command ``audit`` finds it and names the table."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from projections.following import TABLES
from projections.views import Views
from tests.cli.test_cli import run
from tests.support import World

CHANGES = {
    "changed": "UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT min(rowid) FROM {table})",
    "removed": "DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})",
}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger with its read models, every table of which has a row."""
    folder = tmp_path_factory.mktemp("audited") / "ledger"
    world = World(folder)
    world.workshop()
    with Views(world.ledger) as views:
        assert all(views.following.rows(table) for table in TABLES)
    world.ledger.close()
    return folder


def changed(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "projections.db") as connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_was_touched_is_found(untouched: Path, tmp_path: Path, table: str, change: str) -> None:
    folder = tmp_path / "ledger"
    shutil.copytree(untouched, folder)
    # The last column: it is no key, so that the row stays in its place.
    definition = TABLES[table].partition(", PRIMARY KEY")[0].split(", ")[-1]
    column = definition.split()[0]
    value = "777" if "INTEGER" in definition else "'777'"
    changed(folder, CHANGES[change].format(table=table, column=column, value=value))
    printed = run(tmp_path, "audit", code=1)
    assert "projection-differs: a read model is not what the entries say" in printed
    assert f"({table}: " in printed
    assert "NOT in order" in printed


def test_an_added_row_is_found(untouched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    shutil.copytree(untouched, folder)
    changed(folder, "INSERT INTO people VALUES ('eve', NULL, NULL, 1, 0, 0, NULL)")
    assert "(people: unexpected ('eve'" in run(tmp_path, "audit", code=1)
    run(tmp_path, "rebuild")
    assert "in order" in run(tmp_path, "audit")
