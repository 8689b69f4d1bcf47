"""Makes every write of a scene fail in turn, and judges what is left: one line of JSON a run.

The shim is preloaded. The scene runs in a fork, which may be killed; this process judges."""

import ctypes
import gc
import os
import shutil
import sys
import traceback
from pathlib import Path

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.errors import LedgerError
from ledger.signing.keys import MlDsaKey
from tests.crash.scene import Scene, Telling, Told
from tests.crash.scenes import ON_POSTGRESQL, SCENES
from tests.engines import copy_ledger, ledgers_on, server
from tests.support import World

COUNT, COUNT_DATA, KILL_BEFORE, KILL_AFTER, FAIL_BEFORE, FAIL_AFTER, FULL, KILL_HALFWAY = range(8)
ON_A_SERVER = {
    "killed before": KILL_BEFORE,
    "killed after": KILL_AFTER,
    "failed, not persisted": FAIL_BEFORE,
    "failed, persisted": FAIL_AFTER,
}
MODES = {
    "sqlite": {**ON_A_SERVER, "killed halfway": KILL_HALFWAY, "disk full": FULL},
    "postgresql": ON_A_SERVER,  # what comes to a server in part is nothing
}
"""What becomes of a write, or of what is sent to a server."""
MOST = 1000
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
    for mode, number in MODES[kind].items():
        with ledgers_on(kind, work):
            writes = _count(work, template, world, played, COUNT_DATA if number == KILL_HALFWAY else COUNT)
        # Killed before a write, the process has told all that it tells after the write before: that is the harder case.
        first = writes if number == KILL_AFTER else 1
        for nth in range(first, writes + 1):
            with ledgers_on(kind, work):
                folder = _copy(work, template)
                told = _play(folder, world, played, number, nth)
                try:
                    faults = played.judge(folder, world, told)
                except (LedgerError, OSError, PersistenceError, ValueError) as error:
                    faults = [f"does not open: {type(error).__name__}: {error}"]
            run = Run(scene, mode, nth, len(told.acknowledged), told.failed, told.ended, faults)
            sys.stdout.write(msgspec.json.encode(run).decode() + "\n")
            sys.stdout.flush()
    if kind == "postgresql":
        server().close()


def _copy(work: Path, template: Path) -> Path:
    folder = work / "ledger"
    for path in work.iterdir():
        if path != template:
            shutil.rmtree(path)
    copy_ledger(template, folder)
    return folder


def _count(work: Path, template: Path, world: World, played: Scene, mode: int) -> int:
    """How many writes the scene has when nothing fails; or how many of them write data."""
    told = _play(_copy(work, template), world, played, mode, 0)
    assert told.ended
    assert 0 < told.failed < MOST  # here it stands for the count
    return told.failed


def _play(folder: Path, world: World, played: Scene, mode: int, nth: int) -> Told:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            tell = Telling(writing)
            shim.arm(str(folder).encode(), mode, nth)
            try:
                played.play(folder, world, tell)
                tell("ended")
            except (PersistenceError, OSError):
                tell("failed")
            if mode in (COUNT, COUNT_DATA):
                tell("count", str(shim.counted()))
            code = 0
        except BaseException:  # noqa: BLE001 - told by the exit code, after its traceback
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().decode().split("\0")[:-1]
    _, status = os.waitpid(child, 0)
    told = Told()
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise RuntimeError(f"the scene broke: {lines}")
    for line in lines:
        kind, _, rest = line.partition(" ")
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
    return told


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
