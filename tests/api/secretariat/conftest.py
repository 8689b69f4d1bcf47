"""An office that imports workshops."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from api.secretariat.inbox import Inbox
from ledger.domain.record import Role
from tests.scenario import names
from tests.support import World, copied, key_of


@pytest.fixture(scope="session")
def staffed_office(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with the officers that are in no file: manager and registrar. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("office") / "ledger")
    world.now = datetime(2025, 1, 6, 9, tzinfo=UTC)
    world.officer("registrar")
    world.do("register-person", "registrar", person_id="manager", details=names("Manager"))
    world.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    world.do("register-key", "security", "manager", person_id="manager", public_key=key_of("manager").public)
    world.ledger.close()
    return world


office = copied("staffed_office")


@pytest.fixture
def inbox(office: World) -> Iterator[Inbox]:
    with closing(Inbox(office.ledger)) as inbox:
        yield inbox
