"""Whichever write fails, nothing acknowledged is lost, no checkpoint goes back, and the audit is clean.

A shim before libc kills the process, or fails the call, at each change of a file. It does not cut the power."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.crash.__main__ import MODES, Run
from tests.crash.scenes import ON_POSTGRESQL, SCENES
from tests.programs import program

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = program("gcc", Path("/usr/include/dlfcn.h"))
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    flags = ("-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror")
    subprocess.run([compiler, *flags, "-o", library, HERE / "shim.c", "-ldl"], check=True)
    return library


@pytest.mark.parametrize("scene", SCENES)
def test_after_any_write_everything_told_is_there(shim: Path, tmp_path: Path, scene: str) -> None:
    _play(shim, tmp_path, scene, "sqlite", SCENES[scene].stages)


@pytest.mark.parametrize("scene", ON_POSTGRESQL)
def test_after_any_statement_sent_everything_told_is_there(shim: Path, tmp_path: Path, scene: str) -> None:
    _play(shim, tmp_path, scene, "postgresql", ON_POSTGRESQL[scene].stages)


def _play(shim: Path, folder: Path, scene: str, kind: str, stages: frozenset[int]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", str(folder), scene, kind],
        cwd=HERE.parents[1],
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    runs = [msgspec.json.decode(line, type=Run) for line in done.stdout.splitlines()]
    assert [run for run in runs if run.faults] == []
    assert len(runs) > 60, "every write is met, and there are many"
    for mode in MODES[kind]:
        of_mode = [run for run in runs if run.mode == mode]
        assert any(run.failed or not run.ended for run in of_mode), "what is injected is felt"
    killed = {run.acknowledged for run in runs if run.mode == "killed before"}
    assert killed == stages, "it is killed at every stage"
