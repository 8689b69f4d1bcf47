"""Simulated registers, made once in a run and shared by all rows; with ``--registers FOLDER``, made once for all runs.

They are only read. A row that writes takes a copy of its own.
"""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from api.simulating.decade import simulate

KEPT = "registers"  # in the folder of a run; with --registers, a link to that folder
SEED = 1
UNTIL = date(2026, 11, 1)


def clock() -> datetime:
    """The day after the last of a register's ten years. Open it with this, as ``is_simulated``."""
    return datetime(2026, 11, 2, 9, tzinfo=UTC)


def simulated(folder: Path, entries: int, documents: int = 0) -> Path:
    """The folder of a simulated register with so many entries; its officers' keys are in ``keys`` beside it.

    ``folder`` is that of the run. At least so many of its certificates have ``documents``.
    """
    made = folder / KEPT / (f"simulated-{entries}" + (f"-{documents}" if documents else ""))
    if not made.exists():
        unfinished = made.with_name(f".{made.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        keys = unfinished / "keys"
        simulate(unfinished / "ledger", entries, seed=SEED, until=UNTIL, documents=documents, keys=keys)
        unfinished.rename(made)
    return made / "ledger"


def copied(folder: Path, entries: int, name: str) -> Path:
    """The folder of a copy under this name, to write in."""
    made = simulated(folder, entries).parent
    copy = folder / name
    shutil.copytree(made, copy)
    return copy / "ledger"
