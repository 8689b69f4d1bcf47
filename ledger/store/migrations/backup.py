"""The copy that is made of an SQLite file before it is migrated.

It holds what the file held, also the values of persons who are erased later: the first erasure removes it.
"""

import os
from itertools import count
from pathlib import Path

from ledger.files import PRIVATE, move
from ledger.store.port import LocalDatabase

_BEFORE = ".before-"


def back_up(database: LocalDatabase, revision: str) -> None:
    """Copy a file beside it, as ``ledger.db.before-<revision>``, inside a transaction that locks it.

    The copy is on the disk on return, and replaces none.
    """
    path = database.path
    assert path is not None  # one in memory is always new
    unfinished = path.with_name(f".{path.name}.copy")
    unfinished.unlink(missing_ok=True)  # of a process that ended meanwhile: whoever has the lock is alone
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    try:
        database.copy_to(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        names = (path.with_name(f"{path.name}{_BEFORE}{revision}{f'-{n}' * (n > 1)}") for n in count(1))
        move(unfinished, next(name for name in names if not name.exists()))
    finally:
        unfinished.unlink(missing_ok=True)


def backups(folder: Path) -> list[Path]:
    """The copies that migrations made in a folder."""
    return sorted(folder.glob(f"*{_BEFORE}*"))
