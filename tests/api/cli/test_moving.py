"""The commands that move a ledger to PostgreSQL and back, and what is said when its database is another one."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ledger.store.migrations import HEAD
from ledger.store.opening import VARIABLE
from tests.commands import run
from tests.engines import drop_database, postgresql_url
from tests.ledger.store.migrations.conftest import unpacked
from tests.postgresql import free_port
from tests.support import World

HIDDEN = "pass-of-nobody"


@pytest.fixture
def address() -> Iterator[str]:
    yield postgresql_url("moved_by_command")
    drop_database("moved_by_command")


@pytest.fixture
def closed(workshop: World) -> Path:
    workshop.reach_today()
    workshop.ledger.close()
    return workshop.ledger.folder


def test_a_ledger_is_moved_by_a_command_and_back(
    closed: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ledger.db is the database already" in run(tmp_path, "migrate", "--to", "sqlite", code=64)
    printed = run(tmp_path, "migrate", "--to", address)
    assert "the audit passed" in printed
    assert f"now set {VARIABLE}" in printed
    assert "was moved to another database" in run(tmp_path, "roster", code=1)
    assert "a été déplacé dans une autre base" in run(tmp_path, "roster", language="fr", code=1)
    monkeypatch.setenv(VARIABLE, address)
    roster = run(tmp_path, "roster", "--on", "2018-01-01")
    assert "N'Gu" in roster
    assert "unset PCA_LEDGER_DATABASE, then run" in run(tmp_path, "restore", "ledger", code=1)
    (closed / "ledger.db").rename(tmp_path / "old.db")
    assert f"now unset {VARIABLE}" in run(tmp_path, "migrate", "--to", "sqlite")
    monkeypatch.delenv(VARIABLE)
    assert run(tmp_path, "roster", "--on", "2018-01-01") == roster
    monkeypatch.setenv(VARIABLE, address)
    assert "uses this database again" in run(tmp_path, "migrate", "--take-back")
    assert "was not moved elsewhere" in run(tmp_path, "migrate", "--take-back", code=1)
    assert "n’a pas été déplacée" in run(tmp_path, "migrate", "--take-back", language="fr", code=1)


def test_an_address_that_is_none_or_leads_nowhere_is_named_without_its_password(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in closed.rglob("*") if path.is_file()}
    for wrong, code, says in (
        (f"mysql://user:{HIDDEN}@host/name", 64, "expected postgresql://"),
        (f"postgresql://user:{HIDDEN}@host:port/name", 64, "expected postgresql://"),
    ):
        monkeypatch.setenv(VARIABLE, wrong)
        printed = run(tmp_path, "roster", code=code)
        assert f"{VARIABLE}: {says}" in printed
        assert HIDDEN not in printed + run(tmp_path, "roster", code=code, language="fr")
    assert {path: path.read_bytes() for path in closed.rglob("*") if path.is_file()} == before


def test_the_database_of_another_ledger_or_of_none_is_not_opened(
    closed: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, address)
    assert "expected the entries of a ledger, found none" in run(tmp_path, "roster", code=1)
    monkeypatch.delenv(VARIABLE)
    run(tmp_path, "migrate", "--to", address)
    unpacked(tmp_path / "earlier")
    monkeypatch.setenv(VARIABLE, address)
    assert "holds another ledger than" in run(tmp_path, "roster", "--ledger", "earlier", code=1)
    assert "un autre registre" in run(tmp_path, "roster", "--ledger", "earlier", code=1, language="fr")


def test_the_copy_that_a_migration_makes_is_told_of(tmp_path: Path) -> None:
    unpacked(tmp_path / "ledger")
    printed = run(tmp_path, "migrate")
    assert f"ledger.db.before-{HEAD} is as it was before, with every value unsealed" in printed
    assert f"the tables are of version {HEAD}" in printed
    assert "before-" not in run(tmp_path, "migrate", language="fr")
    with closing(sqlite3.connect(tmp_path / "ledger" / "ledger.db")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
    assert tables.isdisjoint({"disclosures", "documents"}), "and every value is sealed"
    assert "FAILED" not in run(tmp_path, "audit")


def test_an_earlier_ledger_is_moved(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(tmp_path / "ledger")
    assert "the audit passed" in run(tmp_path, "migrate", "--to", address)
    monkeypatch.setenv(VARIABLE, address)
    assert "FAILED" not in run(tmp_path, "audit")


def test_a_ledger_on_postgresql_is_audited_by_a_command(
    closed: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "migrate", "--to", address)
    monkeypatch.setenv(VARIABLE, address)
    assert "FAILED" not in run(tmp_path, "audit")
    with psycopg.connect(address) as database:
        database.execute("UPDATE tree_nodes SET hash = decode(repeat('00', 32), 'hex') WHERE place = 1")
    assert "tree-node" in run(tmp_path, "audit", code=1)
    monkeypatch.setenv(VARIABLE, f"postgresql://user:{HIDDEN}@127.0.0.1:{free_port()}/name")
    printed = run(tmp_path, "audit", code=2)
    assert "the database cannot be reached" in printed
    assert HIDDEN not in printed


def test_a_restored_ledger_is_moved(
    closed: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = run(tmp_path, "roster", "--on", "2018-01-01")
    closed.rename(tmp_path / "backup")
    run(tmp_path, "restore", "backup")
    assert "the audit passed" in run(tmp_path, "migrate", "--to", address)
    monkeypatch.setenv(VARIABLE, address)
    assert run(tmp_path, "roster", "--on", "2018-01-01") == roster


# What the target shows in the middle of a move, and what is said of it afterwards.
MOMENTS = {
    "while rows are copied": (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'INSERT INTO %'",
        "expected the entries of a ledger, found none",
    ),
    "while the copy is audited": (
        "SELECT 1 FROM pg_tables WHERE tablename = 'alembic_version'",
        "a ledger is being moved here, or that was interrupted",
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_move_that_is_killed_leaves_the_ledger_where_it_was_and_is_run_again(
    closed: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    reached, says = MOMENTS[moment]
    roster = run(tmp_path, "roster", "--on", "2018-01-01")
    command = [sys.executable, "-c", "from api.cli import main; main()", "migrate", "--to", address]
    with (
        psycopg.connect(address, autocommit=True) as watching,
        subprocess.Popen(
            [*command, "--ledger", str(closed)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as moving,
    ):
        while watching.execute(reached).fetchone() is None:
            assert moving.poll() is None, "it ended before"
        moving.kill()
    assert run(tmp_path, "roster", "--on", "2018-01-01") == roster
    with monkeypatch.context() as there:
        there.setenv(VARIABLE, address)
        assert says in run(tmp_path, "roster", code=1)
    assert "the audit passed" in run(tmp_path, "migrate", "--to", address)
    monkeypatch.setenv(VARIABLE, address)
    assert run(tmp_path, "roster", "--on", "2018-01-01") == roster
