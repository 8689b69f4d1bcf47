"""Submits score sheets, from signed bytes to receipts. With a receipt, a sheet is verified, ruled upon, stored and
provable: the checkpoint that covers it is signed, and is on the disk by the same sync.

The files are on the disk of the run's folder, which the report names; SQLite syncs it at each commit. Preparing and
signing are outside the clock. *submit-one* is the median of single submissions; beside it a plain SQLite file commits
the same bytes by one sync. *submit-group* and *submit-queued* take a hundred sheets on as many candidates, under one
checkpoint, on one core; so does what is beside them, the bare verification of the same signatures by OpenSSL."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count, islice, product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.signing.envelope import open_envelope, pae
from ledger.store.submission import Answer, Receipt, Submission
from ledger.store.writer import Writer
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.scenario import PLAN, value
from tests.support import World, key_of

ASSESSORS = ("assessor1", "assessor2")
GOAL = 0.65
_PLAIN = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "CREATE TABLE plain (id INTEGER PRIMARY KEY, b BLOB)",
)

T = TypeVar("T")
Submit = Callable[[Sequence[Submission]], list[Answer]]


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One at a time, as one caller's group, and one by one from a queue through the writer."""
    world = workshop(folder / "submit", stack)
    groups = sheets(world, size.group)
    unsubmitted = next(groups)
    writer = stack.enter_context(Writer(world.ledger, size.group))
    plain = PlainFile(folder / "plain.db", stack)

    def queued(group: Sequence[Submission]) -> list[Answer]:
        return [answer.result() for answer in [writer.submit(submission) for submission in group]]

    def row(name: str, submit: Submit) -> Comparison:
        return Comparison(
            name,
            "statements",
            "Ed25519 by OpenSSL",
            GOAL,
            lambda: _on_one_core(lambda: _submit(islice(groups, size.groups), submit)),
            lambda: _on_one_core(lambda: _verify(unsubmitted * size.groups)),
        )

    return [
        Comparison(
            "submit-one",
            "statements",
            "a bare commit",
            None,
            lambda: _one_by_one(world.ledger.submit, [[submission] for submission in next(groups)]),
            lambda: _one_by_one(plain.commit, [[submission.envelope] for submission in unsubmitted]),
        ),
        row("submit-group", world.ledger.submit),
        row("submit-queued", queued),
    ]


def workshop(folder: Path, stack: ExitStack) -> World:
    """A world on a day of assessment, without candidates yet."""
    world = World(folder)
    stack.callback(lambda: world.ledger.close())
    world.appoint()
    world.plan()
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    return world


def sheets(world: World, size: int) -> Iterator[list[Submission]]:
    """Sheets to submit together, without end. Each group is prepared when the one before it is recorded."""
    for number in count():
        candidacies = [world.candidate(f"{number}-{candidate}") for candidate in range(size)]
        for (activity, competencies), assessor in product(PLAN.items(), ASSESSORS):
            if competencies:
                yield [
                    world.submission(
                        "submit-score-sheet",
                        assessor,
                        candidacy_id=candidacy,
                        sheet_id=f"{candidacy}-{activity}-{assessor}",
                        activity=activity,
                        commitment=value("levels", dict.fromkeys(competencies, 4)),
                    )
                    for candidacy in candidacies
                ]


class PlainFile:
    """An SQLite file of one table, in WAL mode, synced at each commit: the least that a durable statement takes."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        stack.callback(self._connection.close)
        for statement in _PLAIN:
            self._connection.execute(statement)

    def commit(self, envelopes: Sequence[bytes]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO plain (b) VALUES (?)", [(envelope,) for envelope in envelopes])
        self._connection.execute("COMMIT")


def signatures_of(submissions: Sequence[Submission]) -> list[tuple[bytes, bytes, bytes]]:
    """The public key, the signature and the message of each signature of an assessor."""
    envelopes = [open_envelope(submission.envelope) for submission in submissions]
    publics = {key.key_id: key.public for key in map(key_of, ASSESSORS)}
    return [
        (publics[signature.keyid], signature.sig, pae(envelope.payloadType, envelope.payload))
        for envelope in envelopes
        for signature in envelope.signatures
    ]


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _on_one_core(run: Callable[[], float]) -> float:
    """The result of a run for which every thread of this process has the same core."""
    with _pinned():
        return run()


@contextmanager
def _pinned() -> Iterator[None]:
    cores, threads = os.sched_getaffinity(0), [int(thread) for thread in os.listdir("/proc/self/task")]
    try:
        for thread in threads:
            os.sched_setaffinity(thread, {min(cores)})
        yield
    finally:
        for thread in threads:
            os.sched_setaffinity(thread, cores)


def _one_by_one(work: Callable[[list[T]], object], single: Sequence[list[T]]) -> float:
    gc.collect()
    spent = []
    for one in single:
        began = perf_counter()
        work(one)
        spent.append(perf_counter() - began)
    return 1 / median(spent)


def _submit(groups: Iterator[list[Submission]], submit: Submit) -> float:
    spent, recorded = 0.0, 0
    for group in groups:
        answers: list[Answer] = []
        spent += seconds(lambda: answers.extend(submit(group)))  # noqa: B023 - called before the next group comes
        assert all(isinstance(answer, Receipt) for answer in answers)
        recorded += len(answers)
    return recorded / spent


def _verify(submissions: Sequence[Submission]) -> float:
    signed = signatures_of(submissions)

    def work() -> None:
        for each in signed:
            verify(*each)

    return len(signed) / seconds(work)
