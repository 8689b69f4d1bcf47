"""What a run depends on: the machine, and the disk that the files are on."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

SYNCS = 50  # of a page each
PAGE = bytes(4096)
IN_MEMORY = ("tmpfs", "ramfs")


def describe(folder: Path) -> str:
    """Return a line each for the date, the processor, the interpreter and the disk."""
    kind = filesystem(folder)
    if kind in IN_MEMORY:
        disk = f"{kind}: files in memory, nothing syncs"
    else:
        disk = f"{kind}; a page is written and synced in {1000 * sync_seconds(folder):.2f} ms (p50 of {SYNCS})"
    return "\n".join(
        (
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"{len(os.sched_getaffinity(0))} cores: {processor()}",
            f"{platform.python_implementation()} {platform.python_version()} on {sys.platform} {platform.release()}",
            f"files: {disk}",
        )
    )


def processor() -> str:
    """Return the name of the processor, as Linux gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.machine()


def filesystem(folder: Path) -> str:
    """Return the kind of filesystem that a folder is on, as Linux gives it."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return "unknown filesystem"
    where = folder.resolve()
    above = [(point, kind) for _, point, kind, *_ in mounts if where.is_relative_to(point)]
    return max(above, key=lambda each: len(each[0]), default=("", "unknown filesystem"))[1]


def sync_seconds(folder: Path) -> float:
    """Return how long it takes to write a page at the end of a file and to sync it."""
    path, spent = folder / "sync", []
    with path.open("wb") as file:
        for _ in range(SYNCS):
            began = perf_counter()
            file.write(PAGE)
            file.flush()
            os.fdatasync(file.fileno())
            spent.append(perf_counter() - began)
    path.unlink()
    return median(spent)
