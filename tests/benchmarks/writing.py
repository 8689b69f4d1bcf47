"""Many clients submit signed score sheets to one writer of the same process, each the next when it has its receipt.

With a receipt, a sheet is verified, ruled upon, stored and provable: the checkpoint that covers it is signed, and is on
the disk by the same sync. The files are on the disk of the run's folder, which the report names; SQLite and PostgreSQL
sync it at each commit. Sheets are prepared and signed before the clock starts; the clients are threads. After the
clock, the inclusion of a sample is proved and verified. Both sides have all cores. Beside it, the same clients and
queue: each group's signatures are verified by OpenSSL on all cores, and a plain SQLite file commits the bytes by one
sync, without a rule, a tree or a checkpoint. *writer-32-proof* is the 99th percentile, over all submissions, of the
time until a client has its receipt, has read the latest checkpoint and a proof of inclusion, and has verified both."""

import gc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from time import perf_counter
from types import SimpleNamespace
from typing import cast

from ledger.log.tree import leaf_hash, verify_inclusion
from ledger.signing.verifying import Verifiers
from ledger.store.ledger import Ledger
from ledger.store.submission import Answer, Receipt, Submission
from ledger.store.writer import Writer
from tests.benchmarks.measuring import Comparison, Size
from tests.benchmarks.servers import address, founded_there
from tests.benchmarks.submitting import PlainFile, sheets, signatures_of, verify, workshop
from tests.support import World

FEW, MANY = 32, 256  # clients
GROUPS = 6  # of the size's group are submitted in a round
BESIDE_SQLITE = 0.5
WANTED = 0.1  # seconds until a submission is proved, at the 99th percentile
SAMPLE = 10


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """A few clients, many, until the proof, and a few on PostgreSQL beside SQLite."""
    here = Clients(workshop(folder / "writer", stack), size)
    plain = PlainFile(folder / "writer-plain.db", stack)
    verifiers = Verifiers()
    stack.callback(verifiers.close)
    with founded_there(address(folder, "writer", stack)):
        there = Clients(workshop(folder / "writer-postgresql", stack), size)

    def beside(clients: int) -> float:
        return here.rate(clients, cast(Ledger, _Plain(plain, verifiers)))

    def row(clients: int) -> Comparison:
        return Comparison(
            f"writer-{clients}",
            "statements",
            "verified, committed",
            None,
            partial(here.rate, clients),
            partial(beside, clients),
        )

    return [
        row(FEW),
        row(MANY),
        Comparison(
            f"writer-{FEW}-proof",
            "at p99",
            f"{1000 * WANTED:.0f} ms",
            1.0,
            partial(here.proved, FEW),
            lambda: 1 / WANTED,
        ),
        Comparison(
            f"writer-{FEW}-postgresql",
            "statements",
            "SQLite",
            BESIDE_SQLITE,
            partial(there.rate, FEW),
            partial(here.rate, FEW),
        ),
    ]


class _Plain:
    """What the writer submits to, without a ledger: signatures are verified, and the bytes are committed."""

    def __init__(self, file: PlainFile, verifiers: Verifiers) -> None:
        self._file, self._verifiers = file, verifiers
        self.publications = SimpleNamespace(keep_recorded=lambda: None)

    def submit(self, submissions: Sequence[Submission]) -> list[Answer]:
        self._verifiers.each(lambda signed: verify(*signed), signatures_of(submissions))
        self._file.commit([submission.envelope for submission in submissions])
        return [Receipt(0, "", 0, "")] * len(submissions)


class Clients:
    """Clients of a workshop's ledger, and the sheets that they submit."""

    def __init__(self, world: World, size: Size) -> None:
        self._world = world
        self._sheets = sheets(world, GROUPS * size.group)

    def rate(self, clients: int, instead: Ledger | None = None) -> float:
        """How many sheets are recorded a second, or taken by what is submitted to instead."""
        ledger, group = self._world.ledger, next(self._sheets)
        with Writer(instead or ledger) as writer:
            receipts, spent = _shared(clients, group, writer.record)
        if instead is None:
            for submission, receipt in list(zip(group, receipts, strict=False))[:SAMPLE]:
                _require_proof(ledger, submission, receipt)
        else:
            ledger.submit(group)  # so that the next can be prepared
        return len(receipts) / spent

    def proved(self, clients: int) -> float:
        """One divided by the 99th percentile of the seconds until a submission is proved."""
        ledger, spent = self._world.ledger, list[float]()

        def prove(submission: Submission) -> Receipt:
            began = perf_counter()
            receipt = writer.record(submission)
            _require_proof(ledger, submission, receipt)
            spent.append(perf_counter() - began)
            return receipt

        with Writer(ledger) as writer:
            _shared(clients, next(self._sheets), prove)
        return 1 / quantiles(spent, n=100, method="inclusive")[-1]


def _shared(
    clients: int, group: Sequence[Submission], record: Callable[[Submission], Receipt]
) -> tuple[list[Receipt], float]:
    """The receipts of a group that so many clients shared, and the seconds that it took."""
    clients = min(clients, len(group))
    ready = Barrier(clients + 1)

    def client(mine: Sequence[Submission]) -> list[Receipt]:
        ready.wait()
        return [record(submission) for submission in mine]

    with ThreadPoolExecutor(clients) as threads:
        answers = [threads.submit(client, group[number::clients]) for number in range(clients)]
        gc.collect()
        ready.wait()
        began = perf_counter()
        wait(answers)
        spent = perf_counter() - began
    by_number: dict[int, Receipt] = {}
    for number, answer in enumerate(answers):
        by_number |= dict(zip(range(number, len(group), clients), answer.result(), strict=True))
    return [by_number[number] for number in range(len(group))], spent


def _require_proof(ledger: Ledger, submission: Submission, receipt: Receipt) -> None:
    """Require a proof under a checkpoint with the log's signature."""
    proof = ledger.proof(receipt.index)
    checkpoint = ledger.trust.opened(proof.checkpoint)
    verify_inclusion(leaf_hash(submission.envelope), proof.index, checkpoint.size, list(proof.path), checkpoint.root)
