"""How many entries of a simulated register a mebibyte of a process holds, beside a list of their bytes.

Each is a process of its own, which reads its resident memory before and after. Ours opens the register, so that it can
decide and record, and reads each stream once. Beside it, a process reads every entry from the same file into a list.
Nothing is verified, written or synced, and no clock runs: a rate is entries a mebibyte.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

from ledger.store.application import LedgerApplication
from ledger.store.ledger import Ledger
from ledger.store.opening import open_record
from tests.benchmarks.measuring import Comparison, Run, Size
from tests.benchmarks.registers import clock, simulated
from tests.benchmarks.serving import ROOT

MEBIBYTE = 1 << 20
KINDS = ("person", "officer", "session", "candidacy", "certification")


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One for the largest register."""
    entries = size.entries[-1]
    ledger = simulated(folder, entries)
    return [
        Comparison(
            "memory",
            "entries/MiB",
            "a list of their bytes",
            None,
            _run("hold", ledger, entries),
            _run("read", ledger, entries),
        )
    ]


def hold(folder: Path) -> object:
    """Open the register and read each stream; return what holds them."""
    ledger = Ledger.open(folder, clock, is_simulated=True)
    read = ledger.read()
    for kind in KINDS:
        for identifier in ledger.ids_of(kind):
            getattr(read, kind)(identifier)
    return ledger


def read(folder: Path) -> object:
    """Return a list of the bytes of every entry."""
    with closing(LedgerApplication(open_record(folder))) as application:
        log = application.recorder
        return [entry.state for entry in log.select_notifications(1, log.size(), log.size())]


def taken(keep: Callable[[Path], object], folder: Path) -> int:
    """Return by how many bytes the resident memory of this process grows."""
    gc.collect()
    before = resident()
    kept = keep(folder)
    gc.collect()
    grown = resident() - before
    del kept
    return grown


def resident() -> int:
    """Return the resident memory of this process in bytes, as Linux gives it."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _run(name: str, folder: Path, entries: int) -> Run:
    code = f"import sys; from tests.benchmarks.memory import *; print(taken({name}, Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(folder.resolve())]
    return lambda: entries * MEBIBYTE / int(subprocess.check_output(command, cwd=ROOT))
