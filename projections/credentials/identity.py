"""The issuer as programs see it: did:web document, JSON Web Keys, SD-JWT VC metadata, Open Badges profile.

All are made from the enrolled keys. A retired key signs no more, but stays published while credentials that it
signed live; a revoked one may be in others' hands and leaves everything.
"""

from base64 import b64encode
from typing import Any

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from ledger.domain.events.issuer import IssuerKeyEnrolled
from projections.credentials.facts import IssuerIdentity
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.proofs import multikey
from projections.credentials.proofs.json_ld import CREDENTIALS, MULTIKEY, OPEN_BADGES
from projections.credentials.proofs.jws import encode
from projections.credentials.proofs.jws import jwk as point_jwk


def did_document(keys: IssuerKeys) -> dict[str, Any]:
    """The document of the issuer's did:web: an Ed25519 key is a Multikey, one on P-256 a JsonWebKey.

    Verifiers compare ids as text: methods are named in full, and listed by name. The keys of JWTs come first: some
    verifiers of JWTs overlook ``kid`` and take the first one.
    """
    issuer, published = keys.issuer, sorted(keys.published, key=lambda key: key.algorithm != "ES256")
    return {
        "@context": ["https://www.w3.org/ns/did/v1", MULTIKEY, "https://w3id.org/security/jwk/v1"],
        "id": issuer.did,
        "alsoKnownAs": [issuer.url],
        "verificationMethod": [_verification_method(issuer, key) for key in published],
        "assertionMethod": [issuer.verification_method(key.key_id) for key in published],
    }


def jwk(key: IssuerKeyEnrolled) -> dict[str, Any]:
    """The public key (RFC 7517; RFC 8037 for Ed25519), with its certificates, if any."""
    if key.algorithm == "Ed25519":
        members: dict[str, Any] = {"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key), "alg": "EdDSA"}
    else:
        members = {**point_jwk(key.public_key), "alg": key.algorithm}
    members |= {"kid": key.key_id, "use": "sig"}
    if key.certificates:
        members["x5c"] = [b64encode(der).decode() for der in key.certificates]
    return members


def seal_roots(keys: IssuerKeys) -> bytes:
    """The roots under which the seals of the published keys are verified, in PEM (RFC 7468)."""
    roots = dict.fromkeys(key.certificates[-1] for key in keys.published if key.certificates)
    return b"".join(load_der_x509_certificate(root).public_bytes(Encoding.PEM) for root in roots)


def jwks(keys: IssuerKeys) -> dict[str, Any]:
    """The set of all keys whose signatures count: those that are not revoked."""
    return {"keys": [jwk(key) for key in keys.published]}


def jwt_vc_issuer(keys: IssuerKeys) -> dict[str, Any]:
    """The document at /.well-known/jwt-vc-issuer (SD-JWT VC, 4), with only the keys that sign such tokens."""
    signing = [jwk(key) for key in keys.published if key.algorithm == "ES256"]
    return {"issuer": keys.issuer.url, "jwks": {"keys": signing}}


def profile(issuer: IssuerIdentity) -> dict[str, Any]:
    """The issuer as Open Badges describes it (3.0, B.1.18 Profile), under the id that credentials name."""
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": issuer.did,
        "type": ["Profile"],
        "name": issuer.name.en,
        "description": f"{issuer.name.en} · {issuer.name.fr}",
        "url": issuer.url,
    }


def _verification_method(issuer: IssuerIdentity, key: IssuerKeyEnrolled) -> dict[str, Any]:
    method: dict[str, Any] = {"id": issuer.verification_method(key.key_id), "controller": issuer.did}
    if key.algorithm == "Ed25519":
        return method | {"type": "Multikey", "publicKeyMultibase": multikey.encode_key("Ed25519", key.public_key)}
    # The certificates are in /keys and jwks: a DID document states keys, not who certifies them.
    return method | {"type": "JsonWebKey", "publicKeyJwk": jwk(msgspec.structs.replace(key, certificates=()))}
