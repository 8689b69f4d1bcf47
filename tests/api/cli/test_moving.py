"""The commands that move a ledger to PostgreSQL and back, and what is said when its database is another one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store.opening import VARIABLE
from tests.commands import run
from tests.engines import drop_database, postgresql_url
from tests.ledger.store.migrations.conftest import unpacked
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
    before = {path.name: path.read_bytes() for path in closed.iterdir()}
    for wrong, code, says in (
        (f"mysql://user:{HIDDEN}@host/name", 64, "expected postgresql://"),
        (f"postgresql://user:{HIDDEN}@host:port/name", 1, "the database cannot be reached"),
        (f"postgresql://user:{HIDDEN}@127.0.0.1:1/name", 1, "the database cannot be reached"),
    ):
        monkeypatch.setenv(VARIABLE, wrong)
        printed = run(tmp_path, "roster", code=code)
        assert f"{VARIABLE}: {says}" in printed
        assert HIDDEN not in printed + run(tmp_path, "roster", code=code, language="fr")
    assert {path.name: path.read_bytes() for path in closed.iterdir()} == before


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
    assert "ledger.db.before-0002 is as it was before, with every value unsealed" in printed
    assert "the tables are of version 0002" in printed
    assert "before-" not in run(tmp_path, "migrate", language="fr")
