"""Credentials that others secured as a JWS: by either kind of key, and with one fault at a time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.domain.record import PublicKey
from ledger.errors import Unverifiable
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.proofs import jws
from tests.conformance.vc_jose import TYPE, verify_secured
from tests.projections.credentials.jose import KEY as P256
from tests.projections.credentials.proofs.test_data_model import credential

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ED25519 = LocalKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEYS: dict[str, IssuerKey] = {"did:web:x#es256": P256, "did:web:x#eddsa": ED25519}
ALG = {"ES256": "ES256", "Ed25519": "EdDSA"}

Change = Callable[[dict[str, Any]], dict[str, Any]]


def token(kid: str, payload: Any = None, /, **header: Any) -> str:
    key = KEYS[kid]
    head = {"alg": ALG[key.algorithm], "typ": TYPE, "kid": kid, **header}
    parts = [jws.encode(jws.write_json(part)) for part in (head, credential() if payload is None else payload)]
    return ".".join((*parts, jws.encode(key.sign(".".join(parts).encode()))))


def public_key(kid: str) -> PublicKey | None:
    key = KEYS.get(kid)
    return None if key is None else PublicKey(key.algorithm, key.public)


@pytest.mark.parametrize("kid", KEYS)
def test_a_credential_is_read_by_either_kind_of_key(kid: str) -> None:
    for claims in (
        {},
        {"iss": "did:web:pca.example", "sub": "urn:subject", "iat": SECONDS},
        {"nbf": SECONDS, "exp": SECONDS + 1},
        {"nbf": SECONDS - 0.5},
    ):
        assert verify_secured(token(kid, credential() | claims), public_key, NOW) == credential()
    assert verify_secured(token(kid, credential(id="urn:c", jti="urn:c"), cty="vc"), public_key, NOW)["id"] == "urn:c"


@pytest.mark.parametrize("kid", KEYS)
@pytest.mark.parametrize(
    ("code", "payload", "header"),
    [
        ("jws-algorithm", None, {"alg": "ES512"}),
        ("jws-algorithm", None, {"alg": "none"}),
        ("jws-algorithm", None, {"alg": ["ES256"]}),
        ("jws-type", None, {"typ": "JWT"}),
        ("jws-type", None, {"cty": "vp"}),
        ("jws-header-unknown", None, {"crit": ["x"]}),
        ("jwt-key-unknown", None, {"kid": "did:web:other#x"}),
        ("jwt-key-unknown", None, {"kid": 5}),
        ("jwt-credential-malformed", [], {}),
        ("jwt-credential-malformed", {"vc": credential()}, {}),
        ("jwt-credential-malformed", credential(vp={}), {}),
        ("jwt-credential-malformed", credential(proof={}), {}),
        ("jwt-credential-malformed", credential(exp="2027"), {}),
        ("jwt-credential-malformed", credential(nbf=True), {}),
        ("credential-malformed", {}, {}),
        ("credential-malformed", credential(issuer=None), {}),
        ("jwt-claim-differs", credential(iss="did:web:other"), {}),
        ("jwt-claim-differs", credential(jti="urn:c"), {}),
        ("jwt-claim-differs", credential(sub="urn:other"), {}),
        ("jwt-claim-differs", credential(sub="urn:a", credentialSubject=[{"id": "urn:a"}, {"id": "urn:b"}]), {}),
        ("credential-dates", credential(exp=SECONDS), {}),
        ("credential-dates", credential(nbf=SECONDS + 1), {}),
    ],
)
def test_a_fault_is_refused(kid: str, code: str, payload: Any, header: dict[str, Any]) -> None:
    with pytest.raises(Unverifiable) as refused:
        verify_secured(token(kid, payload, **header), public_key, NOW)
    assert refused.value.code == code


def test_a_key_signs_by_its_own_algorithm_only() -> None:
    es256, eddsa = KEYS
    for kid, alg in ((es256, "EdDSA"), (eddsa, "ES256")):
        with pytest.raises(Unverifiable) as refused:
            verify_secured(token(kid, alg=alg), public_key, NOW)
        assert refused.value.code == "jwt-key-unknown"


@pytest.mark.parametrize("kid", KEYS)
def test_another_character_is_another_token(kid: str) -> None:
    genuine = token(kid)
    for place in range(0, len(genuine), 7):
        other = genuine[:place] + ("A" if genuine[place] != "A" else "B") + genuine[place + 1 :]
        with pytest.raises(Unverifiable):
            verify_secured(other, public_key, NOW)
