"""Signatures by an algorithm: how each is verified, whatever made it but a passkey (:mod:`ledger.signing.passkeys`)."""

from collections.abc import Callable

from ledger.domain.record import Algorithm, OfficerKey, Passkey, PublicKey
from ledger.signing.keys import COORDINATE_BYTES, verify_ed25519, verify_es256
from ledger.signing.passkeys import MAX_SIG_BYTES, MIN_SIG_BYTES

SIGNATURE_BYTES: dict[Algorithm, int] = {"Ed25519": 64, "ES256": 2 * COORDINATE_BYTES}
_VERIFY: dict[Algorithm, Callable[[bytes, bytes, bytes], bool]] = {"Ed25519": verify_ed25519, "ES256": verify_es256}


def lengths(key: OfficerKey) -> tuple[int, int]:
    """The least and the greatest number of bytes of a signature by this key."""
    if isinstance(key, Passkey):
        return MIN_SIG_BYTES, MAX_SIG_BYTES
    length = SIGNATURE_BYTES[key.algorithm]
    return length, length


def verify(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` over ``message`` holds under a key that an event enrolled."""
    return _VERIFY[key.algorithm](key.public, message, signature)
