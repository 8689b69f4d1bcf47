"""Lists that an officer saved under a name, to ask them again: the filters and days, never an answer.

A name or a filter may be somebody's name, so each is sealed under a key of its own, and every erasure removes them all.
"""

import secrets

import msgspec
from sqlalchemy import delete, insert, select

from api.console.refusals import ConsoleRefusal
from api.secretariat.desk import DeskTables
from ledger.store.console_tables import SAVED_LISTS
from ledger.store.port import Cursor

MOST = 50  # of one officer
COLUMN = "saved"
_ROW = SAVED_LISTS.c


class Saved(msgspec.Struct, frozen=True, array_like=True):
    """A list under a name; ``query`` is what stands in its address after the question mark."""

    name: str
    list: str
    query: str

    @property
    def address(self) -> str:
        return f"/console/history/lists/{self.list}" + (f"?{self.query}" if self.query else "")


class SavedLists:
    """The saved lists of one register."""

    def __init__(self, desk: DeskTables) -> None:
        self._desk = desk

    def of(self, person: str) -> list[Saved]:
        """Return the lists that a person saved, by name."""
        with self._desk.database.transaction(commit=False) as cursor:
            found = self._of(cursor, person)
        return sorted(found.values(), key=lambda one: one.name.casefold())

    def save(self, person: str, saved: Saved) -> None:
        """Save a list, in place of one of the same name. Raises ``ConsoleRefusal`` for too many."""
        columns = self._desk.sealing.sealed(COLUMN, msgspec.msgpack.encode(saved))
        with self._desk.transaction() as cursor:
            found = self._of(cursor, person)
            self._remove(cursor, [one_id for one_id, held in found.items() if held.name == saved.name])
            if sum(held.name != saved.name for held in found.values()) >= MOST:
                raise ConsoleRefusal("lists-too-many", most=MOST)
            cursor.run(insert(SAVED_LISTS), {"id": secrets.token_hex(16), "person": person, **columns})

    def forget(self, person: str, name: str) -> None:
        """Remove a saved list; none of that name is none afterwards too."""
        with self._desk.transaction() as cursor:
            found = self._of(cursor, person)
            self._remove(cursor, [one_id for one_id, held in found.items() if held.name == name])

    def _of(self, cursor: Cursor, person: str) -> dict[str, Saved]:
        """Return what can be read, by id: of a backup whose keys are gone, nothing is left."""
        rows = cursor.run(select(SAVED_LISTS).where(_ROW.person == person))
        opened = self._desk.sealing.opened(COLUMN, rows)
        return {
            row.id: msgspec.msgpack.decode(data, type=Saved) for row, data in zip(rows, opened, strict=True) if data
        }

    def _remove(self, cursor: Cursor, ids: list[str]) -> None:
        keys = cursor.run(delete(SAVED_LISTS).where(_ROW.id.in_(ids)).returning(_ROW.saved_key))
        self._desk.sealing.destroy(cursor, [key for (key,) in keys])
