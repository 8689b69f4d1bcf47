"""The lists of missions, and what is said of an advisor and of a mission as true on a day."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.lists.catalogue import ask
from api.lists.labels import CODES
from api.past.facts import facts, subject
from api.past.search import search
from tests.support import World
from tests.vectors.stories.missions import tell

DAY = date(2018, 3, 9)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A mission was completed, another cancelled."""
    world = World(Path(tmp_path_factory.mktemp("missions")) / "ledger")
    tell(world)
    return world


def rows(world: World, name: str, **asked: Any) -> list[Any]:
    """The rows of a list, whose codes have words."""
    answer = ask(world.ledger, name, **asked)
    for row in answer.rows:
        for column in answer.table.columns:
            cell = getattr(row, column.name)
            if "code" in column.kind and cell:
                assert {*(cell if isinstance(cell, tuple) else (cell,))} <= CODES.keys()
    return answer.rows


def test_each_mission_is_listed_with_what_came_of_it(held: World) -> None:
    found = {row.mission_id: row for row in rows(held, "missions")}
    first, second = found["m-1"], found["m-2"]
    assert (first.state, first.lead, first.team) == ("mission-completed", "awa Exemple", ("cleo Exemple",))
    assert (first.has_report, first.has_feedback, first.recommended, first.adopted) == (True, True, 5, 2)
    assert (second.state, second.lead, second.recommended) == ("mission-cancelled", None, None)
    (waiting,) = rows(held, "missions", known_on=date(2018, 1, 8), filters={"mission_id": "m-1"})
    assert waiting.state == "mission-assigned"


def test_the_least_used_advisors_come_first(held: World) -> None:
    found = rows(held, "advisors-in-service", on=DAY)
    assert [row.person_id for row in found] == ["bob", "awa", "cleo"]
    assert [(row.missions, row.available, row.pledged) for row in found] == [
        (0, None, False),
        (1, True, True),
        (1, None, False),
    ]
    (awa,) = rows(held, "advisors-in-service", on=date(2018, 1, 1), filters={"person_id": "awa"})
    assert (awa.available, awa.languages) == (False, ("fr C1",))


def test_results_are_added_up_by_region_year_domain_and_by_administration(held: World) -> None:
    (result,) = rows(held, "mission-results")
    assert (result.year, result.topic, result.recommended, result.adopted) == (2018, "risk-identification", 5, 2)
    (belgium,) = rows(held, "missions-by-administration")
    assert (belgium.administration_id, belgium.requested, belgium.completed, belgium.adopted) == ("BE", 2, 1, 2)


def test_a_release_is_awaited_until_it_is_answered(held: World, tmp_path: Path) -> None:
    assert rows(held, "releases-awaited") == []
    held.do("request-mission", mission_id="m-3", administration_id="BE", topic="trade-compliance", language="fr",
            mode="remote", start=date(2018, 9, 3), end=date(2018, 9, 7))  # fmt: skip
    held.do("approve-mission", mission_id="m-3", terms_hash="0" * 64)
    held.do("request-release", mission_id="m-3", person_id="bob")
    (awaited,) = rows(held, "releases-awaited", on=date(2018, 3, 19))
    assert (awaited.person_id, awaited.home.en, awaited.waited) == ("bob", "Senegal", 10)


def test_the_page_of_a_mission_and_of_an_advisor_say_what_was_true(held: World) -> None:
    mission = subject(held.ledger, "mission", "m-1", held.ledger.size())
    said = {row.label.en: row.value.en for row in facts(held.ledger, mission, DAY)}
    assert said["State"] == "completed"
    assert said["Mission lead"].startswith("awa")
    assert said["Recommendations made and adopted"] == "5, 2"
    earlier = {row.label.en: row.value.en for row in facts(held.ledger, mission, date(2018, 1, 8))}
    assert earlier["State"] == "lead assigned"
    assert "Recommendations made and adopted" not in earlier
    person = subject(held.ledger, "person", "awa", held.ledger.size())
    said = {row.label.en: row.value.en for row in facts(held.ledger, person, DAY)}
    assert said["In the pool for missions"] == "yes"
    assert said["Languages"] == "French C1"
    assert said["Domains of advice"] == "efficiency of audits, identification of risks"


def test_a_mission_is_found_by_its_administration_and_its_domain(held: World) -> None:
    (group,) = [one for one in search(held.ledger, "Belgium risks") if one.title.en == "Missions"]
    assert {found.id for found in group.found} == {"m-1", "m-2"}
