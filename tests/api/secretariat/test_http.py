"""Officers prepare and sign statements over HTTP; others' statements, false signatures and what the rules forbid are refused."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from secrets import token_urlsafe
from threading import Barrier
from typing import Any

import msgspec
import pytest
from eventsourcing.persistence import OperationalError
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from httpx2 import Client, Request, Response
from starlette.testclient import TestClient

from api.app import create_app
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting, proposal
from api.secretariat.requests import digests
from ledger.domain.record import Stream
from ledger.domain.refusal import Refused
from ledger.signing.keys import SigningKey
from ledger.store.desk_tables import REQUESTS
from ledger.store.submission import Prepared, Receipt, Submission
from ledger.store.writer import Writer
from tests.api.secretariat.rows import rows_of
from tests.api.secretariat.test_erasure import forms
from tests.scenario import names, value
from tests.serving import client_of
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")

BASE = "https://register.example.org"
GRANT: dict[str, Any] = {
    "command": "grant-role",
    "arguments": {"person_id": "panel1", "role": "moderator"},
    "signers": ["director"],
}
EXCEPTION = {
    "command": "grant-separation-exception",
    "arguments": {
        "candidacy_id": "c-awa",
        "assessor_id": "assessor1",
        "session_id": "TOA-PCA-FR-2017",
        "reason": {"name": "reason", "value": "nobody else speaks Wolof"},
    },
    "signers": ["manager", "director"],
}
Served = tuple[TestClient, World, Inbox]


class Keys(HTTPSignatureKeyResolver):
    """One officer's private key, as the signing library expects it."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key.private

    def resolve_public_key(self, key_id: str) -> Any:
        raise NotImplementedError


class Officer:
    """An officer with a client that signs each request."""

    def __init__(self, client: Client, person: str, key: SigningKey | None = None, base: str = BASE) -> None:
        self.client, self.person, self.key, self.base = client, person, key or key_of(person), base
        self.signed: dict[str, Any] = {"tag": "pca-ledger"}
        self.covered = ["@method", "@target-uri", "content-digest", "content-type", "idempotency-key"]

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Request:
        """A signed request, to send."""
        content = b"" if body is None else json.dumps(body).encode()
        request = self.client.build_request(method, f"{self.base}{path}", content=content, headers=headers or {})
        request.headers["Content-Type"] = "application/json"
        HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(self.key)).sign(
            request,
            key_id=self.key.key_id,
            covered_component_ids=[c for c in self.covered if c in request.headers or c.startswith("@")],
            body=content or None,
            **{"nonce": token_urlsafe(), **self.signed},
        )
        return request

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        tampered: bytes | None = None,
    ) -> Response:
        request = self.request(method, path, body, headers)
        if tampered is not None:
            request = self.client.build_request(
                method, f"{self.base}{path}", content=tampered, headers=dict(request.headers)
            )
        return self.client.send(request)

    def prepare(self, wanted: Any, key: str = "key-00000001") -> Response:
        return self.send("POST", "/secretariat/statements", wanted, {"Idempotency-Key": key})

    def sign(self, prepared: Any, key: SigningKey | None = None) -> Response:
        given = self.signature(prepared, key)
        return self.send("POST", f"/secretariat/statements/{prepared['number']}/signatures", given)

    def signature(self, prepared: Any, key: SigningKey | None = None) -> dict[str, str]:
        """Their signature of a prepared statement, to be sent."""
        key = key or self.key
        signature = b64encode(key.sign(b64decode(prepared["to_sign"]))).decode()
        return {"keyid": key.key_id, "signature": signature}


@contextmanager
def served(world: World, record: Callable[[Submission], Receipt]) -> Iterator[tuple[TestClient, Inbox]]:
    """Serve the secretariat over HTTP as one process does; it records in this way."""
    with closing(Inbox(world.ledger, record)) as inbox, client_of(world.ledger, BASE, inbox=inbox) as client:
        yield client, inbox


@pytest.fixture
def office(staffed: World) -> Iterator[Served]:
    staffed.plan()
    staffed.candidate("awa")
    with Writer(staffed.ledger) as writer, served(staffed, writer.record) as (client, inbox):
        yield client, staffed, inbox


def test_one_officer_prepares_signs_and_it_is_recorded(office: Served) -> None:
    client, world, _ = office
    director = Officer(client, "director")
    answer = director.prepare(GRANT)
    assert answer.status_code == 201, answer.text
    prepared = answer.json()
    assert prepared["words"]["fr"].startswith("Fonction attribuée : personne Panel1 Exemple")
    assert prepared["seats"] == [{"person": "director", "role": "secretariat-director", "signed": False}]
    recorded = director.sign(prepared)
    assert recorded.status_code == 201, recorded.text
    assert recorded.json() == {
        "leaf": world.ledger.size() - 1,
        "stream": prepared["stream"],
        "version": prepared["version"],
        "event": "role-granted/v1",
    }
    assert director.sign(prepared).json() == recorded.json()  # repeated, recorded once


def test_the_faults_of_a_body_are_in_french_too(office: Served) -> None:
    director = Officer(office[0], "director")
    path, key = "/secretariat/statements?lang=fr", {"Idempotency-Key": "key-00000001"}
    for wanted, headers, told in (
        ([], key, {"body": "un objet JSON"}),
        ({"signers": 1}, key, {"command": "une valeur", "arguments": "une valeur", "signers": "une liste"}),
        (
            {"command": 1, "arguments": [], "signers": ["x"] * 11},
            key,
            {"command": "un texte", "arguments": "un objet JSON", "signers": "au plus 10 éléments"},
        ),
        (GRANT, {}, {"Idempotency-Key": "une valeur"}),
        (GRANT, {"Idempotency-Key": "x"}, {"Idempotency-Key": "au moins 8 caractères"}),
    ):
        answer = director.send("POST", path, wanted, headers)
        assert answer.status_code == 400
        found = {error["field"]: error["expected"] for error in answer.json()["errors"]}
        assert found == {field: f"attendu : {french}" for field, french in told.items()}
    unfinished = office[0].post(path, content=b"{", headers={**key, "Content-Type": "application/json"})
    assert unfinished.json()["errors"] == [{"field": "body", "expected": "attendu : du JSON bien formé"}]


def test_two_officers_sign_one_after_the_other(office: Served) -> None:
    client, world, _ = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    prepared = manager.prepare(EXCEPTION).json()
    first = manager.sign(prepared)
    assert first.status_code == 202
    assert [seat["signed"] for seat in first.json()["seats"]] == [True, False]
    assert manager.sign(prepared).status_code == 202
    (line,) = director.send("GET", "/secretariat/statements").json()["statements"]
    assert (line["number"], line["not_yet"]) == (prepared["number"], None)
    again = director.send("GET", f"/secretariat/statements/{line['number']}").json()
    assert again["to_sign"] == prepared["to_sign"]  # what the first one signed
    assert director.sign(again).json()["event"] == "separation-exception-granted/v1"
    assert director.send("GET", "/secretariat/statements").json() == {
        "statements": [],
        "next": None,
        "unreadable": [],
    }
    assert "wolof" not in str(world.ledger.signed_events(Stream("candidacy", "c-awa"))[-1].envelope).lower()


def test_many_officers_sign_at_once(office: Served) -> None:
    client, world, inbox = office
    director = Officer(client, "director")
    people = ("panel1", "panel2", "assessor1", "assessor2", "facilitator", "decider1")
    prepared = [
        director.prepare({**GRANT, "arguments": {"person_id": p, "role": "moderator"}}, f"key-of-{p}").json()
        for p in people
    ]
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(director.sign, prepared))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["leaf"] for answer in answers}) == len(people)
    assert inbox.waiting() == []
    assert all("moderator" in world.read().officer(p).roles for p in people)


def test_a_refusal_leaves_nothing_in_the_inbox_and_is_in_the_language_asked(
    office: Served,
) -> None:
    client, _, inbox = office
    wanted = {**GRANT, "arguments": {"person_id": "panel1", "role": "selection-panel"}}
    director = Officer(client, "director")
    answer = director.prepare(wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, "role-already-held")
    assert "already holds" in answer.json()["detail"]
    french = director.send(
        "POST", "/secretariat/statements", wanted, {"Idempotency-Key": "key-00000002", "Accept-Language": "fr"}
    )
    assert "exerce déjà" in french.json()["detail"]
    assert inbox.waiting() == []


def test_a_key_used_again_gives_the_same_answer_or_a_conflict(office: Served) -> None:
    client, _, inbox = office
    director = Officer(client, "director")
    first = director.prepare(GRANT)
    assert director.prepare(GRANT).content == first.content
    assert len(inbox.waiting()) == 1
    other = director.prepare({**GRANT, "arguments": {"person_id": "panel2", "role": "moderator"}})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    again = director.prepare(GRANT, "key-00000002")
    assert (again.status_code, again.json()["code"]) == (422, "waits-already")
    assert f"no. {first.json()['number']}" in again.json()["detail"]
    registrar = Officer(client, "registrar")  # another person's key is another key
    unlike = {**GRANT, "arguments": {"person_id": "panel2", "role": "moderator"}}
    assert registrar.prepare(unlike).json()["number"] != first.json()["number"]


def test_looking_leaves_the_prepared_bytes_as_they_are(office: Served) -> None:
    client, world, inbox = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    prepared = manager.prepare(EXCEPTION).json()
    for officer in (manager, director):  # two seats: each looks, nobody has signed yet
        (line,) = officer.send("GET", "/secretariat/statements").json()["statements"]
        assert officer.send("GET", f"/secretariat/statements/{line['number']}").json()["payload"] == prepared["payload"]
    assert manager.prepare(EXCEPTION).json() == prepared  # repeated under the same key
    before = rows_of(world)
    inbox.preview(inbox.waiting()[0])
    assert rows_of(world) == before
    assert manager.sign(prepared).status_code == 202
    assert director.sign(prepared).status_code == 201
    again = manager.prepare(EXCEPTION).json()  # once recorded, the bytes that were signed
    assert again["payload"] == prepared["payload"]
    assert [seat["signed"] for seat in again["seats"]] == [True, True]


def test_what_can_no_longer_be_recorded_is_prepared_anew(office: Served) -> None:
    client, world, _ = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    prepared = manager.prepare(EXCEPTION).json()
    manager.sign(prepared)
    world.now += timedelta(days=8)
    anew = director.send("GET", f"/secretariat/statements/{prepared['number']}").json()
    assert anew["time"] > prepared["time"]
    assert [seat["signed"] for seat in anew["seats"]] == [False, False]
    assert manager.sign(anew).status_code == 202
    assert director.sign(anew).status_code == 201


def test_only_signers_see_what_a_statement_says(office: Served) -> None:
    client, world, inbox = office
    world.score("c-awa", 4)
    reveal = {
        "command": "reveal-score-sheet",
        "arguments": {"candidacy_id": "c-awa", "sheet_id": "c-awa-simulation-assessor2"},
        "signers": ["registrar"],
    }
    answer = Officer(client, "assessor1").prepare(reveal)
    assert (answer.status_code, answer.json()["code"]) == (422, "signer-not-named")
    assert inbox.waiting() == []
    manager = Officer(client, "manager")
    filed = manager.prepare(reveal)
    seats = [{"person": "registrar", "role": "registrar", "signed": False}]
    assert filed.json() == {"number": 1, "command": "reveal-score-sheet", "seats": seats}
    assert manager.send("GET", "/secretariat/statements/1").status_code == 404
    registrar = Officer(client, "registrar")
    statement = registrar.send("GET", "/secretariat/statements/1").json()
    assert "levels" in statement["words"]["en"]
    assert registrar.sign(statement).status_code == 201
    again = manager.prepare(reveal)
    assert again.json() == {**filed.json(), "seats": [{**seats[0], "signed": True}]}


def test_a_request_is_remembered_without_a_name_and_not_for_ever(office: Served) -> None:
    client, world, inbox = office
    world.do("register-person", "registrar", person_id="zen", details=names("Zenobie", "Nullepartsecret"))
    director, registrar = Officer(client, "director"), Officer(client, "registrar")
    grant = {**GRANT, "arguments": {"person_id": "zen", "role": "moderator"}}
    director.sign(director.prepare(grant).json())
    consent = {"command": "give-listing-consent", "arguments": {"person_id": "zen"}, "signers": ["registrar"]}
    assert "Nullepartsecret" in registrar.prepare(consent).json()["words"]["en"]
    assert not any(form in str(rows_of(world)).encode() for form in forms("Nullepartsecret"))
    world.do("revoke-role", "director", person_id="zen", role="moderator")
    world.do("erase-personal-data", "protection", "security", person_id="zen", basis_code="request")
    assert inbox.waiting() == []
    assert rows_of(world, REQUESTS) == []
    director.prepare(GRANT)
    world.now += timedelta(days=7)
    director.prepare({**GRANT, "arguments": {"person_id": "panel2", "role": "moderator"}}, "key-00000002")
    assert [row[:2] for row in rows_of(world, REQUESTS)] == [("director", digests("key-00000002", b"")[0])]


def test_two_last_signatures_at_once_are_both_kept(office: Served) -> None:
    _, world, inbox = office
    for number in range(10):
        world.do("register-person", "registrar", person_id=f"q{number}", details=names("z", "y"))
        erasure = proposal(
            "erase-personal-data", "protection", "security", person_id=f"q{number}", basis_code="request"
        )
        item, prepared = inbox.propose(erasure, "test")
        assert prepared is not None
        together = Barrier(2)

        def sign(
            person: str, number: int = item.number, prepared: Prepared = prepared, together: Barrier = together
        ) -> Receipt | Waiting:
            together.wait()
            return inbox.add(number, person, prepared.signed_by(key_of(person)))

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(sign, ("protection", "security")))
        assert [type(answer) for answer in answers].count(Receipt) == 1, answers
    assert inbox.waiting() == []


def test_a_complete_statement_whose_recording_was_interrupted_is_recorded_by_asking_again(
    office: Served,
) -> None:
    client, world, _ = office
    director = Officer(client, "director")
    prepared = director.prepare(GRANT).json()

    def dies(_: object) -> Receipt:
        raise OperationalError("disk I/O error")

    with served(world, dies) as (dying, _):
        assert Officer(dying, "director").sign(prepared).status_code == 503
    assert [line["number"] for line in director.send("GET", "/secretariat/statements").json()["statements"]] == [1]
    assert director.sign(prepared).status_code == 201
    assert "moderator" in world.read().officer("panel1").roles


def test_the_same_last_signature_sent_twice_at_once_gives_the_same_receipt(
    office: Served,
) -> None:
    client, _, inbox = office
    director = Officer(client, "director")
    prepared = director.prepare(GRANT).json()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: director.sign(prepared), range(4)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["leaf"] for answer in answers}) == 1
    assert inbox.waiting() == []


def test_a_statement_recorded_while_its_last_signature_is_added_gives_the_same_receipt(
    office: Served,
) -> None:
    client, world, _ = office
    director = Officer(client, "director")
    prepared = director.prepare(GRANT).json()

    def record_just_after(submission: Submission) -> Receipt:
        """The same request, sent a moment earlier, is recorded first."""
        world.ledger.record(submission)
        return world.ledger.record(submission)

    with served(world, record_just_after) as (other, _):
        answer = Officer(other, "director").sign(prepared)
    assert answer.status_code == 201
    assert director.sign(prepared).json()["leaf"] == answer.json()["leaf"] == world.ledger.size() - 1


def test_a_grant_is_recorded_although_no_registrar_can_issue_its_certificate(
    office: Served,
) -> None:
    _, world, inbox = office
    world.score("c-awa", 4)
    world.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    world.do("close-session", "manager", session_id="TOA-PCA-FR-2017")
    for sheet in world.read().candidacy("c-awa").live_sheets:
        world.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    world.do("compute-outcome", "registrar", candidacy_id="c-awa")
    world.do("compute-ranking", "registrar", session_id="TOA-PCA-FR-2017")
    world.do("revoke-key", "security", person_id="registrar", key_id=key_of("registrar").key_id, reason_code="lost")
    granting = proposal(
        "decide-certification", "decider1", "decider2", candidacy_id="c-awa", effective_from=date(2017, 5, 19)
    )
    (number,) = inbox.file([granting], "test")
    inbox.sign(number, "decider1", key_of("decider1"))
    assert isinstance(inbox.sign(number, "decider2", key_of("decider2")), Receipt)
    assert inbox.waiting() == []


def test_the_key_is_required(office: Served) -> None:
    answer = Officer(office[0], "director").send("POST", "/secretariat/statements", GRANT)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize("by", ["signing", "preparing", "looking", "opening"])
def test_what_a_copy_of_the_log_brought_is_noted_by_asking_again(office: Served, by: str) -> None:
    client, world, inbox = office
    director = Officer(client, "director")
    prepared = director.prepare(GRANT).json()

    def record_and_die(submission: Submission) -> Receipt:
        world.ledger.record(msgspec.structs.replace(submission, settle=None))
        raise OperationalError("the process dies")

    with served(world, record_and_die) as (dying, _):
        assert Officer(dying, "director").sign(prepared).status_code == 503
    size = world.ledger.size()
    assert [item.number for item in inbox.waiting()] == [prepared["number"]]
    if by == "preparing":
        again = director.prepare(GRANT).json()
        assert again["payload"] == prepared["payload"]
        assert [seat["signed"] for seat in again["seats"]] == [True]
    if by == "looking":
        with pytest.raises(Refused, match="no statement"):
            inbox.preview(inbox.waiting()[0])
        path = f"/secretariat/statements/{prepared['number']}"
        assert director.send("GET", path).status_code == 404
    if by == "opening":
        Inbox(world.ledger).close()
    assert (inbox.waiting() == []) is (by != "signing")
    assert director.sign(prepared).json()["leaf"] == size - 1
    assert world.ledger.size() == size
    assert inbox.waiting() == []


def test_a_false_signature_is_refused_at_once(office: Served) -> None:
    client, _, inbox = office
    manager = Officer(client, "manager")
    prepared = manager.prepare(EXCEPTION).json()
    wrong = {**prepared, "to_sign": b64encode(b"something else").decode()}
    assert manager.sign(wrong).json()["code"] == "signature-invalid"
    assert manager.sign(prepared, key_of("director")).json()["code"] == "signature-unknown-key"
    assert manager.sign(prepared, key_of("nobody")).json()["code"] == "signature-unknown-key"
    assert inbox.waiting()[0].signatures == {}
    given = {"keyid": manager.key.key_id, "signature": "AAAA"}
    answer = manager.send("POST", f"/secretariat/statements/{prepared['number']}/signatures", given)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "signature")


def test_statements_of_others_are_not_there(office: Served) -> None:
    client, _, _ = office
    prepared = Officer(client, "director").prepare(GRANT).json()
    path = f"/secretariat/statements/{prepared['number']}"
    assessor = Officer(client, "assessor1")
    assert assessor.send("GET", path).status_code == 404
    assert assessor.sign(prepared).status_code == 404
    assert assessor.send("GET", "/secretariat/statements").json()["statements"] == []
    assert Officer(client, "director").send("GET", "/secretariat/statements/999").status_code == 404


@pytest.mark.parametrize("number", [-1, 0, 2**63, 10**22, -(10**22)])
def test_a_number_that_no_statement_can_have_is_not_there(office: Served, number: int) -> None:
    director = Officer(office[0], "director")
    assert director.send("GET", f"/secretariat/statements/{number}").status_code == 404
    assert director.sign({"number": number, "to_sign": ""}).status_code == 404


@pytest.mark.parametrize(
    ("field", "command", "arguments"),
    [
        ("person_id", "register-person", {"person_id": "Awa Diallo", "details": []}),
        ("effective_from", "decide-certification", {"candidacy_id": "c-awa", "effective_from": "9999-12-31"}),
    ],
)
def test_what_no_statement_may_state_is_refused_by_its_field(
    office: Served, field: str, command: str, arguments: dict[str, Any]
) -> None:
    client, _, inbox = office
    signers = ["decider1", "decider2"] if command == "decide-certification" else ["registrar"]
    wanted = {"command": command, "arguments": arguments, "signers": signers}
    headers = {"Idempotency-Key": "key-00000001", "Accept-Language": "fr"}
    answer = Officer(client, signers[0]).send("POST", "/secretariat/statements", wanted, headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed"), answer.text
    assert answer.json()["detail"].startswith(f"{field} : valeur incorrecte (attendu : ")
    assert inbox.waiting() == []


def test_what_waits_comes_in_pages_with_reasons(office: Served) -> None:
    client, _, inbox = office
    director = Officer(client, "director")
    director.prepare(GRANT)
    inbox.file([proposal("grant-role", "director", **GRANT["arguments"]) for _ in range(2)], "twice by a program")
    numbers = [w.number for w in inbox.waiting()]
    first = director.send("GET", "/secretariat/statements?limit=2").json()
    assert [s["number"] for s in first["statements"]] == numbers[:2]
    rest = director.send("GET", f"/secretariat/statements?limit=2&after={first['next']}").json()
    assert [s["number"] for s in rest["statements"]] == numbers[2:]
    assert rest["next"] is None
    director.sign(director.send("GET", f"/secretariat/statements/{numbers[0]}").json())
    (second, _) = director.send("GET", "/secretariat/statements").json()["statements"]
    assert "already holds" in second["not_yet"]["en"]
    assert "exerce déjà" in second["not_yet"]["fr"]


def test_whoever_countersigns_the_change_of_a_sealed_sheet_reads_no_level(office: Served) -> None:
    client, world, _ = office
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    sheet = {"candidacy_id": "c-awa", "sheet_id": "s-1", "activity": "case-study"}
    world.do("submit-score-sheet", "assessor1", **sheet, commitment=value("levels", {"practical-skills": 3}))
    change = {
        "candidacy_id": "c-awa",
        "old_sheet_id": "s-1",
        "sheet_id": "s-2",
        "reason_code": "omission",
        "commitment": {"name": "levels", "value": {"practical-skills": 5}},
    }
    wanted = {"command": "supersede-score-sheet", "arguments": change, "signers": ["assessor1", "moderator"]}
    prepared = Officer(client, "assessor1").prepare(wanted).json()
    assert "practical-skills 5" in prepared["words"]["en"]
    moderator = Officer(client, "moderator")
    one = moderator.send("GET", f"/secretariat/statements/{prepared['number']}").json()
    (listed,) = moderator.send("GET", "/secretariat/statements").json()["statements"]
    for read in (one, listed):
        assert "(sealed)" in read["words"]["en"]
        assert "practical-skills 5" not in json.dumps(read)


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("command", {**GRANT, "command": "dance"}),
        ("signers", {**GRANT, "signers": ["director", "manager"]}),
        ("arguments", {**GRANT, "arguments": {"person_id": "panel1"}}),
        ("arguments", {**GRANT, "arguments": {"person_id": "panel1", "role": "king"}}),
        ("arguments", {**GRANT, "arguments": {"person_id": "panel1", "role": "moderator", "why": 1}}),
        ("command", {"arguments": {}, "signers": []}),
        ("signers", {**GRANT, "signers": "director"}),
    ],
)
def test_a_wrong_field_is_named(office: Served, field: str, wanted: Any) -> None:
    answer = Officer(office[0], "director").prepare(wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), answer.text


def test_a_body_that_is_too_large_is_refused(office: Served) -> None:
    answer = Officer(office[0], "director").prepare({**GRANT, "arguments": {"x": "x" * 300_000}})
    assert (answer.status_code, answer.json()["code"]) == (413, "http-413")


def refused(answer: Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated"), answer.text
    assert answer.headers["WWW-Authenticate"] == "Signature"


def test_nobody_is_taken_for_an_officer(office: Served) -> None:
    client, world, _ = office
    refused(client.get("/secretariat/statements"))
    refused(client.post("/secretariat/statements", json=GRANT))
    refused(Officer(client, "nobody").prepare(GRANT))
    world.do("revoke-key", "security", person_id="manager", key_id=key_of("manager").key_id, reason_code="lost")
    refused(Officer(client, "manager").prepare(EXCEPTION))
    director = Officer(client, "director")
    refused(director.send("POST", "/secretariat/statements", GRANT, {"Idempotency-Key": "key-00000001"}, b"{}"))
    stale = Officer(client, "director")
    stale.signed["created"] = datetime.now(UTC) - timedelta(minutes=10)
    refused(stale.prepare(GRANT))
    other = Officer(client, "director")
    other.signed["tag"] = "something-else"
    refused(other.prepare(GRANT))
    partial = Officer(client, "director")
    partial.covered = ["@method"]
    refused(partial.prepare(GRANT))
    request = client.build_request("GET", "https://other.example.org/secretariat/statements")
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys(key_of("director"))).sign(
        request,
        key_id=key_of("director").key_id,
        nonce=token_urlsafe(),
        covered_component_ids=("@method", "@target-uri"),
        tag="pca-ledger",
    )
    refused(client.get("/secretariat/statements", headers=dict(request.headers)))


def test_errors_that_are_no_refusals_are_in_french_too(office: Served) -> None:
    client, _, _ = office
    director, french = Officer(client, "director"), {"Accept-Language": "fr"}
    unsigned = client.get("/secretariat/statements", headers=french)
    says = "la demande n’est pas signée par la clé active d’un responsable (not-authenticated : Signature: "
    assert unsigned.json()["detail"].startswith(says)
    director.prepare(GRANT)
    other = {**GRANT, "arguments": {"person_id": "panel2", "role": "moderator"}}
    again = director.send("POST", "/secretariat/statements", other, {**french, "Idempotency-Key": "key-00000001"})
    assert again.status_code == 409
    assert again.json()["detail"].startswith("cette clé Idempotency-Key a déjà servi à une autre demande (")
    ask = {**GRANT, "signers": []}
    seats = director.send("POST", "/secretariat/statements", ask, {**french, "Idempotency-Key": "key-00000002"})
    assert seats.json()["detail"] == (
        "signers : une personne est attendue pour chaque fonction : Direction du Secrétariat"
    )


def test_the_description_names_the_commands_only_where_they_are_served(office: Served) -> None:
    client, world, _ = office
    assert "/secretariat/statements" in client.get("/openapi.json").json()["paths"]
    with Register(world.ledger, Settings(base_url=BASE)) as register:
        assert "/secretariat/statements" not in create_app(register).openapi()["paths"]


def test_the_inbox_signs_as_before(office: Served) -> None:
    client, _, inbox = office
    number = Officer(client, "director").prepare(GRANT).json()["number"]
    assert isinstance(inbox.sign(number, "director", key_of("director")), Receipt)
