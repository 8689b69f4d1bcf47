"""Opening the key store: the one place that knows which there are."""

import os
from pathlib import Path

from ledger.store.keystore.database import DatabaseKeys
from ledger.store.keystore.folder import FolderKeys
from ledger.store.keystore.port import KeyStore

FOLDER = "person-keys"
VARIABLE = "PCA_LEDGER_KEYS"


def address_of(folder: Path) -> str:
    """Where the keys of the ledger in a folder are: another folder, or the address of a database."""
    return os.environ.get(VARIABLE) or str(folder / FOLDER)


def open_keys(folder: Path, *, to_audit: bool = False) -> KeyStore:
    """The key store of the ledger in a folder; ``to_audit`` it is only read. Raises ``Unreachable``."""
    address = address_of(folder)
    if "://" in address:
        from ledger.store.engines.postgresql import PostgreSQLDatabase  # psycopg: most stores are folders

        return DatabaseKeys(PostgreSQLDatabase(address, to_audit=to_audit), to_audit=to_audit)
    return FolderKeys(Path(address))
