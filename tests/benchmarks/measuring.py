"""Runs the ledger and its baseline in turn, and compares medians.

A shared machine changes speed. Runs side by side meet the same moments: the ratio of a pair is what is reliable."""

import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter

import msgspec

Run = Callable[[], float]
"""One run of what is measured; answers how many were done in a second."""


class Size(msgspec.Struct, frozen=True):
    """How much each benchmark does: enough to measure, or just enough to see that it runs."""

    rounds: int
    saves: dict[int, int]  # events a save -> saves a round
    decoded: int
    group: int
    groups: int
    candidates: int
    openssl_seconds: int
    powers: tuple[int, ...]  # of ten: how many entries the ledgers have to prove from, and to append to
    proofs: int
    reads: int
    documents: int
    entries: tuple[int, ...]  # of simulated registers, smallest first


MEASURED = Size(
    rounds=7,
    saves={1: 200, 10: 100, 100: 20},
    decoded=5000,
    group=100,
    groups=3,
    candidates=250,
    openssl_seconds=2,
    powers=(4, 5, 6),
    proofs=1000,
    reads=2000,
    documents=150,  # a thousand in seven rounds
    entries=(10_000, 100_000),
)
LARGE = msgspec.structs.replace(MEASURED, powers=(*MEASURED.powers, 7), entries=(*MEASURED.entries, 1_000_000))
QUICK = Size(
    rounds=1,
    saves={1: 1, 10: 1, 100: 1},
    decoded=20,
    group=2,
    groups=1,
    candidates=1,
    openssl_seconds=1,
    powers=(3, 4),
    proofs=10,
    reads=5,
    documents=1,
    entries=(300,),
)


class Comparison(msgspec.Struct, frozen=True):
    """One row: what the ledger does a second, beside ``against``; the ratio aimed at is ``goal``."""

    name: str
    unit: str
    against: str
    goal: float | None
    ours: Run
    baseline: Run | None  # None: what it would be compared with is not installed


class Measured(msgspec.Struct, frozen=True):
    """Medians over the rounds, a second; the ratio is the median of the rounds' ratios."""

    ours: float
    baseline: float | None
    ratio: float | None


def measure(comparison: Comparison, rounds: int) -> Measured:
    """Run both in turn, as often as ``rounds`` says."""
    baseline = comparison.baseline
    if baseline is None:
        return Measured(median(comparison.ours() for _ in range(rounds)), None, None)
    pairs = [(comparison.ours(), baseline()) for _ in range(rounds)]
    return Measured(
        median(ours for ours, _ in pairs),
        median(other for _, other in pairs),
        median(ours / other for ours, other in pairs),
    )


def seconds(work: Callable[[], object]) -> float:
    """How long ``work`` takes."""
    gc.collect()  # what an earlier run left behind is not this one's to clear
    began = perf_counter()
    work()
    return perf_counter() - began
