"""Documents and lists as they were signed once, in every version of their format: each verifies for ever."""

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from projections.credentials.forms import open_badge, sd_jwt
from projections.credentials.forms.sd_jwt import VerifiedClaims
from projections.credentials.proofs import jws, vc_jwt
from projections.credentials.status import status_list, token_list
from tests.projections.credentials.jose import FACTS, ISSUER, KEY, STATUS, enrolled, keys_of

FOLDER = Path(__file__).parent / "documents"
KEYS = keys_of(ISSUER, enrolled(KEY))
KINDS = {3: token_list.INVALID, 4711: token_list.SUSPENDED, 131_071: token_list.INVALID}


def kept(name: str) -> str:
    return (FOLDER / name).read_text()


def payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jws.parse(token, "typ", "kid", "x5c").verified_by(KEY.public))
    return found


@pytest.mark.parametrize("name", ["certificate-v1.sd-jwt", "certificate-v2.sd-jwt"])
def test_an_sd_jwt_of_any_version_verifies_and_states_the_facts_of_the_record(name: str) -> None:
    claims = sd_jwt.verify_sd_jwt(kept(name), lambda _: KEY.public)
    assert claims["name"] == FACTS.holder
    assert VerifiedClaims(enrolled(KEY), claims).agrees(FACTS, ISSUER, STATUS)
    elsewhere = type(STATUS)(STATUS.number, STATUS.index + 1)
    assert not VerifiedClaims(enrolled(KEY), claims).agrees(FACTS, ISSUER, elsewhere)


def test_a_certificate_for_wallets_names_its_status_and_type_as_it_did() -> None:
    claims = sd_jwt.verify_sd_jwt(kept("certificate-v2.sd-jwt"), lambda _: KEY.public)
    assert claims["status"] == {"status_list": {"idx": 4711, "uri": "https://register.example.org/status/tokens/0"}}
    assert claims["vct"] == "https://register.example.org/types/pca-advisor"
    assert claims["vct#integrity"] == sd_jwt.type_integrity(ISSUER)


def test_the_metadata_of_the_type_never_change_at_one_address() -> None:
    """Tokens state their digest: a wallet refuses other bytes for every token issued before."""
    assert sd_jwt.type_metadata(ISSUER).decode() == kept("type-metadata-v1.json")


@pytest.mark.parametrize(
    ("name", "kid"),
    [
        ("certificate-v1.jwt", f"https://register.example.org/keys/{KEY.key_id}.jwk"),
        ("certificate-v2.jwt", f"did:web:register.example.org#{KEY.key_id}"),
    ],
)
def test_a_vc_jwt_names_its_key_by_either_name(name: str, kid: str) -> None:
    assert jws.parse(kept(name), "typ", "kid").header == {"alg": "ES256", "typ": "JWT", "kid": kid}
    assert open_badge.verify(kept(name), KEYS).agrees(FACTS, ISSUER, STATUS)


def test_a_status_list_for_wallets_stays_as_it_is() -> None:
    token = kept("status-list-v1.statuslist+jwt")
    header = jws.parse(token, "typ", "kid", "x5c").header
    assert (header["typ"], header["kid"], len(header["x5c"])) == ("statuslist+jwt", KEY.key_id, 1)
    claims = payload(token)
    packed = zlib.decompress(jws.decode(claims["status_list"].pop("lst")))
    assert len(packed) == 131_072 // 4
    # draft-ietf-oauth-status-list-21, 4.1: from the least significant bits
    found = {place: packed[place // 4] >> place % 4 * 2 & 3 for place in range(4 * len(packed))}
    assert {place: status for place, status in found.items() if status} == KINDS
    assert claims == {
        "iss": "https://register.example.org",
        "sub": "https://register.example.org/status/tokens/0",
        "iat": 1795608000,
        "exp": 1795694400,
        "ttl": 60,
        "status_list": {"bits": 2},
        "urn:pca-ledger:log-head": {
            "urn:pca-ledger:log-origin": "log.pca.example",
            "urn:pca-ledger:log-size": 1234,
            "urn:pca-ledger:log-root": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        },
    }


def test_a_w3c_list_as_a_jwt_stays_as_it_is() -> None:
    token = kept("status-list-v1.vc+jwt")
    kid = f"did:web:register.example.org#{KEY.key_id}"
    assert jws.parse(token, "typ", "kid").header == {"alg": "ES256", "typ": "vc+jwt", "kid": kid}
    claims = payload(token)
    bits = status_list.decode(claims["credentialSubject"]["encodedList"])
    assert [place for place in range(8 * len(bits)) if status_list.is_set(bits, place)] == sorted(KINDS)
    registered = {name: claims[name] for name in vc_jwt.REGISTERED}
    assert registered == {
        "iss": "did:web:register.example.org",
        "jti": "https://register.example.org/status/revocation/0",
        "nbf": 1795608000,
        "sub": "https://register.example.org/status/revocation/0#list",
        "exp": 1795694400,
    }


# draft-ietf-oauth-status-list-21: 4.1, two bits each; appendix B, the same over 2^20 entries.
SHORT: dict[int, Any] = dict(enumerate([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]))
LONG: dict[int, Any] = {
    0: 1, 1993: 2, 25460: 1, 159495: 3, 495669: 1, 554353: 1, 645645: 2, 723232: 1, 854545: 1, 934534: 2, 1000345: 3
}  # fmt: skip
LONG_LST = (
    "eNrt2zENACEQAEEuoaBABP5VIO01fCjIHTMStt9ovGVIAAAAAABAbiEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEB5"
    "WwIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAID0ugQAAAAAAAAAAAAAAAAAQG12SgAAAAAAAAAAAAAAAAAAAAAAAAAAAOCSIQEAAAAAAAAAAAAAAAAAAAAAAAD8ExIA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAwJEuAQAAAAAAAAAAAAAAAAAAAAAAAMB9SwIAAAAAAAAAAAAAAAAAAACoYUoA"
    "AAAAAAAAAAAAAEBqH81gAQw"
)


@pytest.mark.parametrize(("statuses", "size", "lst"), [(SHORT, 12, "eNo76fITAAPfAgc"), (LONG, 2**20, LONG_LST)])
def test_the_vectors_of_the_draft_are_encoded_so(statuses: dict[int, Any], size: int, lst: str) -> None:
    ours = token_list.encode(statuses, size)
    assert zlib.decompress(jws.decode(ours)) == zlib.decompress(jws.decode(lst))


@pytest.mark.parametrize("position", [-1, 131_072])
def test_a_place_outside_a_list_is_refused(position: int) -> None:
    with pytest.raises(ValueError, match=f"{position}: outside a list of 131072"):
        token_list.encode({position: token_list.INVALID})
