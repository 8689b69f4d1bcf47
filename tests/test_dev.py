"""``./dev`` shows what it installs, on standard error, and says nothing when it installs nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = {"python": 'echo "Collecting $*"; exit "$FAILS"', "pip": "", "pca-ledger": 'echo "ran $*"'}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with ``dev`` and what it installs from, in which every program of .venv is a sham."""
    for name in ("dev", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, script in PROGRAMS.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return tmp_path


def dev(clone: Path, *, fails: int = 0) -> tuple[int, str, str]:
    command = ["/bin/sh", str(clone / "dev"), "run", "audit"]
    environment = {"PATH": "/usr/bin:/bin", "FAILS": str(fails)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_what_is_installed_is_shown_once_and_beside_what_the_command_prints(clone: Path) -> None:
    code, printed, shown = dev(clone)
    assert (code, printed) == (0, "ran audit\n")
    assert "installing requirements.txt into .venv, " in shown
    assert "Collecting" in shown
    assert dev(clone) == (0, "ran audit\n", "")
    (clone / "requirements.txt").write_text("another==1\n", encoding="utf-8")
    assert " 1 packages" in dev(clone)[2]


def test_an_installation_that_failed_is_tried_again(clone: Path) -> None:
    code, printed, _ = dev(clone, fails=1)
    assert (code, printed) == (1, "")
    assert "Collecting" in dev(clone)[2]
