"""The console over two workshops that were held, in which people were renamed, moved and merged; nothing changes it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from starlette.testclient import TestClient

from tests.api.console.conftest import OFFICERS, console_over
from tests.api.console.pages import Browser
from tests.api.lists.conftest import held_history
from tests.scenario import names
from tests.support import World, key_of

__all__ = ["held_history"]


@pytest.fixture(scope="package")
def past(held_history: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two workshops, and since then: awa has another name and employer, and ids of one human were merged."""
    world = held_history.copy(tmp_path_factory.mktemp("past") / "ledger")
    world.now = datetime(2018, 6, 1, 9, tzinfo=UTC)
    world.do("update-person-details", "registrar", person_id="awa", details=names("Awa", "Kouassi"))
    world.do("record-employment", "registrar", person_id="awa", administration_id="CI", since=date(2018, 5, 15))
    reason = {"name": "reason", "value": "one human"}
    world.do("merge-persons", "registrar", "director", person_id="awa", merged_id="late", reason=reason)
    yield world
    world.ledger.close()


@pytest.fixture(scope="package")
def opened(past: World) -> Iterator[TestClient]:
    with console_over(past, {**OFFICERS, "auditor": key_of("auditor")}) as client:
        yield client


@pytest.fixture
def browser(opened: TestClient) -> Browser:
    opened.cookies.clear()
    return Browser(opened)
