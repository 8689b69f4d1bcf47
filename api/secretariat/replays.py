"""The nonces of signed requests that were accepted: each counts once, in every process that serves the same ledger.

A nonce becomes durable with the first durable commit after it: what a request changes is never on the disk without the
nonce that it came with. A power cut forgets at most nonces of requests that left nothing behind; who could send one of
these again could have held the first back (decision 0055). A request that only reads is never followed by a commit, so
its nonce is durable by itself.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import monotonic

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import NONCES
from ledger.store.port import Database

MAX_AGE = timedelta(minutes=5)  # of a signature that is accepted
KEPT = 2 * MAX_AGE  # a signer's clock may be ahead by some seconds
SWEEP_SECONDS = 60.0  # after which what has ended is removed: to look for it reads every nonce


_ACCEPT = insert(NONCES).on_conflict_do_nothing().returning(NONCES.c.digest)


class Replays:
    """The nonces that were accepted lately. Only officers' valid signatures add one, and each is soon removed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept = -SWEEP_SECONDS  # a moment of the monotonic clock

    def is_first(self, key_id: str, nonce: str, *, durable: bool) -> bool:
        """Accepts a nonce of a key; returns False when it was accepted before."""
        now = datetime.now(UTC)
        digest = sha256(f"{key_id} {nonce}".encode()).hexdigest()
        row = {"digest": digest, "until": int((now + KEPT).timestamp())}
        with self._database.transaction(commit=True, durable=durable) as cursor:
            if monotonic() - self._swept >= SWEEP_SECONDS:
                self._swept = monotonic()
                # Of two processes that remove the same rows, neither waits for the other.
                ended = select(NONCES.c.digest).where(NONCES.c.until < int(now.timestamp()))
                cursor.run(delete(NONCES).where(NONCES.c.digest.in_(ended.with_for_update(skip_locked=True))))
            return bool(cursor.run(_ACCEPT, row))
