"""A signed request is accepted once, as it was signed: with its method, its type and its Idempotency-Key."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from httpx2 import Response
from sqlalchemy import select, update
from starlette.testclient import TestClient

from api.secretariat.replays import KEPT, Replays
from ledger.store.desk_tables import NONCES
from tests.api.secretariat.test_http import GRANT, Officer, served
from tests.support import World, key_of
from tests.watched import appoint_auditor

STATEMENTS = "/secretariat/statements"


@pytest.fixture
def client(staffed: World) -> Iterator[TestClient]:
    with served(staffed, staffed.ledger.record) as (client, _):
        yield client


def refused(answer: Response, code: str = "not-authenticated") -> str:
    assert (answer.status_code, answer.json()["code"]) == (401, code), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return str(answer.json()["detail"])


def test_a_signature_counts_once_and_under_no_other_idempotency_key(client: TestClient) -> None:
    """Case R5."""
    director = Officer(client, "director")
    first = director.prepare(GRANT, "key-00000001")
    assert first.status_code == 201
    sent = first.request
    other = {**sent.headers, "Idempotency-Key": "key-00000002"}
    refused(client.request(sent.method, str(sent.url), content=sent.content, headers=other))
    says = refused(
        client.request(sent.method, str(sent.url), content=sent.content, headers=dict(sent.headers)), "signature-used"
    )
    assert "sign the request again" in says
    again = director.prepare(GRANT, "key-00000001")
    assert again.json()["number"] == first.json()["number"], "signed again, an answer that was lost comes again"
    assert len(director.send("GET", STATEMENTS).json()["statements"]) == 1


@pytest.mark.parametrize("left_out", ["@method", "@target-uri", "content-type", "idempotency-key"])
def test_what_a_signature_must_cover(client: TestClient, left_out: str) -> None:
    director = Officer(client, "director")
    director.covered.remove(left_out)
    assert left_out in refused(director.prepare(GRANT))


@pytest.mark.parametrize("nonce", [None, "short", "x" * 129])
def test_a_request_has_a_nonce(client: TestClient, nonce: str | None) -> None:
    director = Officer(client, "director")
    director.signed["nonce"] = nonce
    assert "nonce: expected 16 to 128 characters" in refused(director.prepare(GRANT))


def test_a_second_idempotency_key_is_not_added_to_a_signed_request(client: TestClient) -> None:
    for position in (0, 99):
        sent = Officer(client, "director").request("POST", STATEMENTS, GRANT, {"Idempotency-Key": "key-00000001"})
        headers = list(sent.headers.multi_items())
        headers.insert(position, ("Idempotency-Key", "key-00000009"))
        refused(client.request(sent.method, str(sent.url), content=sent.content, headers=headers))


def test_every_process_on_a_folder_knows_what_was_accepted_also_after_a_restart(staffed: World) -> None:
    with ExitStack() as opened:
        first, _ = opened.enter_context(served(staffed, staffed.ledger.record))
        second, _ = opened.enter_context(served(staffed, staffed.ledger.record))
        sent = Officer(first, "director").send("GET", STATEMENTS).request
        refused(second.get(STATEMENTS, headers=dict(sent.headers)), "signature-used")
    with served(staffed, staffed.ledger.record) as (restarted, _):
        refused(restarted.get(STATEMENTS, headers=dict(sent.headers)), "signature-used")


def test_a_nonce_is_forgotten_when_its_signature_is_too_old(staffed: World) -> None:
    database = staffed.ledger.database
    replays = Replays(database)
    assert replays.is_first("a", "n", durable=True)
    assert not replays.is_first("a", "n", durable=True)
    assert replays.is_first("b", "n", durable=True)
    with database.transaction(commit=True) as cursor:
        cursor.run(update(NONCES).values(until=NONCES.c.until - int((KEPT + timedelta(seconds=1)).total_seconds())))
    assert Replays(database).is_first(
        "c", "n", durable=True
    )  # each removes what has ended at its first, and by the minute
    assert len(database.run(select(NONCES))) == 1


def test_head_and_get_are_signed_each_for_itself(client: TestClient) -> None:
    signed = Officer(client, "director")
    for method, other in (("GET", "HEAD"), ("HEAD", "GET")):
        request = signed.request(method, STATEMENTS)
        assert client.request(other, STATEMENTS, headers=dict(request.headers)).status_code == 401
        assert client.send(request).status_code == 200
    assert client.head("/advisors").status_code == 200


def test_nothing_signed_is_stored_by_a_cache(client: TestClient, staffed: World) -> None:
    director = Officer(client, "director")
    prepared = director.prepare(GRANT)
    auditor = Officer(client, "auditor", appoint_auditor(staffed))
    answers = [
        prepared,
        director.send("GET", STATEMENTS),
        director.send("GET", f"{STATEMENTS}/999"),
        director.sign(prepared.json()),
        director.send("GET", "/secretariat/none"),
        director.send("GET", "/tile/entries/000.p/1"),
        director.send("GET", "/health"),
        director.send("GET", f"{STATEMENTS}/"),
        client.get(STATEMENTS),
        auditor.send("GET", "/tile/entries/000.p/1"),
    ]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert answers[-1].status_code == 200


def test_refusals_leave_a_line_with_ids_only(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    director = Officer(client, "director")
    sent = director.send("GET", STATEMENTS).request
    client.get(STATEMENTS, headers=dict(sent.headers))
    client.get(STATEMENTS)
    Officer(client, "nobody").prepare(GRANT)
    director.send("POST", STATEMENTS, GRANT, {"Idempotency-Key": "key-00000009"}, tampered=b'{"name": "Awa Diop"}')
    Officer(client, "assessor1").prepare(GRANT)
    director.send("GET", "/tile/entries/000.p/1")
    number = director.prepare(GRANT).json()["number"]
    forged = {"keyid": director.key.key_id, "signature": "A" * 86 + "=="}
    director.send("POST", f"{STATEMENTS}/{number}/signatures", forged)
    director.prepare({**GRANT, "arguments": {"x": "Awa Diop" * 40_000}})
    written = [(record.levelno, record.getMessage()) for record in caplog.records if "security" in record.name]
    key = key_of("director").key_id
    assert written == [
        (logging.WARNING, line)
        for line in (
            f"request-repeated key={key} person=director",
            "request-refused key=none",
            f"request-refused key={key_of('nobody').key_id}",
            f"request-refused key={key}",
            "role-refused code=signer-not-named person=assessor1",
            "role-refused code=role-not-held person=director",
            "statement-forged code=signature-invalid person=director",
            "limit-reached code=http-413 person=none",
        )
    ]
