"""The desk: one file beside the ledger, with the proposals, the requests that filed them and the files imported.

A row that cannot be read hides no other: it is passed over, and listed by its number (:meth:`DeskFile.unreadable`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

from eventsourcing.persistence import PersistenceError

from api.secretariat.endings import Ending
from api.secretariat.importing import answers
from api.secretariat.proposals import COLUMNS, Proposal, Trace, Waiting, read_row, row_of, trace_of
from ledger.store.opening import open_database
from ledger.store.port import LARGEST, AddedColumn, Cursor, Row

DATABASE = "desk.db"
WAITS = "leaf IS NULL AND ended IS NULL"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS proposals ("
    "id INTEGER PRIMARY KEY, command TEXT NOT NULL, arguments BLOB NOT NULL, disclosures BLOB NOT NULL, "
    "signers BLOB NOT NULL, source TEXT NOT NULL, payload BLOB, signatures BLOB NOT NULL, follows INTEGER NOT NULL, "
    "leaf INTEGER)",
    "CREATE TABLE IF NOT EXISTS imported_files ("
    "sha256 TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (sha256, source))",
    "CREATE TABLE IF NOT EXISTS requests ("
    "person TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, number INTEGER NOT NULL, "
    "until INTEGER NOT NULL, PRIMARY KEY (person, key))",
    answers.TABLE,
    "DROP TABLE IF EXISTS answers",  # of an earlier version: they held names
)
_ADDED = (
    AddedColumn("proposals", "filed", "INTEGER NOT NULL DEFAULT 0"),
    AddedColumn(
        "proposals",
        "filed_by",
        "TEXT NOT NULL DEFAULT 'command line'",
        "UPDATE proposals SET filed_by = substr(source, 9) WHERE source LIKE 'officer %'",
    ),
    AddedColumn("proposals", "ended", "TEXT"),
    AddedColumn("proposals", "ended_at", "INTEGER"),
    AddedColumn("proposals", "ended_by", "TEXT"),
    AddedColumn("proposals", "reason", "TEXT"),
)
_INSERT = (
    "INSERT INTO proposals (command, arguments, disclosures, signers, source, payload, signatures, follows, filed, "
    "filed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
)
_WITHOUT_VALUES: dict[str, Any] = {"disclosures": b"[]", "payload": None, "signatures": b"{}"}


class DeskFile:
    """Reads and writes the file. Safe for threads, and beside other processes."""

    def __init__(self, folder: Path, now: int) -> None:
        """``now`` counts for what an earlier version filed, which did not note when."""
        self._lock = RLock()
        self._cursor: Cursor | None = None  # of the transaction that is open
        self._may_hold_removed_values = True  # until that was checked: a process may have died before
        self.database = open_database(folder / DATABASE)
        self.database.create(_TABLES, _ADDED)
        if self.rows("SELECT 1 FROM proposals WHERE filed = 0 LIMIT 1"):
            self.execute("UPDATE proposals SET filed = ? WHERE filed = 0", now)

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def transaction(self, *, commit: bool = True) -> Iterator[Cursor]:
        """Open a transaction, or join the open one."""
        with self._lock:
            if self._cursor is not None:
                yield self._cursor
                return
            with self.database.transaction(commit=commit) as self._cursor:
                try:
                    yield self._cursor
                finally:
                    self._cursor = None

    def rows(self, statement: str, *parameters: object) -> list[Row]:
        """Return the rows of a statement that reads."""
        with self.transaction(commit=False) as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    def execute(self, statement: str, *parameters: object) -> None:
        """Carry out a statement that writes."""
        with self.transaction() as cursor:
            cursor.execute(statement, parameters)

    def select(self, where: str, *parameters: object) -> list[Waiting]:
        """Return the proposals that can be read."""
        rows = self.rows(f"SELECT {COLUMNS} FROM proposals {where}", *parameters)
        return [item for item in map(read_row, rows) if item is not None]

    def proposal(self, number: int) -> Waiting | None:
        """Return a proposal by its number; None when there is none that can be read."""
        return next(iter(self.select("WHERE id = ?", number)), None) if 0 < number <= LARGEST else None

    def traces(self, where: str, *parameters: object) -> list[Trace]:
        """Return what is known of proposals, also of those that cannot be read."""
        return list(map(trace_of, self.rows(f"SELECT {COLUMNS} FROM proposals {where}", *parameters)))

    def trace(self, number: int) -> Trace | None:
        """Return what is known of a proposal by its number, or None."""
        return next(iter(self.traces("WHERE id = ?", number)), None) if 0 < number <= LARGEST else None

    def unreadable(self) -> list[Trace]:
        """Return what is known of those that wait and cannot be read."""
        return [trace for trace in self.traces(f"WHERE {WAITS} ORDER BY id") if trace.item is None]

    def insert(self, proposal: Proposal, source: str, payload: bytes | None, filed: int, by: str) -> int:
        """Add a proposal, and return its number. Raises ``Refused`` when it is too large for a statement."""
        with self.transaction() as cursor:
            cursor.execute(_INSERT, (*row_of(proposal, source, payload), filed, by))
            return int(cursor.fetchall()[0]["id"])

    def update(self, number: int, where: str = WAITS, **columns: Any) -> bool:
        """Change a proposal that waits, or that is otherwise as ``where`` says; return whether there was one."""
        assignments = ", ".join(f"{column} = ?" for column in columns)
        statement = f"UPDATE proposals SET {assignments} WHERE id = ? AND {where} RETURNING id"
        with self.transaction() as cursor:
            cursor.execute(statement, (*columns.values(), number))
            return bool(cursor.fetchall())

    def settle(self, number: int, leaf: int) -> bool:
        """Note where a statement is recorded, and remove its values; return whether that was not noted before.

        What is in the log is recorded, whatever ended meanwhile.
        """
        return self.update(number, "leaf IS NULL", leaf=leaf, ended=None, reason=None, **_WITHOUT_VALUES)

    def end(self, numbers: Iterable[int], ending: Ending) -> None:
        """End proposals that wait: their values are removed, a trace stays."""
        columns: dict[str, Any] = {
            "ended": ending.how,
            "ended_at": int(ending.at.timestamp()),
            "ended_by": ending.by,
            "reason": ending.reason,
        }
        with self.transaction() as cursor:
            for number in numbers:
                self.update(number, **columns, **_WITHOUT_VALUES)
            self.rewrite(cursor)

    def rewrite(self, cursor: Cursor) -> None:
        """Write the table anew, inside the transaction that removes values from it, as ``port.rewrite`` does.

        The database copies the rows itself: a text that is none could not be read and written here.
        """
        cursor.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM proposals")
        cursor.execute("DELETE FROM proposals")
        cursor.execute("INSERT INTO proposals SELECT * FROM kept")
        cursor.execute("DROP TABLE kept")
        self.note_removal()

    def note_removal(self) -> None:
        """Note that the write-ahead log may hold values that were removed."""
        self._may_hold_removed_values = True

    def remove_copies(self) -> None:
        """Remove the last copies of removed values, now or once no other process is reading them."""
        if self._may_hold_removed_values and self._cursor is None:
            with suppress(PersistenceError):
                self._may_hold_removed_values = not self.database.forget_erased()
