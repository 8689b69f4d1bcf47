"""Proves that a random leaf is in the log, from the nodes in the file, in ledgers of several sizes.

The time of a proof is the median of many. The files were just written, so they are in memory."""

import random
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

from ledger.store.application import LedgerApplication
from ledger.store.opening import open_database
from ledger.store.tree import StoredTree
from tests.benchmarks.filling import filled
from tests.benchmarks.measuring import Comparison, Run, Size

WANTED = 200e-6  # seconds for one proof


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One for each ledger, and how much longer a proof takes in the largest than in the smallest."""
    runs = {power: _run(folder, 10**power, size.proofs, stack) for power in size.powers}
    smallest, largest = min(runs), max(runs)
    against = f"{WANTED * 1e6:.0f} µs for each"
    return [
        *(Comparison(f"proof-10^{power}", "proofs", against, 1.0, runs[power], lambda: 1 / WANTED) for power in runs),
        Comparison(
            "proof-grown",
            "proofs",
            f"10^{smallest}, not 10^{largest}",
            smallest / largest,  # as the logarithm of the size
            runs[largest],
            runs[smallest],
        ),
    ]


def _run(folder: Path, leaves: int, proofs: int, stack: ExitStack) -> Run:
    application = LedgerApplication(open_database(filled(folder, leaves)))
    stack.callback(application.close)
    tree = StoredTree(application.database)
    return lambda: _prove(tree, leaves, proofs)


def _prove(tree: StoredTree, leaves: int, proofs: int) -> float:
    indexes = random.choices(range(leaves), k=proofs)  # noqa: S311 - which leaves are asked for
    return 1 / median(_seconds(tree, index, leaves) for index in indexes)


def _seconds(tree: StoredTree, index: int, leaves: int) -> float:
    began = perf_counter()
    tree.inclusions([index], leaves)
    return perf_counter() - began
