"""Kill the processes of a register under load, and its database: ``python -m tests.load --deaths 50``."""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.engines import KINDS
from tests.load.running import Load, run


def main() -> None:
    """Print what came of it; end with 1 if anything is wrong."""
    parser = ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--database", choices=KINDS, default="postgresql")
    parser.add_argument("--deaths", type=int, default=50, help="of processes that serve")
    parser.add_argument("--database-deaths", type=int, default=10, help="of PostgreSQL")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    load = Load(
        kind=options.database,
        deaths=options.deaths,
        database_deaths=options.database_deaths if options.database == "postgresql" else 0,
        clients=options.clients,
        processes=options.processes,
        seed=options.seed,
    )
    with TemporaryDirectory() as folder:
        figures = run(Path(folder), load)
    console = Console()
    console.print(load)
    console.print(figures)
    raise SystemExit(bool(figures.faults))


if __name__ == "__main__":
    main()
