"""Ed25519 (RFC 8032), P-256 and ML-DSA-44 (FIPS 204) keys: their ids, their files, signing and verifying."""

import os
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ledger.files import expecting, read_bounded, write_synced
from ledger.points import P256_ORDER, has_large_order, is_ed25519
from ledger.signing import libsodium

KEY_ID_BYTES = 16
SEED_BYTES = 32
SIGNATURE_BYTES = 64  # of Ed25519
MAX_PEM_BYTES = 65_536  # of a file with a key, or with a few certificates
COORDINATE_BYTES = 32  # of a P-256 point, and of each half of a signature

P = TypeVar("P", Ed25519PrivateKey, MLDSA44PrivateKey)


def key_id(public: bytes) -> str:
    """The first 16 bytes of SHA-256 over the raw public key, in hex (32 characters)."""
    return sha256(public).digest()[:KEY_ID_BYTES].hex()


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` holds under the raw public key (32 bytes).

    The libraries require S < L and R in its one encoding (RFC 8032, 5.1.7), without the cofactor. That neither R nor
    the key is a point of small order is required here. The faster library may say yes, and only OpenSSL no.
    """
    if len(signature) != SIGNATURE_BYTES or not has_large_order(signature[:32]):
        return False
    try:
        key = _ed25519_key(public)
    except ValueError:
        return False
    return libsodium.surely_holds(public, message, signature) or _holds(lambda: key.verify(signature, message))


def verify_ml_dsa(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (2,420 bytes) over ``message`` holds under the raw public key (1,312 bytes)."""
    return _holds(lambda: _ml_dsa_key(public).verify(signature, message))


def verify_es256(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether r || s (RFC 7518, 3.4), s low, over ``message`` holds under the compressed P-256 point (33 bytes)."""
    if len(signature) != 2 * COORDINATE_BYTES or low_s(signature) != signature:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]))
    in_der, algorithm = encode_dss_signature(r, s), ECDSA(hashes.SHA256())
    return _holds(
        lambda: EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public).verify(in_der, message, algorithm)
    )


def low_s(signature: bytes) -> bytes:
    """The same r || s with the lower of s and its negative: anybody can make one of the other (docs/decisions/0026)."""
    s = int.from_bytes(signature[COORDINATE_BYTES:], "big")
    return signature[:COORDINATE_BYTES] + min(s, abs(P256_ORDER - s)).to_bytes(COORDINATE_BYTES, "big")


def _holds(verify: Callable[[], None]) -> bool:
    """Whether the verification succeeds; with bytes that are no key or no signature it does not."""
    try:
        verify()
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _ed25519_key(public: bytes) -> Ed25519PublicKey:
    if not is_ed25519(public):
        raise ValueError("not a public key of Ed25519")
    return Ed25519PublicKey.from_public_bytes(public)


_ml_dsa_key = lru_cache(maxsize=16)(MLDSA44PublicKey.from_public_bytes)


def _private(pem: bytes, passphrase: bytes | None) -> Any:
    """The private key in a file. Raises ValueError, in fewer words than the library."""
    try:
        return serialization.load_pem_private_key(pem, passphrase)
    except TypeError:
        raise ValueError("a key with a passphrase, or a passphrase for a key without one") from None
    except ValueError:
        raise ValueError("no private key, or another passphrase") from None


class _PrivateKey(Generic[P]):
    """A private key in memory; ``private`` is for libraries that sign with it themselves."""

    KIND: ClassVar[Any]  # the library's class of P
    NAME: ClassVar[str]

    def __init__(self, private: P) -> None:
        self.private: P = private
        self.public = private.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> Self:
        return cls(cls.KIND.generate())

    @classmethod
    def load(cls, path: Path, passphrase: bytes | None = None) -> Self:
        """Read a PKCS #8 PEM file. Raises ValueError when it holds no such key."""
        pem = read_bounded(path, MAX_PEM_BYTES)
        with expecting(path, f"an {cls.NAME} private key in PEM", f"une clé privée {cls.NAME} en PEM"):
            private = _private(pem, passphrase)
            if not isinstance(private, cls.KIND):
                raise ValueError("a key of another kind")
            return cls(private)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write a PKCS #8 PEM file that only its owner reads. Raises FileExistsError, never overwrites."""
        save_private(self.private, path, passphrase)

    def sign(self, message: bytes) -> bytes:
        """The signature: 64 bytes of Ed25519, or 2,420 of ML-DSA-44 with an empty context."""
        return self.private.sign(message)


class SigningKey(_PrivateKey[Ed25519PrivateKey]):
    """An Ed25519 key."""

    KIND, NAME = Ed25519PrivateKey, "Ed25519"

    def __init__(self, private: Ed25519PrivateKey) -> None:
        super().__init__(private)
        self.key_id = key_id(self.public)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (RFC 8032 5.1.5)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))


class MlDsaKey(_PrivateKey[MLDSA44PrivateKey]):
    """An ML-DSA-44 key: the log's second signature, for when Ed25519 can be forged."""

    KIND, NAME = MLDSA44PrivateKey, "ML-DSA-44"

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed (FIPS 204, algorithm 6)."""
        return cls(MLDSA44PrivateKey.from_seed_bytes(seed))


def save_private(
    private: Ed25519PrivateKey | EllipticCurvePrivateKey | MLDSA44PrivateKey,
    path: Path,
    passphrase: bytes | None = None,
) -> None:
    """Write a PKCS #8 PEM file that only its owner reads, or nothing. Raises FileExistsError, never overwrites."""
    encryption = (
        serialization.NoEncryption() if passphrase is None else serialization.BestAvailableEncryption(passphrase)
    )
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        write_synced(unfinished, pem, 0o600)
        os.link(unfinished, path)  # which, unlike a rename, overwrites nothing
    finally:
        unfinished.unlink(missing_ok=True)
