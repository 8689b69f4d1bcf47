"""Codes for wallets: random, for one certificate, to be used once within minutes, in whichever process.

The record holds digests of codes and tokens, which nobody can use who reads it or a backup.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from typing import cast

import msgspec
from sqlalchemy import delete, insert, select, update

from api.wallet.flow import Format, WalletError
from ledger.store.desk_tables import WALLET_CODES
from ledger.store.port import Database
from projections.credentials.proofs.jws import encode

SECRET_BYTES = 32
CODE_SECONDS = 600
TOKEN_SECONDS = 600
_ROW = WALLET_CODES.c


class Grant(msgspec.Struct, frozen=True):
    """What an access token allows: a certificate, in these formats."""

    number: str
    formats: tuple[Format, ...]


class Codes:
    """The codes of one register. Safe for threads and processes; ``draw`` returns that many random bytes."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], draw: Callable[[int], bytes] = token_bytes
    ) -> None:
        self._database, self._clock, self._draw = database, clock, draw

    def offer(self, number: str, formats: tuple[Format, ...]) -> str:
        """A new code for these formats of the certificate ``number``."""
        code = self._secret()
        row = {"number": number, "formats": " ".join(formats), "ends": self._now() + CODE_SECONDS}
        with self._database.transaction(commit=True) as cursor:
            # Of two processes that remove the same rows, neither waits for the other.
            ended = select(_ROW.code).where(_ROW.ends <= self._now()).with_for_update(skip_locked=True)
            cursor.run(delete(WALLET_CODES).where(_ROW.code.in_(ended)))
            cursor.run(insert(WALLET_CODES), {"code": _digest(code), **row})
        return code

    def redeem(self, code: str) -> tuple[str, int]:
        """An access token, and its lifetime in seconds. Raises ``WalletError`` (OpenID4VCI 1.0, 6.3)."""
        token, offered = self._secret(), select(WALLET_CODES).where(_ROW.code == _digest(code), _ROW.ends > self._now())
        is_redeemed = False
        if self._database.run(offered):  # what was never offered waits for no lock
            with self._database.transaction(commit=True) as cursor:
                for row in cursor.run(offered.with_for_update()):
                    this = _ROW.code == row.code
                    is_redeemed = row.token is None
                    if is_redeemed:
                        given = {"token": _digest(token), "ends": self._now() + TOKEN_SECONDS}
                        cursor.run(update(WALLET_CODES).where(this).values(given))
                    else:
                        # RFC 6749 4.1.2: two people have seen a code that comes twice, so its token ends too.
                        cursor.run(delete(WALLET_CODES).where(this))
        if not is_redeemed:
            raise WalletError(400, "invalid_grant", "no such code, or no longer; ask for a new offer")
        return token, TOKEN_SECONDS

    def granted(self, token: str) -> Grant:
        """What the token allows. Raises ``WalletError`` (RFC 6750, 3.1)."""
        rows = self._database.run(select(WALLET_CODES).where(_ROW.token == _digest(token), _ROW.ends > self._now()))
        if not rows:
            raise WalletError(401, "invalid_token", "no such access token, or no longer")
        return Grant(rows[0].number, cast(tuple[Format, ...], tuple(rows[0].formats.split())))

    def _secret(self) -> str:
        return encode(self._draw(SECRET_BYTES))

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
