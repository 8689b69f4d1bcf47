"""Databases that can be made again from the log, such as read models: files of this machine, always in SQLite."""

import os
from collections.abc import Callable, Container, Iterable
from contextlib import closing
from pathlib import Path
from zlib import crc32

from eventsourcing.persistence import PersistenceError

from ledger.store.opening import open_database
from ledger.store.port import Cursor, Database, LocalDatabase, Row, Unavailable

FOLDER = "PCA_LEDGER_READ_MODELS"
# Views and triggers before the tables that they are about. What SQLite keeps for itself stays.
_OURS = "WHERE NOT (type IN ('table', 'index') AND name GLOB 'sqlite_*') ORDER BY type = 'index', type DESC"
_OBJECTS = f"SELECT type, name, sql FROM main.sqlite_schema {_OURS}"


def folder_of(ledger_folder: Path) -> Path:
    """Return the folder in which this process keeps such files, which it makes: that of the ledger by default.

    Raises OSError when it cannot be made.
    """
    named = os.environ.get(FOLDER, "")
    if not named:
        return ledger_folder
    folder = Path(named)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def create_only(database: Database, tables: Iterable[str], but: Container[str] = ()) -> None:
    """Create these tables; those of another version of this program are dropped first, and all their rows.

    ``but`` are those of the statements that :func:`replace` runs, where the rows are copied to.
    """
    statements = list(tables)
    version = _version_of(statements)
    with database.transaction(commit=False) as cursor:
        if _version(cursor) == version:
            return  # without the write lock, for which a program that only reads would have to wait
    with database.transaction(commit=True) as cursor:
        _drop_everything(cursor)
        # SQLite keeps a signed 32-bit integer here.
        cursor.execute(f"PRAGMA user_version = {version - 2**32 if version >= 2**31 else version}")
        for statement in statements:
            if statement not in but:
                cursor.execute(statement)


def is_version_of(database: Database, tables: Iterable[str]) -> bool:
    """Whether a database was created with these tables."""
    with database.transaction(commit=False) as cursor:
        return _version(cursor) == _version_of(tables)


def replace(path: Path, fresh: LocalDatabase, finish: Callable[[], object], indexes: Iterable[str] = ()) -> None:
    """Replace all that a file holds by a copy of another file's database, whatever it holds.

    ``finish`` completes that one when nobody can write the file any more: so what stands there is never set back.
    ``indexes`` are statements that make what the other one did not need.
    Raises ``Unavailable`` while another process writes.
    """
    try:
        _copy(path, fresh, finish, indexes)
    except Unavailable:
        raise
    except PersistenceError:
        remove(path)  # it is no database any more
        _copy(path, fresh, finish, indexes)


def remove(path: Path) -> None:
    """Remove a database's files."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _copy(path: Path, fresh: LocalDatabase, finish: Callable[[], object], indexes: Iterable[str]) -> None:
    """In one transaction: others may be reading the file."""
    with closing(open_database(path)) as stored, stored.transaction(commit=True) as target:
        finish()
        # SQLite copies tables faster than rows pass through here.
        target.execute("ATTACH :path AS fresh", {"path": str(fresh.path)})
        _drop_everything(target)
        target.execute(f"SELECT type, name, sql FROM fresh.sqlite_schema {_OURS}")
        for kind, name, definition in target.fetchall():
            target.execute(definition)
            if kind == "table":
                target.execute(f"INSERT INTO main.{name} SELECT * FROM fresh.{name}")
        for statement in indexes:
            target.execute(statement)
        target.execute("PRAGMA fresh.user_version")
        target.execute(f"PRAGMA main.user_version = {target.fetchall()[0][0]}")


def _version_of(tables: Iterable[str]) -> int:
    return crc32("\n".join(tables).encode())


def _version(cursor: Cursor) -> int:
    cursor.execute("PRAGMA user_version")
    return int(cursor.fetchall()[0][0]) % 2**32


def _drop_everything(cursor: Cursor) -> None:
    for kind, name, _ in _objects(cursor):
        if kind != "index":  # it goes with its table
            quoted = name.replace('"', '""')
            cursor.execute(f'DROP {kind} IF EXISTS "{quoted}"')


def _objects(cursor: Cursor) -> list[Row]:
    cursor.execute(_OBJECTS)
    return cursor.fetchall()
