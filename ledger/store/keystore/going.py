"""Keys of values that are removed: named in the transaction that removes the values, destroyed once it is committed.

A process that dies in between leaves them to the next opening of the inbox; so does one that cannot reach them, unless
what removed the values is sent again.
"""

from collections.abc import Iterable
from functools import partial
from typing import Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import KEYS_GOING
from ledger.store.keystore.keeper import reached
from ledger.store.port import Cursor

_GOING = insert(KEYS_GOING).on_conflict_do_nothing()


class Destroying(Protocol):
    """A key store, or what keeps its keys in memory."""

    def destroy(self, owners: Iterable[str]) -> None: ...


# All keys of a transaction are destroyed together: a store syncs once for many.
_of_transaction = WeakKeyDictionary[Cursor, dict[Destroying, list[str]]]()


def destroy(cursor: Cursor, keys: Destroying, owners: Iterable[str]) -> None:
    """Destroy keys once this transaction is committed. Raises ``Unavailable`` then if that fails."""
    rows = [{"owner": owner} for owner in owners]
    cursor.run(_GOING, rows)
    going = _of_transaction.setdefault(cursor, {})
    if keys not in going:
        going[keys] = []
        cursor.after_commit(partial(_destroy, keys, going[keys]))
    going[keys] += [row["owner"] for row in rows]


def finish(cursor: Cursor, keys: Destroying) -> None:
    """Destroy the keys that were to be destroyed when a process died, or could not reach them.

    Raises ``Unavailable``.
    """
    if owners := [row.owner for row in cursor.run(delete(KEYS_GOING).returning(KEYS_GOING.c.owner))]:
        _destroy(keys, owners)


def _destroy(keys: Destroying, owners: list[str]) -> None:
    with reached():
        keys.destroy(owners)
