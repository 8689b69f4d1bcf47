"""A proposal ends without being recorded: withdrawn, refused or expired. Its values are removed, a trace stays."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from eventsourcing.persistence import OperationalError

from api.secretariat.endings import COMMAND_LINE, LIFETIME, REGISTER, How
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, Trace, proposal
from api.secretariat.signing_all import sign_all
from ledger.domain.refusal import Refused
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from tests.api.secretariat.rows import rows_of, tamper
from tests.api.secretariat.test_erasure import FAMILY, GIVEN, found_in
from tests.api.secretariat.test_http import EXCEPTION, GRANT, Officer, Served, office
from tests.scenario import SESSION, names, value
from tests.support import World, key_of

__all__ = ["office"]

pytestmark = pytest.mark.usefixtures("engine")

PEOPLE = ("protection", "security")


@pytest.fixture
def inbox(staffed: World) -> Iterator[Inbox]:
    with closing(Inbox(staffed.ledger)) as inbox:
        yield inbox


def registration(person: str = "zenobie") -> Proposal:
    return proposal("register-person", "registrar", person_id=person, details=names(GIVEN, FAMILY))


def erasure(person: str) -> Proposal:
    return proposal("erase-personal-data", *PEOPLE, person_id=person, basis_code="request")


def values_of(inbox: Inbox, number: int) -> list[object]:
    item = inbox.find(number)
    assert item is not None
    return [disclosure.value for disclosure in item.proposal.disclosures]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_who_filed_it_withdraws_it_and_a_trace_stays(staffed: World, inbox: Inbox) -> None:
    (number,) = inbox.file([registration()], "command line")
    inbox.prepare(number, "registrar")
    assert values_of(inbox, number) == [GIVEN, FAMILY]
    assert found_in(staffed.ledger.folder) == []
    trace = inbox.withdraw(number, COMMAND_LINE, "filed twice")
    assert trace.ending is not None
    assert (trace.ending.how, trace.ending.by, trace.ending.reason) == (How.WITHDRAWN, COMMAND_LINE, "filed twice")
    assert trace.ending.at == staffed.ledger.now()
    assert inbox.waiting() == []
    assert [t.ending for t in inbox.ended()] == [trace.ending]
    assert found_in(staffed.ledger.folder) == []
    assert code_of(lambda: inbox.prepare(number, "registrar")) == "proposal-ended"
    assert code_of(lambda: inbox.sign(number, "registrar", key_of("registrar"))) == "proposal-ended"
    assert sign_all(inbox, {"registrar": key_of("registrar")}) == []
    assert inbox.withdraw(number, COMMAND_LINE).ending == trace.ending  # the same again
    assert code_of(lambda: inbox.refuse(number, "registrar", "no")) == "proposal-ended"


def test_its_signer_refuses_it_with_a_reason(staffed: World, inbox: Inbox) -> None:
    staffed.do("register-person", "registrar", person_id="zenobie", details=names("Zen"))
    (number,) = inbox.file([erasure("zenobie")], "command line")
    inbox.sign(number, "protection", key_of("protection"))
    for person in ("registrar", COMMAND_LINE):
        assert code_of(lambda person=person: inbox.refuse(number, person, "no")) == "unknown"  # type: ignore[misc]  # mypy infers no type for a lambda with a default
    trace = inbox.refuse(number, "security", "retention has not ended")
    assert trace.ending is not None
    assert (trace.ending.how, trace.ending.by) == (How.REFUSED, "security")
    assert inbox.waiting() == []
    item = inbox.find(number)
    assert item is not None
    assert (item.signatures, item.payload) == ({}, None)
    assert code_of(lambda: inbox.refuse(999, "security", "no")) == "unknown"


@pytest.mark.parametrize("reason", ["x" * 501, "two\nlines", "an \x1b[2J escape", "half \ud800"])
def test_a_reason_is_one_line(inbox: Inbox, reason: str) -> None:
    (number,) = inbox.file([registration()], "command line")
    assert code_of(lambda: inbox.refuse(number, "registrar", reason)) == "malformed"
    assert len(inbox.waiting()) == 1


def test_what_an_officer_filed_only_they_withdraw(office: Served) -> None:
    client, _, inbox = office
    manager, registrar, director = (Officer(client, person) for person in ("manager", "registrar", "director"))
    number = manager.prepare(EXCEPTION).json()["number"]
    path = f"/secretariat/statements/{number}/withdrawal"
    body = {"reason": "no longer needed"}
    refused = director.send("POST", path, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "filed-by-another")
    assert "manager" in refused.json()["detail"]
    assert registrar.send("POST", path, body).status_code == 404  # they neither filed nor sign it
    assert code_of(lambda: inbox.withdraw(number, COMMAND_LINE)) == "filed-by-another"
    assert manager.send("POST", path, {}).status_code == 400
    assert manager.send("POST", path, {"reason": ""}).status_code == 400
    assert manager.send("POST", path, {"reason": "\x1b[2J"}).status_code == 422
    answer = manager.send("POST", path, body)
    assert answer.status_code == 200
    assert answer.json() == {
        "number": number,
        "command": "grant-separation-exception",
        "filed_by": "manager",
        "how": "withdrawn",
        "at": answer.json()["at"],
        "by": "manager",
        "reason": "no longer needed",
    }
    assert manager.send("POST", path, body).json() == answer.json()
    assert manager.send("POST", "/secretariat/statements/99/withdrawal", body).status_code == 404
    for officer, count in ((manager, 1), (director, 1), (registrar, 0)):  # its signers see it, others do not
        assert len(officer.send("GET", "/secretariat/ended").json()["statements"]) == count
    assert director.send("GET", f"/secretariat/statements/{number}").status_code == 410


def test_what_no_officer_filed_a_registrar_or_a_manager_withdraws(office: Served) -> None:
    client, _, inbox = office
    filed = inbox.file([erasure("panel1"), erasure("panel2")], "command line")
    body, path = {"reason": "wrong person"}, f"/secretariat/statements/{filed[0]}/withdrawal"
    assert Officer(client, "assessor1").send("POST", path, body).status_code == 404
    assert Officer(client, "security").send("POST", path, body).status_code == 403
    assert Officer(client, "registrar").send("POST", path, body).json()["by"] == "registrar"
    path = path.replace(str(filed[0]), str(filed[1]))
    assert Officer(client, "manager").send("POST", path, body).status_code == 200


def test_a_signer_refuses_over_http_and_who_filed_it_sees_why(office: Served) -> None:
    client, _, _ = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    prepared = manager.prepare(EXCEPTION).json()
    manager.sign(prepared)
    path, body = f"/secretariat/statements/{prepared['number']}/refusal", {"reason": "the gap is too short"}
    assert Officer(client, "registrar").send("POST", path, body).status_code == 404
    assert director.send("POST", path, body).json()["how"] == "refused"
    (seen,) = manager.send("GET", "/secretariat/ended").json()["statements"]
    assert (seen["by"], seen["reason"]) == ("director", "the gap is too short")
    late = director.sign(prepared)
    assert (late.status_code, late.json()["code"]) == (410, "proposal-ended")
    french = director.send("GET", f"/secretariat/statements/{prepared['number']}?lang=fr")
    assert "a été refusée le" in french.json()["detail"]


def test_a_repeated_request_does_not_file_again_what_ended(office: Served) -> None:
    client, world, inbox = office
    manager, director = Officer(client, "manager"), Officer(client, "director")
    own, others = manager.prepare(EXCEPTION), manager.prepare(GRANT, "key-00000002")
    assert set(others.json()) == {"number", "command", "seats"}
    for answer in (own, others):
        assert manager.send(
            "POST", f"/secretariat/statements/{answer.json()['number']}/withdrawal", {"reason": "an error"}
        ).is_success
    for again in (manager.prepare(EXCEPTION), manager.prepare(GRANT, "key-00000002")):
        assert (again.status_code, again.json()["code"]) == (410, "proposal-ended")
    assert inbox.waiting() == []
    assert manager.prepare(EXCEPTION, "key-00000003").status_code == 201
    assert director.prepare(GRANT).status_code == 201
    world.now += LIFETIME
    assert manager.prepare(EXCEPTION, "key-00000004").status_code == 201


def test_the_latest_that_ended_come_first_in_pages(office: Served) -> None:
    client, world, inbox = office
    director = Officer(client, "director")
    numbers = inbox.file([proposal("grant-role", "director", person_id=f"p{n}", role="auditor") for n in "123"], "test")
    for number in numbers:
        world.now += timedelta(hours=1)
        inbox.refuse(number, "director", "not needed")
    first = director.send("GET", "/secretariat/ended?limit=2").json()
    assert ([s["number"] for s in first["statements"]], first["next"]) == ([3, 2], 2)
    rest = director.send("GET", "/secretariat/ended?skip=2&limit=2").json()
    assert ([s["number"] for s in rest["statements"]], rest["next"]) == ([1], None)


def test_it_expires_and_its_values_are_removed(staffed: World, inbox: Inbox) -> None:
    (number,) = inbox.file([registration()], "command line")
    (item,) = inbox.waiting()
    assert item.expires == staffed.ledger.now() + LIFETIME
    staffed.now += LIFETIME - timedelta(seconds=1)
    assert len(inbox.waiting()) == 1
    inbox.prepare(number, "registrar")
    staffed.now += timedelta(seconds=1)
    assert code_of(lambda: inbox.prepare(number, "registrar")) == "proposal-ended"
    assert inbox.waiting() == []
    (trace,) = inbox.ended()
    assert trace.ending is not None
    assert (trace.ending.how, trace.ending.by, trace.ending.reason) == (How.EXPIRED, REGISTER, None)
    assert found_in(staffed.ledger.folder) == []


def test_what_is_looked_at_or_opened_expires_too(staffed: World) -> None:
    with closing(Inbox(staffed.ledger)) as inbox:
        inbox.file([registration()], "command line")
    staffed.now += LIFETIME
    with closing(Inbox(staffed.ledger)) as inbox:
        assert rows_of(staffed)[0][3:5] == (None, None)
        assert len(inbox.ended()) == 1


def test_nothing_expires_by_a_clock_that_cannot_be_right(staffed: World) -> None:
    """Case R3: values that are removed do not come back with the right clock."""
    staffed.ledger.close()
    right = staffed.now
    for now in (right, right + timedelta(days=400), right + timedelta(days=1)):
        staffed.now = now
        with Ledger.open(staffed.ledger.folder, lambda: staffed.now) as ledger, closing(Inbox(ledger)) as inbox:
            if now == right:
                inbox.file([registration()], COMMAND_LINE)
            assert values_of(inbox, 1) == [GIVEN, FAMILY]
            assert inbox.ended() == []


def test_the_reason_goes_with_the_person_and_after_as_long_again(staffed: World, inbox: Inbox) -> None:
    staffed.do("register-person", "registrar", person_id="zenobie", details=names("Zen"))
    emails = [
        proposal("update-person-details", "registrar", person_id=person, details=[value("email", "z@example.org")])
        for person in ("zenobie", "panel1")
    ]
    numbers = inbox.file(emails, "command line")
    for number in numbers:
        inbox.refuse(number, "registrar", f"{GIVEN} {FAMILY} wrote another")
    (without,) = inbox.file([erasure("panel2")], "command line")
    inbox.withdraw(without, COMMAND_LINE)
    assert found_in(staffed.ledger.folder) == []
    staffed.do("erase-personal-data", *PEOPLE, person_id="zenobie", basis_code="request")
    inbox.waiting()
    reasons = {trace.number: trace.ending.reason for trace in inbox.ended() if trace.ending}
    assert reasons == {numbers[0]: None, numbers[1]: f"{GIVEN} {FAMILY} wrote another", without: None}
    staffed.now += LIFETIME
    assert [trace.ending.reason for trace in inbox.ended() if trace.ending] == [None, None, None]
    assert found_in(staffed.ledger.folder) == []


def test_what_is_recorded_does_not_end(staffed: World, inbox: Inbox) -> None:
    (number,) = inbox.file([registration()], "command line")
    receipt = inbox.sign(number, "registrar", key_of("registrar"))
    assert isinstance(receipt, Receipt)
    for ending in (lambda: inbox.withdraw(number, COMMAND_LINE), lambda: inbox.refuse(number, "registrar", "no")):
        assert code_of(ending) == "proposal-recorded"
    staffed.now += LIFETIME
    assert (inbox.waiting(), inbox.ended()) == ([], [])
    item = inbox.find(number)
    assert item is not None
    assert item.leaf == receipt.index


@pytest.mark.parametrize("ends", ["withdrawn", "expired", "opened"])
def test_what_was_recorded_by_a_process_that_died_does_not_end(staffed: World, inbox: Inbox, ends: str) -> None:
    (number,) = inbox.file([registration()], "command line")

    def record_and_die(submission: Submission) -> Receipt:
        staffed.ledger.record(submission)
        raise OperationalError("the process dies before this is kept")

    with closing(Inbox(staffed.ledger, record_and_die)) as dying, pytest.raises(OperationalError):
        dying.sign(number, "registrar", key_of("registrar"))
    size = staffed.ledger.size()
    if ends == "withdrawn":
        assert code_of(lambda: inbox.withdraw(number, COMMAND_LINE)) == "proposal-recorded"
    else:
        staffed.now += LIFETIME
        if ends == "opened":
            Inbox(staffed.ledger).close()
    assert (inbox.waiting(), inbox.ended()) == ([], [])
    item = inbox.find(number)
    assert item is not None
    assert item.leaf == size - 1
    assert staffed.ledger.size() == size


def test_what_all_have_signed_is_recorded_rather_than_ended_and_ends_if_it_cannot_be(
    staffed: World, inbox: Inbox
) -> None:
    numbers = inbox.file([erasure("nobody1"), registration("awa")], "command line")

    def dies(_: object) -> Receipt:
        raise OperationalError("disk I/O error")

    staffed.do("register-person", "registrar", person_id="nobody1", details=names("Nobody"))
    with closing(Inbox(staffed.ledger, dies)) as dying:
        dying.sign(numbers[0], "protection", key_of("protection"))
        for number, person in ((numbers[0], "security"), (numbers[1], "registrar")):
            with pytest.raises(OperationalError):
                dying.sign(number, person, key_of(person))
    assert [w.is_complete for w in inbox.waiting()] == [True, True]
    assert [w.number for w in inbox.waiting("protection")] == [
        numbers[0]
    ]  # who signed sees it: nothing else wants them
    assert code_of(lambda: inbox.refuse(numbers[0], "security", "no")) == "proposal-recorded"
    assert staffed.read().person("nobody1").erased
    staffed.do("register-person", "registrar", person_id="awa", details=names("Awa"))
    ending = inbox.withdraw(numbers[1], COMMAND_LINE).ending  # somebody else registered her meanwhile
    assert ending is not None
    assert ending.how is How.WITHDRAWN


def test_two_processes_end_and_sign_one_after_the_other(staffed: World, inbox: Inbox) -> None:
    (number,) = inbox.file([registration()], "command line")
    with closing(Inbox(staffed.ledger)) as other:
        _, prepared = other.prepare(number, "registrar")
        inbox.withdraw(number, COMMAND_LINE)
        assert code_of(lambda: other.add(number, "registrar", prepared.signed_by(key_of("registrar")))) == (
            "proposal-ended"
        )
        assert (other.waiting(), len(other.ended())) == ([], 1)
    assert staffed.read().person("zenobie").version == 0


def test_the_last_signature_and_a_withdrawal_at_once_have_one_result(staffed: World, inbox: Inbox) -> None:
    with closing(Inbox(staffed.ledger)) as other, ThreadPoolExecutor(2) as pool:
        for number in inbox.file([registration(f"q{n}") for n in range(12)], COMMAND_LINE):
            together = Barrier(2)

            def sign(number: int = number, together: Barrier = together) -> object:
                _, prepared = other.prepare(number, "registrar")
                together.wait()
                return other.add(number, "registrar", prepared.signed_by(key_of("registrar")))

            def withdraw(number: int = number, together: Barrier = together) -> object:
                together.wait()
                return inbox.withdraw(number, COMMAND_LINE)

            done = [answer.exception() or answer.result() for answer in (pool.submit(sign), pool.submit(withdraw))]
            item = inbox.find(number)
            assert item is not None
            if isinstance(done[0], Receipt):
                assert (item.leaf, item.ending) == (done[0].index, None)
                assert isinstance(done[1], Refused)
                assert done[1].code == "proposal-recorded"
            else:
                assert isinstance(done[0], Refused)
                assert done[0].code == "proposal-ended"
                assert (item.leaf, isinstance(done[1], Trace)) == (None, True)
                assert staffed.read().person(item.proposal.command.subject.id).version == 0


def test_a_statement_in_the_log_counts_whatever_ended_meanwhile(staffed: World, inbox: Inbox) -> None:
    (number,) = inbox.file([registration()], "command line")

    def records_after_it_was_ended(submission: Submission) -> Receipt:
        tamper(staffed, number, ended="withdrawn", ended_at=1, ended_by="x")
        return staffed.ledger.record(submission)

    with closing(Inbox(staffed.ledger, records_after_it_was_ended)) as late:
        assert isinstance(late.sign(number, "registrar", key_of("registrar")), Receipt)
    assert (inbox.waiting(), inbox.ended()) == ([], [])


def test_the_next_step_is_filed_by_the_register_and_withdrawn_by_the_secretariat(staffed: World, inbox: Inbox) -> None:
    staffed.plan()
    staffed.score(staffed.candidate("awa"), 4)
    staffed.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    staffed.do("close-session", "manager", session_id=SESSION)
    for sheet in staffed.read().candidacy("c-awa").live_sheets:
        staffed.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    staffed.do("compute-outcome", "registrar", candidacy_id="c-awa")
    staffed.do("compute-ranking", "registrar", session_id=SESSION)
    deciders = ("decider1", "decider2")
    inbox.file([proposal("decide-certification", *deciders, candidacy_id="c-awa", effective_from="2017-05-19")], "x")
    sign_all(inbox, {person: key_of(person) for person in deciders})
    (issue,) = inbox.waiting()
    assert (issue.proposal.name, issue.filed_by) == ("issue-certificate", REGISTER)
    inbox.withdraw(issue.number, COMMAND_LINE)
    assert inbox.waiting() == []
