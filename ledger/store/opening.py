"""Opening a database: the one place that knows which databases there are."""

from pathlib import Path

from ledger.store.port import Database
from ledger.store.sqlite.database import SQLiteDatabase


def open_database(path: Path) -> Database:
    """The database in a file, which is made when there is none."""
    return SQLiteDatabase(str(path))


def open_in_memory() -> Database:
    """An empty database that is gone when it is closed."""
    return SQLiteDatabase(None)
