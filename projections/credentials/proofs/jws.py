"""Compact JWS signed with ES256 (RFC 7515, RFC 7518): the only algorithm and the only encoding accepted here.

A token has exactly one encoding: base64url with its unused bits zero, and JSON in which no name is repeated. So any
other character makes another token.
"""

import json
import re
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ledger import strict_json
from ledger.errors import Unverifiable
from ledger.signing.keys import COORDINATE_BYTES, verify_es256
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.keys.seal_chain import without_root

ALGORITHM = "ES256"
MAX_TOKEN_CHARACTERS = 131_072  # a credential has some 10 kB, and an embedded image may come with it
MAX_HEADER_CHARACTERS = 24_576  # room for a chain of five certificates
COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Jws(msgspec.Struct, frozen=True):
    """A token in its parts, not verified: its claims count only after ``verified_by``."""

    token: str
    header: dict[str, Any]
    payload: bytes

    def verified_by(self, public: bytes) -> bytes:
        """The payload, if the signature is valid under this compressed P-256 point. Raises ``Unverifiable``."""
        signed, _, signature = self.token.rpartition(".")
        if not verify_es256(public, signed.encode(), decode(signature)):
            raise Unverifiable("jws-signature-invalid", "the signature of the token is not valid")
        return self.payload


def is_compact(text: str) -> bool:
    """Whether a text is a token: three parts, of which the first is JSON that names ``alg`` (RFC 7515, 4.1.1).

    Nothing else of it is read. A host name has three parts as well.
    """
    if COMPACT.fullmatch(text) is None:
        return False
    try:
        header = json.loads(decode(text.partition(".")[0]))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


def sign_token(header: dict[str, Any], payload: bytes, key: IssuerKey) -> str:
    """The compact token over ``payload``. Raises ValueError when the key is not one for ES256."""
    if key.algorithm != ALGORITHM:
        raise ValueError(f"expected a key on P-256 for ES256, not {key.algorithm}")
    signed = f"{encode(write_json({'alg': ALGORITHM, **header}))}.{encode(payload)}"
    return f"{signed}.{encode(key.sign(signed.encode()))}"


def x5c(chain_der: Sequence[bytes]) -> list[str]:
    """The header parameter for a chain, leaf first, without its root: verifiers have it (OpenID4VC HAIP 1.0, 6.1.1)."""
    return [b64encode(der).decode() for der in without_root(chain_der)]  # RFC 7515 4.1.6: base64, not base64url


def parse(token: str, *allowed: str) -> Jws:
    """A token whose header holds ``alg`` ES256 and only the names ``allowed``. Raises ``Unverifiable``.

    RFC 7515 4.1.11: extensions under ``crit`` must be understood; they are not allowed, so neither is ``crit``.
    """
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise Unverifiable("jws-too-large", f"a token has at most {MAX_TOKEN_CHARACTERS} characters, not {len(token)}")
    parts = token.split(".")
    if len(parts) != 3 or len(parts[0]) > MAX_HEADER_CHARACTERS:
        raise Unverifiable("jws-malformed", "expected three parts with two full stops between them")
    try:
        header, payload, signature = read_json(decode(parts[0])), decode(parts[1]), decode(parts[2])
    except ValueError as error:
        raise Unverifiable("jws-malformed", f"not a token: {error}") from None
    if header.get("alg") != ALGORITHM:
        raise Unverifiable("jws-algorithm", f"expected alg {ALGORITHM}, not {str(header.get('alg'))[:32]}")
    if unknown := header.keys() - {"alg", *allowed}:
        raise Unverifiable("jws-header-unknown", f"the header holds what is not known here: {min(unknown)[:32]}")
    if len(signature) != 2 * COORDINATE_BYTES:  # RFC 7518 3.4
        raise Unverifiable("jws-malformed", f"a signature of ES256 has {2 * COORDINATE_BYTES} bytes")
    return Jws(token, header, payload)


def unverified_claims(token: str, *allowed: str) -> dict[str, Any]:
    """The claims of a token, before anything is verified. Raises ``Unverifiable`` when it is malformed."""
    try:
        return read_json(parse(token, *allowed).payload)
    except ValueError as error:
        raise Unverifiable("jws-malformed", f"not claims: {error}") from None


def require_type(jws: Jws, expected: str) -> None:
    """Require this ``typ``, so that no token is used for another purpose (RFC 8725 3.11). Raises ``Unverifiable``."""
    if jws.header.get("typ") != expected:
        raise Unverifiable("jws-type", f"expected typ {expected}, not {str(jws.header.get('typ'))[:32]}")


def jwk(public: bytes) -> dict[str, str]:
    """The members of RFC 7518 6.2.1 for a compressed P-256 point. Raises ValueError when it is no point."""
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
    uncompressed = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]  # after the octet 04
    x, y = uncompressed[:COORDINATE_BYTES], uncompressed[COORDINATE_BYTES:]
    return {"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)}


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2); ``decode`` is its inverse."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of a text in exactly the form that ``encode`` writes. Raises ValueError."""
    # The library skips foreign characters and ignores unused bits: the comparison detects both.
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        data = b""
    if encode(data) != text:
        raise ValueError("expected base64url without padding, its unused bits zero")
    return data


def write_json(value: Any) -> bytes:
    """Compact JSON in UTF-8. Raises ValueError for a value that JSON cannot express."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_json(data: bytes) -> dict[str, Any]:
    """A JSON object. Raises ValueError, also when two parsers could read it differently (RFC 7515 4, RFC 7519 4)."""
    value = strict_json.parse(data)
    if not isinstance(value, dict):
        raise ValueError("expected a JSON object")
    return value
