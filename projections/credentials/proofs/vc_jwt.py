"""VC-JWT: an Open Badge as a signed token, for verifiers that know JWTs and no linked data (Open Badges 3.0, 8.2).

The payload *is* the credential, with the registered claims beside it, which say the same as the credential. The
signed token is kept and served as it is, and never encoded again.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ledger.errors import Unverifiable
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.proofs.jws import parse, read_json, require_type, sign_token, write_json

REGISTERED = ("iss", "jti", "nbf", "sub", "exp")
TYPE = "JWT"
LIST_TYPE = "vc+jwt"  # of a status list, which is no Open Badge (W3C VC-JOSE-COSE, 3.1.1)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")  # XML Schema dateTimeStamp, whole seconds


def sign(document: dict[str, Any], key: IssuerKey, kid: str, typ: str = TYPE) -> str:
    """The token over a credential without ``proof``; ``kid`` is the key's verification method, a DID URL.

    Raises ValueError when the key is not on P-256 or the document is not a credential as Open Badges has it.
    """
    if "proof" in document or any(name in document for name in REGISTERED):
        raise ValueError("expected a credential without proof and without claims of a JWT")
    return sign_token({"typ": typ, "kid": kid}, write_json({**document, **_claims(document)}), key)


def verify_vc_jwt(token: str, public_key: Callable[[str], bytes | None]) -> dict[str, Any]:
    """The credential that was signed, without the registered claims. Raises ``Unverifiable``.

    ``public_key`` returns the compressed P-256 point for a ``kid``, or None when it trusts no such key. The caller
    decides whether that key belongs to the named issuer, and what dates and status mean today.

    1. The token has its one form, and no larger than is allowed.
    2. Its header says ES256, JWT and a key that is trusted.
    3. The signature over these bytes is valid; only then are they decoded.
    4. Each registered claim is there exactly when the credential has its field, and says the same.
    """
    # 1, 2
    jws = parse(token, "typ", "kid")
    require_type(jws, TYPE)
    kid = jws.header.get("kid")
    public = public_key(kid) if isinstance(kid, str) else None
    if public is None:
        raise Unverifiable("jwt-key-unknown", f"no trusted key: {str(kid)[:200]}")
    # 3
    payload = jws.verified_by(public)
    # 4
    try:
        claims = read_json(payload)
        document = {name: value for name, value in claims.items() if name not in REGISTERED}
        expected = _claims(document)
    except ValueError as error:
        raise Unverifiable("jwt-credential-malformed", f"not a credential: {error}") from None
    if "proof" in document or "vc" in document:
        raise Unverifiable("jwt-credential-malformed", "the credential itself is signed, neither wrapped nor twice")
    for name in REGISTERED:
        claimed, wanted = claims.get(name), expected.get(name)
        # True == 1 in Python, but not in JSON.
        if claimed != wanted or type(claimed) is not type(wanted) or (name in claims) != (name in expected):
            raise Unverifiable("jwt-claim-differs", f"{name} is not what the credential says")
    return document


def _claims(document: dict[str, Any]) -> dict[str, Any]:
    """Open Badges 3.0, 8.2.4.1: the registered claims of a credential. Raises ValueError."""
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if not isinstance(subject, dict):
        raise ValueError("credentialSubject: expected an object")
    claims = {
        "iss": _text("issuer", issuer.get("id") if isinstance(issuer, dict) else issuer),
        "jti": _text("id", document.get("id")),
        "nbf": _numeric_date("validFrom", document.get("validFrom")),
    }
    if "id" in subject:
        claims["sub"] = _text("credentialSubject.id", subject["id"])
    if "validUntil" in document:
        claims["exp"] = _numeric_date("validUntil", document["validUntil"])
    return claims


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{field}: expected text")
    return value


def _numeric_date(field: str, value: Any) -> int:
    """RFC 7519 2: seconds since 1970 in UTC."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        raise ValueError(f"{field}: expected a moment such as 2026-01-31T00:00:00Z")
    try:
        return int(datetime.fromisoformat(value).timestamp())
    except (ValueError, OverflowError):
        raise ValueError(f"{field}: expected a moment that exists") from None
