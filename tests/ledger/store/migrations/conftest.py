"""A ledger that was made before its database was one of two engines."""

import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

CLOCK = datetime(2017, 5, 19, 17, tzinfo=UTC)
"""An hour after its last entry."""


def unpacked(folder: Path) -> Path:
    """Make the folder of that ledger: awa is certified, listed and has documents; two proposals wait, one has ended."""
    with tarfile.open(Path(__file__).with_name("earlier.tar.xz")) as archive:
        archive.extractall(folder, filter="data")
    folder.chmod(0o700)
    for dump in folder.glob("*.sql"):
        with closing(sqlite3.connect(dump.with_suffix(".db"))) as database:
            database.executescript(dump.read_text())
            database.execute("PRAGMA journal_mode = WAL")
        dump.with_suffix(".db").chmod(0o600)
        dump.unlink()
    return folder


@pytest.fixture(scope="session")
def _earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("earlier") / "ledger")


@pytest.fixture
def earlier(_earlier: Path, tmp_path: Path) -> Path:
    """The folder of a ledger of before November 2026."""
    return Path(shutil.copytree(_earlier, tmp_path / "earlier"))
