"""Erasures: rows are deleted in the transaction that records them, and keys destroyed before it is acknowledged.

The key store remembers whose keys were destroyed. A backup of before an erasure does not know of it, but holds nothing
that could be read without the key.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from sqlalchemy import select

from ledger.store import console_tables, documents, notice_tables, vault
from ledger.store.documents import DOCUMENT_SETS
from ledger.store.keystore.folder import read_owners
from ledger.store.keystore.port import PERSON
from ledger.store.port import Cursor, Database
from ledger.store.tables import among
from ledger.store.vault import SEALED_VALUES

LIST = "erased.json"  # of earlier versions, beside the database
_PERSONS = (
    *(table.c.person_id for table in (SEALED_VALUES, DOCUMENT_SETS, *notice_tables.OF_PERSONS)),
    *(table.c.person for table in console_tables.OF_PERSONS),
)


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records it."""
    person_ids = list(person_ids)
    vault.erase(cursor, person_ids)
    documents.erase(cursor, person_ids)
    notice_tables.erase(cursor, person_ids)
    console_tables.erase(cursor, person_ids)


def repeat(database: Database, person_ids: Iterable[str]) -> tuple[str, ...]:
    """Delete everything that is held about persons who were erased before, and return whose that was."""
    erased = set(person_ids)
    with database.transaction(commit=False) as cursor:
        found = {
            row.owner for column in _PERSONS for row in among(cursor, select(column.label("owner")), column, erased)
        }
    if found:
        with database.transaction(commit=True) as cursor:
            erase(cursor, found)
    return tuple(sorted(found))


def persons(owners: Iterable[str]) -> set[str]:
    """The ids of the persons among owners of keys."""
    return {owner.removeprefix(PERSON) for owner in owners if owner.startswith(PERSON)}


def read_list(file: Path) -> frozenset[str]:
    """The ids on a list of erased persons: that of a key store, or of an earlier version.

    Raises OSError and ``Unreadable``.
    """
    try:
        return frozenset(msgspec.json.decode(file.read_bytes(), type=list[str]))
    except msgspec.DecodeError:
        return frozenset(persons(read_owners(file)))
