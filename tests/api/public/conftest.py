"""A served register after one workshop: awa is certified and listed, zoe is not certified."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from tests.serving import client_of
from tests.support import World

BASE = "https://register.example.org"


@pytest.fixture
def listed(workshop: World) -> World:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    return workshop


@pytest.fixture
def client(listed: World) -> Iterator[TestClient]:
    with client_of(listed.ledger, BASE) as client:
        yield client
