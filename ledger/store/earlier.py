"""Files in which an earlier version kept what is in the record now. Each is taken in once, and then removed."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ledger.errors import Unreadable
from ledger.store.desk_tables import TAKEN_IN
from ledger.store.opening import open_read_only
from ledger.store.port import Cursor, Database

Rows = dict[str, list[dict[str, Any]]]
"""The rows of each table, by the names of their columns."""

BESIDE = ("-wal", "-shm")
Found = TypeVar("Found")


def take_in(cursor: Cursor, file: Path, read: Callable[[Path], Found], put: Callable[[Found], object]) -> None:
    """Put what a file holds into the record, inside a transaction, and remove the file after it.

    ``read`` returns what the file holds, with a ``repr`` that tells it from anything else.

    A file that was taken in before, by a process that died before it removed it, is only removed. Raises ``Unreadable``
    for a file that cannot be read, or that is another one, as out of a backup.
    """
    try:
        found = read(file)
    except FileNotFoundError:  # another process has taken it in
        return
    row = {"file": file.name, "digest": sha256(repr(found).encode()).hexdigest()}
    # Of two processes at once, the second waits here until the first has committed.
    if cursor.run(insert(TAKEN_IN).on_conflict_do_nothing().returning(TAKEN_IN.c.file), row):
        put(found)
    elif not cursor.run(
        select(TAKEN_IN.c.file).where(TAKEN_IN.c.file == file.name, TAKEN_IN.c.digest == row["digest"])
    ):
        raise other(file)
    cursor.after_commit(lambda: _remove(file))


def other(file: Path) -> Unreadable:
    """The error for a file beside a record that holds other rows in its place."""
    return Unreadable(
        f"{file.name}: the ledger's database holds other rows than this earlier file; move it elsewhere",
        f"{file.name} : la base du registre contient d’autres lignes que cet ancien fichier ; déplacez-le",
    )


def _remove(file: Path) -> None:
    for suffix in ("", *BESIDE):
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def read_rows(file: Path) -> Rows:
    """Read every row of a database. Raises ``Unreadable``."""
    with open_read_only(file) as earlier:
        tables = earlier.select("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: _rows_of(earlier, name) for (name,) in tables}


def _rows_of(earlier: Database, table: str) -> list[dict[str, Any]]:
    columns = earlier.select("SELECT name, type FROM pragma_table_info(?)", (table,))
    texts = {name for name, kind in columns if kind == "TEXT"}
    # As bytes: a text that is none, in a damaged file, hides no other row.
    named = ", ".join(f"CAST({name} AS BLOB) AS {name}" if name in texts else name for name, _ in columns)
    return [
        {
            name: value.decode(errors="replace") if name in texts and value is not None else value
            for name, value in zip(row.keys(), row, strict=True)
        }
        for row in earlier.select(f"SELECT {named} FROM {table} ORDER BY rowid")
    ]
