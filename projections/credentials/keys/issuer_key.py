"""The keys with which the body signs credentials, behind one interface wherever they are kept."""

from collections.abc import Sequence
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger.domain.decisions.issuer import possession
from ledger.domain.record import Algorithm
from ledger.errors import Unfit
from ledger.signing.keys import COORDINATE_BYTES, key_id, low_s


class IssuerKey(Protocol):
    """A key that signs, in memory or in a device."""

    @property
    def algorithm(self) -> Algorithm: ...

    @property
    def public(self) -> bytes:
        """Raw: 32 bytes of Ed25519 (RFC 8032), or a compressed P-256 point of 33 bytes (SEC 1, 2.3.3)."""

    @property
    def key_id(self) -> str:
        """The first 16 bytes of SHA-256 over ``public``, in hex, as for officers' keys."""

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes: Ed25519 (RFC 8032), or r || s (RFC 7518, 3.4) over SHA-256 of the message, s low."""


class LocalKey:
    """A private key in memory. Raises ``Unfit`` when it is neither Ed25519 nor on P-256."""

    algorithm: Algorithm

    def __init__(self, private: object) -> None:
        self._private: Ed25519PrivateKey | EllipticCurvePrivateKey
        if isinstance(private, Ed25519PrivateKey):
            self.algorithm, self._private = "Ed25519", private
            self.public = private.public_key().public_bytes_raw()
        elif isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
            self.algorithm, self._private = "ES256", private
            self.public = private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        else:
            raise Unfit("expected an Ed25519 key or one on P-256", "une clé Ed25519 ou P-256 est attendue")
        self.key_id = key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        halves = decode_dss_signature(self._private.sign(message, ECDSA(hashes.SHA256())))
        return low_s(b"".join(half.to_bytes(COORDINATE_BYTES, "big") for half in halves))


def enrolment(key: IssuerKey, url: str, certificates: Sequence[bytes] = ()) -> dict[str, Any]:
    """The arguments of ``enrol-issuer-key`` for the issuer at an address, with the proof that the key is held.

    ``certificates`` are the DER chain of a key that seals, leaf first.
    """
    return {
        "algorithm": key.algorithm,
        "public_key": key.public,
        "certificates": tuple(certificates),
        "proof": key.sign(possession(url, key.key_id)),
    }
