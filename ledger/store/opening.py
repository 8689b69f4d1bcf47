"""Opening a database: the one place that knows which databases there are."""

from contextlib import AbstractContextManager
from pathlib import Path

from ledger.store.port import Database
from ledger.store.sqlite.database import SQLiteDatabase
from ledger.store.sqlite.reading import reading


def open_database(path: Path) -> Database:
    """The database in a file, which is made when there is none."""
    return SQLiteDatabase(str(path))


def open_read_only(path: Path) -> AbstractContextManager[Database]:
    """The database in a file, which is not written, for as long as the block runs.

    Raises OSError and ``Unreadable``, and ``Changed`` at the end when the file was written meanwhile.
    """
    return reading(path)


def open_in_memory() -> Database:
    """An empty database that is gone when it is closed."""
    return SQLiteDatabase(None)
