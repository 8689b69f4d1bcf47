"""Copying an SQLite file that other processes may be writing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from eventsourcing.persistence import OperationalError

from ledger.files import PRIVATE

SECONDS = 5.0  # for which a file is waited for that somebody else has locked


def copy(source: Path, target: Path) -> None:
    """Copy what is committed in one file into another, which must not be there yet. The copy is of one moment.

    Raises OperationalError when the source cannot be read, and OSError when the target cannot be made.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", timeout=SECONDS, uri=True)) as read,
            closing(sqlite3.connect(target)) as written,
        ):
            read.backup(written)
    except sqlite3.Error as error:
        raise OperationalError(f"{source}: {error}") from error
