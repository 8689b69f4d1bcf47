"""The nonces of signed requests that were accepted: each counts once, in every process that serves the same ledger."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import NONCES
from ledger.store.port import Database

MAX_AGE = timedelta(minutes=5)  # of a signature that is accepted
KEPT = 2 * MAX_AGE  # a signer's clock may be ahead by some seconds


class Replays:
    """The nonces that were accepted lately. Only officers' valid signatures add one, and each is soon removed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_first(self, key_id: str, nonce: str) -> bool:
        """Accepts a nonce of a key; returns False when it was accepted before."""
        now = datetime.now(UTC)
        digest = sha256(f"{key_id} {nonce}".encode()).hexdigest()
        row = {"digest": digest, "until": int((now + KEPT).timestamp())}
        # Of two processes that remove the same rows, neither waits for the other.
        ended = select(NONCES.c.digest).where(NONCES.c.until < int(now.timestamp())).with_for_update(skip_locked=True)
        with self._database.transaction(commit=True) as cursor:
            cursor.run(delete(NONCES).where(NONCES.c.digest.in_(ended)))
            return bool(cursor.run(insert(NONCES).on_conflict_do_nothing().returning(NONCES.c.digest), row))
