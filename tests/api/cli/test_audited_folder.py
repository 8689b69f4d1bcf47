"""The command ``audit`` ends with a report, whatever is missing, wrong or busy beside the record."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

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
    assert f"{name} : introuvable ici\nnon vérifié : modèles de lecture, documents délivrés\n" in printed
    assert written(tmp_path)["unchecked"] == ["read-models", "documents"]
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert "Non vérifié : modèles de lecture, documents délivrés." in page


def test_public_read_models_alone_are_compared_and_documents_are_checked_without(world: World, tmp_path: Path) -> None:
    """So it is where a log is witnessed and nothing but the register read it."""
    (world.ledger.folder / "projections.db").unlink()
    run(tmp_path, "audit", "--report", "found")
    assert written(tmp_path)["unchecked"] == ["read-models"]
    (world.ledger.folder / "projections.db").rename(world.ledger.folder / "projections.public.db")
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
        ("ledger.db", "database-unreadable"),
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


def test_the_report_of_the_record_stands_before_anything_else_is_opened(world: World, tmp_path: Path) -> None:
    audit = [sys.executable, "-c", "from api.cli import main; main()", "audit", "--report", "found"]
    environment = {**os.environ, "PCA_LEDGER": "ledger", "PYTHONPATH": str(DEMO.parents[2])}
    with closing(sqlite3.connect(world.ledger.folder / "projections.db", isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(audit, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) as auditing:
            until = monotonic() + 60
            while not (tmp_path / "found.html").exists() and monotonic() < until:
                sleep(0.05)
            assert written(tmp_path)["unchecked"] == ["time-stamps", "read-models", "documents"]
            assert auditing.poll() is None
            busy.execute("ROLLBACK")
            assert auditing.wait(60) == 0
    assert written(tmp_path)["unchecked"] == []
