"""Print how fast the ledger is beside what it is measured against: ``python -m tests.benchmarks``."""

import cProfile
import gc
import pstats
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from tests.benchmarks import appending, auditing, documents, proving, replaying, serving, submitting
from tests.benchmarks.measuring import LARGE, MEASURED, QUICK, Comparison, Measured, Size, measure

BENCHMARKS: dict[str, Callable[[Path, Size, ExitStack], list[Comparison]]] = {
    "append": appending.comparisons,
    "submit": submitting.comparisons,
    "replay": replaying.comparisons,
    "audit": auditing.comparisons,
    "proof": proving.comparisons,
    "tile": serving.comparisons,
    "document": documents.comparisons,
}
PROFILE_ROWS = 25
WIDTH = 110  # the same on paper as on any terminal


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything, or profile one row."""
    parser = ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="see that everything runs; the figures mean nothing")
    sizes.add_argument("--large", action="store_true", help="also a ledger of 10^7 entries, which takes 2.3 GB of disk")
    parser.add_argument(
        "only", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=f"only {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--profile", metavar="ROW", help="where the time goes in one row, such as append-100")
    options = parser.parse_args(arguments)
    size = QUICK if options.quick else LARGE if options.large else MEASURED
    with TemporaryDirectory() as folder, ExitStack() as stack:
        gc.freeze()  # each measurement collects garbage first: only its own
        stack.callback(gc.unfreeze)
        if options.profile:
            _profile(options.profile, BENCHMARKS[options.profile.partition("-")[0]](Path(folder), size, stack))
        else:
            Console(width=WIDTH).print(_table(Path(folder), size, stack, options.only or [*BENCHMARKS]))


def _table(folder: Path, size: Size, stack: ExitStack, names: Sequence[str]) -> Table:
    table = Table("row", "a second", "ledger", "beside", "", "ratio", "goal", "", title="Medians of interleaved rounds")
    for name in names:
        for comparison in BENCHMARKS[name](folder, size, stack):
            table.add_row(*_cells(comparison, measure(comparison, size.rounds)))
    return table


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
