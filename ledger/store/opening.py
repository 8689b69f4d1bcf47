"""Opening a database: the one place that knows which databases there are."""

import os
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path

from ledger.files import PRIVATE
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.engines.sqlite import SQLiteDatabase, library_version
from ledger.store.engines.sqlite_reading import reading
from ledger.store.port import Database, LocalDatabase, Unavailable

DATABASE = "ledger.db"


def address_of(_folder: Path) -> str:
    """The address of the record's database; empty for the SQLite file in the ledger's folder."""
    return os.environ.get("PCA_LEDGER_DATABASE", "")


def has_record(folder: Path) -> bool:
    """Whether a ledger was founded in a folder: its record is there, or in a database that need not be reached now."""
    return (folder / ("trust.json" if address_of(folder) else DATABASE)).is_file()


def open_record(folder: Path) -> Database:
    """The database of a ledger's record. Raises ``Unavailable``."""
    address = address_of(folder)
    if address:
        return PostgreSQLDatabase(address)
    return open_database(folder / DATABASE)


def open_to_audit(folder: Path) -> AbstractContextManager[Database]:
    """The database of a ledger's record, which is not written, for as long as the block runs.

    Raises as :func:`open_read_only`.
    """
    address = address_of(folder)
    if address:
        return closing(PostgreSQLDatabase(address, to_audit=True))
    return open_read_only(folder / DATABASE)


def open_database(path: Path) -> LocalDatabase:
    """The database in a file, which is made when there is none. What is kept beside it gets the file's mode."""
    try:
        with suppress(FileExistsError):
            # Never one that is there: to close a file gives up the locks that this process has on it.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    except OSError as error:
        raise Unavailable(error) from error
    return SQLiteDatabase(str(path))


def open_read_only(path: Path) -> AbstractContextManager[Database]:
    """The database in a file, which is not written, for as long as the block runs.

    Raises OSError and ``Unreadable``, and ``Changed`` at the end when the file was written meanwhile.
    """
    return reading(path)


def open_in_memory() -> LocalDatabase:
    """An empty database that is gone when it is closed."""
    return SQLiteDatabase(None)


def database_version() -> str:
    """The name and version of the library behind the databases."""
    return library_version()
