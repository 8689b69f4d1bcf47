"""Run in a process with the shim preloaded: every write of a scene in turn is made to fail, and what is left is judged.

Prints a line of JSON for each run. The scene runs in a fork, which may be killed; this process judges.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.auditing import audit
from ledger.domain.record import Role
from ledger.errors import LedgerError
from ledger.log.checkpoint import open_checkpoint
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import SigningKey
from ledger.signing.post_quantum import MlDsaKey
from ledger.signing.statement import decode_payload
from ledger.store.ledger import DATABASE, Ledger, Receipt, Submission
from ledger.vault import Disclosure
from tests.scenario import ORIGIN, ROLES, key_of
from tests.support import World

COUNT, KILL_BEFORE, KILL_AFTER, FAIL_BEFORE, FAIL_AFTER, FULL, KILL_HALFWAY = range(7)
MODES = {
    "killed before": KILL_BEFORE,
    "killed halfway": KILL_HALFWAY,
    "killed after": KILL_AFTER,
    "failed, not persisted": FAIL_BEFORE,
    "failed, persisted": FAIL_AFTER,
    "disk full": FULL,
}
MOST = 1000
shim = ctypes.CDLL(None)


class Told(msgspec.Struct):
    """What the scene had told the world before it ended."""

    acknowledged: dict[int, str] = {}  # index -> envelope in hex
    published: list[str] = []
    failed: int = 0
    ended: bool = False


class Run(msgspec.Struct, frozen=True):
    """One run: which write, how, and what was wrong afterwards."""

    scene: str
    mode: str
    nth: int
    acknowledged: int
    failed: int
    ended: bool
    faults: list[str]


class Telling:
    """Tells the parent through a pipe, one line at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self, *words: str) -> None:
        os.write(self._descriptor, (" ".join(words) + "\0").encode())


def recording(folder: Path, world: World, tell: Telling) -> None:
    """Statements one by one and in a group, each tried again once when it failed; then what is published."""
    ledger = Ledger.open(folder, lambda: world.now)
    world.ledger = ledger
    for person in ("panel1", "panel2", "assessor1", "assessor2"):
        submission = world.submission("grant-role", "director", person_id=person, role="moderator")
        _record(ledger, [submission], tell)
    group = [
        world.submission("revoke-role", "director", person_id=person, role="moderator")
        for person in ("panel1", "panel2", "assessor1")
    ]
    _record(ledger, group, tell)
    ledger.close()


def _record(ledger: Ledger, submissions: list[Submission], tell: Telling) -> None:
    for _ in range(2):
        try:
            for submission, answer in zip(submissions, ledger.submit(submissions), strict=True):
                assert isinstance(answer, Receipt), answer
                tell("ack", str(answer.index), submission.envelope.hex())
            tell("published", ledger.latest()[0])
        except PersistenceError:
            tell("failed")
        else:
            return


def founding(folder: Path, world: World, tell: Telling) -> None:
    """A new ledger, from nothing to its first published checkpoint."""
    found(folder / "new", world)
    tell("founded")


def found(folder: Path, world: World) -> None:
    founders: list[tuple[str, Role, SigningKey, list[Disclosure]]] = [
        (name, ROLES[name], key_of(name), []) for name in ("director", "security")
    ]
    Ledger.found(
        folder,
        lambda: world.now,
        origin=ORIGIN,
        body=("Body", "Organisme"),
        founders=founders,
        log_key=key_of("log"),
        ml_dsa_key=MlDsaKey.from_seed(bytes(32)),
    ).close()


def after_recording(folder: Path, world: World, told: Told) -> list[str]:
    """What is wrong with the folder that the scene left."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger:
        stored = {entry.id - 1: entry.state.hex() for entry in ledger.entries(0, ledger.size())}
        faults += [f"lost {index}" for index, state in told.acknowledged.items() if stored.get(index) != state]
        key = ledger.trust.verifier_key
        shown = [open_checkpoint(note, key) for note in told.published]
        faults += [f"another past at {c.size}" for c in shown if ledger.log.root_at(c.size) != c.root]
        if shown and ledger.latest()[1].size < max(c.size for c in shown):
            faults.append("the checkpoint went back")
        world.ledger = ledger
        (answer,) = ledger.submit([world.submission("grant-role", "director", person_id="registrar", role="auditor")])
        if not isinstance(answer, Receipt):
            faults.append(f"it does not go on: {answer}")
        # What was told is told again: the same statement is recorded once.
        for state in list(told.acknowledged.values())[:1]:
            event = decode_payload(open_envelope(bytes.fromhex(state)).payload)
            if [s.event for s in ledger.signed_events(event.stream)].count(event) != 1:
                faults.append("recorded twice")
    return faults + [f"audit: {finding}" for finding in audit(folder).findings]


def after_founding(folder: Path, world: World, told: Told) -> list[str]:
    """Either there is no ledger yet, and it can be founded; or there is all of it."""
    new = folder / "new"
    if not (new / DATABASE).exists():
        if told.acknowledged or told.ended:
            return ["it was founded, and is not there"]
        found(new, world)
    with Ledger.open(new, lambda: world.now) as ledger:
        ledger.latest()
    return [f"audit: {finding}" for finding in audit(new).findings]


Scene = Callable[[Path, World, Telling], None]
Judging = Callable[[Path, World, Told], list[str]]
SCENES: dict[str, tuple[Scene, Judging]] = {
    "recording": (recording, after_recording),
    "founding": (founding, after_founding),
}


def main(work: Path, scene: str) -> None:
    play, judge = SCENES[scene]
    template = work / "template"
    world = World(template, ml_dsa_key=MlDsaKey.from_seed(bytes(32)))
    world.appoint()
    world.ledger.close()
    writes = _count(work, template, world, play)
    for mode, number in MODES.items():
        for nth in range(1, writes + 1):
            folder = _copy(work, template)
            told = _play(folder, world, play, number, nth)
            try:
                faults = judge(folder, world, told)
            except (LedgerError, OSError, PersistenceError, ValueError) as error:
                faults = [f"does not open: {type(error).__name__}: {error}"]
            run = Run(scene, mode, nth, len(told.acknowledged), told.failed, told.ended, faults)
            sys.stdout.write(msgspec.json.encode(run).decode() + "\n")
            sys.stdout.flush()


def _copy(work: Path, template: Path) -> Path:
    folder = work / "ledger"
    for path in work.iterdir():
        if path != template:
            shutil.rmtree(path)
    shutil.copytree(template, folder)
    return folder


def _count(work: Path, template: Path, world: World, play: Scene) -> int:
    """How many writes the scene has when nothing fails."""
    told = _play(_copy(work, template), world, play, COUNT, 0)
    assert told.ended
    assert 0 < told.failed < MOST  # here it stands for the count
    return told.failed


def _play(folder: Path, world: World, play: Scene, mode: int, nth: int) -> Told:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            tell = Telling(writing)
            shim.arm(str(folder).encode(), mode, nth)
            try:
                play(folder, world, tell)
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
    main(Path(sys.argv[1]), sys.argv[2])
