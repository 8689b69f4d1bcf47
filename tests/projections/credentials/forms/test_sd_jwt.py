"""SD-JWT VC: its claims, what the holder may leave out, and one code for each fault."""

import itertools
import json
from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Unverifiable
from projections.credentials.forms import sd_jwt
from projections.credentials.keys.seal_chain import verify_chain
from projections.credentials.proofs.jws import decode, encode, write_json
from tests.projections.credentials.jose import CHAIN, FACTS, ISSUER, KEY, NOW, OTHER, STATUS, json_values, resigned


def salts() -> Any:
    numbers = itertools.count()
    return lambda size: next(numbers).to_bytes(size, "big")


TOKEN = sd_jwt.issue(FACTS, ISSUER, STATUS, KEY, CHAIN, salts())
SIGNED, *DISCLOSURES, END = TOKEN.split("~")
HEADER = json.loads(decode(SIGNED.split(".")[0]))
CLAIMS = json.loads(decode(SIGNED.split(".")[1]))


def trusted(chain: tuple[bytes, ...]) -> bytes | None:
    return verify_chain(chain, [CHAIN[1]], NOW)


def test_the_header_carries_the_leaf_and_leaves_the_root_to_who_trusts_it() -> None:
    leaf = b64encode(CHAIN[0]).decode()
    assert {"alg": "ES256", "typ": "dc+sd-jwt", "kid": KEY.key_id, "x5c": [leaf]} == HEADER
    assert END == ""


def test_name_and_levels_are_concealed_and_the_rest_is_in_clear() -> None:
    assert "Awa" not in json.dumps(CLAIMS)
    assert len(CLAIMS.pop("_sd")) == 1
    assert [len(claim.pop("_sd", [])) for claim in CLAIMS["scope"]] == [1, 0]
    assert CLAIMS == {
        "iss": "https://register.example.org",
        "vct": "https://register.example.org/types/pca-advisor",
        "jti": "https://register.example.org/certificates/TOA-PCA-FR-2024-01-X",
        "iat": 1732786200,
        "nbf": 1733011200,
        "exp": 1890777600,
        "certificate_number": "TOA-PCA-FR-2024-01-X",
        "issuing_body_en": "Example Customs Organisation",
        "issuing_body_fr": "Organisation douanière d'exemple",
        "scheme": "pca-advisor",
        "scheme_version": "2024.1",
        "scheme_in_force": "2016-09-01",
        "title_en": "PCA technical and operational advisor",
        "title_fr": "Conseiller technique et opérationnel en contrôle a posteriori",
        "scope": [
            {"id": "advice", "name_en": "Advisory capacity", "name_fr": "Capacité de conseil", "required_level": 3},
            {"id": "audit", "name_en": "Audit", "name_fr": "Contrôle", "required_level": 3},
        ],
        "language": "fr",
        "place": "Abidjan",
        "training_start": "2024-11-04",
        "training_end": "2024-11-15",
        "valid_from": "2024-12-01",
        "valid_until": "2029-11-30",
        "vct#integrity": "sha256-K02Q1bb4fmR/LKzHLltkrRHH0PR00uHrYWQTFHN69kk=",
        "status": {"status_list": {"idx": 4711, "uri": "https://register.example.org/status/tokens/0"}},
        "_sd_alg": "sha-256",
    }


def test_everything_disclosed_shows_name_and_level() -> None:
    shown = sd_jwt.verify_sd_jwt(TOKEN, trusted)
    assert shown["name"] == "Awa Exemple"
    assert [claim.get("achieved_level") for claim in shown["scope"]] == [4, None]
    assert shown == sd_jwt.claims_of(FACTS, ISSUER, STATUS)


@pytest.mark.parametrize("kept", [(), (0,), (1,), (1, 0)])
def test_the_holder_shows_what_the_holder_chooses(kept: tuple[int, ...]) -> None:
    shown = sd_jwt.verify_sd_jwt("~".join([SIGNED, *(DISCLOSURES[n] for n in kept), ""]), trusted)
    of_level, of_name = (any("level" in decode(DISCLOSURES[n]).decode() for n in kept), "name" in shown)
    assert of_level == ("achieved_level" in shown["scope"][0])
    assert of_level + of_name == len(kept)


def test_a_certificate_that_never_expires_has_no_end() -> None:
    facts = msgspec.structs.replace(FACTS, expires_on=None)
    shown = sd_jwt.verify_sd_jwt(sd_jwt.issue(facts, ISSUER, STATUS, KEY, CHAIN), trusted)
    assert not {"exp", "valid_until"} & shown.keys()


def test_salts_are_drawn_anew() -> None:
    assert sd_jwt.issue(FACTS, ISSUER, STATUS, KEY, CHAIN).split("~")[1] != DISCLOSURES[0]


def changed(header: dict[str, Any] | None = None, **claims: Any) -> str:
    """The token with a changed header or claims, signed again, without disclosures; None removes a claim."""
    payload = {**json.loads(decode(SIGNED.split(".")[1])), **claims}
    payload = {name: value for name, value in payload.items() if value is not None}
    return resigned(SIGNED, write_json({**HEADER, **(header or {})}), write_json(payload)) + "~"


LEAF = HEADER["x5c"][0]
FLAWS: list[tuple[str, str]] = [
    ("sd-jwt-key-binding", SIGNED),
    ("sd-jwt-key-binding", TOKEN + SIGNED),
    ("sd-jwt-key-binding", ""),
    ("jws-malformed", "~"),
    ("jws-type", changed({"typ": "vc+sd-jwt"})),
    ("jws-type", changed({"typ": "JWT"})),
    ("jws-algorithm", changed({"alg": "none"})),
    ("jws-header-unknown", changed({"jwk": {}})),
    ("sd-jwt-chain", changed({"x5c": []})),
    ("sd-jwt-chain", changed({"x5c": LEAF})),
    ("sd-jwt-chain", changed({"x5c": [7]})),
    ("sd-jwt-chain", changed({"x5c": [LEAF] * 6})),
    ("sd-jwt-chain", changed({"x5c": [LEAF.rstrip("=") + "\n"]})),
    ("chain-malformed", changed({"x5c": ["AAAA"]})),
    ("sd-jwt-key-differs", changed({"kid": OTHER.key_id})),
    ("sd-jwt-key-differs", sd_jwt.issue(FACTS, ISSUER, STATUS, OTHER, CHAIN)),
    ("jws-signature-invalid", TOKEN.replace(SIGNED, resigned(SIGNED)[:-86] + encode(OTHER.sign(b"")))),
    ("sd-jwt-claims", changed(name_of_mother="x")),
    ("sd-jwt-claims", changed(cnf={"jwk": {}})),
    ("sd-jwt-claims", changed(status=None)),
    ("sd-jwt-claims", changed(status={})),
    ("sd-jwt-claims", changed(status={"status_list": {"idx": "4711", "uri": "https://register.example.org"}})),
    ("sd-jwt-claims", changed(status={**CLAIMS["status"], "other": {}})),
    ("sd-jwt-claims", changed(credentialStatus=[])),
    ("sd-jwt-claims", changed(vct_integrity="sha256-")),
    ("sd-jwt-claims", changed(nbf="1733011200")),
    ("sd-jwt-claims", changed(iss=None)),
    ("sd-jwt-claims", resigned(SIGNED, payload=decode(SIGNED.split(".")[1])[:-1] + b',"name":null}') + "~"),
    ("sd-jwt-claims", changed(valid_from="2024-12-41")),
    ("sd-jwt-type", changed(vct="https://elsewhere.example/types/pca-advisor")),
    ("sd-jwt-type", changed(iss="https://elsewhere.example")),
    ("sd-jwt-dates", changed(nbf=1)),
    ("sd-jwt-dates", changed(exp=1)),
    ("sd-jwt-dates", changed(exp=None)),
    ("sd-jwt-dates", changed(valid_until=None)),
    ("sd-jwt-dates", changed(valid_until="9999-12-31")),
    ("sd-jwt-malformed", resigned(SIGNED, payload=b"[]") + "~"),
    ("jws-too-large", TOKEN + "A" * 200_000),
    ("disclosure-unused", changed(_sd=[]) + "~".join([*DISCLOSURES, ""])),
    ("disclosure-malformed", TOKEN + "~"),
]


@pytest.mark.parametrize(("code", "token"), FLAWS)
def test_one_fault_has_one_code(code: str, token: str) -> None:
    with pytest.raises(Unverifiable) as refused:
        sd_jwt.verify_sd_jwt(token, trusted)
    assert refused.value.code == code


def test_a_chain_that_nobody_trusts_is_refused() -> None:
    with pytest.raises(Unverifiable) as refused:
        sd_jwt.verify_sd_jwt(TOKEN, lambda _: None)
    assert refused.value.code == "sd-jwt-key-unknown"


@settings(max_examples=300)
@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCDwxyz0189-_.=+/ ~"))
def test_any_altered_character_is_refused(place: int, character: str) -> None:
    altered = TOKEN[:place] + character + TOKEN[place + 1 :]
    if altered != TOKEN:
        with pytest.raises(Unverifiable):
            sd_jwt.verify_sd_jwt(altered, trusted)


def test_the_type_names_every_claim_in_both_languages() -> None:
    metadata = json.loads(sd_jwt.type_metadata(ISSUER))
    assert metadata["vct"] == CLAIMS["vct"]
    assert [entry["locale"] for entry in metadata["display"]] == ["en", "fr"]
    named = {claim["path"][0] for claim in metadata["claims"]}
    shown = sd_jwt.verify_sd_jwt(TOKEN, trusted).keys() - {
        "iss",
        "vct",
        "vct#integrity",
        "jti",
        "iat",
        "nbf",
        "exp",
        "status",
    }
    assert named == shown
    concealed = {claim["path"][-1] for claim in metadata["claims"] if claim["sd"] == "always"}
    assert concealed == {"name", "achieved_level"}
    for claim in metadata["claims"]:
        assert [entry["locale"] for entry in claim["display"]] == ["en", "fr"]


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from([*sorted(CLAIMS), "_sd", "_sd_alg", "name", "cnf"]), json_values(), min_size=1))
def test_whatever_a_trusted_key_signed_is_believed_or_refused(changes: dict[str, Any]) -> None:
    try:
        assert sd_jwt.verify_sd_jwt(changed(**changes), trusted).keys() <= set(sd_jwt.Claims.__struct_encode_fields__)
    except Unverifiable:
        return


@given(st.text(st.sampled_from("~.Aa=")))
def test_any_text_is_a_token_or_is_refused(text: str) -> None:
    with pytest.raises(Unverifiable):
        sd_jwt.verify_sd_jwt(text, trusted)
