"""A credential of anyone that is secured as a JWS (W3C Securing Verifiable Credentials using JOSE and COSE 1.0, 3.1.1).

For tests only: the register reads no such token. Unlike its own (``vc_jwt``), the type is ``vc+jwt``, the registered
claims are optional, and the signature may be EdDSA (RFC 8037).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledger.domain.record import PublicKey
from ledger.errors import Unverifiable
from ledger.signing.keys import verify_ed25519
from projections.credentials.proofs.data_model import party, require_credential
from projections.credentials.proofs.jws import (
    ALGORITHM,
    Jws,
    decode,
    encode,
    parse,
    read_json,
    require_type,
    write_json,
)
from projections.credentials.proofs.vc_jwt import LIST_TYPE

TYPE, CONTENT, EDDSA = LIST_TYPE, "vc", "EdDSA"
HEADER = ("typ", "cty", "kid")
ALGORITHMS = {ALGORITHM: "ES256", EDDSA: "Ed25519"}  # of a token, and of the key that it needs


def verify_secured(token: str, public_key: Callable[[str], PublicKey | None], now: datetime) -> dict[str, Any]:
    """The credential that was signed. Raises ``Unverifiable``.

    ``public_key`` returns the key for a ``kid``, or None when it trusts no such key. The caller decides whether that
    key belongs to the named issuer, and what the dates and the status of the credential mean.

    1. The header says an algorithm that is known, that this is a credential, and a key that is trusted.
    2. The signature over these bytes is valid; only then are they decoded.
    3. The payload is the credential itself, and what registered claims say is true now, and what it says.
    """
    # 1
    jws = _parsed(token)
    require_type(jws, TYPE)
    if jws.header.get("cty", CONTENT) != CONTENT:
        raise Unverifiable("jws-type", f"expected cty {CONTENT}")
    kid = jws.header.get("kid")
    key = public_key(kid) if isinstance(kid, str) else None
    if key is None or key.algorithm != ALGORITHMS[jws.header["alg"]]:
        raise Unverifiable("jwt-key-unknown", f"no trusted key: {str(kid)[:200]}")
    # 2
    payload = _verified(jws, key.public)
    # 3
    try:
        claims = read_json(payload)
    except ValueError as error:
        raise Unverifiable("jwt-credential-malformed", f"not a credential: {error}") from None
    if not claims.keys().isdisjoint({"vc", "vp", "proof"}):
        raise Unverifiable("jwt-credential-malformed", "the credential itself is signed, neither wrapped nor twice")
    require_credential(claims)
    subject = claims["credentialSubject"]
    said = {"iss": party(claims["issuer"]), "jti": claims.get("id"), "sub": party(subject)}
    for name in said.keys() & claims.keys():
        if claims[name] != said[name]:
            raise Unverifiable("jwt-claim-differs", f"{name} is not what the credential says")
    if not _moment(claims, "nbf", default=0) <= now.timestamp() < _moment(claims, "exp", default=float("inf")):
        raise Unverifiable("credential-dates", "the signature does not count now")
    return {name: value for name, value in claims.items() if name not in (*said, "nbf", "exp", "iat")}


def _parsed(token: str) -> Jws:
    """The token; one by EdDSA is held to all that is asked of ES256, but the name of the algorithm."""
    encoded, _, rest = token.partition(".")
    try:
        header = read_json(decode(encoded))
    except ValueError:
        header = {}
    if header.get("alg") != EDDSA:
        return parse(token, *HEADER)
    as_es256 = encode(write_json(header | {"alg": ALGORITHM}))
    return Jws(token, header, parse(f"{as_es256}.{rest}", *HEADER).payload)


def _verified(jws: Jws, public: bytes) -> bytes:
    if jws.header["alg"] != EDDSA:
        return jws.verified_by(public)
    signed, _, signature = jws.token.rpartition(".")
    if not verify_ed25519(public, signed.encode(), decode(signature)):
        raise Unverifiable("jws-signature-invalid", "the signature of the token is not valid")
    return jws.payload


def _moment(claims: dict[str, Any], name: str, default: float) -> float:
    """RFC 7519, 2: seconds since 1970."""
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unverifiable("jwt-credential-malformed", f"{name}: expected seconds since 1970")
    return value
