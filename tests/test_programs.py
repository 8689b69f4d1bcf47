"""Where a program is absent its tests are skipped with the package's name; in CI they fail."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import PACKAGES

ROOT = Path(__file__).parents[1]
MODULES = {
    "test_of_one_test.py": """
import pytest
from tests.programs import program

def test_signatures():
    program("pdfsig")

@pytest.mark.xfail
def test_expected_to_fail():
    raise AssertionError
""",
    "test_of_a_fixture.py": """
from pathlib import Path

import pytest
from tests.programs import program

@pytest.fixture(scope="module")
def compiler():
    return program("gcc", Path("/nowhere/header.h"))

def test_compiling(compiler):
    pass
""",
    "test_of_a_module.py": """
import pytest

pytest.skip("needs another system", allow_module_level=True)
""",
}
REASONS = (
    "needs pdfsig (Debian: apt install poppler-utils)",
    "needs gcc (Debian: apt install gcc libc6-dev)",
    "needs another system",
)


def run(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run pytest over the modules where gcc alone is installed. Return its exit code and what it prints."""
    (folder / "gcc").touch(mode=0o755)
    for name, source in MODULES.items():
        (folder / name).write_text(source, encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    plugins = ("-p", "tests.programs", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-rs", "--continue-on-collection-errors", *options, "."],
        cwd=folder,
        env={**inherited, "PATH": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_skip_names_the_package(tmp_path: Path) -> None:
    code, printed = run(tmp_path)
    assert (code, "3 skipped, 1 xfailed" in printed) == (pytest.ExitCode.OK, True), printed
    assert [reason for reason in REASONS if reason not in printed] == []


@pytest.mark.parametrize("options", [(), ("--numprocesses", "2")])
def test_ci_fails_when_a_test_is_skipped(tmp_path: Path, options: tuple[str, ...]) -> None:
    code, printed = run(tmp_path, *options, CI="true")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert re.search(r"\b1 failed, 1 xfailed, 2 errors in ", printed), printed
    assert printed.count("CI skips no test") >= len(REASONS)
    assert [reason for reason in REASONS if reason not in printed] == []


def test_ci_installs_every_package() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    installed = " ".join(re.findall(r"missing\+=\((.*)\)$", script, re.MULTILINE)).split()
    assert set(" ".join(PACKAGES.values()).split()) <= set(installed)
