"""Audits a ledger with a checkpoint for each entry, beside OpenSSL on every core.

The rate counts each signature that the audit verifies: those of the statements and those of the log."""

import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

from ledger.auditing import audit
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.support import World

GOAL = 0.85


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One; it has no baseline where OpenSSL is not installed."""
    checkpoints = _workshop(folder / "audit", size.candidates)
    openssl, cores = shutil.which("openssl"), len(os.sched_getaffinity(0))
    return [
        Comparison(
            "audit",
            "signatures",
            "openssl: not installed" if openssl is None else f"openssl speed, {cores} cores",
            GOAL,
            lambda: _audit(folder / "audit", checkpoints),
            None if openssl is None else lambda: _verified_by(openssl, cores, size.openssl_seconds),
        )
    ]


def _workshop(folder: Path, candidates: int) -> int:
    """Record a workshop from the founding to the certificates; answers how many checkpoints it has."""
    world = World(folder)
    world.appoint()
    world.plan()
    candidacies = [world.candidate(str(number)) for number in range(candidates)]
    for candidacy in candidacies:
        world.score(candidacy, 4)
    world.conclude(*candidacies)
    checkpoints = len(world.ledger.notes.checkpoints())
    world.ledger.close()
    return checkpoints


def _audit(folder: Path, checkpoints: int) -> float:
    signatures = 0

    def work() -> None:
        nonlocal signatures
        report = audit(folder)
        assert report.clean
        signatures = report.signatures + checkpoints

    spent = seconds(work)
    return signatures / spent


def _verified_by(openssl: str, cores: int, time: int) -> float:
    """Verified a second on all cores at once: the last figure of the last line."""
    command = [openssl, "speed", "-multi", str(cores), "-seconds", str(time), "ed25519"]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return float(output.split()[-1])
