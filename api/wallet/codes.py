"""Codes for wallets, in memory: random, for one certificate, to be used once within minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import compare_digest, token_bytes
from threading import Lock

import msgspec

from api.wallet.flow import Format, WalletError
from projections.credentials.proofs.jws import encode

SECRET_BYTES = 32
CODE_SECONDS = 600
TOKEN_SECONDS = 600


class Grant(msgspec.Struct, frozen=True):
    """What an access token allows: a certificate, in these formats."""

    number: str
    formats: tuple[Format, ...]


class _Issued(msgspec.Struct):
    """An offered code; ``token`` is the access token given for it, None before that."""

    grant: Grant
    ends: datetime
    token: str | None = None


class Codes:
    """The codes of one process. Safe for threads; ``draw`` returns that many random bytes."""

    def __init__(self, clock: Callable[[], datetime], draw: Callable[[int], bytes] = token_bytes) -> None:
        self._clock, self._draw, self._turn = clock, draw, Lock()
        self._codes: dict[str, _Issued] = {}

    def offer(self, number: str, formats: tuple[Format, ...]) -> str:
        """A new code for these formats of the certificate ``number``."""
        with self._turn:
            self._forget_ended()
            code = self._secret()
            ends = self._clock() + timedelta(seconds=CODE_SECONDS)
            self._codes[code] = _Issued(Grant(number, formats), ends)
            return code

    def redeem(self, code: str) -> tuple[str, int]:
        """An access token, and its lifetime in seconds. Raises ``WalletError`` (OpenID4VCI 1.0, 6.3)."""
        with self._turn:
            self._forget_ended()
            issued = self._codes.get(code)
            if issued is not None and issued.token is not None:
                # RFC 6749 4.1.2: two people have seen a code that comes twice, so its token ends too.
                del self._codes[code]
            if issued is None or issued.token is not None:
                raise WalletError(400, "invalid_grant", "no such code, or no longer; ask for a new offer")
            issued.token, issued.ends = self._secret(), self._clock() + timedelta(seconds=TOKEN_SECONDS)
            return issued.token, TOKEN_SECONDS

    def granted(self, token: str) -> Grant:
        """What the token allows. Raises ``WalletError`` (RFC 6750, 3.1)."""
        with self._turn:
            self._forget_ended()
            redeemed = [issued for issued in self._codes.values() if compare_digest(issued.token or "", token)]
        if not redeemed:
            raise WalletError(401, "invalid_token", "no such access token, or no longer")
        return redeemed[0].grant

    def _secret(self) -> str:
        return encode(self._draw(SECRET_BYTES))

    def _forget_ended(self) -> None:
        now = self._clock()
        self._codes = {code: issued for code, issued in self._codes.items() if now < issued.ends}
