"""What a scene is: it is played while writes fail, tells what it has done, and is judged by what it left."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from eventsourcing.persistence import PersistenceError

from tests.scenario import names
from tests.support import World

T = TypeVar("T")


class Told(msgspec.Struct):
    """What the scene had told the world before it ended."""

    acknowledged: dict[int, str] = {}  # index -> envelope in hex
    published: list[str] = []
    failed: int = 0
    ended: bool = False


class Telling:
    """Tells the parent through a pipe, one line at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self, *words: str) -> None:
        os.write(self._descriptor, (" ".join(words) + "\0").encode())


def twice(work: Callable[[], T], tell: Telling) -> T:
    """What failed is tried again once."""
    try:
        return work()
    except (sqlite3.Error, PersistenceError, OSError):
        tell("failed")
        return work()


def appoint(world: World) -> None:
    """Register two people, and no more: what a scene leaves is audited a thousand times."""
    world.do("grant-role", "director", person_id="security", role="registrar")
    for name in ("panel1", "panel2"):
        world.do("register-person", "security", person_id=name, details=names(name))


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """``judge`` says what is wrong with the folder that ``play`` left; both begin from what ``prepare`` made.

    ``stages`` are the numbers of answers that had been given when the process was killed, one way or the other.
    """

    play: Callable[[Path, World, Telling], None]
    judge: Callable[[Path, World, Told], list[str]]
    stages: frozenset[int]
    prepare: Callable[[World], None] = appoint
    policy: str | None = None
