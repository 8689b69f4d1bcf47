"""VC-JWT: the payload is the credential, the registered claims agree with it, and each fault has one code."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from ledger.errors import Unverifiable
from projections.credentials.proofs import vc_jwt
from projections.credentials.proofs.jws import decode, jwk, write_json
from tests.projections.credentials.jose import FACTS, ISSUER, KEY, OTHER, json_values, resigned

KID = ISSUER.jwk(KEY.key_id)
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": ISSUER.certificate(FACTS.number),
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": ISSUER.did, "type": ["Profile"], "name": ISSUER.name.fr},
    "validFrom": "2024-12-01T00:00:00Z",
    "validUntil": "2029-12-01T00:00:00Z",
    "credentialSubject": {"id": "urn:uuid:7c1e", "type": ["AchievementSubject"], "achievement": {"name": "é"}},
}
TOKEN = vc_jwt.sign(DOCUMENT, KEY, KID)
CLAIMS = json.loads(decode(TOKEN.split(".")[1]))


def key_of(kid: str) -> bytes | None:
    return KEY.public if kid == KID else None


def test_the_payload_is_the_credential_with_the_registered_claims_beside_it() -> None:
    assert json.loads(decode(TOKEN.split(".")[0])) == {"alg": "ES256", "typ": "JWT", "kid": KID}
    assert CLAIMS == {
        **DOCUMENT,
        "iss": "did:web:register.example.org",
        "jti": "https://register.example.org/certificates/TOA-PCA-FR-2024-01-X",
        "nbf": 1733011200,
        "sub": "urn:uuid:7c1e",
        "exp": 1890777600,
    }


def test_what_was_signed_is_what_verifies() -> None:
    assert vc_jwt.verify_vc_jwt(TOKEN, key_of) == DOCUMENT


def test_another_library_reads_it() -> None:
    registry = jws.JWSRegistry(algorithms=["ES256"])
    assert jwt.decode(TOKEN, ECKey.import_key({**jwk(KEY.public)}), registry=registry).claims == CLAIMS


def test_without_subject_id_and_end_there_are_no_such_claims() -> None:
    document = {**DOCUMENT, "credentialSubject": {"type": ["AchievementSubject"]}, "issuer": ISSUER.did}
    del document["validUntil"]
    token = vc_jwt.sign(document, KEY, KID)
    assert vc_jwt.verify_vc_jwt(token, key_of) == document
    assert not {"sub", "exp"} & json.loads(decode(token.split(".")[1])).keys()


def with_claims(**changes: Any) -> str:
    """The token with these claims changed, signed again; None removes a claim."""
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return resigned(TOKEN, payload=write_json(claims))


FLAWS: list[tuple[str, str]] = [
    ("jwt-key-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT","kid":"https://elsewhere.example"}')),
    ("jwt-key-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT"}')),
    ("jwt-key-unknown", resigned(TOKEN, header=b'{"alg":"ES256","typ":"JWT","kid":7}')),
    ("jws-type", resigned(TOKEN, header=b'{"alg":"ES256","kid":"x"}')),
    ("jws-type", resigned(TOKEN, header=b'{"alg":"ES256","typ":"dc+sd-jwt","kid":"x"}')),
    ("jws-signature-invalid", vc_jwt.sign(DOCUMENT, OTHER, KID)),
    ("jwt-claim-differs", with_claims(iss="did:web:elsewhere.example")),
    ("jwt-claim-differs", with_claims(jti="urn:other")),
    ("jwt-claim-differs", with_claims(sub="urn:other")),
    ("jwt-claim-differs", with_claims(nbf=1733011201)),
    ("jwt-claim-differs", with_claims(nbf=1733011200.0)),
    ("jwt-claim-differs", with_claims(exp=1890777601)),
    ("jwt-claim-differs", with_claims(exp=None)),
    ("jwt-claim-differs", with_claims(sub=None)),
    ("jwt-claim-differs", with_claims(iss=None)),
    ("jwt-claim-differs", with_claims(validUntil=None)),
    ("jwt-claim-differs", with_claims(validUntil="2039-12-01T00:00:00Z")),
    ("jwt-credential-malformed", with_claims(vc={})),
    ("jwt-credential-malformed", with_claims(proof={})),
    ("jwt-credential-malformed", with_claims(validFrom="2024-12-01")),
    ("jwt-credential-malformed", with_claims(validFrom="2024-13-01T00:00:00Z")),
    ("jwt-claim-differs", with_claims(validFrom="0001-01-01T00:00:00+14:00")),
    ("jwt-credential-malformed", with_claims(issuer={"name": "nobody"})),
    ("jwt-credential-malformed", with_claims(credentialSubject=[{}])),
    ("jwt-credential-malformed", resigned(TOKEN, payload=b"[]")),
    ("jwt-credential-malformed", resigned(TOKEN, payload=write_json(CLAIMS)[:-1] + b',"id":"x"}')),
]


@pytest.mark.parametrize(("code", "token"), FLAWS)
def test_one_fault_has_one_code(code: str, token: str) -> None:
    with pytest.raises(Unverifiable) as refused:
        vc_jwt.verify_vc_jwt(token, key_of)
    assert refused.value.code == code


@pytest.mark.parametrize("document", [{**DOCUMENT, "proof": {}}, {**DOCUMENT, "exp": 1}, {}, {**DOCUMENT, "id": 1}])
def test_what_is_no_bare_credential_is_not_signed(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        vc_jwt.sign(document, KEY, KID)


@settings(max_examples=300)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCDwxyz0189-_.=+/ "))
def test_any_altered_character_is_refused(place: int, character: str) -> None:
    altered = TOKEN[:place] + character + TOKEN[place + 1 :]
    if altered != TOKEN:
        with pytest.raises(Unverifiable):
            vc_jwt.verify_vc_jwt(altered, key_of)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), json_values()), st.sampled_from(sorted(CLAIMS)))
def test_whatever_a_trusted_key_signed_is_believed_or_refused(changes: dict[str, Any], missing: str) -> None:
    claims = {**CLAIMS, **changes}
    del claims[missing]
    try:
        assert vc_jwt.verify_vc_jwt(resigned(TOKEN, payload=write_json(claims)), key_of).items() <= claims.items()
    except Unverifiable:
        return
