"""The console of an office that imports workshops, and files as a browser sends them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ledger.domain.record import Role
from tests.api.console.conftest import console_over
from tests.api.console.pages import SAME_SITE, Browser, Page, require_sound
from tests.scenario import names
from tests.support import World, copied, key_of

PILOT = Path(__file__).parents[4] / "api" / "demo_data" / "2017_brussels_pilot"
TABLES = ("session", "plan", "officers", "candidates", "selection", "withdrawals", "scores")


@pytest.fixture(scope="session")
def importing_office(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world with a manager and a registrar, who are in no file. Closed, to be copied."""
    world = World(tmp_path_factory.mktemp("importing") / "ledger")
    world.now = datetime(2025, 1, 6, 9, tzinfo=UTC)
    world.officer("registrar")
    world.do("register-person", "registrar", person_id="manager", details=names("Manager"))
    world.do("grant-role", "director", person_id="manager", role=Role.PROGRAMME_MANAGER)
    world.do("register-key", "security", "manager", person_id="manager", public_key=key_of("manager").public)
    world.ledger.close()
    return world


office = copied("importing_office")


@pytest.fixture
def client(office: World) -> Iterator[TestClient]:
    with console_over(office) as client:
        yield client


@pytest.fixture
def registrar(client: TestClient) -> Browser:
    return Browser(client).enter("registrar")


def pilot() -> dict[str, bytes]:
    """The pilot's files."""
    return {f"{table}.csv": (PILOT / f"{table}.csv").read_bytes() for table in TABLES}


def send(browser: Browser, files: Mapping[str, bytes], *, status: int = 200) -> Page:
    """Send files, follow where that leads, and check that page."""
    sent = [("file", (name, data)) for name, data in files.items()]
    response = browser.client.post("/console/imports", files=sent, headers=SAME_SITE)
    assert response.status_code == status, response.text
    page = Page(response)
    require_sound(page, browser.language)
    return page
