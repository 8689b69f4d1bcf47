"""One state of the register in every format of a list: W3C in JSON-LD and as a JWT, and the list that wallets read."""

import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jws as joserfc
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from api.pages import FRESH
from api.public.identity import CURRENT, HISTORY
from projections.credentials.proofs import jws
from projections.credentials.status import status_list
from projections.credentials.status.token_list import INVALID, SUSPENDED
from tests.issued import KEYS, P256, URL, follow, make_documents, suspend, withdraw
from tests.serving import client_of
from tests.support import World

TOKENS = "/status/tokens/0"
VALID = 0


def read_with_another_library(token: str, public: bytes = P256.public) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, verified by joserfc."""
    registry = joserfc.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = 8_192  # certificates
    found = joserfc.deserialize_compact(token, ECKey.import_key({**jws.jwk(public)}), registry=registry)
    return dict(found.headers()), json.loads(found.payload or b"")


def claims_of(client: TestClient, **asked: Any) -> dict[str, Any]:
    follow(client)
    answer = client.get(TOKENS, params=asked)
    assert answer.status_code == 200, answer.text
    return read_with_another_library(answer.text)[1]


def status_of(claims: dict[str, Any], index: int) -> int:
    packed = zlib.decompress(jws.decode(claims["status_list"]["lst"]))
    return packed[index // 4] >> index % 4 * 2 & 3


def test_the_certificate_for_wallets_refers_to_the_list_at_its_own_place(
    client: TestClient, issued: World, number: str
) -> None:
    """L2: without this claim, wallets ask nobody."""
    place = issued.ledger.documents.place(number)
    token = client.get(f"/certificates/{number}.sd-jwt").text
    _, claims = read_with_another_library(token.partition("~")[0])
    assert claims["status"] == {"status_list": {"idx": place.index, "uri": f"{URL}{TOKENS}"}}
    assert claims_of(client)["sub"] == claims["status"]["status_list"]["uri"]


def test_the_list_for_wallets_tells_suspended_from_withdrawn(client: TestClient, issued: World, number: str) -> None:
    index = issued.ledger.documents.place(number).index
    assert status_of(claims_of(client), index) == VALID
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    found = claims_of(client)
    assert status_of(found, index) == SUSPENDED
    assert found["urn:pca-ledger:log-head"]["urn:pca-ledger:log-size"] == issued.ledger.size()
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issued)
    assert status_of(claims_of(client), index) == INVALID


def test_a_superseded_certificate_is_invalid_even_while_suspended(
    client: TestClient, issued: World, number: str
) -> None:
    issued.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="lost")
    make_documents(issued)
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    new = issued.ledger.documents.sets()[-1].number
    found = claims_of(client)
    assert status_of(found, issued.ledger.documents.place(number).index) == INVALID
    assert status_of(found, issued.ledger.documents.place(new).index) == SUSPENDED


def test_the_list_is_signed_as_the_certificates_are(client: TestClient, number: str) -> None:
    header, _ = read_with_another_library(client.get(TOKENS).text)
    certificate, _ = read_with_another_library(client.get(f"/certificates/{number}.sd-jwt").text.partition("~")[0])
    assert header == {**certificate, "typ": "statuslist+jwt"}
    keys = client.get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    assert header["kid"] in [key["kid"] for key in keys]


def test_a_list_for_wallets_is_cached_as_long_as_it_says(client: TestClient) -> None:
    asked = {"Accept": "application/statuslist+jwt", "Origin": "https://wallet.example"}
    answer = client.get(TOKENS, headers=asked)
    claims = read_with_another_library(answer.text)[1]
    assert answer.headers["content-type"] == "application/statuslist+jwt"
    assert answer.headers["cache-control"] == CURRENT == f"public, max-age={claims['ttl']}, must-revalidate"
    assert claims["exp"] - claims["iat"] == 86_400
    assert answer.headers["access-control-allow-origin"] == "*", "wallets in browsers"


def test_a_list_for_wallets_is_answered_as_it_was(client: TestClient, issued: World, number: str) -> None:
    index = issued.ledger.documents.place(number).index
    asked = int(datetime(2018, 2, 28, 12, tzinfo=UTC).timestamp())
    issued.now = datetime(2018, 3, 2, tzinfo=UTC)
    withdraw(issued)
    issued.now = datetime(2018, 3, 3, tzinfo=UTC)
    before, after = claims_of(client, time=str(asked)), claims_of(client)
    assert (status_of(before, index), status_of(after, index)) == (VALID, INVALID)
    # 8.4: a client refuses a response that was not valid at the time asked about.
    assert before["iat"] <= asked < before["exp"]
    assert client.get(TOKENS, params={"time": str(asked)}).headers["cache-control"] == HISTORY
    now = str(int(issued.now.timestamp()))
    assert client.get(TOKENS, params={"time": now}).headers["cache-control"] == FRESH


@pytest.mark.parametrize(
    "time", ["now", "-1", "1.5", "1e9", "007", "１５１９８１９２００", "9" * 12, "2018-02-28T12:00:00Z"]
)
def test_what_is_no_time_is_said_to_be_none(client: TestClient, time: str) -> None:
    for language, says in (("en", "seconds since 1970"), ("fr", "secondes depuis 1970")):
        answer = client.get(TOKENS, params={"time": time, "lang": language})
        assert answer.status_code == 400
        (error,) = answer.json()["errors"]
        assert error["field"] == "time"
        assert says in error["expected"]


def test_a_time_to_come_and_a_list_that_nobody_is_in_are_not_found(client: TestClient) -> None:
    answer = client.get("/status/tokens/1")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown")
    for language, says in (("en", "2100-01-01T00:00:00+00:00 is still to come"), ("fr", "est encore à venir")):
        answer = client.get(TOKENS, params={"time": "4102444800", "lang": language})
        assert (answer.status_code, answer.json()["code"]) == (404, "moment-to-come")
        assert says in answer.json()["detail"]


def test_without_a_key_at_hand_no_list_for_wallets_is_signed(issued: World) -> None:
    with client_of(issued.ledger, URL, KEYS[:1]) as client:
        for path, accept in ((TOKENS, "*/*"), ("/status/revocation/0", "application/vc+jwt")):
            answer = client.get(path, headers={"Accept": accept})
            assert (answer.status_code, answer.json()["code"]) == (503, "issuer-key-missing")
        assert client.get("/status/revocation/0").status_code == 200


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
@pytest.mark.parametrize("media_type", ["application/vc+jwt", "application/jwt"])
def test_a_w3c_list_is_a_jwt_for_who_asks_for_one(
    client: TestClient, issued: World, number: str, purpose: str, media_type: str
) -> None:
    issued.now = datetime(2018, 1, 20, 12, tzinfo=UTC)
    suspend(issued)
    follow(client)
    path = f"/status/{purpose}/0"
    answer = client.get(path, headers={"Accept": media_type})
    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"]
    assert answer.headers["cache-control"] == CURRENT
    header, claims = read_with_another_library(answer.text)
    assert header == {"alg": "ES256", "typ": "vc+jwt", "kid": f"did:web:register.example.org#{P256.key_id}"}
    methods = {method["id"]: method for method in client.get("/.well-known/did.json").json()["verificationMethod"]}
    assert methods[header["kid"]]["publicKeyJwk"]["kid"] == P256.key_id
    signed_otherwise = {name: value for name, value in client.get(path).json().items() if name != "proof"}
    assert {name: value for name, value in claims.items() if name in signed_otherwise} == signed_otherwise
    index = issued.ledger.documents.place(number).index
    assert status_list.is_set(status_list.decode(claims["credentialSubject"]["encodedList"]), index)
    past = client.get(path, params={"timestamp": "2018-01-16T12:00:00Z"}, headers={"Accept": media_type})
    bits = read_with_another_library(past.text)[1]["credentialSubject"]["encodedList"]
    assert not status_list.is_set(status_list.decode(bits), index)


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "application/*", "application/ld+json, application/jwt;q=0.9"]
)
def test_whoever_does_not_prefer_a_jwt_gets_json_ld(client: TestClient, accept: str) -> None:
    answer = client.get("/status/revocation/0", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
