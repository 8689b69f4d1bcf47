"""Lists that an officer saved under a name, to ask them again: the filters and days, never an answer."""

from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from api.console.refusals import ConsoleRefusal
from ledger.store.console_tables import SAVED_LISTS
from ledger.store.port import Database

MOST = 50  # of one officer
_ROW = SAVED_LISTS.c


class Saved(NamedTuple):
    """A list under a name; ``query`` is what stands in its address after the question mark."""

    name: str
    list: str
    query: str

    @property
    def address(self) -> str:
        return f"/console/history/lists/{self.list}" + (f"?{self.query}" if self.query else "")


class SavedLists:
    """The saved lists of one register."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, person: str) -> list[Saved]:
        """Return the lists that a person saved, by name."""
        rows = self._database.run(select(_ROW.name, _ROW.list, _ROW.query).where(_ROW.person == person))
        return sorted((Saved(row.name, row.list, row.query) for row in rows), key=lambda one: one.name.casefold())

    def save(self, person: str, saved: Saved) -> None:
        """Save a list, in place of one of the same name. Raises ``ConsoleRefusal`` for too many."""
        values = {"person": person, "name": saved.name, "list": saved.list, "query": saved.query}
        changed = {"list": saved.list, "query": saved.query}
        kept = insert(SAVED_LISTS).values(values).on_conflict_do_update(index_elements=["person", "name"], set_=changed)
        with self._database.transaction(commit=True) as cursor:
            others = select(func.count()).where(_ROW.person == person, _ROW.name != saved.name)
            if cursor.run(others)[0][0] >= MOST:
                raise ConsoleRefusal("lists-too-many", most=MOST)
            cursor.run(kept)

    def forget(self, person: str, name: str) -> None:
        """Remove a saved list; none of that name is none afterwards too."""
        with self._database.transaction(commit=True) as cursor:
            cursor.run(delete(SAVED_LISTS).where(_ROW.person == person, _ROW.name == name))
