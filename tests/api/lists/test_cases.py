"""The lists of appeals, complaints and corrective actions, and the page on which the console shows them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import ask
from api.lists.labels import CODES
from api.lists.readers import Reader
from ledger.domain.record import Role
from tests.support import World
from tests.vectors.stories.cases import tell

DIRECTOR, FACILITATOR = (Reader(one, frozenset({Role.DIRECTOR})) for one in ("director", "facilitator"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An appeal was upheld and a complaint resolved; another waits."""
    world = World(Path(tmp_path_factory.mktemp("cases")) / "ledger")
    tell(world)
    world.now = datetime(2017, 1, 12, 8, tzinfo=UTC)
    world.do(
        "lodge-complaint",
        "registrar",
        complaint_id="k-2",
        person_id="eve",
        concerns="process",
        answerable_id="manager",
        about="P-7",
        received_on=date(2017, 1, 12),
        grounds={"name": "grounds", "value": "no answer"},
    )
    yield world
    world.ledger.close()


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    answer = ask(world.ledger, name, **asked)
    for row in answer.rows:
        for column in answer.table.columns:
            if column.kind == "code" and getattr(row, column.name):
                assert getattr(row, column.name) in CODES
    return answer.rows


def test_an_appeal_is_listed_with_what_came_of_it(told: World) -> None:
    (row,) = rows(told, "appeals", reader=DIRECTOR)
    assert (row.name, row.disputed, row.state, row.due, row.overdue) == (
        "bob Exemple",
        "eligibility-refused",
        "appeal-closed",
        None,
        False,
    )
    assert (row.outcome, row.remedy, row.carried_out, row.measure) == ("upheld", "remit", True, None)
    assert row.panel == ("Member1 Exemple", "Member2 Exemple", "Member3 Exemple")


def test_a_complaint_that_waits_comes_first_and_is_overdue_after_its_day(told: World) -> None:
    first, second = rows(told, "complaints", on=date(2017, 1, 23))
    assert (first.complaint_id, first.state, first.due, first.days_left, first.overdue) == (
        "k-2",
        "complaint-lodged",
        date(2017, 1, 22),
        -1,
        True,
    )
    assert (second.state, second.outcome, second.open_actions) == ("complaint-resolved", "upheld", 0)
    assert not any("eve" in repr(row) for row in (first, second)), "who complained is on no row"


def test_nobody_lists_a_complaint_that_concerns_them(told: World) -> None:
    assert [row.complaint_id for row in rows(told, "complaints", reader=FACILITATOR)] == ["k-2"]
    assert rows(told, "corrective-actions", reader=FACILITATOR) == []
    (action,) = rows(told, "corrective-actions", reader=DIRECTOR)
    assert (action.action_id, action.state, action.overdue, action.days_left) == ("ca-1", "effective", False, None)
