"""The console on the second day of a workshop with two candidates; nothing is scored yet."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from api.secretariat.inbox import Inbox
from tests.api.console.conftest import console_over
from tests.api.console.pages import Browser, Page
from tests.scenario import SESSION
from tests.support import World, copied

QUEUE = f"/console/workshops/{SESSION}/sheets"
MODERATION = f"/console/workshops/{SESSION}/moderation"


@pytest.fixture(scope="session")
def second_day(tmp_path_factory: pytest.TempPathFactory, appointed: World) -> World:
    """Closed, to be copied."""
    world = appointed.copy(tmp_path_factory.mktemp("second") / "ledger")
    world.plan()
    for name in ("awa", "zoe"):
        world.candidate(name)
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    world.ledger.close()
    return world


running = copied("second_day")


@pytest.fixture
def client(running: World) -> Iterator[TestClient]:
    with console_over(running) as client:
        yield client


@pytest.fixture
def desk(client: TestClient) -> Inbox:
    inbox: Inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]  # of the application
    return inbox


def fill(page: Page, candidacy: str, activity: str, **levels: int | None) -> dict[str, list[str]]:
    """The form of one sheet as a browser would send it with these levels; None is "not observed"."""
    fields: dict[str, list[str]] = {}
    for node in page.html.query(f'form[data-sheet="{candidacy}.{activity}"] input[type=hidden]'):
        fields[str((node.attrs or {})["name"])] = [str((node.attrs or {})["value"] or "")]
    return fields | {
        f"level.{name.replace('_', '-')}": ["" if level is None else str(level)] for name, level in levels.items()
    }


def sign_all(browser: Browser, page: Page) -> Page:
    """Sign what the page of the review lists."""
    return browser.post("/console/sign", page.form("/console/sign"))


def leave(browser: Browser, person: str) -> Browser:
    """Another officer goes on, or the same in a new session."""
    browser.client.cookies.clear()
    return browser.enter(person)
