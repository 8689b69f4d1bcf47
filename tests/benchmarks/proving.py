"""Proves that a random leaf is in the log, from the nodes in the file, in ledgers of several sizes.

The files were just written, so the operating system holds them. Nothing is written or synced, and nothing is verified:
the hashes are random. Inside the clock are choosing the nodes, reading them in one statement of a transaction of its
own, and hashing the incomplete right edge. Beside it, plain ``sqlite3`` reads as many such rows in one statement, and
does nothing else. The time of a proof is the median of many. The goal lets a transaction, and choosing and hashing in
Python, take three times as long as the reading. That is most in the smallest ledger, where there is least to read.
"""

import random
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from ledger.log.tree import inclusion_path
from ledger.store.application import LedgerApplication
from ledger.store.opening import open_database
from ledger.store.tree import StoredTree, place_of
from tests.benchmarks.filling import filled
from tests.benchmarks.measuring import Comparison, Run, Size

GOAL = 0.25  # of the rate at which the rows alone are read


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One for each ledger, and how much longer a proof takes in the largest than in the smallest."""
    files = {power: filled(folder, 10**power) for power in size.powers}
    ours = {power: _ours(file, 10**power, size.proofs, stack) for power, file in files.items()}
    smallest, largest = min(files), max(files)
    return [
        *(
            Comparison(
                f"proof-10^{power}",
                "proofs",
                "their rows by sqlite3",
                GOAL,
                ours[power],
                _rows_alone(file, 10**power, size.proofs, stack),
            )
            for power, file in files.items()
        ),
        Comparison(
            "proof-grown",
            "proofs",
            f"10^{smallest}, not 10^{largest}",
            smallest / largest,  # as the logarithm of the size
            ours[largest],
            ours[smallest],
        ),
    ]


def _ours(file: Path, leaves: int, proofs: int, stack: ExitStack) -> Run:
    application = LedgerApplication(open_database(file))
    stack.callback(application.close)
    tree = StoredTree(application.database)

    def run() -> float:
        return _rate([partial(tree.inclusions, [index], leaves) for index in _leaves(leaves, proofs)])

    return run


def _rows_alone(file: Path, leaves: int, proofs: int, stack: ExitStack) -> Run:
    connection = stack.enter_context(closing(sqlite3.connect(file)))

    def read(places: list[int]) -> list[tuple[bytes]]:
        marks = ", ".join("?" * len(places))
        return connection.execute(f"SELECT hash FROM tree_nodes WHERE place IN ({marks})", places).fetchall()

    def run() -> float:
        every = [_places(index, leaves) for index in _leaves(leaves, proofs)]
        return _rate([partial(read, places) for places in every])

    return run


def _leaves(leaves: int, proofs: int) -> list[int]:
    return random.choices(range(leaves), k=proofs)  # noqa: S311 - which leaves are asked for


def _places(index: int, leaves: int) -> list[int]:
    """The places of the nodes of a proof."""
    places: list[int] = []

    def noted(level: int, node: int) -> bytes:
        places.append(place_of(level, node))
        return b""

    inclusion_path(index, leaves, noted)
    return places


def _rate(works: list[Callable[[], object]]) -> float:
    """How many are done in a second, at the median of their times."""
    times = []
    for work in works:
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return 1 / median(times)
