"""Subscriptions are kept sealed in the record, by every process that may send; a removed one leaves nothing to read."""

from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError
from sqlalchemy import select, update

from api.sharing import subscriptions as module
from api.sharing.subscriptions import Subscription, Subscriptions, subscribe
from ledger.errors import Unreadable
from ledger.store import earlier
from ledger.store.desk_tables import KEYS_GOING, PLACES, SUBSCRIPTIONS
from tests.api.sharing.subscribed import placed, put_file
from tests.projections.test_changes import NUMBER
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def subscriptions(workshop: World) -> Subscriptions:
    return Subscriptions(workshop.ledger)


def new(*numbers: str) -> Subscription:
    return subscribe("https://hooks.example", numbers, internal=True)


def keys_of(world: World, *subscriptions: Subscription) -> dict[str, bytes]:
    return world.ledger.keys.store.keys(f"webhooks:{one.id}" for one in subscriptions)


def test_what_was_added_is_there_and_its_bytes_say_nothing(workshop: World, subscriptions: Subscriptions) -> None:
    first, second = new(NUMBER), new()
    subscriptions.add(first, 7)
    subscriptions.add(second, 0)
    other_process = Subscriptions(workshop.ledger)
    assert {kept.id: (kept.subscription, kept.place.position) for kept in other_process.all()} == {
        first.id: (first, 7),
        second.id: (second, 0),
    }
    assert other_process.require(first.id) == first
    for row in workshop.ledger.database.run(select(SUBSCRIPTIONS)):
        assert b"hooks.example" not in row.sealed
        assert b"whsec_" not in row.sealed


def test_a_removed_one_leaves_neither_place_nor_key(workshop: World, subscriptions: Subscriptions) -> None:
    kept, removed = new(), new()
    subscriptions.add(kept, 0)
    subscriptions.add(removed, 0)
    subscriptions.remove(removed.id)
    assert [one.subscription for one in subscriptions.all()] == [kept]
    assert keys_of(workshop, kept, removed).keys() == {f"webhooks:{kept.id}"}
    assert [row.subscription for row in workshop.ledger.database.run(select(PLACES))] == [kept.id]
    assert [row.owner for row in workshop.ledger.database.run(select(KEYS_GOING))] == [f"webhooks:{removed.id}"]
    for act in (subscriptions.remove, subscriptions.require):
        with pytest.raises(ValueError, match="there is no subscription"):
            act(removed.id)


def test_one_that_cannot_be_opened_is_told_and_can_be_removed(workshop: World, subscriptions: Subscriptions) -> None:
    lost, altered, whole = new(), new(), new()
    for one in (lost, altered, whole):
        subscriptions.add(one, 0)
    workshop.ledger.keys.destroy([f"webhooks:{lost.id}"])
    with workshop.ledger.database.transaction(commit=True) as cursor:
        cursor.run(update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.id == altered.id).values(sealed=b"x"))
    assert {kept.id: kept.subscription for kept in subscriptions.all()} == {
        lost.id: None,
        altered.id: None,
        whole.id: whole,
    }
    for one in (lost, altered):
        with pytest.raises(Unreadable, match=f"do not open {one.id}; remove it"):
            subscriptions.require(one.id)
        subscriptions.remove(one.id)
    assert [kept.id for kept in subscriptions.all()] == [whole.id]


def test_there_may_not_be_too_many(
    workshop: World, subscriptions: Subscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 500)
    first = new()
    subscriptions.add(first, 0)
    with pytest.raises(ValueError, match="more than 500 bytes"):
        subscriptions.add(new(*[NUMBER] * 20), 0)
    assert [kept.id for kept in subscriptions.all()] == [first.id]
    assert len(workshop.ledger.database.run(select(PLACES))) == 1


def test_a_file_of_an_earlier_version_is_taken_in_once(
    workshop: World, subscriptions: Subscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by a process that dies before it removes it, and by another machine with a copy of the file."""
    first, second = new(NUMBER), new()
    file = put_file(workshop.ledger.folder, first, second)
    with workshop.ledger.database.transaction(commit=True) as cursor:
        cursor.run(
            PLACES.insert(), {"subscription": first.id, "position": 7, "failures": 1, "again": 0, "trouble": "down"}
        )

    def dies(_: Path) -> None:
        raise OperationalError("the process dies")

    with monkeypatch.context() as dying:
        dying.setattr(earlier, "_remove", dies)
        with pytest.raises(OperationalError):
            subscriptions.take_in()
    assert file.exists()
    for _ in range(2):
        subscriptions.take_in()
        assert not file.exists()
        assert {kept.subscription for kept in subscriptions.all()} == {first, second}
        assert placed(workshop.ledger.database, first.id).position == 7
        assert placed(workshop.ledger.database, second.id).position == workshop.ledger.size()
        put_file(workshop.ledger.folder, first, second)


def test_another_file_is_told_and_left(workshop: World, subscriptions: Subscriptions) -> None:
    put_file(workshop.ledger.folder, new())
    subscriptions.take_in()
    before = subscriptions.all()
    file = put_file(workshop.ledger.folder, new())
    with pytest.raises(Unreadable, match="move it elsewhere"):
        subscriptions.take_in()
    assert file.exists()
    assert subscriptions.all() == before


def test_a_file_that_another_process_has_just_taken_in_is_none(workshop: World, subscriptions: Subscriptions) -> None:
    def put(_: object) -> None:
        pytest.fail("there is nothing to put")

    with workshop.ledger.database.transaction(commit=True) as cursor:
        earlier.take_in(cursor, workshop.ledger.folder / "none", module.read_file, put)
    assert subscriptions.all() == []
