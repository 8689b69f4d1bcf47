"""Keys by their algorithm: the one place that knows how a signature is verified, whatever kind of key made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from ledger.domain.record import Algorithm, PublicKey
from ledger.signing.keys import COORDINATE_BYTES, verify_ed25519, verify_es256

SIGNATURE_BYTES: dict[Algorithm, int] = {"Ed25519": 64, "ES256": 2 * COORDINATE_BYTES}
_VERIFY: dict[Algorithm, Callable[[bytes, bytes, bytes], bool]] = {"Ed25519": verify_ed25519, "ES256": verify_es256}


class OfficerKey(PublicKey, frozen=True):
    """A public key that an event enrolled."""

    @classmethod
    def of(cls, key: PublicKey) -> Self:
        """The key that the rules know, with which signatures can be verified."""
        return cls(key.algorithm, key.public)

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Whether ``signature`` over ``message`` holds under this key."""
        return _VERIFY[self.algorithm](self.public, message, signature)
