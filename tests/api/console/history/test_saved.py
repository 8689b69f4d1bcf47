"""What pages of the past ask of the record, on each engine: saved lists, and entries by hash and by type of event."""

import pytest

from api.console.history.saved import MOST, Saved, SavedLists
from api.console.refusals import ConsoleRefusal
from api.secretariat.inbox import Inbox
from ledger.log.tree import leaf_hash
from tests.engines import Engine
from tests.support import World


def test_an_officer_has_saved_lists_by_name_and_not_any_number(engine: Engine, world: World) -> None:
    desk = Inbox(world.ledger).desk
    lists = SavedLists(desk)
    lists.save("registrar", Saved("Ends soon", "expiring", "days=90"))
    lists.save("registrar", Saved("Ends soon", "expiring", "days=60"))
    lists.save("director", Saved("all", "advisors", ""))
    assert lists.of("registrar") == [Saved("Ends soon", "expiring", "days=60")]
    assert [each.address for each in lists.of("director")] == ["/console/history/lists/advisors"]
    lists.forget("director", "Ends soon")
    lists.forget("registrar", "Ends soon")
    assert lists.of("registrar") == []
    for number in range(1, MOST):
        lists.save("director", Saved(str(number), "late", ""))
    with pytest.raises(ConsoleRefusal, match="remove one first"):
        lists.save("director", Saved("one more", "late", ""))
    assert len(lists.of("director")) == MOST
    lists.save("director", Saved("all", "late", "days=1"))  # one of that name is there already
    assert len(lists.of("director")) == MOST


def test_entries_are_found_by_their_hash_and_the_latest_by_their_type(engine: Engine, staffed: World) -> None:
    ledger = staffed.ledger
    third = leaf_hash(ledger.entries(2, 3)[0].state)
    assert ledger.tree.index_of(third) == 2
    assert ledger.tree.index_of(ledger.tree.get_node(1, 0)) is None  # a hash of two leaves
    assert ledger.tree.index_of(bytes(32)) is None
    topics = [row.topic for row in ledger.entries(0, ledger.size())]
    granted = [place + 1 for place, topic in enumerate(topics) if topic == "role-granted/v1"]
    found = ledger.log.latest_of(["role-granted/v1"], 2)
    assert found == [(place, "role-granted/v1") for place in granted[:-3:-1]]
