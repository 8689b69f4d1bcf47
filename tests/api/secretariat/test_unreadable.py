"""One row that cannot be read, decided or shown hides no other: not in a list, not from signing, not at start-up."""

import sqlite3
from base64 import urlsafe_b64encode
from contextlib import closing
from typing import Any

import msgspec
import pytest

from api.secretariat.endings import COMMAND_LINE, LIFETIME
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import MAX_COMMAND_BYTES, Proposal, proposal
from api.secretariat.sealing import VALUES
from api.secretariat.signing_all import sign_all
from ledger.disclosures import MAX_BYTES
from ledger.domain import deciding
from ledger.domain.decisions.office import GrantRole
from ledger.domain.decisions.persons import RegisterPerson
from ledger.domain.decisions.rows import CommandType
from ledger.domain.events.common import Digest
from ledger.domain.record import Fact, Role, Signer
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND
from ledger.store.keystore.opening import open_keys
from ledger.store.keystore.sealing import seal
from ledger.store.submission import Receipt
from tests.api.secretariat.rows import rows_of, tamper
from tests.api.secretariat.test_erasure import FAMILY, GIVEN, found_in
from tests.api.secretariat.test_http import EXCEPTION, GRANT, Officer, Served, office
from tests.commands import run
from tests.ledger.test_disclosures import nested
from tests.scenario import names
from tests.serving import client_of
from tests.support import SESSION, World, key_of

__all__ = ["office"]

DEEP = b"[" * 900 + b"]" * 900
NO_TEXT = b"\xff"
LATER = "a-command-of-a-later-version"


def drafting(criteria: int) -> dict[str, object]:
    """The draft of a scheme with so many criteria, of 100 bytes or so each."""
    named = [{"id": f"c-{number:04}", "name_en": "x" * 30, "name_fr": "x" * 30} for number in range(criteria)]
    arguments = {
        "scheme_id": "toa-pca-fr",
        "version": "2.0.0",
        "criteria": named,
        "competencies": [{"id": "one", "name_en": "One", "name_fr": "Une", "cut": 1}],
        "activities": [{"id": "talk", "name_en": "Talk", "name_fr": "Oral", "competencies": ["one"]}],
        "levels": [{"level": level, "anchor_en": "x", "anchor_fr": "x"} for level in (1, 2)],
        "decision_rule": "mean-of-levels/v1",
        "assessors_per_cell": 1,
        "seats": 1,
        "validity_months": None,
        "renewal_window_months": 0,
        "separation_months": 0,
    }
    return {"command": "draft-scheme-version", "arguments": arguments, "signers": ["manager"]}


def disclosed(value: bytes) -> bytes:
    """The disclosures of a proposal, with a value as JSON."""
    encoded = urlsafe_b64encode(b'["salt0000000000000000000","given_name",' + value + b"]").rstrip(b"=").decode()
    return msgspec.json.encode([encoded])


def with_reason(value: object) -> dict[str, object]:
    arguments: object = EXCEPTION["arguments"]
    assert isinstance(arguments, dict)
    return {**EXCEPTION, "arguments": {**arguments, "reason": {"name": "reason", "value": value}}}


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (nested(900), 422, "malformed"),
        (nested(60, {"a": 1}), 422, "value-too-deep"),
        ("x" * MAX_BYTES, 422, "value-too-large"),
        ("half \ud800", 422, "malformed"),
        ({"\ud800": 1}, 422, "malformed"),
        (1.5, 400, "input"),
        (2**60, 422, "malformed"),
    ],
)
def test_a_value_that_nobody_could_read_again_is_refused_and_nothing_is_kept(
    office: Served, value: object, status: int, code: str
) -> None:
    """Case R2."""
    client, _, inbox = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    answer = manager.prepare(with_reason(value))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert inbox.waiting() == []
    assert director.send("GET", "/secretariat/statements").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        {**GRANT, "arguments": nested(900, {})},
        {**GRANT, "arguments": {"person_id": nested(900), "role": "moderator"}},
        {**GRANT, "arguments": {"person_id": "panel1", "role": "\ud800"}},
        {**GRANT, "arguments": {"person_id": "panel1", "role": "moderator", "\ud800": 1}},
        {**GRANT, "command": "\ud800"},
        {**GRANT, "signers": ["\ud800"]},
        {**GRANT, "signers": ["Awa Diallo"]},
        {
            "command": "establish-scheme",
            "arguments": {"scheme_id": "x", "title_en": "\ud800", "title_fr": "", "domain": ""},
            "signers": ["director"],
        },
        drafting(600),
    ],
)
def test_whatever_no_statement_can_state_is_an_error_of_the_request(office: Served, wanted: object) -> None:
    client, _, inbox = office
    answer = Officer(client, "director").prepare(wanted)
    assert answer.status_code in (400, 422), answer.text
    assert inbox.waiting() == []


def test_the_largest_arguments_become_a_statement_that_is_recorded(office: Served) -> None:
    client, _, _ = office
    manager = Officer(client, "manager")
    each = len(msgspec.json.encode(drafting(2))) - len(msgspec.json.encode(drafting(1)))
    most = MAX_COMMAND_BYTES // each - 10
    assert manager.prepare(drafting(most + 10)).json()["code"] == "command-too-large"
    assert manager.sign(manager.prepare(drafting(most)).json()).status_code == 201


def test_a_statement_that_would_be_too_large_is_not_filed_either(staffed: World) -> None:
    large = Proposal(
        RegisterPerson(person_id="x", details=tuple(Digest(f"detail_{number}", "x" * 43) for number in range(600))),
        (Signer("registrar", Role.REGISTRAR),),
    )
    with closing(Inbox(staffed.ledger)) as inbox:
        small = proposal("grant-role", "director", person_id="panel1", role="moderator")
        with pytest.raises(Refused, match="bytes"):
            inbox.file([small, large], "test")
        assert inbox.waiting() == []


@pytest.mark.parametrize(
    ("column", "stored"),
    [
        ("command", LATER),
        ("arguments", b"{"),
        ("arguments", b'{"person_id": "\xff"}'),
        ("arguments", b'{"person_id":' + DEEP + b"}"),
        ("disclosures", disclosed(DEEP)),
        ("disclosures", b"[1]"),
        ("disclosures", b'["AAAA"]'),
        ("disclosures", DEEP),
        ("signers", b"[]]"),
        ("signers", DEEP),
        ("signatures", b"[]"),
        ("command", NO_TEXT),
        ("source", NO_TEXT),
    ],
)
def test_a_row_that_cannot_be_read_is_listed_by_number_and_removed(office: Served, column: str, stored: object) -> None:
    """Case R2."""
    client, world, inbox = office
    director, manager = Officer(client, "director"), Officer(client, "manager")
    bad, good = manager.prepare(EXCEPTION).json()["number"], director.prepare(GRANT).json()["number"]
    if column == VALUES:
        assert isinstance(stored, bytes)
        with closing(open_keys(world.ledger.folder)) as keys:
            owner = str(rows_of(world)[0][4])
            stored = seal(keys.keys([owner])[owner], owner, column, stored)
    if stored is NO_TEXT:
        with world.ledger.database.transaction(commit=True) as cursor:
            cursor.execute(f"UPDATE proposals SET {column} = CAST(X'FF' AS TEXT) WHERE id = {bad}")
    else:
        tamper(world, bad, **{column: stored})
    page = director.send("GET", "/secretariat/statements").json()
    assert ([line["number"] for line in page["statements"]], page["unreadable"]) == ([good], [bad])
    assert director.send("GET", f"/secretariat/statements/{bad}").status_code == 404
    assert manager.prepare(EXCEPTION).status_code == 404  # the same request: it files nothing
    with closing(Inbox(world.ledger)) as again:
        assert ([w.number for w in again.waiting()], [t.number for t in again.unreadable()]) == ([good], [bad])
        assert len(sign_all(again, {"director": key_of("director")})) == 1
    assert inbox.ended() == []
    path, body = f"/secretariat/statements/{bad}/withdrawal", {"reason": "cannot be read"}
    assert Officer(client, "assessor1").send("POST", path, body).status_code == 404
    assert Officer(client, "registrar").send("POST", path, body).status_code == 200
    assert inbox.unreadable() == []
    (trace,) = inbox.ended()
    assert trace.number == bad
    ended = manager.send("GET", "/secretariat/ended").json()["statements"]
    assert [each["number"] for each in ended] == [bad]


def test_the_command_line_removes_it_too_and_it_expires(staffed: World) -> None:
    with closing(Inbox(staffed.ledger)) as inbox:
        numbers = inbox.file(
            [proposal("grant-role", "director", person_id=f"p{n}", role="auditor") for n in (1, 2)], "test"
        )
        for number in numbers:
            tamper(staffed, number, command=LATER)
        inbox.withdraw(numbers[0], COMMAND_LINE)
        staffed.now += LIFETIME
        assert inbox.waiting() == []
        assert [trace.number for trace in inbox.ended()] == numbers[::-1]
        assert inbox.unreadable() == []


@pytest.mark.parametrize("payload", [b"", b"{", b'{"type":' + DEEP + b"}", b'{"type":"role-granted/v9"}'])
def test_prepared_bytes_that_are_no_statement_are_prepared_anew(office: Served, payload: bytes) -> None:
    client, world, _ = office
    director = Officer(client, "director")
    number = director.prepare(GRANT).json()["number"]
    tamper(world, number, payload=payload)
    with closing(Inbox(world.ledger)) as inbox:
        assert [w.number for w in inbox.waiting()] == [number]
    (line,) = director.send("GET", "/secretariat/statements").json()["statements"]
    assert line["not_yet"] is None
    assert director.sign(director.send("GET", f"/secretariat/statements/{number}").json()).status_code == 201


def test_what_a_rule_fails_by_hides_no_other(office: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command is known to do that: here a rule has a defect."""
    client, _, inbox = office
    director = Officer(client, "director")
    granting = inbox.file([proposal("grant-role", "director", person_id="panel1", role="moderator")], COMMAND_LINE)
    revoking = inbox.file([proposal("revoke-role", "director", person_id="panel2", role="selection-panel")], "x")

    def recurses(*arguments: object) -> Fact:
        return recurses(*arguments)

    broken = msgspec.structs.replace(BY_COMMAND[GrantRole], decide=recurses)
    rows: dict[Any, CommandType] = {**BY_COMMAND, GrantRole: broken}
    monkeypatch.setattr(deciding, "BY_COMMAND", rows)
    bad, good = director.send("GET", "/secretariat/statements").json()["statements"]
    assert ([bad["number"]], [good["number"]], good["not_yet"]) == (granting, revoking, None)
    assert "(RecursionError); withdraw it" in bad["not_yet"]["en"]
    assert director.send("GET", f"/secretariat/statements/{granting[0]}").status_code == 422
    assert len(sign_all(inbox, {"director": key_of("director")})) == 1
    assert Officer(client, "manager").prepare(EXCEPTION).status_code == 201  # decided on top of what waits
    inbox.withdraw(granting[0], COMMAND_LINE)
    assert [item.proposal.name for item in inbox.waiting()] == ["grant-separation-exception"]


def test_what_cannot_be_read_of_an_erased_person_is_removed(staffed: World) -> None:
    staffed.plan()
    staffed.do("register-person", "registrar", person_id="zenobie", details=names("Zen"))
    staffed.do("nominate-candidate", candidacy_id="c-zenobie", person_id="zenobie", details=[])
    staffed.do("withdraw-candidacy", candidacy_id="c-zenobie", effective_from=staffed.now.date(), reason=None)
    arguments = [b'{"person_id":"zenobie"', b'{"candidacy_id":"c-zenobie","new":1}', b'{"person_id":"panel1"}']
    with closing(Inbox(staffed.ledger)) as inbox:
        numbers = inbox.file(
            [
                proposal("update-person-details", "registrar", person_id="x", details=names(GIVEN, FAMILY))
                for _ in arguments
            ],
            "test",
        )
        for number, stored in zip(numbers, arguments, strict=True):
            tamper(staffed, number, arguments=stored)
            tamper(staffed, number, command=LATER)
        staffed.do("erase-personal-data", "protection", "security", person_id="zenobie", basis_code="request")
        assert inbox.waiting() == []
        assert [trace.number for trace in inbox.unreadable()] == numbers[2:]
        inbox.withdraw(numbers[2], COMMAND_LINE)
        assert found_in(staffed.ledger.folder) == []


def test_a_later_way_to_end_is_passed_over(staffed: World) -> None:
    with closing(Inbox(staffed.ledger)) as inbox:
        numbers = inbox.file(
            [proposal("grant-role", "director", person_id=f"p{n}", role="auditor") for n in (1, 2)], "test"
        )
        for number in numbers:
            inbox.withdraw(number, COMMAND_LINE)
        tamper(staffed, numbers[0], ended="superseded")
        assert [trace.number for trace in inbox.ended()] == numbers[1:]


@pytest.mark.parametrize(
    "stored", [DEEP, b'{"a":[1]}', b"1", b"null", b'"\\u0000\\u001b[2J"', b'"' + b"x" * 60_000 + b'"']
)
def test_a_name_in_the_vault_that_cannot_be_read_hides_no_other(workshop: World, stored: bytes) -> None:
    """Case R2: what was recorded before there were bounds."""
    digest = workshop.read().person("awa").named("given_name")[0].digest
    (held,) = workshop.ledger.vault.held([digest]).values()
    deep = msgspec.json.decode(disclosed(stored), type=list[str])[0]
    (sealed,) = workshop.ledger.vault.sealed([msgspec.structs.replace(held, encoded=deep)])
    with closing(sqlite3.connect(workshop.ledger.folder / "ledger.db")) as database, database:
        database.execute("UPDATE sealed_values SET sealed = ? WHERE digest = ?", (sealed.sealed, held.digest))
    for person in ("awa", "zoe"):
        workshop.do("give-listing-consent", "registrar", person_id=person)
    with client_of(workshop.ledger) as client:
        for page in ("/advisors", "/advisors?q=exemple", "/advisors/awa", "/changes", f"/certificates/{SESSION}-01-X"):
            for kind in ("text/html", "application/json"):
                assert client.get(page, headers={"Accept": kind}).status_code in (200, 400), page
    with closing(Inbox(workshop.ledger)) as inbox:
        inbox.file([proposal("withdraw-listing-consent", "registrar", person_id="awa")], "test")
        assert isinstance(inbox.sign(1, "registrar", key_of("registrar")), Receipt)
    workshop.ledger.close()
    for command in (("roster", "--on", "2018-01-01"), ("pending",), ("export", "out"), ("rebuild",)):
        run(workshop.ledger.folder.parent, *command)
