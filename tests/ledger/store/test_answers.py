"""What a ledger answers to who asks: its officers, where an entry is, and that it is there."""

import pytest

from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.log.tiles import Tile, parse_bundle
from ledger.log.tree import leaf_hash, verify_inclusion
from ledger.store.ledger import Ledger
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")


def test_who_holds_a_role_is_told_founders_first(staffed: World) -> None:
    ledger = staffed.ledger
    assert ledger.people()[:2] == ["director", "security"]
    assert len(set(ledger.people())) == len(ledger.people())
    assert ledger.holders(Role.SELECTION_PANEL) == ["panel1", "panel2"]
    staffed.do("revoke-role", "director", person_id="panel1", role="selection-panel")
    assert ledger.holders(Role.SELECTION_PANEL) == ["panel2"]
    assert "panel1" in ledger.people(), "who was an officer stays one of the people"


def test_a_reader_that_opens_nothing_knows_the_record_and_no_name(workshop: World) -> None:
    read = workshop.ledger.read()
    name, *_ = read.person("awa").named("given_name")
    unopened = read.unopened()
    assert read.disclosure(name.digest) is not None
    assert unopened.disclosure(name.digest) is None
    assert unopened.candidacy("c-awa") == read.candidacy("c-awa")


def test_an_entry_of_the_public_log_is_proved_and_no_other(staffed: World) -> None:
    ledger = staffed.ledger
    checkpoint = ledger.latest()[1]
    (entry,) = ledger.entries(5, 6)
    proof = ledger.proof(5)
    verify_inclusion(leaf_hash(entry.state), proof.index, checkpoint.size, list(proof.path), checkpoint.root)
    for index in (-1, checkpoint.size):
        with pytest.raises(Refused, match=str(index + 1)):
            ledger.proof(index)


def test_a_tile_holds_the_hashes_of_the_entries_of_its_bundle(staffed: World) -> None:
    ledger, width = staffed.ledger, staffed.ledger.size()
    entries = parse_bundle(ledger.tile(Tile("entries", 0, width)))
    assert ledger.tile(Tile(0, 0, width)) == b"".join(map(leaf_hash, entries))
    with pytest.raises(LookupError):
        ledger.tile(Tile(0, 0, width + 1))


def test_an_entry_is_found_by_its_leaf_and_the_latest_by_their_topics(staffed: World) -> None:
    ledger = staffed.ledger
    entries = [entry.state for entry in ledger.entries(0, ledger.size())]
    assert [ledger.tree.index_of(leaf_hash(entry)) for entry in entries] == list(range(len(entries)))
    assert ledger.tree.index_of(ledger.tree.root_at(2)) is None, "a node above is no leaf"
    assert ledger.tree.index_of(bytes(32)) is None
    topics = {entry.id: entry.topic for entry in ledger.entries(0, ledger.size())}
    asked = "role-granted/v1", "key-registered/v1"
    of_them = [(position, topic) for position, topic in topics.items() if topic in asked]
    assert ledger.log.latest_of(asked, 3) == of_them[:-4:-1]


def test_a_clock_behind_the_log_is_not_plausible(staffed: World) -> None:
    now = staffed.now
    staffed.ledger.require_plausible_clock()  # a simulated one may jump
    with Ledger.open(staffed.ledger.folder, lambda: now) as ledger:
        ledger.require_plausible_clock()
    with (
        Ledger.open(staffed.ledger.folder, lambda: now.replace(year=now.year - 1)) as ledger,
        pytest.raises(Conflict, match="the last entry is of"),
    ):
        ledger.require_plausible_clock()
