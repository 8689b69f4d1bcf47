"""Many statements are signed together as they were listed: what changed since is not signed, and takes nothing along."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from api.secretariat import together
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting, proposal
from api.secretariat.together import agreements, digest_of, listed, sign_listed, sign_ready
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.store.engines.database import EngineCursor
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt, Submission
from tests.scenario import names
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")

PEOPLE = [f"new-{number}" for number in range(5)]


@pytest.fixture
def inbox(staffed: World) -> Iterator[Inbox]:
    """Five persons wait for the registrar, each with the employment that follows in the same stream."""
    with closing(Inbox(staffed.ledger)) as inbox:
        for person in PEOPLE:
            inbox.file(
                [
                    proposal("register-person", "registrar", person_id=person, details=names(person)),
                    proposal(
                        "record-employment", "registrar", person_id=person, administration_id="FR", since="2016-01-01"
                    ),
                ],
                "test",
            )
        yield inbox


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each commit takes."""
    sizes: list[int] = []
    submit = Ledger.submit

    def counted(ledger: Ledger, submissions: Sequence[Submission]) -> Any:
        sizes.append(len(submissions))
        return submit(ledger, submissions)

    monkeypatch.setattr(Ledger, "submit", counted)
    return sizes


def sign(inbox: Inbox, world: World, agreed: dict[int, bytes], person: str = "registrar") -> list[Any]:
    return [signed.result for signed in sign_listed(inbox, world.ledger, person, key_of(person), agreed)]


def agreed(inbox: Inbox, world: World, person: str = "registrar") -> dict[int, bytes]:
    return agreements(listed(inbox, world.ledger, person))


def test_what_is_listed_is_recorded_in_few_commits_each_on_top_of_those_before(
    inbox: Inbox, staffed: World, groups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "GROUP", 7)
    before = staffed.ledger.size()
    results = sign(inbox, staffed, agreed(inbox, staffed))
    assert [result.index - before for result in results] == list(range(10))
    assert groups == [7, 3]
    assert inbox.waiting() == []
    assert staffed.read().person(PEOPLE[-1]).version == 2


def test_a_longer_list_asks_the_database_no_more_often(
    inbox: Inbox, staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is filed, read, settled and rid of its values together; so are the statements appended."""
    asked = list[int]()

    def counting(way: Any) -> Any:
        def counted(*arguments: Any) -> Any:
            asked[-1] += 1
            return way(*arguments)

        return counted

    for method in ("run", "execute", "executemany"):
        monkeypatch.setattr(EngineCursor, method, counting(getattr(EngineCursor, method)))
    listings = [proposal("register-person", "registrar", person_id=f"n-{n}", details=names(str(n))) for n in range(12)]
    for some in (listings[:2], listings[2:]):
        asked.append(0)
        numbers = inbox.file(some, "test")
        asked.append(0)
        listing = {number: said for number, said in agreed(inbox, staffed).items() if number in numbers}
        asked[-1] = 0
        assert all(isinstance(result, Receipt) for result in sign(inbox, staffed, listing))
    assert asked[:2] == asked[2:]


def test_a_list_has_the_same_digest_until_what_it_says_changes(inbox: Inbox, staffed: World) -> None:
    digest = digest_of(listed(inbox, staffed.ledger, "registrar"))
    staffed.do("record-employment", "registrar", person_id="panel1", administration_id="BE", since="2015-01-01")
    assert digest_of(listed(inbox, staffed.ledger, "registrar")) == digest  # the record moved on elsewhere
    inbox.withdraw(inbox.waiting()[-1].number, "command line")
    assert digest_of(listed(inbox, staffed.ledger, "registrar")) != digest


def test_what_ended_or_changed_since_it_was_listed_is_named_and_the_rest_is_recorded(
    inbox: Inbox, staffed: World
) -> None:
    listing = agreed(inbox, staffed)
    first, second, *rest = listing
    listing[first] = bytes(32)  # another fact was shown
    inbox.withdraw(rest[-1], "command line")
    changed, follows, *others, ended = sign(inbox, staffed, listing)
    assert isinstance(changed, Conflict)
    assert isinstance(follows, Refused)  # the employment of a person who is not registered
    assert all(isinstance(other, Receipt) for other in others)
    assert isinstance(ended, Refused)
    assert {item.number for item in inbox.waiting()} == {first, second}


def test_what_the_append_refuses_takes_nothing_from_the_others(
    inbox: Inbox, staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process registers the first person between the preparation and the append."""
    listing = agreed(inbox, staffed)
    submit = Ledger.submit

    def late(ledger: Ledger, submissions: Sequence[Submission]) -> Any:
        monkeypatch.setattr(Ledger, "submit", submit)
        staffed.do("register-person", "registrar", person_id=PEOPLE[0], details=names("Another"))
        return submit(ledger, submissions)

    monkeypatch.setattr(Ledger, "submit", late)
    registered, employed, *others = sign(inbox, staffed, listing)
    assert isinstance(registered, Refused)
    assert isinstance(employed, Refused | Conflict | Receipt)
    assert all(isinstance(other, Receipt) for other in others)
    assert all(not item.signatures for item in inbox.waiting())


def test_four_eyes_stay_four_eyes(staffed: World) -> None:
    staffed.plan()
    staffed.candidate("awa")
    reason = {"name": "reason", "value": "nobody else speaks Wolof"}
    arguments = {"candidacy_id": "c-awa", "assessor_id": "assessor1", "session_id": "TOA-PCA-FR-2017", "reason": reason}
    with closing(Inbox(staffed.ledger)) as inbox:
        (number,) = inbox.file([proposal("grant-separation-exception", "manager", "director", **arguments)], "test")
        (first,) = sign(inbox, staffed, agreed(inbox, staffed, "manager"), "manager")
        assert isinstance(first, Waiting)
        assert agreed(inbox, staffed, "manager") == {}  # theirs is given
        assert list(first.signatures) == ["manager"]
        (second,) = sign(inbox, staffed, agreed(inbox, staffed, "director"), "director")
        assert isinstance(second, Receipt)
        assert inbox.find(number) is not None


def test_everything_that_is_ready_is_signed_and_the_rest_is_named(inbox: Inbox, staffed: World) -> None:
    inbox.file([proposal("register-person", "registrar", person_id="panel1", details=names("Twice"))], "test")
    results = [signed.result for signed in sign_ready(inbox, staffed.ledger, "registrar", key_of("registrar"))]
    assert [type(result) for result in results] == [Receipt] * 10 + [Refused]


def test_a_clock_is_confirmed_at_the_time_that_was_listed_or_not_at_all(staffed: World) -> None:
    """The time of that statement is what it says: a list leaves it out until the first signature fixes it."""
    with closing(Inbox(staffed.ledger)) as inbox:
        said = proposal("confirm-clock", "security", "director", reason_code="long-silence")
        (number,) = inbox.file([said], "test")
        assert agreed(inbox, staffed, "security") == {}
        inbox.sign(number, "security", key_of("security"))
        listed_then = agreed(inbox, staffed, "director")
        assert list(listed_then) == [number]
        staffed.now += timedelta(days=8)  # it is prepared anew
        (changed,) = sign(inbox, staffed, listed_then, "director")
        assert isinstance(changed, Conflict)
        assert inbox.prepare(number, "security")[1].event.time > staffed.now - timedelta(days=1)
        inbox.sign(number, "security", key_of("security"))
        (recorded,) = sign(inbox, staffed, agreed(inbox, staffed, "director"), "director")
        assert isinstance(recorded, Receipt)


REDUCE: dict[str, Any] = {
    "certification_id": "c-awa",
    "removed": ["communication"],
    "reason_code": {"name": "reduction_reason", "value": "requested-by-holder"},
}
WITHDRAW: dict[str, Any] = {
    "certification_id": "c-awa",
    "reason_code": {"name": "withdrawal_reason", "value": "misconduct"},
}
SUSPEND: dict[str, Any] = {
    "certification_id": "c-awa",
    "reason_code": {"name": "suspension_reason", "value": "under-review"},
}


def test_two_officers_sign_several_statements_of_one_stream_with_one_gesture_each(workshop: World) -> None:
    """The second statement is prepared on top of the first, although that waits for the other officer."""
    since = {"effective_from": workshop.now.date()}
    with closing(Inbox(workshop.ledger)) as inbox:
        deciders = ("decider1", "decider2")
        for name, arguments in (("reduce-scope", REDUCE), ("withdraw-certification", WITHDRAW)):
            inbox.file([proposal(name, *deciders, **arguments, **since)], "test")
        for person, kind in zip(deciders, (Waiting, Receipt), strict=True):
            results = sign(inbox, workshop, agreed(inbox, workshop, person), person)
            assert [type(result) for result in results] == [kind, kind]


def test_what_one_officer_completes_does_not_wait_for_what_others_have_to_sign(workshop: World) -> None:
    since = {"effective_from": workshop.now.date()}
    with closing(Inbox(workshop.ledger)) as inbox:
        inbox.file([proposal("reduce-scope", "decider1", "decider2", **REDUCE, **since)], "test")
        inbox.file([proposal("suspend-certification", "decider1", **SUSPEND, **since)], "test")
        results = sign(inbox, workshop, agreed(inbox, workshop, "decider1"), "decider1")
        assert [type(result) for result in results] == [Waiting, Receipt]
        (anew,) = sign(inbox, workshop, agreed(inbox, workshop, "decider2"), "decider2")
        assert isinstance(anew, Waiting), "it was prepared anew, on top of the suspension"
        (recorded,) = sign(inbox, workshop, agreed(inbox, workshop, "decider1"), "decider1")
        assert isinstance(recorded, Receipt)
