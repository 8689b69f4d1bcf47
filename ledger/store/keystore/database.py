"""Keys in a database of their own, which is not that of the record.

What such a database keeps of a destroyed key is its operator's to bound: dead rows until VACUUM FULL, its write-ahead
log and its backups for as long as they are kept (docs/how-to/operate.md).
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from eventsourcing.persistence import PersistenceError
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from ledger.errors import Unreachable
from ledger.store.keystore.port import KEY_BYTES, Destroyed, remembered
from ledger.store.migrations import tables_in
from ledger.store.port import Cursor, Database
from ledger.store.tables import among, create

TABLES = MetaData()
# A destroyed key of a person is NULL, in the same row: making one and destroying it wait for each other there.
KEYS = Table("person_keys", TABLES, Column("owner", Text, primary_key=True), Column("key", LargeBinary))
_INSERT = insert(KEYS)
_MAKE = _INSERT.on_conflict_do_nothing()
_DESTROY = _INSERT.on_conflict_do_update(index_elements=["owner"], set_={"key": None})
_REMOVE = delete(KEYS).where(KEYS.c.owner == bindparam("gone"))


class DatabaseKeys:
    """Implements :class:`ledger.store.keystore.port.KeyStore`. Its database is closed with it.

    Nothing is created in one that is only read ``to_audit``.
    """

    def __init__(self, database: Database, *, to_audit: bool = False) -> None:
        self._database = database
        with self._transaction(commit=False) as cursor:
            self._is_there = KEYS.name in tables_in(cursor, database.kind)
        if not self._is_there and not to_audit:  # the role that serves need not be able to create one
            with self._transaction(commit=True):
                create(database, TABLES)
            self._is_there = True

    def keys(self, owners: Iterable[str]) -> dict[str, bytes]:
        if not self._is_there:
            return {}
        with self._transaction(commit=False) as cursor:
            return {owner: key for owner, key in _rows(cursor, owners) if key is not None}

    def make(self, owners: Iterable[str]) -> dict[str, bytes]:
        owners = sorted(set(owners))  # in one order, so that no two wait for each other's rows
        with self._transaction(commit=True) as cursor:
            cursor.run(_MAKE, [{"owner": owner, "key": secrets.token_bytes(KEY_BYTES)} for owner in owners])
            keys: dict[str, bytes] = {}
            for owner, key in _rows(cursor, owners):
                if key is None:
                    raise Destroyed(owner)
                keys[owner] = key
            return keys

    def destroy(self, owners: Iterable[str]) -> None:
        owners = set(owners)
        persons = remembered(owners)
        with self._transaction(commit=True) as cursor:
            cursor.run(_DESTROY, [{"owner": owner, "key": None} for owner in sorted(persons)])
            cursor.run(_REMOVE, [{"gone": owner} for owner in sorted(owners - persons)])

    def destroyed(self) -> frozenset[str]:
        with self._transaction(commit=False) as cursor:
            return frozenset(row.owner for row in cursor.run(select(KEYS.c.owner).where(KEYS.c.key.is_(None))))

    def is_empty(self) -> bool:
        with self._transaction(commit=False) as cursor:
            return not cursor.run(select(KEYS.c.owner).limit(1))

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def _transaction(self, *, commit: bool) -> Iterator[Cursor]:
        try:
            with self._database.transaction(commit=commit) as cursor:
                yield cursor
        except PersistenceError as error:
            raise Unreachable(
                f"the key store cannot be used: {error}", f"le magasin de clés ne peut être utilisé : {error}"
            ) from error


def _rows(cursor: Cursor, owners: Iterable[str]) -> list[tuple[str, bytes | None]]:
    return [tuple(row) for row in among(cursor, select(KEYS.c.owner, KEYS.c.key), KEYS.c.owner, owners)]
