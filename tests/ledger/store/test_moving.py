"""A ledger is moved from one database to another whole, or stays where it is."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Any

import pytest

from ledger.auditing import audit
from ledger.errors import Corrupt, Unreadable
from ledger.store import moving, opening
from ledger.store.ledger import Ledger
from ledger.store.migrations import marks
from ledger.store.moving import finish, move, take_back
from ledger.store.opening import VARIABLE, open_database, open_server
from ledger.store.port import Database, Unavailable
from ledger.store.tables import RECORD
from tests.engines import drop_database, postgresql_url
from tests.scenario import names
from tests.support import World

_numbers = count(1)


def untold(_done: int, _of: int) -> None: ...


@pytest.fixture
def address() -> Iterator[str]:
    """The address of an empty database."""
    name = f"moved_{next(_numbers)}"
    yield postgresql_url(name)
    drop_database(name)


def rows(database: Database) -> dict[str, list[Any]]:
    return {
        table.name: sorted(map(repr, map(tuple, database.run(table.select()))))
        for table in RECORD.sorted_tables
        if table.name not in ("alembic_version", "log_head")
    }


def opened_at(address: str, world: World, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setenv(VARIABLE, address)
    return Ledger.open(world.ledger.folder, lambda: world.now, is_simulated=True)


def test_a_ledger_is_moved_there_and_back(workshop: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, source = workshop.ledger.folder, workshop.ledger.database
    before, told = rows(source), list[tuple[int, int]]()
    monkeypatch.setattr(moving, "ROWS", 7)
    with closing(open_server(address)) as target:
        moved = move(source, target, lambda: None, lambda *told_now: told.append(told_now))
        assert (moved.entries, moved.root) == (workshop.ledger.size(), workshop.ledger.tree.root_at(moved.entries))
        assert (told[-1], moved.rows) == ((moved.rows, moved.rows), moved.rows)
        assert rows(target) == before
        assert list(target.deviations(RECORD)) == []
    with pytest.raises(Unavailable, match="was moved to another database"):
        workshop.do("register-person", person_id="amy", details=names("Amy"))
    workshop.ledger.close()
    with pytest.raises(Unreadable, match="was moved to another database") as caught:
        Ledger.open(folder, lambda: workshop.now)
    assert "a été déplacé" in caught.value.words.fr
    workshop.ledger = opened_at(address, workshop, monkeypatch)
    workshop.do("register-person", person_id="amy", details=names("Amy"))
    assert audit(folder).clean
    (folder / opening.DATABASE).rename(folder / "ledger.db.moved")
    after = rows(workshop.ledger.database)
    with closing(open_database(folder / opening.DATABASE)) as target:
        move(workshop.ledger.database, target, lambda: None, untold)
        assert rows(target) == after
        assert list(target.deviations(RECORD)) == []
    workshop.ledger.close()
    workshop.ledger = opened_at("", workshop, monkeypatch)
    assert workshop.ledger.size() == moved.entries + 1
    assert audit(folder).clean


@pytest.mark.parametrize("at", [1, 5])
def test_what_is_interrupted_leaves_the_source_as_it_was(
    workshop: World, address: str, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    calls = count(1)

    def interrupted(_done: int, _of: int) -> None:
        if next(calls) == at:
            raise KeyboardInterrupt

    with closing(open_server(address)) as target:
        with pytest.raises(KeyboardInterrupt):
            move(workshop.ledger.database, target, lambda: None, interrupted)
        with pytest.raises(Corrupt, match="not in order"):
            move(workshop.ledger.database, target, _fail, untold)
        monkeypatch.setattr(moving, "_digest", lambda _: next(calls))
        with pytest.raises(Corrupt, match="holds other rows than were copied"):
            move(workshop.ledger.database, target, lambda: None, untold)
        monkeypatch.undo()
        workshop.do("register-person", person_id="amy", details=names("Amy"))
        assert move(workshop.ledger.database, target, lambda: None, untold).entries == workshop.ledger.size()


def _fail() -> None:
    raise Corrupt("database-altered", "not in order")


class Died(BaseException):
    """The process ends here, and what is left is not cleared."""


def test_a_move_that_died_before_its_end_is_begun_again_or_finished(
    workshop: World, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise Died

    folder, source = workshop.ledger.folder, workshop.ledger.database
    with closing(open_server(address)) as target:
        with monkeypatch.context() as patched:
            patched.setattr(moving, "_clear", lambda _: None)
            with pytest.raises(Died):
                move(source, target, die, untold)
        assert not finish(source, target)
        with monkeypatch.context() as patched, pytest.raises(Unreadable, match="is being moved here"):
            opened_at(address, workshop, patched)
        with monkeypatch.context() as patched:
            patched.setattr(moving, "HEAD", marks.MOVING)
            move(source, target, lambda: None, untold)
        assert finish(source, target)
        assert not finish(source, target)
    workshop.ledger.close()
    workshop.ledger = opened_at(address, workshop, monkeypatch)
    assert audit(folder).clean


def test_a_database_that_holds_something_is_left_alone(workshop: World, address: str) -> None:
    with closing(open_server(address)) as target:
        with target.transaction(commit=True) as cursor:
            cursor.execute("CREATE TABLE theirs (one INTEGER)")
        with pytest.raises(Unreadable, match="expected an empty database"):
            move(workshop.ledger.database, target, lambda: None, untold)
    workshop.do("register-person", person_id="amy", details=names("Amy"))


def test_a_ledger_is_taken_back(workshop: World, address: str) -> None:
    database = workshop.ledger.database
    with pytest.raises(Unreadable, match="was not moved elsewhere"):
        take_back(database)
    before = workshop.ledger.log.size()
    with closing(open_server(address)) as target:
        move(database, target, lambda: None, untold)
    take_back(database)
    workshop.do("register-person", person_id="amy", details=names("Amy"))
    assert workshop.ledger.log.size() == before + 1
    workshop.ledger.close()
    assert audit(workshop.ledger.folder).clean
