"""The body's keys as the record has them, for whoever publishes or verifies."""

from __future__ import annotations

from api.credentials.identity import EnrolledKey
from ledger.domain.decisions.issuer import Issuer


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
