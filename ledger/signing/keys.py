"""Ed25519 keys (RFC 8032): their ids, their files, signing and verifying."""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ledger.files import read_bounded

KEY_ID_BYTES = 16
SEED_BYTES = 32
MAX_PEM_BYTES = 65_536  # of a file with a key, or with a few certificates
COORDINATE_BYTES = 32  # of a P-256 point, and of each half of a signature


def key_id(public: bytes) -> str:
    """The first 16 bytes of SHA-256 over the raw public key, in hex (32 characters)."""
    return sha256(public).digest()[:KEY_ID_BYTES].hex()


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` holds under the raw public key (32 bytes)."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_es256(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether r || s (RFC 7518, 3.4) over ``message`` holds under the compressed P-256 point (33 bytes)."""
    if len(signature) != 2 * COORDINATE_BYTES:
        return False
    halves = signature[:COORDINATE_BYTES], signature[COORDINATE_BYTES:]
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
        key.verify(encode_dss_signature(*(int.from_bytes(h, "big") for h in halves)), message, ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


class SigningKey:
    """A private key in memory; ``private`` is for libraries that sign with it themselves."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        self.public = private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    @classmethod
    def generate(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """The key of a 32-byte seed (RFC 8032 5.1.5)."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, path: Path, passphrase: bytes | None = None) -> SigningKey:
        """Read a PKCS #8 PEM file. Raises ValueError when it holds no such key."""
        try:
            private = serialization.load_pem_private_key(read_bounded(path, MAX_PEM_BYTES), passphrase)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{path}: expected an Ed25519 private key in PEM ({error})") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{path}: expected an Ed25519 key, not another kind")
        return cls(private)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write a PKCS #8 PEM file that only its owner reads. Raises FileExistsError, never overwrites."""
        save_private(self.private, path, passphrase)

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 signature."""
        return self.private.sign(message)


def save_private(
    private: Ed25519PrivateKey | EllipticCurvePrivateKey | MLDSA44PrivateKey,
    path: Path,
    passphrase: bytes | None = None,
) -> None:
    """Write a PKCS #8 PEM file that only its owner reads, whole or not at all.

    Raises FileExistsError, never overwrites.
    """
    encryption = (
        serialization.NoEncryption() if passphrase is None else serialization.BestAvailableEncryption(passphrase)
    )
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # which, unlike a rename, overwrites nothing
    finally:
        unfinished.unlink()
