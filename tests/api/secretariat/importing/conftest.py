"""A workshop whose files are in order."""

import shutil
from pathlib import Path

import pytest

from api.secretariat.importing.workshop import FILES
from tests.api.secretariat.importing.files import DEMO, WORKSHOPS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a workshop that is in order."""
    for name in FILES:
        shutil.copy(DEMO / WORKSHOPS[0] / f"{name}.csv", tmp_path)
    return tmp_path
