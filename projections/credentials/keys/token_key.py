"""A private key that never leaves its device (PKCS #11): the device signs, and this process only asks.

Needs the extra ``pkcs11``. Only mechanisms that every device has are used: ECDSA over a hash made here, and EdDSA.
"""

from hashlib import sha256
from threading import Lock
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11.constants import Attribute, ObjectClass
from pkcs11.mechanisms import KeyType, Mechanism

from ledger.domain.record import Algorithm, PublicKey
from ledger.errors import Unfit, Unreachable
from ledger.signing.keys import COORDINATE_BYTES, key_id, low_s
from ledger.signing.officer_key import verify
from ledger.words import Words
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.keys.token_uri import TokenUri

P_256 = bytes.fromhex("06082a8648ce3d030107")  # the curve's object identifier in DER: 1.2.840.10045.3.1.7
POINT_BYTES = (2 * COORDINATE_BYTES + 1, 32)  # uncompressed on P-256, and Ed25519
PROBE = b"pca-ledger: are these two halves of one key?"


# One session a device for as long as the process lives: closing any session of it would log all of them out
# (PKCS #11, C_Login). Threads take turns, as a session does one thing at a time.
_sessions: dict[tuple[str, bytes], tuple[Any, Lock]] = {}


class TokenKey:
    """A key in an open session."""

    algorithm: Algorithm

    def __init__(self, private: Any, public: bytes, algorithm: Algorithm, turn: Lock) -> None:
        self._private, self._turn = private, turn
        self.public, self.algorithm, self.key_id = public, algorithm, key_id(public)

    def sign(self, message: bytes) -> bytes:
        """The signature, as ``IssuerKey`` describes it. Raises OSError when the device does not answer."""
        try:
            with self._turn:
                if self.algorithm == "Ed25519":
                    return bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))
                return low_s(bytes(self._private.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA)))
        except pkcs11.PKCS11Error as error:
            name = type(error).__name__
            raise Unreachable(f"the device does not sign: {name}", f"le dispositif ne signe pas : {name}") from None


def open_token_key(uri: TokenUri) -> IssuerKey:
    """Log in to the device and find the key and its public half. Raises ``Unfit``, in one line without the PIN."""
    name, token = uri.object or (uri.id or b"").hex(), uri.token or uri.serial or uri.module_path
    where = Words(f"key {name} in token {token}", f"clé {name} du dispositif {token}")
    pin = uri.pin()
    try:
        session, turn = _session(uri, pin)
        with turn:
            private = session.get_key(ObjectClass.PRIVATE_KEY, label=uri.object, id=uri.id)
            public = session.get_key(ObjectClass.PUBLIC_KEY, label=uri.object, id=uri.id)
            raw, algorithm = _public(public)
        key = TokenKey(private, raw, algorithm, turn)
        # The halves are two objects with the same name: a signature shows that they belong together.
        if not verify(PublicKey(algorithm, raw), PROBE, key.sign(PROBE)):
            raise Unfit(
                f"{where.en}: expected a private key and its own public key under this name",
                f"{where.fr} : une clé privée et sa clé publique sont attendues sous ce nom",
            )
    except (RuntimeError, OSError) as error:  # the library's own errors are RuntimeErrors
        failure = type(error).__name__
        raise Unfit(
            f"{where.en}: expected a device that opens and signs ({failure})",
            f"{where.fr} : un dispositif qui s’ouvre et signe est attendu ({failure})",
        ) from None
    except Unfit:
        raise
    except ValueError:
        raise Unfit(
            f"{where.en}: expected an Ed25519 key or one on P-256",
            f"{where.fr} : une clé Ed25519 ou P-256 est attendue",
        ) from None
    return key


def _session(uri: TokenUri, pin: str | None) -> tuple[Any, Lock]:
    library = pkcs11.lib(uri.module_path)
    token = library.get_token(token_label=uri.token, token_serial=uri.serial and uri.serial.encode())
    device = (uri.module_path, token.serial)
    if device not in _sessions:
        _sessions[device] = (token.open(user_pin=pin), Lock())
    return _sessions[device]


def _public(key: Any) -> tuple[bytes, Algorithm]:
    """The raw public key and its algorithm. Raises ValueError for another kind."""
    parameters, point = bytes(key[Attribute.EC_PARAMS]), bytes(key[Attribute.EC_POINT])
    # PKCS #11 wraps the point in an OCTET STRING; some devices do not. Only the length tells one from the other.
    for length in POINT_BYTES:
        if len(point) == length + 2:
            point = point.removeprefix(bytes([4, length]))
    if key.key_type == KeyType.EC_EDWARDS:
        return Ed25519PublicKey.from_public_bytes(point).public_bytes_raw(), "Ed25519"
    if key.key_type == KeyType.EC and parameters == P_256:
        parsed = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        return parsed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), "ES256"
    raise ValueError(key.key_type)
