"""Following the log: each batch of entries changes every read model in one transaction.

The position is saved with the rows: a crash repeats work but never skips it. Several processes may
follow into one file; whoever holds the write lock goes on from where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread
from typing import Protocol

from eventsourcing.persistence import Notification, Tracking
from eventsourcing.sqlite import SQLiteCursor, SQLiteTrackingRecorder

from ledger.signing.envelope import open_envelope
from ledger.signing.statement import read_stored
from ledger.store.datastore import LedgerDatastore
from ledger.store.recorder import LedgerRecorder
from projections import certificates, history, roster
from projections.entry import Entry, microseconds

LOG = "ledger"  # the name under which the library tracks the position
BATCH = 1000
Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""


class ReadModel(Protocol):
    """A folder of :mod:`projections`: its tables by name, and how an entry changes them."""

    TABLES: dict[str, str]

    def record(self, cursor: SQLiteCursor, entry: Entry) -> None: ...


READ_MODELS: tuple[ReadModel, ...] = (roster, certificates, history)
TABLES = {name: columns for model in READ_MODELS for name, columns in model.TABLES.items()} | {
    "known_time": "position INTEGER PRIMARY KEY, known INTEGER NOT NULL"
}


class Following(SQLiteTrackingRecorder):
    """The tables of all read models in one file, and the position up to which they hold."""

    def __init__(self, datastore: LedgerDatastore, log: LedgerRecorder) -> None:
        super().__init__(datastore)
        self._log = log
        self._moved = Condition()
        self._thread: Thread | None = None
        self.create_table()
        self._subscription = None if True else None

    def construct_create_table_statements(self) -> list[str]:
        tables = [f"CREATE TABLE IF NOT EXISTS {name} ({columns})" for name, columns in TABLES.items()]
        return [*super().construct_create_table_statements(), *tables, *history.INDEXES]
