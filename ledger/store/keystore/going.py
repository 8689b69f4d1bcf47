"""Keys of values that are removed: named in the transaction that removes the values, destroyed once it is committed.

A process that dies in between leaves them to the next opening of the inbox.
"""

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import KEYS_GOING
from ledger.store.port import Cursor


class Destroying(Protocol):
    """A key store, or what keeps its keys in memory."""

    def destroy(self, owners: Iterable[str]) -> None: ...


def destroy(cursor: Cursor, keys: Destroying, owners: Iterable[str]) -> None:
    """Destroy keys once this transaction is committed."""
    rows = [{"owner": owner} for owner in owners]
    cursor.run(insert(KEYS_GOING).on_conflict_do_nothing(), rows)
    cursor.after_commit(partial(keys.destroy, [row["owner"] for row in rows]))


def finish(cursor: Cursor, keys: Destroying) -> None:
    """Destroy the keys that were to be destroyed when a process died."""
    keys.destroy([row.owner for row in cursor.run(delete(KEYS_GOING).returning(KEYS_GOING.c.owner))])
