"""Erasures: those that are not finished, and the list of everyone who was erased.

While one is not finished, copies of the erased values may still be in the database's own log. The list is a file beside
the database, which holds ids only: a backup of before an erasure does not know of it, and would bring everything back.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from eventsourcing.persistence import PersistenceError

from ledger.errors import Unreadable
from ledger.files import write_whole
from ledger.store import documents, vault
from ledger.store.port import Cursor, Database, select, select_among

LIST = "erased.json"
TABLES = ("CREATE TABLE IF NOT EXISTS unfinished_erasures (position INTEGER PRIMARY KEY)",)


class Erasures:
    """Finishes erasures as soon as no reader prevents it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._may_be_unfinished = True  # until it was read: a process may have ended in between
        self._note: Callable[[], object] = lambda: None

    def note(self, work: Callable[[], object]) -> None:
        """Set what else belongs to an erasure: none is finished until it was done."""
        self._note = work

    def repeat(self, person_ids: Iterable[str], position: int) -> tuple[str, ...]:
        """Delete everything that is held about persons who were erased before, and return whose that was."""
        erased = set(person_ids)
        with self._database.transaction(commit=False) as cursor:
            found = {
                row["person_id"]
                for table in ("disclosures", "document_sets")
                for row in select_among(cursor, f"SELECT person_id FROM {table} WHERE person_id IN ({{}})", erased)
            }
        if found:
            with self._database.transaction(commit=True) as cursor:
                erase(cursor, found, position)
            self.have_begun()
        return tuple(sorted(found))

    def have_begun(self) -> None:
        """An erasure was committed."""
        self._may_be_unfinished = True

    def are_unfinished(self) -> bool:
        """Whether erased values may still be in the database's log, because somebody was reading."""
        return bool(self._last())

    def finish(self) -> None:
        """Remove what is left of erased values. What cannot be done now is tried again the next time."""
        if not self._may_be_unfinished:
            return
        self._may_be_unfinished = False  # before it is read: an erasure that begins meanwhile sets it again
        try:
            self._note()
            finished = self._finished()
        except (PersistenceError, OSError):
            finished = False
        if not finished:
            self._may_be_unfinished = True

    def _finished(self) -> bool:
        last = self._last()
        if not last:
            return True
        if not self._database.forget_erased():
            return False
        with self._database.transaction(commit=True) as cursor:
            # Not those that another process began meanwhile.
            cursor.execute("DELETE FROM unfinished_erasures WHERE position <= ?", (last,))
        return True

    def _last(self) -> int:
        """The position of the last one; 0 when there is none."""
        (row,) = select(self._database, "SELECT coalesce(max(position), 0) AS last FROM unfinished_erasures")
        return int(row["last"])


def erase(cursor: Cursor, person_ids: Iterable[str], position: int) -> None:
    """Delete everything about these persons, inside the transaction that appends the entry at ``position``."""
    vault.erase(cursor, person_ids)
    documents.erase(cursor, person_ids)
    cursor.execute("INSERT INTO unfinished_erasures VALUES (?) ON CONFLICT DO NOTHING", (position,))


class ErasedList:
    """The ids of everyone who was erased, in a folder. It only grows, whatever the log beside it knows."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LIST

    def ids(self) -> frozenset[str]:
        """Return everyone on the list. Raises ``Unreadable``."""
        return read_list(self._file) if self._file.exists() else frozenset()

    def add(self, person_ids: Iterable[str]) -> None:
        """Add everyone who is not on the list. Raises OSError."""
        known = self.ids()
        if not known.issuperset(person_ids):
            write_whole(self._file, msgspec.json.format(msgspec.json.encode(sorted(known.union(person_ids)))) + b"\n")


def read_list(file: Path) -> frozenset[str]:
    """Return everyone on a list. Raises OSError and ``Unreadable``."""
    try:
        return frozenset(msgspec.json.decode(file.read_bytes(), type=list[str]))
    except msgspec.DecodeError:
        raise Unreadable(
            f"{file}: expected a list of person ids; put a copy in its place",
            f"{file} : une liste d’identifiants de personnes est attendue ; remplacez-la par une copie",
        ) from None
