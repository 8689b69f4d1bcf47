"""Fixtures shared by all tests."""

import fcntl
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from api.demo import make
from tests.authority import authority_in
from tests.engines import engine, engine_first, servers
from tests.programs import pytest_make_collect_report, pytest_runtest_makereport
from tests.support import World, copied
from tests.watched import watching

__all__ = [
    "engine",
    "engine_first",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "servers",
    "watching",
]

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing about it
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look through it for garbage, again and again, would take a tenth of the time."""
    gc.freeze()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A founded ledger with nobody in it but the founders. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("founded") / "ledger")
    world.ledger.close()
    return world


@pytest.fixture(scope="session")
def appointed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A ledger whose officers are appointed. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("appointed") / "ledger")
    world.appoint()
    world.ledger.close()
    return world


@pytest.fixture(scope="session")
def held_workshop(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One small workshop, held: awa is certified, zoe is not. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("held") / "ledger")
    world.workshop()
    world.ledger.close()
    return world


world = copied("founded")
staffed = copied("appointed")
workshop = copied("held_workshop")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demonstration: ledger/ and keys/. Tests only read it; all workers share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make(folder / "ledger", folder / "keys", lambda _: None)
    return folder


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a time-stamp authority, and its folder: root.pem is its certificate."""
    folder = tmp_path_factory.mktemp("authority")
    with authority_in(folder) as url:
        yield url, folder
