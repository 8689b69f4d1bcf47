"""The body's keys: as the record has them, and those at hand that sign now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from api.credentials.keys import Algorithm, IssuerKey
from ledger.domain.decisions.issuer import Issuer
from ledger.domain.refusal import Refused


class EnrolledKey(msgspec.Struct, frozen=True, kw_only=True):
    """An issuer key as the ledger knows it. ``public`` is raw: see ``IssuerKey``; ``certificates`` are DER, leaf first.

    ``compromised_since`` is given with a revocation: what it signed from then on is not believed.
    """

    key_id: str
    algorithm: Algorithm
    public: bytes
    certificates: tuple[bytes, ...] = ()
    retired: bool = False
    revoked: bool = False
    compromised_since: datetime | None = None


def enrolled_keys(issuer: Issuer) -> tuple[EnrolledKey, ...]:
    """Every key that was ever enrolled, in that order, with what became of it."""
    return tuple(
        EnrolledKey(
            key_id=key.key_id,
            algorithm=key.algorithm,
            public=key.public_key,
            certificates=key.certificates,
            retired=key.key_id in issuer.ended,
            revoked=key.key_id in issuer.revoked,
            compromised_since=None
            if key.key_id not in issuer.revoked
            else issuer.revoked[key.key_id].compromised_since,
        )
        for key in issuer.keys.values()
    )


class Signers(msgspec.Struct, frozen=True):
    """The body's active keys that are at hand: one of each kind, and the chain of the one that seals, in DER."""

    ed25519: IssuerKey
    p256: IssuerKey
    chain: tuple[bytes, ...]

    @classmethod
    def of(cls, issuer: Issuer, keys: Iterable[IssuerKey]) -> Signers:
        """The latest active key of each kind. Raises ``Refused`` naming the kind that is missing."""
        held = {key.key_id: key for key in keys}
        active = [key for key in reversed(issuer.active) if key.key_id in held]
        ed25519 = next((key for key in active if key.algorithm == "Ed25519"), None)
        p256 = next((key for key in active if key.certificates), None)
        if ed25519 is None or p256 is None:
            raise Refused("issuer-key-missing", kind="Ed25519" if ed25519 is None else "ES256, X.509")
        return cls(held[ed25519.key_id], held[p256.key_id], p256.certificates)
