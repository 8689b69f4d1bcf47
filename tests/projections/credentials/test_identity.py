"""The issuer's identity documents: exact ids; rotation keeps old credentials valid, revocation does not."""

from base64 import b64encode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, KeySet, OKPKey

from ledger.domain.events.issuer import IssuerKeyRevoked
from ledger.words import Words
from projections.credentials.facts import IssuerIdentity
from projections.credentials.identity import did_document, jwk, jwks, jwt_vc_issuer, profile
from projections.credentials.keys.issuer_key import LocalKey
from projections.credentials.proofs.jws import encode
from projections.credentials.proofs.multikey import decode, encode_key
from tests.projections.credentials.jose import CHAIN, ISSUER, KEY, OTHER, enrolled, keys_of

PROOF = LocalKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"))
ED25519, P_256, OLD = enrolled(PROOF), enrolled(KEY, CHAIN), enrolled(OTHER)
KEYS = keys_of(ISSUER, ED25519, P_256)
ROTATED = keys_of(ISSUER, OLD, P_256, ended=(OLD.key_id,))
REVOCATION = IssuerKeyRevoked(key_id=OLD.key_id, reason_code="lost", compromised_since=None)
DID = "did:web:register.example.org"


def test_the_did_document_names_each_key_in_full() -> None:
    assert did_document(KEYS) == {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": DID,
        "alsoKnownAs": ["https://register.example.org"],
        "verificationMethod": [
            {
                "id": f"{DID}#{KEY.key_id}",
                "controller": DID,
                "type": "JsonWebKey",
                "publicKeyJwk": {k: v for k, v in jwk(P_256).items() if k != "x5c"},
            },
            {
                "id": f"{DID}#{PROOF.key_id}",
                "controller": DID,
                "type": "Multikey",
                "publicKeyMultibase": encode_key("Ed25519", PROOF.public),
            },
        ],
        "assertionMethod": [f"{DID}#{KEY.key_id}", f"{DID}#{PROOF.key_id}"],
    }


def test_a_retired_key_stays_and_comes_last() -> None:
    document = did_document(ROTATED)
    assert document["assertionMethod"] == [f"{DID}#{KEY.key_id}", f"{DID}#{OTHER.key_id}"]
    assert [method["id"] for method in document["verificationMethod"]] == document["assertionMethod"]


def test_a_revoked_key_leaves_everything() -> None:
    recorded = msgspec.structs.replace(ROTATED.recorded, revoked={OLD.key_id: REVOCATION})
    keys = msgspec.structs.replace(ROTATED, recorded=recorded)
    for document in (did_document(keys), jwks(keys), jwt_vc_issuer(keys)):
        assert OTHER.key_id not in str(document)


def test_wallets_find_only_the_keys_that_sign_for_them() -> None:
    metadata = jwt_vc_issuer(KEYS)
    assert metadata["issuer"] == "https://register.example.org"
    assert [key["kid"] for key in metadata["jwks"]["keys"]] == [KEY.key_id]


def test_another_library_reads_the_keys_and_finds_no_private_part() -> None:
    assert len(KeySet.import_key_set(jwks(KEYS)).keys) == 2  # type: ignore[arg-type]
    assert not ECKey.import_key(jwk(P_256)).is_private
    key = OKPKey.import_key(jwk(ED25519))
    assert not key.is_private
    assert key.as_dict(private=False)["x"] == encode(PROOF.public)
    assert jwk(P_256)["x5c"] == [b64encode(der).decode() for der in CHAIN]


@pytest.mark.parametrize(
    ("url", "did"),
    [("https://example.org", "did:web:example.org"), ("https://example.org:8443", "did:web:example.org%3A8443")],
)
def test_ids_follow_the_address(url: str, did: str) -> None:
    issuer = IssuerIdentity(url=url, name=Words("Example", "Exemple"))
    document = did_document(keys_of(issuer, P_256))
    assert document["id"] == profile(issuer)["id"] == did
    assert document["assertionMethod"] == [f"{did}#{KEY.key_id}"]


def test_the_profile_speaks_both_languages() -> None:
    assert profile(ISSUER) == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": DID,
        "type": ["Profile"],
        "name": "Example Customs Organisation",
        "description": "Example Customs Organisation · Organisation douanière d'exemple",
        "url": "https://register.example.org",
    }


def test_a_multikey_is_that_of_the_recommendation() -> None:
    # Data Integrity EdDSA Cryptosuites 1.0, appendix B: the key pair of its test vectors. A secret key has the
    # multicodec prefix 8026.
    secret = decode("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")
    assert secret[:2] == b"\x80\x26"
    key = LocalKey(Ed25519PrivateKey.from_private_bytes(secret[2:]))
    assert encode_key("Ed25519", key.public) == "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
