"""Officers act at the same moment in two processes, each with its own ledger on one record: one result, whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import pytest
from sqlalchemy import select

from api.secretariat.endings import COMMAND_LINE, LIFETIME
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, Trace, proposal
from api.secretariat.requests import Request
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError
from ledger.store.desk_tables import KEYS_GOING
from ledger.store.keystore.opening import open_keys
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt
from tests.api.secretariat.rows import rows_of
from tests.api.secretariat.test_endings import erasure, registration
from tests.scenario import names
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")

ROUNDS = 4


@pytest.fixture
def both(staffed: World) -> Iterator[tuple[Inbox, Inbox]]:
    """The inboxes of two processes."""
    with (
        Ledger.open(staffed.ledger.folder, lambda: staffed.now, is_simulated=True) as other,
        closing(Inbox(staffed.ledger)) as first,
        closing(Inbox(other)) as second,
    ):
        yield first, second


def together(*calls: Callable[[], object]) -> list[object]:
    """What each returns, or the refusal that it raises."""
    barrier = Barrier(len(calls))

    def call(each: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return each()
        except (Refused, LedgerError) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def grant(person: str) -> Proposal:
    return proposal("grant-role", "director", person_id=person, role="auditor")


def test_two_last_signatures(staffed: World, both: tuple[Inbox, Inbox]) -> None:
    for number in range(ROUNDS):
        staffed.do("register-person", "registrar", person_id=f"q{number}", details=names("Q"))
        (filed,) = both[0].file([erasure(f"q{number}")], COMMAND_LINE)
        _, prepared = both[0].prepare(filed, "protection")
        done = together(
            lambda filed=filed, p=prepared: both[0].add(filed, "protection", p.signed_by(key_of("protection"))),  # type: ignore[misc]  # mypy infers no type for a lambda with a default
            lambda filed=filed, p=prepared: both[1].add(filed, "security", p.signed_by(key_of("security"))),  # type: ignore[misc]
        )
        receipts = [answer for answer in done if isinstance(answer, Receipt)]
        assert len(receipts) == 1, done
        item = both[1].find(filed)
        assert item is not None
        assert item.leaf == receipts[0].index == staffed.ledger.size() - 1


@pytest.mark.parametrize("ends", ["withdraw", "expire", "take-back", "erase"])
def test_a_last_signature_and_an_end(staffed: World, both: tuple[Inbox, Inbox], ends: str) -> None:
    signing, ending = both
    for number in range(ROUNDS):
        person = f"q{number}"
        if ends == "erase":
            staffed.do("register-person", "registrar", person_id=person, details=names("Q"))
        proposed = registration(person)
        if ends == "erase":
            detail = {"name": "email", "value": "q@example.org"}
            proposed = proposal("update-person-details", "registrar", person_id=person, details=[detail])
        (filed,) = signing.file([proposed], f"W{number}", {str(number): "session.csv"})
        _, prepared = signing.prepare(filed, "registrar")
        signature = prepared.signed_by(key_of("registrar"))

        def end(filed: int = filed, number: int = number, person: str = person) -> object:
            match ends:
                case "withdraw":
                    return ending.withdraw(filed, COMMAND_LINE)
                case "take-back":
                    return ending.take_back(f"W{number}", COMMAND_LINE)
                case "erase":
                    return staffed.do(
                        "erase-personal-data", "protection", "security", person_id=person, basis_code="request"
                    )
                case _:
                    return ending.waiting()

        if ends == "expire":
            staffed.now += LIFETIME
        signed, ended = together(
            lambda filed=filed, s=signature: signing.add(filed, "registrar", s),  # type: ignore[misc]
            end,
        )
        item = signing.find(filed)
        if isinstance(signed, Receipt):
            assert item is not None
            assert (item.leaf, item.ending) == (signed.index, None)
            assert not isinstance(ended, Trace)
        else:
            assert isinstance(signed, Refused | LedgerError)
            assert item is None or item.leaf is None
        ending.waiting()
        assert all(row[3:5] == (None, None) for row in rows_of(staffed)), "no value is left"
    owners = [str(row.owner) for row in staffed.ledger.database.run(select(KEYS_GOING))]
    with closing(open_keys(staffed.ledger.folder)) as keys:
        assert len(owners) >= ROUNDS
        assert keys.keys(owners) == {}


def test_one_request_sent_twice(staffed: World, both: tuple[Inbox, Inbox]) -> None:
    for number in range(ROUNDS):
        request = Request.of("director", f"key-{number:08}", b"body")
        proposed = grant(f"panel{number + 1}" if number < 2 else f"assessor{number - 1}")
        done = together(*(lambda box=box, r=request, p=proposed: box.propose(p, "officer director", r) for box in both))
        assert [getattr(next(iter(answer)), "number", None) for answer in done if isinstance(answer, tuple)] == [
            number + 1
        ] * 2
    assert len(rows_of(staffed)) == ROUNDS


def test_one_import_filed_twice(staffed: World, both: tuple[Inbox, Inbox]) -> None:
    for number in range(ROUNDS):
        done = together(
            *(lambda box=box, n=number: box.file([grant("panel1")], f"W{n}", {str(n): "session.csv"}) for box in both)
        )
        assert sorted(type(answer) is list for answer in done) == [False, True], done
    assert len(rows_of(staffed)) == ROUNDS


def test_numbers_grow_and_none_is_given_twice(staffed: World, both: tuple[Inbox, Inbox]) -> None:
    given = together(*(lambda box=box: [box.file([grant("panel1")], "x")[0] for _ in range(8)] for box in both * 2))
    numbers = [number for each in given for number in each]  # type: ignore[attr-defined]
    assert sorted(numbers) == list(range(1, 33))
    for number in (31, 32):
        both[0].withdraw(number, COMMAND_LINE)
    staffed.do("register-person", "registrar", person_id="zen", details=names("Z"))
    (last,) = both[1].file([proposal("give-listing-consent", "registrar", person_id="zen")], "x")
    staffed.do("erase-personal-data", "protection", "security", person_id="zen", basis_code="request")
    both[1].waiting()
    assert both[0].find(last) is None
    assert both[0].file([grant("panel2")], "x") == [last + 1] == [34]
