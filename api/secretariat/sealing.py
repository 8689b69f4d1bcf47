"""Values and reasons of the inbox, sealed each under a key of its own, which is destroyed when they are removed.

Nothing that is left of a removed value can be read then: not in the database's files and logs, not in a backup of it.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from ledger.errors import Corrupt
from ledger.store.desk_tables import KEYS_GOING
from ledger.store.keystore import going
from ledger.store.keystore.keeper import reached
from ledger.store.keystore.port import PROPOSAL, KeyStore
from ledger.store.keystore.sealing import seal, unseal
from ledger.store.port import Cursor, Row

VALUES, REASON = "disclosures", "reason"  # columns; each has another beside it, with the name of the key
UNREADABLE = b""
_ID_BYTES = 16


class Sealing:
    """Seals and opens what is in the columns of one inbox. Each key is used once or twice, and not kept in memory.

    Raises ``Unavailable`` when the key store cannot be reached.
    """

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys

    def sealed(self, column: str, value: bytes) -> dict[str, Any]:
        """Return the columns of a value, sealed under a new key."""
        (columns,) = self.each_sealed(column, [value])
        return columns

    def each_sealed(self, column: str, values: Sequence[bytes]) -> list[dict[str, Any]]:
        """Return the columns of each value, sealed under a new key: all keys are made together."""
        owners = [f"{PROPOSAL}{secrets.token_hex(_ID_BYTES)}" for _ in values]
        with reached():
            keys = self._keys.make(owners)
        return [
            {column: seal(keys[owner], owner, column, value), f"{column}_key": owner}
            for owner, value in zip(owners, values, strict=True)
        ]

    def opened(self, column: str, rows: Iterable[Row]) -> list[bytes | None]:
        """Return what is in a column of each row, UNREADABLE what cannot be opened."""
        held = [(getattr(row, f"{column}_key"), getattr(row, column)) for row in rows]
        with reached():
            keys = self._keys.keys({owner for owner, _ in held if owner is not None})
        return [None if sealed is None else _unsealed(keys.get(owner), owner, column, sealed) for owner, sealed in held]

    def destroy(self, cursor: Cursor, owners: Iterable[str | None]) -> None:
        """Destroy keys once this transaction is committed; those of which that fails are left to :meth:`finish`."""
        if gone := [owner for owner in owners if owner is not None]:  # to destroy none would sync the folder, too
            going.destroy(cursor, self._keys, gone)

    def destroy_going(self, cursor: Cursor) -> None:
        """Destroy the keys of what an erasure removed at the console, once this transaction is committed."""
        self.destroy(cursor, [row.owner for row in cursor.run(select(KEYS_GOING.c.owner))])

    def finish(self, cursor: Cursor) -> None:
        """Destroy the keys that were to be destroyed when a process died, or could not reach them."""
        going.finish(cursor, self._keys)


def _unsealed(key: bytes | None, owner: str | None, column: str, sealed: bytes) -> bytes:
    try:
        return unseal(key, owner or "", column, sealed) or UNREADABLE
    except Corrupt:
        return UNREADABLE
