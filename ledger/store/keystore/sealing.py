"""Sealing: a value under its owner's key, bound to the owner and to the name of its field.

The form, version 1: the byte 01, a random nonce of 12 bytes, then the ciphertext and tag of AES-256-GCM (NIST SP
800-38D). The associated data are the version, the owner and the field, each text in UTF-8 after its length in 4 bytes,
big-endian. A key seals far fewer values than the 2^32 for which random nonces are safe.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import Corrupt

VERSION = b"\x01"
NONCE_BYTES = 12


def seal(key: bytes, owner: str, field: str, value: bytes) -> bytes:
    """The sealed value, 29 bytes longer."""
    return seal_with(secrets.token_bytes(NONCE_BYTES), key, owner, field, value)


def seal_with(nonce: bytes, key: bytes, owner: str, field: str, value: bytes) -> bytes:
    """The same with this nonce, which no other value under this key may have."""
    return VERSION + nonce + AESGCM(key).encrypt(nonce, value, _associated(owner, field))


def unseal(key: bytes | None, owner: str, field: str, sealed: bytes) -> bytes | None:
    """The value; None when the key is there no more. Raises ``Corrupt`` when the bytes are not what was sealed."""
    if key is None:
        return None
    start = len(VERSION) + NONCE_BYTES
    try:
        if not sealed.startswith(VERSION):
            raise InvalidTag
        return AESGCM(key).decrypt(sealed[len(VERSION) : start], sealed[start:], _associated(owner, field))
    except (InvalidTag, ValueError):
        raise Corrupt("sealed-value-altered", f"{field} of {owner}: not what was sealed under this key") from None


def _associated(owner: str, field: str) -> bytes:
    texts = [text.encode() for text in (owner, field)]
    return VERSION + b"".join(len(text).to_bytes(4) + text for text in texts)
