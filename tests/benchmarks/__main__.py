"""Print how fast the ledger is beside what it is measured against: ``python -m tests.benchmarks``."""

import cProfile
import gc
import pstats
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from rich.console import Console
from rich.table import Table

from tests.benchmarks import (
    appending,
    auditing,
    desk,
    documents,
    erasing,
    growth,
    listing,
    memory,
    opening,
    proving,
    replaying,
    serving,
    submitting,
    writing,
)
from tests.benchmarks.machine import describe
from tests.benchmarks.measuring import LARGE, MEASURED, QUICK, Comparison, Measured, Size, measure
from tests.benchmarks.registers import KEPT

BENCHMARKS: dict[str, Callable[[Path, Size, ExitStack], list[Comparison]]] = {
    "append": appending.comparisons,
    "submit": submitting.comparisons,
    "writer": writing.comparisons,
    "http": desk.comparisons,
    "erasure": erasing.comparisons,
    "opening": opening.comparisons,
    "memory": memory.comparisons,
    "roster": listing.comparisons,
    "replay": replaying.comparisons,
    "audit": auditing.comparisons,
    "proof": proving.comparisons,
    "serve": serving.comparisons,
    "document": documents.comparisons,
}
PROFILE_ROWS = 25
WIDTH = 130  # the same on paper as on any terminal; no row wraps
ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything, or profile one row."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="see that everything runs; the figures mean nothing")
    sizes.add_argument("--large", action="store_true", help="also ledgers of 10^6 and 10^7 entries: some 6 GB of disk")
    parser.add_argument(
        "only", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=f"only {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--profile", metavar="ROW", help="where the time goes in one row, such as append-100")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT,
        help="on the disk to measure with; the checkout's if not given; a short path",
    )
    parser.add_argument("--registers", type=Path, help="keep the simulated registers here, for other runs too")
    parser.add_argument("--growth", action="store_true", help="what grows with the size, in --registers; see growth.py")
    options = parser.parse_args(arguments)
    if options.growth:
        if options.registers is None:
            parser.error("--growth: expected --registers FOLDER, where the registers and figures are kept")
        growth.main(["--registers", str(options.registers)])
        return
    size = QUICK if options.quick else LARGE if options.large else MEASURED
    with TemporaryDirectory(dir=options.folder, prefix=".bench-") as name, ExitStack() as stack:
        folder = Path(name)
        if options.registers is not None:
            options.registers.mkdir(parents=True, exist_ok=True)
            (folder / KEPT).symlink_to(options.registers.resolve())
        gc.freeze()  # each measurement collects garbage first: only its own
        stack.callback(gc.unfreeze)
        if options.profile:
            _profile(options.profile, BENCHMARKS[options.profile.partition("-")[0]](folder, size, stack))
        else:
            _report(folder, size, stack, options.only or [*BENCHMARKS])


def _report(folder: Path, size: Size, stack: ExitStack, names: Sequence[str]) -> None:
    """Print the machine, the rows, under which conditions each was measured, and how long all of it took."""
    console, progress = Console(width=WIDTH, highlight=False), Console(stderr=True, highlight=False)
    began = monotonic()
    console.print(describe(folder))
    table = Table("row", "a second", "ledger", "beside", "", "ratio", "goal", "", title="Medians of interleaved rounds")
    took = {}
    for name in names:
        started = monotonic()
        for comparison in BENCHMARKS[name](folder, size, stack):
            table.add_row(*_cells(comparison, measure(comparison, size.rounds)))
        took[name] = monotonic() - started
        progress.print(f"{name}: {took[name]:.0f} s")
    console.print(table)
    for name in names:
        console.print(f"{name}: {conditions(BENCHMARKS[name])}\n")
    each = ", ".join(f"{name} {spent:.0f}" for name, spent in took.items())
    console.print(f"This took {monotonic() - began:.0f} s: {each}", soft_wrap=True)


def conditions(comparisons: Callable[..., object]) -> str:
    """Return what a module of benchmarks states of its rows: disk, sync, what is in the clock, what is durable when."""
    stated = sys.modules[comparisons.__module__].__doc__ or ""
    return " ".join(stated.split())


def _cells(comparison: Comparison, measured: Measured) -> tuple[str, ...]:
    goal = "" if comparison.goal is None else f"{comparison.goal:.2f}"
    name, unit, ours = comparison.name, comparison.unit, f"{measured.ours:,.0f}"
    if measured.baseline is None or measured.ratio is None:
        return name, unit, ours, comparison.against, "", "", goal, "skipped"
    verdict = "" if comparison.goal is None else "met" if measured.ratio >= comparison.goal else "missed"
    return name, unit, ours, comparison.against, f"{measured.baseline:,.0f}", f"{measured.ratio:.2f}", goal, verdict


def _profile(name: str, comparisons: list[Comparison]) -> None:
    (ours,) = (comparison.ours for comparison in comparisons if comparison.name == name)
    ours()  # caches are warm when it counts
    profile = cProfile.Profile()
    profile.runcall(ours)
    pstats.Stats(profile).sort_stats("tottime").print_stats(PROFILE_ROWS)


if __name__ == "__main__":
    main()
