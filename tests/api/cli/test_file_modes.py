"""What the commands write is its owner's only; what is published is everyone's."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.secretariat.founding import APPOINTED, FOUNDERS
from tests.commands import ROOT, run
from tests.support import World

OFFICERS = " ".join(f'"--officer={role}=Given Exemple"' for role in (*FOUNDERS, *APPOINTED))
# Any mask: the wider one shows what the program itself asks for.
COMMANDS = """
import os, shlex, sys
from api.cli import load, main
os.umask(int(sys.argv[1], 8))
load()
for line in sys.argv[2:]:
    sys.argv = ["pca-ledger", *shlex.split(line)]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, line
"""


def commands(folder: Path, mask: str, *lines: str) -> None:
    arguments = [sys.executable, "-c", COMMANDS, mask, *lines]
    subprocess.run(arguments, cwd=folder, env={"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder.parent)): path.stat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}


@pytest.mark.parametrize("mask", ["000", "022"])
def test_what_holds_personal_values_or_keys_is_its_owners_only(workshop: World, tmp_path: Path, mask: str) -> None:
    """Case R10."""
    workshop.ledger.close()
    for path in workshop.ledger.folder.iterdir():
        path.chmod(0o600)
    workshop.ledger.folder.chmod(0o700)
    commands(
        tmp_path,
        mask,
        f"init --ledger founded --keys keys --origin ledger.example.org/new --body-en Body --body-fr Organisme {OFFICERS}",
        "pending --ledger founded",
        "webhooks add https://hooks.example --ledger founded",
        "rebuild --ledger founded",
        "export audited --ledger ledger",
        "bundle TOA-PCA-FR-2017-01-BTH one.zip --with-name --ledger ledger",
        "publish www --ledger ledger",
    )
    for name in ("founded", "keys", "audited", "ledger"):
        found = modes(tmp_path / name)
        assert {path: oct(mode) for path, mode in found.items() if mode & 0o77} == {}
        assert {mode for path, mode in found.items()} == {0o600, 0o700}
    names = {path.name for path in (tmp_path / "founded").iterdir()}
    assert names >= {"ledger.db", "log.key", "trust.json", "projections.db"}
    assert (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    published = modes(tmp_path / "www")
    assert set(published.values()) == {0o777 & ~int(mask, 8), 0o666 & ~int(mask, 8)}


def test_a_folder_that_others_can_open_is_warned_of(workshop: World, tmp_path: Path) -> None:
    folder = workshop.ledger.folder
    workshop.ledger.close()
    (folder / "ledger.db").chmod(0o640)
    folder.chmod(0o755)
    printed = run(tmp_path, "roster")
    assert "warning: other users can open ledger, ledger/ledger.db; to prevent this, run chmod -R go= ledger" in printed
    assert "attention : d’autres utilisateurs peuvent ouvrir" in run(tmp_path, "roster", language="fr")
    (folder / "ledger.db").chmod(0o600)
    folder.chmod(0o700)
    assert "warning" not in run(tmp_path, "roster")
