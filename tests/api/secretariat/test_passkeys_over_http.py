"""A statement that was prepared over HTTP is signed with a passkey too; the requests themselves are signed with key files."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.signing.keys import SigningKey
from ledger.signing.passkeys import MAX_SIG_BYTES, MIN_SIG_BYTES
from tests.api.secretariat.test_http import Officer, served
from tests.ledger.signed_with_passkeys import KEYS, held_with_passkeys, signed
from tests.scenario import ORIGIN
from tests.support import World

__all__ = ["held_with_passkeys", "signed"]

LISTING = {
    "command": "give-listing-consent",
    "signers": ["registrar"],
    "arguments": {"person_id": "awa", "evidence": None},
}


@pytest.fixture
def client(signed: World) -> Iterator[TestClient]:
    with served(signed, signed.ledger.record) as (client, _):
        yield client


def given(statement: bytes, origin: str = ORIGIN) -> dict[str, str]:
    """The registrar's signature of a statement, with their passkey."""
    (signature,) = KEYS["registrar"].sign(origin, [statement])
    return {"keyid": signature.keyid, "signature": b64encode(signature.sig).decode()}


def test_a_statement_is_signed_with_a_passkey(client: TestClient, signed: World) -> None:
    registrar = Officer(client, "registrar")
    prepared: dict[str, Any] = registrar.prepare(LISTING).json()
    path, message = f"/secretariat/statements/{prepared['number']}/signatures", b64decode(prepared["to_sign"])
    for wrong in (given(b"something else"), given(message, "other.example")):
        answer = registrar.send("POST", path, wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "passkey-challenge")
    for length in (MIN_SIG_BYTES - 1, MAX_SIG_BYTES + 1):
        short = {**given(message), "signature": b64encode(bytes(length)).decode()}
        (error,) = registrar.send("POST", path, short).json()["errors"]
        expected = f"expected {MIN_SIG_BYTES} to {MAX_SIG_BYTES} bytes in base64"
        assert (error["field"], error["expected"]) == ("signature", expected)
    recorded = registrar.send("POST", path, given(message))
    assert (recorded.status_code, recorded.json()["leaf"]) == (201, signed.ledger.size() - 1)
    assert signed.read().person("awa").listed


def test_no_request_is_signed_with_a_passkey(client: TestClient) -> None:
    key = SigningKey.generate()
    key.key_id = KEYS["registrar"].key_id
    answer = Officer(client, "registrar", key).send("GET", "/secretariat/statements")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")
    assert "a passkey signs no requests, only statements: use a key file" in answer.json()["detail"]
