"""The nonces of signed requests that were accepted: each counts once, in every process that serves the same folder."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ledger.store.port import LocalDatabase

MAX_AGE = timedelta(minutes=5)  # of a signature that is accepted
KEPT = 2 * MAX_AGE  # a signer's clock may be ahead by some seconds
TABLE = "CREATE TABLE IF NOT EXISTS nonces (digest TEXT PRIMARY KEY, until INTEGER NOT NULL)"


class Replays:
    """The nonces that were accepted lately. Only officers' valid signatures add one, and each is soon removed."""

    def __init__(self, database: LocalDatabase) -> None:
        self._database = database
        database.create((TABLE,))

    def is_first(self, key_id: str, nonce: str) -> bool:
        """Accepts a nonce of a key; returns False when it was accepted before."""
        now = datetime.now(UTC)
        with self._database.transaction(commit=True) as cursor:
            cursor.execute("DELETE FROM nonces WHERE until < ?", (int(now.timestamp()),))
            row = (sha256(f"{key_id} {nonce}".encode()).hexdigest(), int((now + KEPT).timestamp()))
            cursor.execute("INSERT INTO nonces VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING digest", row)
            return bool(cursor.fetchall())
