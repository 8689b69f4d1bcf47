"""What a browser and an authenticator return (WebAuthn Level 3), read byte for byte within bounds.

Client data are read by prefix, without a JSON parser, as 5.8.1.2 promises that they can be; a COSE key by the one
encoding that CTAP2 gives it. Only an attestation object is CBOR of many shapes: ``cbor2`` reads it.
"""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import ClassVar, Self
from uuid import UUID

import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers

from ledger.domain.events.passkeys import Credential
from ledger.domain.form import is_key
from ledger.domain.record import Algorithm, PublicKey, Site
from ledger.signing.keys import COORDINATE_BYTES
from ledger.signing.passkey_faults import fault

HASH_BYTES = 32
MAX_CLIENT_DATA = 2048
MAX_AUTHENTICATOR_DATA = 1024
MAX_ATTESTATION = 8192  # with a chain of certificates it is some 4,000
MAX_CREDENTIAL_ID = 1023  # WebAuthn 5.8.3
MAX_DEPTH = 8  # of CBOR: no format of attestation nests half as deep

GET, CREATE = "webauthn.get", "webauthn.create"

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED, EXTENDED = (1 << bit for bit in (0, 2, 3, 4, 6, 7))

# CTAP2 (8) encodes a COSE key in one way: kty, alg, crv, and the coordinates, whose bytes follow.
_ES256 = bytes.fromhex("a5010203262001215820"), bytes.fromhex("225820")
_ED25519 = bytes.fromhex("a4010103272006215820")


class AuthenticatorData(msgspec.Struct, frozen=True):
    """WebAuthn 6.1: the hash of the rp_id, flags, a counter, and what else the flags announce."""

    HEADER: ClassVar = HASH_BYTES + 1 + 4

    rp_id_hash: bytes
    flags: int
    sign_count: int
    rest: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the data of an authenticator. Raises ``Unverifiable``."""
        if not cls.HEADER <= len(data) <= MAX_AUTHENTICATOR_DATA:
            raise fault("passkey-authenticator-data")
        return cls(
            data[:HASH_BYTES],
            data[HASH_BYTES],
            int.from_bytes(data[HASH_BYTES + 1 : cls.HEADER], "big"),
            data[cls.HEADER :],
        )

    @property
    def is_eligible(self) -> bool:
        return bool(self.flags & ELIGIBLE)

    def require(self, rp_id: str) -> None:
        """Require data for this rp_id, of a person who was present and verified. Raises ``Unverifiable``."""
        if self.rp_id_hash != sha256(rp_id.encode()).digest():
            raise fault("passkey-rp-id")
        if not self.flags & PRESENT:
            raise fault("passkey-user-presence")
        if not self.flags & VERIFIED:
            raise fault("passkey-user-verification")
        if self.flags & BACKED_UP and not self.flags & ELIGIBLE:
            raise fault("passkey-backup-state")


def read_client_data(data: bytes, kind: str) -> tuple[str, str]:
    """Return the challenge (base64url) and the origin (WebAuthn 5.8.1). Raises ``Unverifiable``.

    ``kind`` is ``GET`` or ``CREATE``. The page must be no part of another origin's.
    """
    start = f'{{"type":"{kind}","challenge":"'.encode()
    if len(data) > MAX_CLIENT_DATA:
        raise fault("passkey-client-data")
    if not data.startswith(start):
        raise fault("passkey-type")
    challenge, _, rest = data[len(start) :].partition(b'"')
    before, _, rest = rest.partition(b'"origin":"')
    origin, _, rest = rest.partition(b'"')
    if before != b"," or not (challenge + origin).isascii():
        raise fault("passkey-client-data")
    end = rest.removeprefix(b',"crossOrigin":false')
    if end == rest or end.startswith(b',"topOrigin"'):
        raise fault("passkey-cross-origin")
    if end != b"}" and not (end.startswith(b",") and end.endswith(b"}")):
        raise fault("passkey-client-data")
    return challenge.decode(), origin.decode()


def read_credential(
    attestation_object: bytes, client_data: bytes, sites: Sequence[Site], transports: tuple[str, ...] = ()
) -> Credential:
    """Return the credential that a browser made on a page of one of the sites. Raises ``Unverifiable``.

    Nobody vouches for the attestation: it is kept, with the model that it names.
    """
    _, origin = read_client_data(client_data, CREATE)
    rp_ids = [site.rp_id for site in sites if site.origin == origin]
    if not rp_ids:
        raise fault("passkey-origin")
    data = AuthenticatorData.parse(_authenticator_data(attestation_object))
    hashes = {sha256(rp_id.encode()).digest(): rp_id for rp_id in rp_ids}
    rp_id = hashes.get(data.rp_id_hash, rp_ids[0])  # any: none of them is the right one
    data.require(rp_id)
    aaguid, credential_id, key = _attested(data)
    return Credential(
        credential_id=credential_id,
        algorithm=key.algorithm,
        public_key=key.public,
        rp_id=rp_id,
        origin=origin,
        attestation_object=attestation_object,
        client_data=client_data,
        aaguid=aaguid,
        backup_eligible=data.is_eligible,
        backed_up=bool(data.flags & BACKED_UP),
        transports=transports,
    )


def _authenticator_data(attestation_object: bytes) -> bytes:
    """Return ``authData`` of an attestation object (WebAuthn 6.5.4)."""
    if len(attestation_object) > MAX_ATTESTATION:
        raise fault("passkey-attestation")
    try:
        value = cbor2.load(
            encoded := BytesIO(attestation_object),
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        )
    except (cbor2.CBORDecodeError, ValueError):
        raise fault("passkey-attestation") from None
    data = value.get("authData") if isinstance(value, dict) and value.keys() == {"fmt", "attStmt", "authData"} else None
    if not isinstance(data, bytes) or encoded.read():  # the library stops at the end of the map
        raise fault("passkey-attestation")
    return data


def _attested(data: AuthenticatorData) -> tuple[str, bytes, PublicKey]:
    """Return the model, the id and the key of the credential in the data of an authenticator (WebAuthn 6.5.2)."""
    aaguid, length, rest = data.rest[:16], int.from_bytes(data.rest[16:18], "big"), data.rest[18:]
    credential_id, encoded = rest[:length], rest[length:]
    if not (data.flags & ATTESTED and 1 <= length == len(credential_id) <= MAX_CREDENTIAL_ID):
        raise fault("passkey-credential")
    key, left = _cose_key(encoded)
    if bool(left) != bool(data.flags & EXTENDED):
        raise fault("passkey-credential")
    return str(UUID(bytes=aaguid)), credential_id, key


def _cose_key(encoded: bytes) -> tuple[PublicKey, bytes]:
    """Return the key at the beginning of some bytes, and what follows it."""
    start, between = _ES256
    x_at = len(start)
    y_at = x_at + COORDINATE_BYTES + len(between)
    if encoded.startswith(start) and encoded[x_at + COORDINATE_BYTES : y_at] == between:
        return _key("ES256", _compressed(encoded[x_at : x_at + COORDINATE_BYTES], encoded[y_at:][:COORDINATE_BYTES])), (
            encoded[y_at + COORDINATE_BYTES :]
        )
    if encoded.startswith(_ED25519):
        end = len(_ED25519) + HASH_BYTES
        return _key("Ed25519", encoded[len(_ED25519) : end]), encoded[end:]
    raise fault("passkey-algorithm")


def _compressed(x: bytes, y: bytes) -> bytes:
    """Return a point of P-256 in its compressed form (SEC 1, 2.3.3); no bytes when it is none."""
    if len(y) != COORDINATE_BYTES:
        return b""
    try:
        EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()).public_key()
    except ValueError:
        return b""
    return bytes([2 + y[-1] % 2]) + x


def _key(algorithm: Algorithm, public: bytes) -> PublicKey:
    key = PublicKey(algorithm, public)
    if not is_key(key):
        raise fault("passkey-credential")
    return key
