"""A witness over HTTP: every status of c2sp.org/tlog-witness, and what it keeps."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from eventsourcing.persistence import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.witness.app import create_app
from api.witness.store import Witness
from ledger.log.checkpoint import MAX_SIZE, Checkpoint
from ledger.log.cosignature import Cosigner, cosigned_at
from ledger.log.evidence import conflict
from ledger.log.tree import EMPTY_ROOT
from ledger.log.witness import MAX_REQUEST_BYTES, Refusal, Request
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import Note, NoteSignature, VerifierKey, sign_note
from tests.ledger.log.test_witness_and_evidence import KEY, ORIGIN, request, signed, tree
from tests.support import key_of

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "store", "north.example", {ORIGIN: [KEY]}, lambda: NOW)


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
        lines = [NoteSignature.parse(line) for line in answer.text.removesuffix("\n").split("\n")]
        note = Note.parse(asked.note).signed_too(*lines)
        assert len(note.signatures) == 3
        for key in (witness.verifier_key, witness.verifier_key_ml_dsa):
            assert cosigned_at(note, key) == int(NOW.timestamp())
        for path in (f"/cosigned/{ORIGIN}", f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"):
            assert client.get(path).text == str(note)
        assert checkpoint.size == size
    assert client.get(f"/refused/{ORIGIN}").text == ""
    keys = f"witness {witness.verifier_key}\nwitness {witness.verifier_key_ml_dsa}\n"
    assert client.get("/").text == f"{keys}log {KEY}\n"


def test_what_does_not_continue_is_refused_with_its_status(client: TestClient) -> None:
    assert ask(client, 0, 7)[0] == 200
    assert ask(client, 9, 8)[0] == 400
    assert ask(client, 3, 9) == (409, "7\n")
    assert ask(client, 7, 9, twist=2)[0] == 422  # another past
    assert ask(client, 7, 7, twist=2)[0] == 422  # L1: another tree of the same size
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
    assert ask(client, 7, 7, twist=2)[0] == 422
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
    again = Witness(tmp_path / "store", "north.example", {ORIGIN: [KEY]}, lambda: NOW)
    assert again.verifier_key == witness.verifier_key
    assert again.verifier_key_ml_dsa == witness.verifier_key_ml_dsa
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


def post(client: TestClient, note: str, old: int = 0) -> int:
    return client.post("/add-checkpoint", content=str(Request(old, (), note))).status_code


def noted(text: str) -> str:
    return sign_note(text, ORIGIN, key_of("log"))


def test_extension_lines_are_cosigned_and_kept_as_they_are(client: TestClient, witness: Witness) -> None:
    """L1."""
    text = f"{tree(5)[0]}Timestamp: 1 éé\nmore = x\n"
    assert post(client, noted(text)) == 200
    note = witness.latest(ORIGIN)
    assert note is not None
    assert Note.parse(note).text == text
    assert cosigned_at(Note.parse(note), witness.verifier_key) == int(NOW.timestamp())
    assert cosigned_at(Note.parse(note), witness.verifier_key_ml_dsa) is None  # which would leave them unsigned
    assert post(client, noted(f"{tree(5)[0]}other\n"), old=5) == 200  # they are no part of the tree
    assert post(client, noted(f"{tree(5)[0]}\nother\n"), old=5) == 400


@pytest.mark.parametrize("size", [str(MAX_SIZE + 1), str(2**64), "9" * 5000, "05", "+5", "5 ", "\u0665"])
def test_a_size_that_no_tree_has_is_malformed(client: TestClient, size: str) -> None:
    """L1."""
    assert post(client, noted(f"{ORIGIN}\n{size}\n{b64encode(bytes(32)).decode()}\n")) == 400
    body = f"old {size}\n\n{noted(str(tree(5)[0]))}"
    assert client.post("/add-checkpoint", content=body.encode()).status_code == 400


def test_the_largest_size_is_cosigned(client: TestClient, witness: Witness) -> None:
    """L1."""
    assert post(client, noted(str(Checkpoint(ORIGIN, MAX_SIZE, bytes(32))))) == 200
    answer = client.post("/add-checkpoint", content=str(request(0, 5)[0]))
    assert (answer.status_code, answer.text) == (409, f"{MAX_SIZE}\n")
    assert "\n9223372036854775807\n" in str(witness.latest(ORIGIN))


def test_an_empty_tree_has_one_root(client: TestClient, witness: Witness) -> None:
    assert post(client, noted(str(Checkpoint(ORIGIN, 0, bytes(32))))) == 422
    assert len(witness.refused(ORIGIN)) == 1
    assert post(client, noted(str(Checkpoint(ORIGIN, 0, EMPTY_ROOT)))) == 200
    assert ask(client, 0, 5)[0] == 200


def test_one_false_signature_of_a_known_key_condemns_the_checkpoint(tmp_path: Path) -> None:
    """Whichever key of the log it is, and though another signature by the log holds."""
    checkpoint = tree(5)[0]
    cosigner = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32)))
    other = VerifierKey(ORIGIN, key_of("other").public)
    witness = Witness(tmp_path / "w", "north.example", {ORIGIN: [KEY, cosigner.verifier_key, other]}, lambda: NOW)
    first, second = Note.parse(signed(checkpoint)), cosigner.cosign(checkpoint, 1)
    false = [
        NoteSignature(ORIGIN, KEY.hint, bytes(64)),
        NoteSignature(ORIGIN, other.hint, first.signatures[0].blob),
        NoteSignature(ORIGIN, cosigner.verifier_key.hint, second.blob[:-1] + b"x"),
        NoteSignature(ORIGIN, cosigner.verifier_key.hint, b"short"),
    ]
    unknown = NoteSignature("somebody.else", bytes(4), b"unknown")
    with TestClient(create_app(witness)) as client:
        for line in false:
            assert post(client, str(first.signed_too(second, line))) == 403
        assert post(client, str(Note(first.text, (unknown,)))) == 403
        # Either key is enough, and nothing but what was verified is served.
        assert post(client, str(Note(first.text, (unknown, second)))) == 200
        assert Note.parse(str(witness.latest(ORIGIN))).signatures[0] == second
        assert len(Note.parse(str(witness.latest(ORIGIN))).signatures) == 3


def test_extension_lines_that_no_signature_covers_are_refused(tmp_path: Path) -> None:
    text = f"{tree(5)[0]}more\n"
    second = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32)))
    witness = Witness(tmp_path / "w", "north.example", {ORIGIN: [KEY, second.verifier_key]}, lambda: NOW)
    line = second.cosign(tree(5)[0], 1)
    with TestClient(create_app(witness)) as client:
        assert post(client, str(Note(text, (line,)))) == 403
        assert post(client, str(Note.parse(noted(text)).signed_too(line))) == 200


def test_the_line_of_a_witness_that_it_did_not_make_is_not_served(client: TestClient, witness: Witness) -> None:
    """Who reads it there would refuse the note."""
    forged = NoteSignature("north.example", witness.verifier_key.hint, bytes(72))
    assert post(client, str(Note.parse(signed(tree(5)[0])).signed_too(forged))) == 200
    assert cosigned_at(Note.parse(str(witness.latest(ORIGIN))), witness.verifier_key) == int(NOW.timestamp())


def test_an_origin_need_not_be_the_name_of_the_key(tmp_path: Path) -> None:
    """As that of Go's checksum database."""
    origin = "go.sum database tree"
    key = VerifierKey("sum.golang.org", key_of("log").public)
    witness = Witness(tmp_path / "w", "north.example", {origin: [key]}, lambda: NOW)
    checkpoint = Checkpoint(origin, 5, bytes(32))
    with TestClient(create_app(witness)) as client:
        assert post(client, sign_note(str(checkpoint), key.name, key_of("log"))) == 200
        for path in ("/cosigned/go.sum database tree", f"/{sha256(origin.encode()).hexdigest()}/checkpoint"):
            assert client.get(path).text.startswith(str(checkpoint))
        assert f"log {key} {origin}\n" in client.get("/").text
        assert client.get(f"/{sha256(b'other').hexdigest()}/checkpoint").status_code == 404


def test_a_log_may_change_its_key(client: TestClient, witness: Witness, tmp_path: Path) -> None:
    assert ask(client, 0, 5)[0] == 200
    new = VerifierKey(ORIGIN, key_of("other").public)
    again = Witness(tmp_path / "store", "north.example", {ORIGIN: [new]}, lambda: NOW)
    asked, checkpoint = request(5, 9)
    note = sign_note(str(checkpoint), ORIGIN, key_of("other"))
    with TestClient(create_app(again)) as other:
        body = str(Request(asked.old, asked.proof, note))
        assert other.post("/add-checkpoint", content=body).status_code == 200


NUMBERS = st.integers(0, 12) | st.sampled_from([MAX_SIZE - 1, MAX_SIZE, MAX_SIZE + 1, 2**64]) | st.integers(0)
HASHES = st.binary(min_size=31, max_size=33) | st.sampled_from([EMPTY_ROOT, *(tree(n)[0].root for n in (5, 7))])


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Bodies that are nearly right, with any number, hash and line in its place."""
    if draw(st.booleans()):
        old, new = sorted((draw(st.integers(0, 12)), draw(st.integers(0, 12))))
        return str(request(old, new, draw(st.none() | st.integers(0, 5)))[0]).encode()
    origin = draw(st.sampled_from([ORIGIN, "other.example/log", "a b"]))
    lines = [
        origin,
        str(draw(NUMBERS)),
        b64encode(draw(HASHES)).decode(),
        *draw(st.lists(st.text(max_size=3), max_size=2)),
    ]
    proof = "".join(f"{b64encode(digest).decode()}\n" for digest in draw(st.lists(HASHES, max_size=3)))
    signed_note = sign_note(
        "".join(f"{line}\n" for line in lines), ORIGIN, key_of(draw(st.sampled_from(["log", "other"])))
    )
    return f"old {draw(NUMBERS)}\n{proof}\n{signed_note}".encode(errors="replace")


@given(st.lists(requests() | st.binary(max_size=200), max_size=6))
@settings(max_examples=100, deadline=None)
def test_whatever_is_asked_is_cosigned_or_refused_and_a_log_only_grows(bodies: list[bytes]) -> None:
    """L1: no number and no line leads to a fault of the program, or back."""
    with TemporaryDirectory() as folder:
        witness = Witness(Path(folder), "north.example", {ORIGIN: [KEY]}, lambda: NOW)
        sizes, statuses = [0], list[tuple[int, bool]]()
        for body in bodies:
            try:
                witness.add_checkpoint(body)
            except Refusal as refusal:
                statuses.append((refusal.status, refusal.size in (None, sizes[-1])))
            latest = witness.latest(ORIGIN)
            if latest is not None:
                assert cosigned_at(Note.parse(latest), witness.verifier_key) == int(NOW.timestamp())
                sizes.append(Checkpoint.parse(Note.parse(latest).text).size)
        assert {*statuses} <= {(status, True) for status in (400, 403, 404, 409, 422)}
        assert sizes == sorted(sizes)
