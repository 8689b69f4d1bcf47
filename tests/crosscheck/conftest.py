"""Our log in each size, written once for all who read it."""

from functools import cache
from pathlib import Path

import pytest

from tests.crosscheck.served import Ours, serve


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Ours:
    @cache
    def written(size: int) -> Path:
        folder = tmp_path_factory.mktemp("ours")
        serve(folder, size)
        return folder

    return written
