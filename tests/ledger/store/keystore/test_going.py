"""A key goes once the transaction that removes its values is committed, or when the inbox is opened again."""

from collections.abc import Iterable

import pytest
from sqlalchemy import select

from ledger.store.desk_tables import KEYS_GOING
from ledger.store.keystore import going
from ledger.store.keystore.keeper import Value
from ledger.store.ledger import Ledger
from ledger.store.port import Unavailable
from tests.support import World

VALUES = [Value(f"proposal:{n}", "given_name", b"Awa") for n in range(3)]
OWNERS = [value.owner for value in VALUES]

pytestmark = pytest.mark.usefixtures("engine")


class Absent:
    """A key store whose disk is gone."""

    def destroy(self, owners: Iterable[str]) -> None:
        raise OSError(f"no disk for {list(owners)}")


def opened(ledger: Ledger) -> list[bool]:
    """Which of the values can still be opened, by a process that knows no key yet."""
    keys = ledger.keys.store.keys(set(OWNERS))
    return [owner in keys for owner in OWNERS]


def noted(ledger: Ledger) -> set[str]:
    return {row.owner for row in ledger.database.run(select(KEYS_GOING))}


def test_keys_go_together_after_the_commit_and_stay_without_it(world: World) -> None:
    ledger = world.ledger
    ledger.keys.sealed(VALUES)
    with pytest.raises(KeyError), ledger.database.transaction(commit=True) as cursor:  # noqa: PT012 - the block is tried
        going.destroy(cursor, ledger.keys, OWNERS[:1])
        raise KeyError("something else fails")
    assert opened(ledger) == [True, True, True]
    with ledger.database.transaction(commit=True) as cursor:
        going.destroy(cursor, ledger.keys, OWNERS[:1])
        going.destroy(cursor, ledger.keys, OWNERS[1:2])
        assert opened(ledger) == [True, True, True]
    assert opened(ledger) == [False, False, True]


def test_what_could_not_be_reached_goes_later(world: World) -> None:
    ledger = world.ledger
    ledger.keys.sealed(VALUES)
    with pytest.raises(Unavailable, match="keys of persons"), ledger.database.transaction(commit=True) as cursor:
        going.destroy(cursor, Absent(), OWNERS[:2])
    assert (opened(ledger), noted(ledger)) == ([True, True, True], set(OWNERS[:2]))
    with ledger.database.transaction(commit=True) as cursor:
        going.finish(cursor, ledger.keys)
        going.finish(cursor, Absent())  # nothing is left to destroy
    assert (opened(ledger), noted(ledger)) == ([False, False, True], set())
