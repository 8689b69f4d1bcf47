"""Erasures: those that are not finished, and the list of everyone who was erased.

While one is not finished, copies of the erased values may still be in the database's own log. The list is a file beside
the database, which holds ids only: a backup of before an erasure does not know of it, and would bring everything back.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

import msgspec
from eventsourcing.persistence import PersistenceError
from sqlalchemy import Column, Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from ledger.errors import Unreadable
from ledger.files import write_whole
from ledger.store import documents, vault
from ledger.store.documents import DOCUMENT_SETS
from ledger.store.migrations.backup import remove_backups
from ledger.store.port import Cursor, Database, LocalDatabase
from ledger.store.tables import RECORD, Long, among
from ledger.store.vault import DISCLOSURES

LIST = "erased.json"
UNFINISHED = Table("unfinished_erasures", RECORD, Column("position", Long, primary_key=True, autoincrement=False))


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
                row.person_id
                for table in (DISCLOSURES, DOCUMENT_SETS)
                for row in among(cursor, select(table.c.person_id), table.c.person_id, erased)
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
        if self._database.kind == "sqlite" and not cast(LocalDatabase, self._database).forget_erased():
            return False
        with self._database.transaction(commit=True) as cursor:
            # Not those that another process began meanwhile.
            cursor.run(delete(UNFINISHED).where(UNFINISHED.c.position <= last))
        return True

    def _last(self) -> int:
        """The position of the last one; 0 when there is none."""
        return int(self._database.run(select(func.coalesce(func.max(UNFINISHED.c.position), 0)))[0][0])


def erase(cursor: Cursor, person_ids: Iterable[str], position: int) -> None:
    """Delete everything about these persons, inside the transaction that appends the entry at ``position``."""
    vault.erase(cursor, person_ids)
    documents.erase(cursor, person_ids)
    cursor.run(insert(UNFINISHED).on_conflict_do_nothing(), {"position": position})


class ErasedList:
    """The ids of everyone who was erased, in a folder. It only grows, whatever the log beside it knows."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / LIST

    def ids(self) -> frozenset[str]:
        """Return everyone on the list. Raises ``Unreadable``."""
        return read_list(self._file) if self._file.exists() else frozenset()

    def add(self, person_ids: Iterable[str]) -> None:
        """Add everyone who is not on the list, whose values are still in what migrations copied. Raises OSError."""
        known = self.ids()
        if not known.issuperset(person_ids):
            remove_backups(self._file.parent)
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
