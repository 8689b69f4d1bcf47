"""Open a simulated register so that it can decide and record, and run a whole command on it.

The states are kept from an opening before (`states.db`), as they are for every command but the first after an upgrade.
Files are on the disk of the run, in the operating system's memory. Inside the clock: connecting, the checkpoints, the
position of the states and the entry there, the times of all entries, closing. Nothing new is recorded, so nothing is
verified, and nothing is synced but a checkpoint that is due. Beside it, SQLite itself reads the bytes of all states.

A command is a process: it starts Python, imports, opens, lists the keys and ends. Beside it, Python starts and ends.
"""

import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from unittest.mock import patch

from ledger.store import replica
from ledger.store.ledger import STATES, Ledger
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.registers import clock, simulated
from tests.benchmarks.serving import ROOT

GROWN = 0.5  # of the rate of the smallest register: only the times of all entries are read, eight bytes each
COMMAND = "from api.cli import main; main()"


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """The largest register, beside SQLite and beside the smallest; and a command on it."""
    stack.enter_context(patch.object(replica, "WRITE_AT_CLOSE", 1))  # of a register of few entries, too
    smallest, largest = (simulated(folder, entries) for entries in (size.entries[0], size.entries[-1]))
    for register in (smallest, largest):
        _open(register)
    listing = [sys.executable, "-c", COMMAND, "keys", "list", "--ledger", str(largest.resolve())]
    nothing = [sys.executable, "-c", "pass"]
    return [
        Comparison(
            "opening", "openings", "SQLite, all states", None, partial(_opened, largest), partial(_read, largest)
        ),
        Comparison(
            "opening-grown", "openings", "the smallest", GROWN, partial(_opened, largest), partial(_opened, smallest)
        ),
        Comparison("command", "commands", "python -c pass", None, partial(_ran, listing), partial(_ran, nothing)),
    ]


def _open(register: Path) -> None:
    Ledger.open(register, clock, is_simulated=True).close()


def _opened(register: Path) -> float:
    return 1 / seconds(partial(_open, register))


def _read(register: Path) -> float:
    def read() -> None:
        with closing(sqlite3.connect(register / STATES)) as connection:
            connection.execute("SELECT state FROM states").fetchall()

    return 1 / seconds(read)


def _ran(command: list[str]) -> float:
    return 1 / seconds(partial(subprocess.run, command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True))
