"""A witness over HTTP: every status of c2sp.org/tlog-witness, and what it keeps."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import IntegrityError
from starlette.testclient import TestClient

from api.witness.app import create_app
from api.witness.store import Witness
from ledger.log.cosignature import cosigned_at
from ledger.log.evidence import conflict
from ledger.log.witness import MAX_REQUEST_BYTES
from ledger.signing.note import Note, NoteSignature
from tests.ledger.log.test_witness_and_evidence import KEY, ORIGIN, request, signed, tree

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "store", "north.example", [KEY], lambda: NOW)


@pytest.fixture
def client(witness: Witness) -> Iterator[TestClient]:
    with TestClient(create_app(witness)) as client:
        yield client


def ask(client: TestClient, old: int, size: int, twist: int | None = None) -> tuple[int, str]:
    answer = client.post("/add-checkpoint", content=str(request(old, size, twist)[0]))
    return answer.status_code, answer.text


def test_a_log_that_grows_is_cosigned(client: TestClient, witness: Witness) -> None:
    for old, size in ((0, 0), (0, 5), (5, 5), (5, 300)):
        asked, checkpoint = request(old, size)
        answer = client.post("/add-checkpoint", content=str(asked))
        assert answer.status_code == 200
        line = NoteSignature.parse(answer.text.removesuffix("\n"))
        note = Note.parse(asked.note).signed_too(line)
        assert cosigned_at(note, witness.verifier_key) == int(NOW.timestamp())
        assert client.get(f"/cosigned/{ORIGIN}").text == str(note)
        assert checkpoint.size == size
    assert client.get(f"/refused/{ORIGIN}").text == ""
    assert client.get("/").text == f"witness {witness.verifier_key}\nlog {KEY}\n"


def test_what_does_not_continue_is_refused_with_its_status(client: TestClient) -> None:
    assert ask(client, 0, 7)[0] == 200
    assert ask(client, 9, 8)[0] == 400
    assert ask(client, 3, 9) == (409, "7\n")
    assert ask(client, 7, 9, twist=2)[0] == 422  # another past
    assert ask(client, 7, 7, twist=2) == (409, "7\n")  # another tree of the same size
    assert ask(client, 7, 9)[0] == 200
    answer = client.post("/add-checkpoint", content=str(request(0, 12)[0]))
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (409, "9\n", "text/x.tlog.size")


def test_from_nothing_there_is_nothing_to_prove(client: TestClient) -> None:
    asked, _ = request(3, 5)
    body = str(asked).replace("old 3\n", "old 0\n")
    assert client.post("/add-checkpoint", content=body).status_code == 422


@pytest.mark.parametrize("body", [b"", b"\xff", b"old 0\n\nx\n", b"old 00\n\n", b"old 0\n\no\n0\nAAAA\n\n"])
def test_what_is_no_request_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/add-checkpoint", content=body).status_code == 400


def test_who_did_not_sign_is_refused(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    body = str(request(0, 5)[0])
    unsigned = body.replace(f"— {ORIGIN} ", "— somebody.else ")
    line = b64encode(KEY.hint + bytes(64)).decode()
    forged = f"{body.rpartition(f'— {ORIGIN} ')[0]}— {ORIGIN} {line}\n"
    for text in (unsigned, forged):
        assert client.post("/add-checkpoint", content=text).status_code == 403
    assert [record.getMessage() for record in caplog.records] == ["checkpoint-forged code=403"] * 2
    unknown = body.replace(ORIGIN, "other.example/log")
    assert client.post("/add-checkpoint", content=unknown).status_code == 404
    assert client.get("/cosigned/other.example/log").status_code == 404


def test_too_large_a_body_is_not_read(client: TestClient) -> None:
    assert client.post("/add-checkpoint", content=b"x" * (MAX_REQUEST_BYTES + 1)).status_code == 413


def test_two_trees_of_one_log_leave_evidence_with_the_witness(client: TestClient, witness: Witness) -> None:
    assert ask(client, 0, 7)[0] == 200
    assert ask(client, 7, 7, twist=2)[0] == 409
    latest = witness.latest(ORIGIN)
    (refused,) = witness.refused(ORIGIN)
    assert latest is not None
    assert refused == signed(tree(7, 2)[0])
    assert client.get(f"/refused/{ORIGIN}").text == refused
    evidence = conflict(latest, refused, KEY)
    assert evidence is not None
    evidence.require_conflict(KEY)


def test_a_checkpoint_that_came_with_the_wrong_proof_may_come_again(client: TestClient, witness: Witness) -> None:
    assert ask(client, 0, 7)[0] == 200
    body = str(request(7, 9)[0])
    first, _, rest = body.partition("\n")
    wrong = f"{first}\n{b64encode(bytes(32)).decode()}\n{rest}"
    assert client.post("/add-checkpoint", content=wrong).status_code == 422
    assert len(witness.refused(ORIGIN)) == 1
    assert client.post("/add-checkpoint", content=body).status_code == 200
    assert witness.refused(ORIGIN) == []


def test_only_what_contradicts_is_kept_as_refused(client: TestClient, witness: Witness) -> None:
    """An honest log that does not know what its witness has, or sends a proof too many, leaves no accusation."""
    assert ask(client, 0, 7)[0] == 200
    assert ask(client, 7, 9)[0] == 200
    assert ask(client, 0, 9)[0] == 409
    assert ask(client, 3, 12)[0] == 409
    body = str(request(9, 9)[0]).replace("old 9\n", f"old 9\n{b64encode(bytes(32)).decode()}\n", 1)
    assert client.post("/add-checkpoint", content=body).status_code == 422
    assert witness.refused(ORIGIN) == []


def test_a_witness_remembers_after_it_was_stopped(witness: Witness, tmp_path: Path, client: TestClient) -> None:
    assert ask(client, 0, 7)[0] == 200
    again = Witness(tmp_path / "store", "north.example", [KEY], lambda: NOW)
    assert again.verifier_key == witness.verifier_key
    assert again.latest(ORIGIN) == witness.latest(ORIGIN)
    with TestClient(create_app(again)) as other:
        assert ask(other, 0, 5) == (409, "7\n")


def test_of_two_trees_at_once_only_one_is_cosigned(client: TestClient, witness: Witness) -> None:
    asked = [request(0, 7, twist)[0] for twist in (None, 1, 2, 3)] * 3
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda a: client.post("/add-checkpoint", content=str(a)).status_code, asked))
    # Whoever is first wins; the same checkpoint again comes with another old size than is recorded.
    assert sorted(answers) == [200] + [409] * 11
    assert witness.latest(ORIGIN) is not None


def test_nothing_is_answered_that_was_not_kept(client: TestClient, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "store" / "witness.db") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON cosigned BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    connection.close()
    with pytest.raises(IntegrityError, match="disk full"):
        ask(client, 0, 7)
    assert client.get(f"/cosigned/{ORIGIN}").status_code == 404
