"""What the console keeps of a person is deleted with the person."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from ledger.store.console_tables import CEREMONIES, LINKS, OF_ANYBODY, OF_PERSONS, SAVED_LISTS, SESSIONS, UPLOADS
from ledger.store.desk_tables import KEYS_GOING
from ledger.store.ledger import Ledger
from tests.support import World

pytestmark = pytest.mark.usefixtures("engine")
ABOUT: dict[Table, dict[str, Any]] = {
    SESSIONS: {"id": "", "kind": "officer", "person": "", "key": "k", "agent": "a browser", "began": 1, "seen": 2},
    LINKS: {"code": "", "purpose": "enrol", "person": "", "made_by": "security", "until": 3},
    CEREMONIES: {"challenge": "", "purpose": "sign", "session": "s", "person": "", "data": b"", "until": 4},
}


def keep(world: World, *people: str) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.run(
            insert(UPLOADS), {"person": people[0], "token": "t", "files": b"", "files_key": "of-files", "until": 5}
        )
        cursor.run(insert(SAVED_LISTS), {"id": people[0], "person": people[0], "saved": b"", "saved_key": "of-a-list"})
        for table, row in ABOUT.items():
            cursor.run(insert(table), [{**row, next(iter(row)): one, "person": one} for one in people])


def kept(world: World) -> list[list[str]]:
    tables = (*OF_PERSONS, *(table for table, _ in OF_ANYBODY))
    return [[row.person for row in world.ledger.database.run(select(table))] for table in tables]


def test_of_a_person_who_is_erased_nothing_is_left_at_the_console_nor_comes_back(workshop: World) -> None:
    keep(workshop, "zoe", "awa")
    workshop.now = datetime(2030, 1, 1, tzinfo=UTC)
    workshop.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert kept(workshop) == [["zoe"]] * 3 + [[], []], "what zoe typed may name awa"
    going = {row.owner for row in workshop.ledger.database.run(select(KEYS_GOING))}
    assert going == {"of-files", "of-a-list"}
    keep(workshop, "awa")  # as from a backup
    workshop.ledger.close()
    workshop.ledger = Ledger.open(workshop.ledger.folder, lambda: workshop.now, is_simulated=True)
    assert workshop.ledger.erased_again == ("awa",)
    assert kept(workshop) == [["zoe"]] * 3 + [[], []]
