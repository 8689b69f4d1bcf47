"""A credential of anyone that is secured as a JWS (W3C Securing Verifiable Credentials using JOSE and COSE 1.0, 3.1.1).

Unlike a VC-JWT of Open Badges, its type is ``vc+jwt``, and the registered claims are optional.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledger.domain.record import PublicKey
from ledger.errors import Unverifiable
from projections.credentials.proofs.data_model import party, require_credential
from projections.credentials.proofs.jws import ALGORITHM, EDDSA, parse, read_json, require_type

TYPE, CONTENT = "vc+jwt", "vc"
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
    jws = parse(token, "typ", "cty", "kid", algorithms=tuple(ALGORITHMS))
    require_type(jws, TYPE)
    if jws.header.get("cty", CONTENT) != CONTENT:
        raise Unverifiable("jws-type", f"expected cty {CONTENT}")
    kid = jws.header.get("kid")
    key = public_key(kid) if isinstance(kid, str) else None
    if key is None or key.algorithm != ALGORITHMS[jws.header["alg"]]:
        raise Unverifiable("jwt-key-unknown", f"no trusted key: {str(kid)[:200]}")
    # 2
    payload = jws.verified_by(key.public)
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


def _moment(claims: dict[str, Any], name: str, default: float) -> float:
    """RFC 7519, 2: seconds since 1970."""
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unverifiable("jwt-credential-malformed", f"{name}: expected seconds since 1970")
    return value
