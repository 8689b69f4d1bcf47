"""The format of a Token Status List: the status of many certificates, in two bits each.

draft-ietf-oauth-status-list-21. Identity wallets read this format and no other. Places are those of the W3C lists.
"""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from ledger.log.checkpoint import Checkpoint
from projections.credentials.facts import IssuerIdentity
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.proofs import jws
from projections.credentials.proofs.json_ld import LOG_HEAD
from projections.credentials.status.status_list import LIFETIME, SIZE, TTL, log_head

TYPE = "statuslist+jwt"
BITS = 2
INVALID: Literal[1] = 1  # 7.1: the status types; whatever is not set is 0, valid
SUSPENDED: Literal[2] = 2

TokenStatus = Literal[1, 2]


def encode(statuses: Mapping[int, TokenStatus], size: int = SIZE) -> str:
    """The ``lst`` with these statuses by position, the least significant bits of a byte first (4.1).

    ``size`` is a multiple of 4. Raises ValueError for a position outside the list.
    """
    packed = bytearray(size * BITS // 8)
    for position, status in statuses.items():
        if not 0 <= position < size:
            raise ValueError(f"{position}: outside a list of {size}")
        byte, place = divmod(position, 8 // BITS)
        packed[byte] |= status << place * BITS
    return jws.encode(zlib.compress(bytes(packed), zlib.Z_BEST_COMPRESSION))


class TokenList(msgspec.Struct, frozen=True, kw_only=True):
    """List ``number`` at a moment (aware UTC, whole seconds), made from at least the entries of ``head``."""

    issuer: IssuerIdentity
    number: int
    moment: datetime
    head: Checkpoint | None

    def claims(self, statuses: Mapping[int, TokenStatus]) -> dict[str, Any]:
        """The claims of the Status List Token (5.1). ``iss`` lets a verifier find the key as it does for a certificate.

        A list of the past is valid from the moment asked about, as 8.4 demands.
        """
        issued = int(self.moment.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer.url,
            "sub": self.issuer.token_status_list(self.number),
            "iat": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
            "ttl": int(TTL.total_seconds()),
            "status_list": {"bits": BITS, "lst": encode(statuses)},
        }
        if self.head is not None:
            claims[LOG_HEAD] = log_head(self.head)
        return claims


def sign(claims: Mapping[str, Any], key: IssuerKey, chain_der: Sequence[bytes]) -> str:
    """The token; ``chain_der`` begins with the certificate of ``key``, as in the certificates that refer to the list.

    Raises ValueError when the key is not one for ES256.
    """
    return jws.sign_token({"typ": TYPE, "kid": key.key_id, "x5c": jws.x5c(chain_der)}, jws.write_json(claims), key)
