"""The command ``audit`` ends with a report, whatever is missing, wrong or busy beside the record."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import PersistenceError

from ledger.auditing import audit
from ledger.auditing.database import ATTEMPTS
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.store.ledger import Ledger
from projections.read_models import ReadModels
from tests.api.cli.test_cli import DEMO
from tests.commands import run
from tests.support import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A closed ledger with both keys and its read models."""
    world = World(tmp_path / "ledger", ml_dsa_key=MlDsaKey.from_seed(bytes(32)))
    world.appoint(["panel1"])
    with ReadModels(world.ledger):
        pass
    world.ledger.close()
    return world


def written(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tmp_path / "found.json").read_bytes())["report"]
    return found


@pytest.mark.parametrize("name", ["log.key", "log-ml-dsa.key"])
def test_what_is_not_there_is_said_to_be_unchecked(world: World, tmp_path: Path, name: str) -> None:
    (world.ledger.folder / name).unlink()
    printed = run(tmp_path, "audit", "--report", "found", language="fr")
    says = f"clés du journal, face à la racine de confiance : absent ({name})"
    assert f"non vérifié : {says}\n" in printed
    assert written(tmp_path)["unchecked"] == [{"check": "log-keys", "reason": "absent", "message": name}]
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert "<h2>Non vérifié</h2>" in page
    assert says in page


def test_public_read_models_alone_are_compared_and_documents_are_checked_without(world: World, tmp_path: Path) -> None:
    """So it is where a log is witnessed and nothing but the register read it."""
    (world.ledger.folder / "projections.db").rename(world.ledger.folder / "kept.db")
    run(tmp_path, "audit", "--report", "found")
    absent = {"check": "read-models", "reason": "absent", "message": "projections.db"}
    assert written(tmp_path)["unchecked"] == [absent]
    assert written(tmp_path)["checked"]["documents"] == 0
    (world.ledger.folder / "kept.db").rename(world.ledger.folder / "projections.public.db")
    run(tmp_path, "audit", "--report", "found")
    assert written(tmp_path)["unchecked"] == []


def test_what_was_checked_is_not_said_to_be_unchecked(world: World, tmp_path: Path) -> None:
    assert "not checked" not in run(tmp_path, "audit", "--report", "found")
    assert written(tmp_path)["unchecked"] == []
    assert "Not checked" not in (tmp_path / "found.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("log.key", "file-unreadable"),
        ("log-ml-dsa.key", "file-unreadable"),
        ("published.note", "note-malformed"),
        ("projections.db", "projection-differs"),
    ],
)
def test_garbage_in_any_file_is_a_finding(world: World, tmp_path: Path, name: str, code: str) -> None:
    (world.ledger.folder / name).write_bytes(b"garbage")
    assert "FAILED" in run(tmp_path, "audit", "--report", "found", code=1)
    assert [finding["code"] for finding in written(tmp_path)["findings"]] == [code]


def test_another_key_of_the_log_is_a_finding(world: World, tmp_path: Path) -> None:
    path = world.ledger.folder / "log.key"
    path.unlink()
    SigningKey.generate().save(path)
    assert "log-key-other: a key of the log is not the one" in run(tmp_path, "audit", code=1)


def test_a_database_that_was_set_back_is_a_report_and_not_a_refusal(world: World, tmp_path: Path) -> None:
    folder = world.ledger.folder
    old = (folder / "ledger.db").read_bytes()
    with Ledger.open(folder, lambda: world.now) as world.ledger:
        world.do("grant-role", "director", person_id="panel1", role="moderator")
        world.ledger.latest()
    (folder / "ledger.db").write_bytes(old)
    assert "rolled-back: the log has been set back" in run(tmp_path, "audit", "--report", "found", code=1)
    assert [finding["code"] for finding in written(tmp_path)["findings"]] == ["rolled-back"]


def test_garbage_for_a_database_is_no_verdict(world: World, tmp_path: Path) -> None:
    (world.ledger.folder / "ledger.db").write_bytes(b"garbage")
    printed = run(tmp_path, "audit", "--report", "found", code=2)
    assert printed.endswith("ledger.db: expected an SQLite database, found something else\n")
    assert not (tmp_path / "found.json").exists()


def test_others_may_write_what_is_only_read(world: World, tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(world.ledger.folder / "projections.db", isolation_level=None)) as busy,
        closing(sqlite3.connect(world.ledger.folder / "ledger.db", isolation_level=None)) as busy_too,
    ):
        busy.execute("BEGIN IMMEDIATE")
        busy_too.execute("BEGIN IMMEDIATE")
        assert "passed" in run(tmp_path, "audit", "--report", "found")
    assert written(tmp_path)["unchecked"] == []


# Root may do anything, unless it gives up just that.
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def audited_without_rights(folder: Path, *arguments: str) -> tuple[int, str]:
    """Audit a folder as somebody who may only do what its mode allows: the exit code, and what was printed."""
    command = [*UNPRIVILEGED, sys.executable, "-c", "from api.cli import main; main()", "audit", *arguments]
    environment = {**os.environ, "PCA_LEDGER": str(folder), "PCA_LEDGER_LANG": "en", "PYTHONPATH": str(DEMO.parents[2])}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def locked(world: World) -> Iterator[Path]:
    """The folder, in which nothing may be written."""
    folder = world.ledger.folder
    for path in folder.rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)


def test_a_read_only_copy_is_audited_and_left_as_it_is(locked: Path) -> None:
    before = {path.name: path.read_bytes() for path in locked.iterdir() if path.is_file()}
    code, printed = audited_without_rights(locked)
    assert (code, "signatures: passed" in printed, "not checked" in printed) == (0, True, False), printed
    assert {path.name: path.read_bytes() for path in locked.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("has_index", [True, False])
def test_what_is_in_the_write_ahead_log_of_a_copy_is_read(world: World, tmp_path: Path, has_index: bool) -> None:
    """A copy of a register that was running: its latest entries are not in the file yet."""
    copy = tmp_path / "copy"
    with Ledger.open(world.ledger.folder, lambda: world.now) as world.ledger:
        world.do("grant-role", "director", person_id="panel1", role="moderator")
        size = world.ledger.size()
        shutil.copytree(world.ledger.folder, copy)
    assert (copy / "ledger.db-wal").stat().st_size
    if not has_index:
        (copy / "ledger.db-shm").unlink()
    before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file() and path.suffix != ".db-shm"}
    for mode in (0o700, 0o500):
        copy.chmod(mode)
        code, printed = audited_without_rights(copy)
        assert (code, f"{size} entries" in printed) == (0, True), printed
        assert {
            path.name: path.read_bytes() for path in copy.iterdir() if path.is_file() and path.suffix != ".db-shm"
        } == before
    copy.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("ledger.db", 2, "ledger.db: permission denied"),
        ("trust.json", 2, "trust.json: permission denied"),
        ("published.note", 2, "published.note"),
        ("projections.db", 2, "rows of the read models: cannot be read"),
        ("log.key", 0, "keys of the log, against the trust root: not here (log.key)"),
        (".", 2, "permission denied"),
    ],
)
def test_what_may_not_be_read_is_not_said_to_be_false(world: World, name: str, code: int, says: str) -> None:
    path = world.ledger.folder / name
    path.chmod(0)
    ended, printed = audited_without_rights(world.ledger.folder)
    path.chmod(0o700)
    assert (ended, says in printed, "FAILED" in printed) == (code, True, False), printed


def test_a_file_that_is_written_meanwhile_is_read_again(world: World) -> None:
    """Nobody has it open at first, so that no lock tells those who come that it is read."""
    path, times = world.ledger.folder / "ledger.db", list[int]()

    def touched(at_most: int) -> None:
        if len(times) < at_most:
            times.append(len(times))
            os.utime(path, (len(times), len(times)))

    assert audit(world.ledger.folder, lambda *_: touched(1)).clean
    assert len(times) == 1
    with pytest.raises(PersistenceError, match=r"ledger\.db was written while it was read"):
        audit(world.ledger.folder, lambda *_: touched(100))
    assert len(times) == 1 + ATTEMPTS
