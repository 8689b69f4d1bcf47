"""The vault and the documents of an earlier version, which had them in clear in SQLite: they are sealed and removed."""

from pathlib import Path
from typing import cast

from ledger.store.documents import DOCUMENTS, value_of
from ledger.store.keystore.folder import FolderKeys
from ledger.store.keystore.keeper import Keeper, Value
from ledger.store.keystore.opening import FOLDER, open_keys
from ledger.store.keystore.port import person
from ledger.store.migrations import IN_CLEAR, forget, in_clear, to_forget
from ledger.store.port import Cursor, Database, LocalDatabase
from ledger.store.vault import SEALED_VALUES

EARLIER = (*IN_CLEAR, "comparison_keys", "comparison_folding", "unfinished_erasures")


def seal_earlier(database: Database, keys: Keeper) -> None:
    """Seal what an earlier version left in clear, if it did, and leave no copy of that in the database's files.

    If somebody is reading the file, the copies are removed at the next opening.
    """
    if not _has_earlier(database):
        return
    with database.transaction(commit=True) as cursor:
        if tables := in_clear(cursor, database.kind):  # else another process was faster
            _seal(cursor, keys, tables)
            to_forget(cursor)
    forget(cast(LocalDatabase, database))


def keys_to_audit(folder: Path, database: Database) -> Keeper:
    """The keys of persons of a ledger that is audited.

    A copy in which an earlier version's values are in clear is sealed, with keys that are kept beside it.
    """
    path = cast(LocalDatabase, database).path if database.kind == "sqlite" else None
    if path is not None and _has_earlier(database):
        keys = Keeper(FolderKeys(path.parent / FOLDER))
        seal_earlier(database, keys)
        return keys
    return Keeper(open_keys(folder, to_audit=True))


def _has_earlier(database: Database) -> bool:
    """Whether values are in clear. No version had them so in PostgreSQL."""
    if database.kind != "sqlite":
        return False
    with database.transaction(commit=False) as cursor:
        return bool(in_clear(cursor, database.kind))


def _seal(cursor: Cursor, keys: Keeper, tables: set[str]) -> None:
    destroyed = keys.store.destroyed()
    if "disclosures" in tables:
        cursor.execute("SELECT digest, person_id, name, encoded FROM disclosures")
        rows = [tuple(row) for row in cursor.fetchall() if person(row["person_id"]) not in destroyed]
        sealed = keys.sealed([Value(person(person_id), name, encoded.encode()) for _, person_id, name, encoded in rows])
        cursor.run(
            SEALED_VALUES.insert(),
            [
                {"digest": digest, "person_id": person_id, "name": name, "sealed": data, "position": 0}
                for (digest, person_id, name, _), data in zip(rows, sealed, strict=True)
            ],
        )
    if "documents" in tables:
        cursor.execute("SELECT number, form, body, person_id FROM documents JOIN document_sets USING (number)")
        rows = [tuple(row) for row in cursor.fetchall() if person(row["person_id"]) not in destroyed]
        sealed = keys.sealed([value_of(person_id, number, form, body) for number, form, body, person_id in rows])
        cursor.run(
            DOCUMENTS.insert(),
            [
                {"number": number, "form": form, "sealed": data}
                for (number, form, *_), data in zip(rows, sealed, strict=True)
            ],
        )
    for table in EARLIER:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
