"""A batch changes the tables as its entries would one by one, however they are grouped; a crash repeats it whole."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import pytest

from ledger.store.opening import open_in_memory
from projections import following
from projections.following import INDEXES, TABLES, Following
from projections.writing import Batch
from tests.ledger.test_scope_in_bundles import change_scope
from tests.support import World


class Counted:
    """A cursor that notes how many rows each statement inserted, or what was run at once."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, int]] = []

    def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> None:
        self.ran.append((statement, 1))

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]], /) -> None:
        self.ran.append((statement, len(list(parameters))))

    def fetchone(self) -> None: ...

    def fetchall(self) -> list[Any]:
        return []


def changed_much(world: World) -> None:
    """Record two events of one person, of one certification, of one moment, and a confirmed clock."""
    world.do("give-listing-consent", person_id="awa")
    world.do("withdraw-listing-consent", person_id="awa")
    change_scope(world)
    world.do("merge-persons", person_id="awa", merged_id="zoe", reason={"name": "reason", "value": "the same"})
    world.do("unmerge-persons", person_id="awa", merged_id="zoe", reason={"name": "reason", "value": "not so"})
    world.do("suspend-certification", "decider1", effective_from=world.now.date(), reason_code="other")
    world.reach_today()


def tables(world: World, batch: int) -> dict[str, list[tuple[Any, ...]]]:
    with closing(open_in_memory()) as database:
        fresh = Following(database, world.ledger.log)
        fresh.catch_up(batch=batch)
        return {table: fresh.rows(table) for table in TABLES}


def test_every_grouping_of_the_entries_gives_the_same_rows(workshop: World) -> None:
    changed_much(workshop)
    one_by_one = tables(workshop, 1)
    assert one_by_one == tables(workshop, 7) == tables(workshop, 1000)


def test_no_handler_finds_rows_by_an_index_that_a_rebuild_makes_after_them(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it, each would read a whole table. Only a confirmed clock reads them, whatever their indexes are."""
    ran: dict[str, Sequence[Any]] = {}

    class Noted(Batch):
        def execute(self, statement: str, parameters: Sequence[Any] = (), /) -> None:
            ran[statement] = parameters
            super().execute(statement, parameters)

    changed_much(workshop)
    monkeypatch.setattr(following, "Batch", Noted)
    monkeypatch.setattr(following, "_confirm", lambda *_: None)
    with closing(open_in_memory()) as database:
        Following(database, workshop.ledger.log).catch_up()
        plans = [database.select(f"EXPLAIN QUERY PLAN {statement}", row) for statement, row in ran.items()]
    used = {word for plan in plans for step in plan for word in step["detail"].split()}
    made_after = {statement.split()[5] for statement in INDEXES}
    assert made_after
    assert "merged_of_person" in used
    assert used.isdisjoint(made_after)


def test_insertions_wait_for_the_first_statement_about_their_table() -> None:
    cursor = Counted()
    batch = Batch(cursor)
    for number in range(3):
        batch.execute("INSERT INTO one VALUES (?, NULL, 0)", (number,))
        batch.execute("INSERT INTO other VALUES (?)", (number,))
    assert cursor.ran == []
    batch.execute("UPDATE one SET value = ? WHERE id = ?", ("a", 1))
    assert cursor.ran == [("INSERT INTO one VALUES (?, NULL, 0)", 3), ("UPDATE one SET value = ? WHERE id = ?", 1)]
    batch.executemany("INSERT INTO other VALUES (?)", [(3,), (4,)])
    batch.finish()
    assert cursor.ran[2:] == [("INSERT INTO other VALUES (?)", 5)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO other SELECT id FROM one",
        "SELECT value FROM one WHERE id = ?",
        "DELETE FROM one WHERE id = ?",
        "INSERT INTO one VALUES (?, 'x')",  # another insertion into the same table: the order of rows is kept
    ],
)
def test_a_statement_that_names_a_table_finds_what_was_inserted_before(statement: str) -> None:
    cursor = Counted()
    batch = Batch(cursor)
    batch.execute("INSERT INTO one VALUES (?, ?)", (1, "a"))
    batch.execute(statement, (1,))
    assert cursor.ran[:1] == [("INSERT INTO one VALUES (?, ?)", 1)]


def test_a_batch_that_breaks_off_leaves_no_row_and_is_repeated(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: Batch) -> None:
        raise OSError("the power failed")

    expected = tables(workshop, 1000)
    with closing(open_in_memory()) as database:
        following = Following(database, workshop.ledger.log)
        with monkeypatch.context() as broken:
            broken.setattr(Batch, "finish", lost)  # when some tables hold rows, and others none
            with pytest.raises(Exception, match="contradicts the log"):
                following.catch_up()
        assert following.position == 0
        assert not any(following.rows(table) for table in TABLES)
        following.catch_up()
        assert {table: following.rows(table) for table in TABLES} == expected
