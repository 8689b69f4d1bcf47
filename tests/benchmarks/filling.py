"""Fills a ledger of any size within seconds. Its hashes and statements are random bytes, which SQLite makes itself.

No proof from it verifies, but reading a node or appending costs the same as in a real ledger."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.log.tree import HASH_BYTES
from ledger.store.application import LedgerApplication
from ledger.store.opening import open_database
from ledger.store.tree import node_count

EVENTS_A_STREAM = 10
STATE_BYTES = 64  # a real statement takes a kilobyte, in pages that neither proofs nor appends read
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)"
_NODES = f"{_NUMBERS} INSERT INTO tree_nodes SELECT n + 1, randomblob({HASH_BYTES}) FROM numbers"
_EVENTS = (
    f"{_NUMBERS} INSERT INTO stored_events SELECT n + 1, 'candidacy:c-' || (n / {EVENTS_A_STREAM}), "
    f"n % {EVENTS_A_STREAM} + 1, 'filled', randomblob({STATE_BYTES}) FROM numbers"
)
_UNSAFE = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF")  # until it is full


def filled(folder: Path, leaves: int) -> Path:
    """The file of a ledger with so many entries, in streams ``candidacy:c-0`` on; filled at the first call."""
    database = folder / f"filled-{leaves}.db"
    if not database.exists():
        LedgerApplication(open_database(database)).close()
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            for pragma in _UNSAFE:
                connection.execute(pragma)
            connection.execute("BEGIN")
            connection.execute(_NODES, (node_count(leaves),))
            connection.execute(_EVENTS, (leaves,))
            peaks = bytes(HASH_BYTES * leaves.bit_count())
            connection.execute("UPDATE log_head SET size = ?, edge = ?", (leaves, peaks))
            connection.execute("COMMIT")
    return database


def streams(leaves: int) -> int:
    """How many streams such a ledger has."""
    return leaves // EVENTS_A_STREAM
