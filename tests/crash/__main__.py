"""Makes every write of a scene fail in turn, and judges what is left: one line of JSON a run.

The shim is preloaded. The scene runs in a fork, which may be killed; this process judges.

What is left of a process that is killed at a write is what is there while it stands still at that write: in files it is
played once, stops at each write, and a copy is judged as if it had been killed there. A server is not copied under its
clients: there the process is killed."""

import ctypes
import gc
import os
import shutil
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.errors import LedgerError
from ledger.signing.keys import MlDsaKey
from tests.crash.scene import Scene, Telling, Told
from tests.crash.scenes import ON_POSTGRESQL, SCENES
from tests.engines import copy_ledger, ledgers_on, server
from tests.support import World

COUNT, KILL_BEFORE, KILL_AFTER, FAIL_BEFORE, FAIL_AFTER, FULL, STOP_BEFORE, STOP_HALFWAY = range(8)
FAILED = {"killed after": KILL_AFTER, "failed, not persisted": FAIL_BEFORE, "failed, persisted": FAIL_AFTER}
MODES = {
    "sqlite": {"killed before": STOP_BEFORE, "killed halfway": STOP_HALFWAY, **FAILED, "disk full": FULL},
    "postgresql": {"killed before": KILL_BEFORE, **FAILED},  # what comes to a server in part is nothing
}
"""What becomes of a write, or of what is sent to a server."""
MOST = 1000
LEFT = "left"
shim = ctypes.CDLL(None)


class Run(msgspec.Struct, frozen=True):
    """One run: which write, how, and what was wrong afterwards."""

    scene: str
    mode: str
    nth: int
    acknowledged: int
    failed: int
    ended: bool
    faults: list[str]


def main(work: Path, scene: str, kind: str) -> None:
    played = (SCENES | ON_POSTGRESQL)[scene]
    template = work / "template"
    world = World(template, ml_dsa_key=MlDsaKey.from_seed(bytes(32)), policy=played.policy)
    played.prepare(world)
    world.ledger.close()
    gc.freeze()  # a fork then copies few pages
    with ledgers_on(kind, work):
        writes = _count(work, template, world, played)
    for mode, number in MODES[kind].items():
        if number in (STOP_BEFORE, STOP_HALFWAY):
            with ledgers_on(kind, work):
                for nth, told in enumerate(_stops(work, template, world, played, number), 1):
                    _report(scene, mode, nth, told, _judged(work / LEFT, world, played, told))
            continue
        # Killed before a write, the process has told all that it tells after the write before: that is the harder case.
        first = writes if number == KILL_AFTER else 1
        for nth in range(first, writes + 1):
            with ledgers_on(kind, work):
                folder = _copy(work, template)
                told = _play(folder, world, played, number, nth)
                _report(scene, mode, nth, told, _judged(folder, world, played, told))
    if kind == "postgresql":
        server().close()


def _judged(folder: Path, world: World, played: Scene, told: Told) -> list[str]:
    try:
        return played.judge(folder, world, told)
    except (LedgerError, OSError, PersistenceError, ValueError) as error:
        return [f"does not open: {type(error).__name__}: {error}"]


def _report(scene: str, mode: str, nth: int, told: Told, faults: list[str]) -> None:
    run = Run(scene, mode, nth, len(told.acknowledged), told.failed, told.ended, faults)
    sys.stdout.write(msgspec.json.encode(run).decode() + "\n")
    sys.stdout.flush()


def _copy(work: Path, template: Path) -> Path:
    folder = work / "ledger"
    for path in work.iterdir():
        if path != template:
            shutil.rmtree(path)
    copy_ledger(template, folder)
    return folder


def _count(work: Path, template: Path, world: World, played: Scene) -> int:
    """How many writes the scene has when nothing fails."""
    told = _play(_copy(work, template), world, played, COUNT, 0)
    assert told.ended
    assert 0 < told.failed < MOST  # here it stands for the count
    return told.failed


def _stops(work: Path, template: Path, world: World, played: Scene, mode: int) -> Iterator[Told]:
    """Yield what was told at each write, while a copy of what is there then is in ``work / LEFT``."""
    folder = _copy(work, template)
    answering, going_on = os.pipe()
    told, stops = Told(), 0
    with os.fdopen(going_on, "wb", buffering=0) as go_on:
        for kind, rest in _telling(folder, world, played, mode, 0, answering):
            if kind == "stopped":
                stops += 1
                shutil.rmtree(work / LEFT, ignore_errors=True)
                shutil.copytree(folder, work / LEFT)
                yield told
                go_on.write(b".")
            else:
                _hear(told, kind, rest)
    os.close(answering)
    assert told.ended
    assert 0 < stops < MOST


def _play(folder: Path, world: World, played: Scene, mode: int, nth: int) -> Told:
    told = Told()
    for kind, rest in _telling(folder, world, played, mode, nth):
        _hear(told, kind, rest)
    return told


def _telling(
    folder: Path, world: World, played: Scene, mode: int, nth: int, answering: int = -1
) -> Iterator[tuple[str, str]]:
    """Play the scene in a fork, and yield what it tells: the kind, and the rest of the words."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            tell = Telling(writing)
            shim.ask_at(writing, answering)
            shim.arm(str(folder).encode(), mode, nth)
            try:
                played.play(folder, world, tell)
                tell("ended")
            except (PersistenceError, OSError):
                tell("failed")
            if mode == COUNT:
                tell("count", str(shim.counted()))
            code = 0
        except BaseException:  # noqa: BLE001 - told by the exit code, after its traceback
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    unread, lines = b"", list[str]()
    try:
        while more := os.read(reading, 1 << 16):
            *whole, unread = (unread + more).split(b"\0")
            for line in whole:
                lines.append(line.decode())
                kind, _, rest = lines[-1].partition(" ")
                yield kind, rest
    finally:
        os.close(reading)
        _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise RuntimeError(f"the scene broke: {lines}")


def _hear(told: Told, kind: str, rest: str) -> None:
    match kind:
        case "ack":
            index, _, state = rest.partition(" ")
            told.acknowledged[int(index)] = state
        case "published":
            told.published.append(rest)
        case "failed":
            told.failed += 1
        case "count":
            told.failed = int(rest)
        case _:
            told.ended = told.ended or kind in ("ended", "founded")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
