"""Programs of other parties that some tests run. Where one is absent its tests are skipped, but never in CI."""

import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

PACKAGES = {
    "certutil": "libnss3-tools",
    "chromium": "chromium",
    "curl": "curl",
    "docker-compose": "docker-compose",
    "gcc": "gcc libc6-dev",
    "git": "git",
    "go": "golang-go golang-golang-x-mod-dev",
    "java": "default-jdk-headless",
    "mvn": "maven",
    "nginx": "nginx-light",
    "node": "nodejs",
    "npm": "npm",
    "openssl": "openssl",
    "pgbouncer": "pgbouncer",
    "pdfsig": "poppler-utils",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "softhsm2-util": "softhsm2",
    "systemd-analyze": "systemd",
    "zbarimg": "zbar-tools",
    "zsh": "zsh",
}
"""The Debian packages of each program."""


def program(name: str, *files: Path) -> str:
    """Return the path of a program. Skip the test if the program, or one of the files that it needs, is absent."""
    path = shutil.which(name)
    if path is None or not all(file.exists() for file in files):
        pytest.skip(f"needs {name} (Debian: apt install {PACKAGES[name]})")
    return path


def printed_by(name: str, *arguments: object) -> str:
    """Return what a program prints on both channels, whatever its exit code. Skip the test if it is absent."""
    command = [program(name), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout + ran.stderr


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


def _fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure if the environment variable CI is set. A test that is expected to fail may still."""
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: CI skips no test\n{report.longreprtext}"
