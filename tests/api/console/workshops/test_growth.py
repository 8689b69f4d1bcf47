"""A page asks the database as often for many candidates and workshops as for few."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser
from tests.api.console.workshops.conftest import HOME, Walk
from tests.scenario import START, value
from tests.support import World

ADDRESSES = (
    "/console/workshops",
    HOME,
    f"{HOME}/selection",
    f"{HOME}/ranking",
    f"{HOME}/memo",
    "/console/certifications",
)


@pytest.fixture
def counted(asked: list[str], nominated_workshop: World, tmp_path: Path) -> Iterator[Walk]:
    world = nominated_workshop.copy(tmp_path / "ledger")
    with console_over(world) as client:
        yield Walk(Browser(client), world)
    world.ledger.close()


def test_pages_ask_the_database_no_more_often_for_more_candidates_and_workshops(
    counted: Walk, asked: list[str]
) -> None:
    world, browser = counted.world, counted.enter("director")

    def count(address: str) -> int:
        asked.clear()
        browser.get(address)
        return len(asked)

    before = {address: count(address) for address in ADDRESSES}
    for n in range(6):
        world.person(f"p{n}")
        details = [value("years_of_pca", n), value("languages", ["fr"])]
        world.do("nominate-candidate", candidacy_id=f"c-p{n}", person_id=f"p{n}", details=details)
        world.do("plan-session", session_id=f"TOA-{n}", start=START, end=START + timedelta(n))
    assert {address: count(address) for address in ADDRESSES} == before
    assert all(0 < number < 40 for number in before.values()), before
