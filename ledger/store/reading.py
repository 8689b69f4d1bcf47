"""A record that is only read: that of a ledger, or of the database in a copy of its folder without the log's keys."""

import secrets
from collections.abc import Iterable
from typing import Protocol

from ledger.disclosures import Disclosure
from ledger.reading import Draft, Memory
from ledger.signing.statement import read_stored
from ledger.store.documents import DocumentStore
from ledger.store.keystore.keeper import Keeper
from ledger.store.port import Database
from ledger.store.recorder import LedgerRecorder
from ledger.store.vault import Vault

BATCH = 5000


class Record(Protocol):
    """What is recorded, and what is kept beside it."""

    log: LedgerRecorder
    vault: Vault
    documents: DocumentStore

    def read(self, staged: Iterable[Disclosure] = ()) -> Draft:
        """Return a reader of the record; ``staged`` disclosures come with a statement."""


class StoredRecord:
    """The record in a database that is not written."""

    def __init__(self, database: Database, keys: Keeper) -> None:
        """Raises ``Corrupt`` when an entry cannot follow from those before it."""
        self.log = LedgerRecorder(database)
        self.vault = Vault(database, keys)
        self.documents = DocumentStore(database, keys, self.log.lock, secrets.randbelow)
        self._memory = Memory()
        while batch := self.log.select_notifications(self._memory.size + 1, BATCH):
            self._memory.advance(read_stored(row.topic, row.state).event for row in batch)

    def read(self, staged: Iterable[Disclosure] = ()) -> Draft:
        brought = {disclosure.digest: disclosure for disclosure in staged}
        return Draft(self._memory, lambda digest: brought.get(digest) or self._held(digest))

    def _held(self, digest: str) -> Disclosure | None:
        held = self.vault.get(digest)
        return None if held is None else Disclosure.of_vault(held.encoded)
