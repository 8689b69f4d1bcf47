"""Whatever is changed in a table of the read models, the command ``audit`` finds it and names the table."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import PersistenceError

from ledger.store.engines import sqlite
from ledger.store.ledger import Ledger
from projections.following import TABLES
from projections.read_models import ReadModels, rebuild
from tests.commands import run
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
    world.person("twin")
    reason = {"name": "reason", "value": "same birth date"}
    world.do("merge-persons", person_id="panel1", merged_id="twin", reason=reason)
    with ReadModels(world.ledger) as models:
        assert all(models.following.rows(table) for table in TABLES)
    world.ledger.close()
    return folder


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(untouched, tmp_path / "ledger"))


def changed(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "projections.db") as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount
    connection.close()


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(folder / "projections.db") as connection:
        found = {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in TABLES}
        # Beside the position stands the number of the filling, which is another one each time.
        found["tracking"] = list(connection.execute("SELECT * FROM tracking WHERE application_name = 'ledger'"))
    connection.close()
    return found


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_row_that_was_touched_is_found(folder: Path, tmp_path: Path, table: str, change: str) -> None:
    # The last column: it is no key, so that the row stays in its place.
    definition = TABLES[table].partition(", PRIMARY KEY")[0].split(", ")[-1]
    column = definition.split()[0]
    value = "777" if "INTEGER" in definition else "'777'"
    changed(folder, CHANGES[change].format(table=table, column=column, value=value))
    printed = run(tmp_path, "audit", code=1)
    assert "projection-differs: a read model does not match the entries" in printed
    assert f"({table}: " in printed
    assert "FAILED" in printed


def test_an_added_row_is_found(folder: Path, tmp_path: Path) -> None:
    changed(folder, "INSERT INTO people VALUES ('eve', NULL, NULL, 1, 0, 0, 0)")
    assert "(people: unexpected ('eve'" in run(tmp_path, "audit", code=1)
    run(tmp_path, "rebuild")
    assert "signatures: passed" in run(tmp_path, "audit")


UNFOLLOWABLE = {
    "emptied": ["DELETE FROM tracking"],
    "set back": ["UPDATE tracking SET notification_id = 7 WHERE application_name = 'ledger'"],
    "no number": ["UPDATE tracking SET notification_id = 'x' WHERE application_name = 'ledger'"],
    "ahead": ["UPDATE tracking SET notification_id = 777 WHERE application_name = 'ledger'"],
    "renamed twice": ["DELETE FROM tracking", "CREATE TABLE old1_tracking (a)"],
    "a column less": ["ALTER TABLE people DROP COLUMN erased"],
    "another table": ["DROP TABLE certificates", "CREATE TABLE certificates (number)"],
    "a view": ["DROP TABLE people", "CREATE VIEW people AS SELECT 1", "UPDATE tracking SET notification_id = 7"],
}


@pytest.mark.parametrize("case", UNFOLLOWABLE)
def test_read_models_that_contradict_the_log_are_found_and_rebuilt(folder: Path, tmp_path: Path, case: str) -> None:
    before = rows(folder)
    changed(folder, *UNFOLLOWABLE[case], 'CREATE TABLE "a ""table" (b)', "ANALYZE")
    printed = run(tmp_path, "audit", "--report", "found", code=1)
    assert "projection-differs: a read model does not match the entries" in printed
    assert "projection-differs" in (tmp_path / "found.json").read_text(encoding="utf-8")
    assert "entries replayed" in run(tmp_path, "rebuild")
    assert rows(folder) == before
    assert not list(folder.glob("*rebuilt*"))


def test_rows_that_a_later_entry_needs_are_missed_in_one_line(workshop: World, tmp_path: Path) -> None:
    with ReadModels(workshop.ledger) as models:
        (certificate,) = models.certificates.everything()
    changed(workshop.ledger.folder, "DELETE FROM certifications")
    workshop.now = datetime(2018, 3, 10, tzinfo=UTC)
    withdrawal = {"certification_id": "c-awa", "effective_from": date(2018, 3, 1), "reason_code": "misconduct"}
    workshop.do("withdraw-certification", "decider1", "decider2", **withdrawal)
    workshop.ledger.close()
    for command, code in ((["roster"], 1), (["verify", certificate.number], 3)):
        printed = run(tmp_path, *command, code=code)
        assert printed.startswith("pca-ledger: projections.db contradicts the log (TypeError(")
        assert printed.endswith("; run: pca-ledger rebuild\n")
        assert printed.count("\n") == 1
    assert "projection-differs" in run(tmp_path, "audit", code=1)
    run(tmp_path, "rebuild")
    assert "signatures: passed" in run(tmp_path, "audit")
    assert "0 on 2018-04-01" in run(tmp_path, "roster", "--on", "2018-04-01", "--known-on", "2018-04-01")


@pytest.mark.parametrize("data", [b"garbage " * 1000, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_file_that_is_no_database_is_found_and_rebuilt(folder: Path, tmp_path: Path, data: bytes) -> None:
    before = rows(folder)
    (folder / "projections.db").write_bytes(data)
    assert "projection-differs" in run(tmp_path, "audit", code=1)
    assert "run: pca-ledger rebuild" in run(tmp_path, "roster", code=1)
    run(tmp_path, "rebuild")
    assert rows(folder) == before


def test_a_locked_file_is_no_reason_to_throw_it_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(folder)
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 1)
    with (
        Ledger.open(folder, lambda: datetime(2018, 1, 1, tzinfo=UTC)) as ledger,
        closing(sqlite3.connect(folder / "projections.db", isolation_level=None)) as holding,
    ):
        holding.execute("BEGIN IMMEDIATE")
        with ReadModels(ledger) as models:
            assert models.following.position == ledger.size(), "whoever reads needs no lock"
        with pytest.raises(PersistenceError, match="locked"):
            rebuild(ledger)
    assert rows(folder) == before
