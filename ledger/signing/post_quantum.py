"""ML-DSA-44 keys (FIPS 204): the log's second signature, for when Ed25519 can be forged."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.files import read_bounded
from ledger.signing.keys import MAX_PEM_BYTES, save_private


def verify_ml_dsa(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (2,420 bytes) over ``message`` holds under the raw public key (1,312 bytes)."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=16)
def _public_key(public: bytes) -> MLDSA44PublicKey:
    return MLDSA44PublicKey.from_public_bytes(public)


class MlDsaKey:
    """A private key in memory. Only its file and its signatures leave it."""

    def __init__(self, private: MLDSA44PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> MlDsaKey:
        return cls(MLDSA44PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> MlDsaKey:
        """The key of a 32-byte seed (FIPS 204, algorithm 6)."""
        return cls(MLDSA44PrivateKey.from_seed_bytes(seed))

    @classmethod
    def load(cls, path: Path) -> MlDsaKey:
        """Read a PKCS #8 PEM file. Raises ValueError when it holds no such key."""
        try:
            private = serialization.load_pem_private_key(read_bounded(path, MAX_PEM_BYTES), None)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: expected an ML-DSA-44 private key in PEM ({error})") from None
        if not isinstance(private, MLDSA44PrivateKey):
            raise ValueError(f"{path}: expected an ML-DSA-44 key, not another kind")
        return cls(private)

    def save(self, path: Path) -> None:
        """Write a PKCS #8 PEM file that only its owner reads. Raises FileExistsError, never overwrites."""
        save_private(self._private, path)

    def sign(self, message: bytes) -> bytes:
        """2,420 bytes of ML-DSA-44 signature, with an empty context."""
        return self._private.sign(message)
