"""Fixtures shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from api.demo import make
from tests.authority import authority_in
from tests.support import World
from tests.watched import watching

__all__ = ["watching"]

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing about it
settings.load_profile("untimed")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A founded ledger with nobody in it but the founders."""
    world = World(tmp_path / "ledger")
    yield world
    world.ledger.close()


@pytest.fixture
def workshop(world: World) -> World:
    """The same after one small workshop: awa is certified, zoe is not."""
    world.workshop()
    return world


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demonstration: ledger/ and keys/. Tests only read it."""
    folder = tmp_path_factory.mktemp("demonstration")
    make(folder / "ledger", folder / "keys", lambda _: None)
    return folder


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a time-stamp authority, and its folder: root.pem is its certificate."""
    folder = tmp_path_factory.mktemp("authority")
    with authority_in(folder) as url:
        yield url, folder
