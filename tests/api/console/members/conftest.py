"""The contact point of Senegal, which nominated awa and zoe; Ivory Coast nominated kofi; a workshop is to come."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.api.console.conftest import OFFICERS
from tests.api.console.holders.conftest import Guests, give_address, guests_of
from tests.scenario import value
from tests.support import World

COMING = "TOA-PCA-FR-2019"
OPEN = date(2019, 5, 13)


@pytest.fixture
def contact(workshop: World) -> Iterator[Guests]:
    world = workshop
    for person, administration in (("mariam", "SN"), ("yao", "CI")):
        world.person(person)
        give_address(world, person, f"{person}@example.org")
        appointed = {"administration_id": administration, "person_id": person, "since": world.now.date()}
        world.do("appoint-contact-point", "registrar", **appointed)
    start = max(OPEN, world.now.date() + timedelta(days=90))
    world.do("plan-session", session_id=COMING, start=start, end=start + timedelta(days=4))
    world.person("kofi", family_name="Ailleurs")
    give_address(world, "kofi", "kofi@example.org")
    nomination = {"candidacy_id": "c-kofi", "person_id": "kofi", "administration_id": "CI", "session_id": COMING}
    world.do("nominate-candidate", **nomination, details=[value("years_of_pca", 8)])
    with guests_of(world, OFFICERS) as guests:
        yield guests
