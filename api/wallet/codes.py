"""Codes for wallets: random, for one certificate, used once and forgotten after minutes.

Only hashes of codes and tokens are kept: who reads the database can redeem nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from threading import Lock
from typing import cast

import msgspec

from api.wallet.flow import TX_CODE_DIGITS, Form, WalletError
from projections.credentials.proofs.jws import encode

SECRET_BYTES = 32
CODE_SECONDS = 600
TOKEN_SECONDS = 600
MAX_WRONG_TX_CODES = 5  # of a million: then the code is gone
WAIT_SECONDS = 10
_CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS wallet_codes (
    code BLOB PRIMARY KEY, number TEXT NOT NULL, forms TEXT NOT NULL, tx_code BLOB, wrong INTEGER NOT NULL,
    token BLOB UNIQUE, ends INTEGER NOT NULL)
"""


class Offered(msgspec.Struct, frozen=True):
    """A code for the offer, and the transaction code that the holder is told by another way."""

    code: str
    tx_code: str | None


class Grant(msgspec.Struct, frozen=True):
    """What an access token is for."""

    number: str
    forms: tuple[Form, ...]


class Codes:
    """Safe for threads, and for processes on the same file. Times are whole seconds."""

    def __init__(
        self, database: Path | None, clock: Callable[[], datetime], draw: Callable[[int], bytes] = token_bytes
    ) -> None:
        """In memory where no ``database`` is given; ``draw`` gives that many random bytes."""
        self._clock, self._draw, self._turn = clock, draw, Lock()
        self._connection = sqlite3.connect(
            database or ":memory:", timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.execute(_CREATE_TABLE)

    def close(self) -> None:
        self._connection.close()

    def offer(self, number: str, forms: tuple[Form, ...], *, with_tx_code: bool = False) -> Offered:
        """A new code for these forms of the certificate ``number``."""
        code = encode(self._draw(SECRET_BYTES))
        # 64 bits modulo a million: no digit is likelier than another by more than one in 10^13.
        drawn = int.from_bytes(self._draw(8), "big") % 10**TX_CODE_DIGITS
        tx_code = f"{drawn:0{TX_CODE_DIGITS}}" if with_tx_code else None
        with self._transaction() as now:
            self._connection.execute("DELETE FROM wallet_codes WHERE ends <= ?", (now,))
            self._connection.execute(
                "INSERT INTO wallet_codes VALUES (?, ?, ?, ?, 0, NULL, ?)",
                (_hash(code), number, " ".join(forms), tx_code and _hash(code, tx_code), now + CODE_SECONDS),
            )
        return Offered(code, tx_code)

    def redeem(self, code: str, tx_code: str | None) -> tuple[str, int]:
        """An access token and for how many seconds it holds. Raises ``WalletError`` (OpenID4VCI 1.0, 6.3).

        RFC 6749 4.1.2: a code that comes twice was seen by two; the token that it gave before ends too.
        """
        refused = WalletError(400, "invalid_grant", "no such code, or no longer; ask for a new offer")
        token = encode(self._draw(SECRET_BYTES))
        with self._transaction() as now:
            found = self._connection.execute(
                "SELECT tx_code, wrong, token FROM wallet_codes WHERE code = ? AND ends > ?", (_hash(code), now)
            ).fetchone()
            if found is None:
                raise refused
            wanted, wrong, before = found
            if before is not None:
                self._forget(code)
            elif (wanted is None) != (tx_code is None):
                raise WalletError(400, "invalid_request", "tx_code: expected where the offer asks for it, only there")
            elif tx_code is not None and _hash(code, tx_code) != wanted:
                self._connection.execute("UPDATE wallet_codes SET wrong = wrong + 1 WHERE code = ?", (_hash(code),))
                if wrong + 1 >= MAX_WRONG_TX_CODES:
                    self._forget(code)
            else:
                self._connection.execute(
                    "UPDATE wallet_codes SET token = ?, ends = ? WHERE code = ?",
                    (_hash(token), now + TOKEN_SECONDS, _hash(code)),
                )
                return token, TOKEN_SECONDS
        raise refused  # after the transaction, which keeps what was counted

    def granted(self, token: str) -> Grant:
        """What the token is for. Raises ``WalletError`` (RFC 6750, 3.1)."""
        with self._transaction() as now:
            found = self._connection.execute(
                "SELECT number, forms FROM wallet_codes WHERE token = ? AND ends > ?", (_hash(token), now)
            ).fetchone()
        if found is None:
            raise WalletError(401, "invalid_token", "no such access token, or no longer")
        return Grant(found[0], cast(tuple[Form, ...], tuple(found[1].split())))

    def _forget(self, code: str) -> None:
        self._connection.execute("DELETE FROM wallet_codes WHERE code = ?", (_hash(code),))

    @contextmanager
    def _transaction(self) -> Iterator[int]:
        """A transaction at one moment (seconds since 1970), kept when its block ends, undone when it raises."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield int(self._clock().timestamp())
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _hash(*parts: str) -> bytes:
    """Of a code or token, or of a transaction code that is guessed only by who has its code."""
    return sha256("\n".join(parts).encode()).digest()
