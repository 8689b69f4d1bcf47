"""The console over a workshop that was held, whose officers can enter with their keys."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.signing.keys import SigningKey
from tests.api.console.pages import Browser
from tests.scenario import ROLES, key_of
from tests.support import World

OFFICERS = {name: key_of(name) for name in ROLES}
BASE = "https://register.example.org"


@contextmanager
def console_over(world: World, demonstrated: Mapping[str, SigningKey] = OFFICERS) -> Iterator[TestClient]:
    """A client of the console over a world, as whose officers one may enter; ``app.state.console`` is its office."""
    with closing(Inbox(world.ledger)) as inbox, Register(world.ledger, Settings(base_url=BASE)) as register:
        app = create_app(register, Office(world.ledger, lambda: inbox, BASE), demonstrated=demonstrated)
        with TestClient(app, base_url=BASE) as client:
            yield client


@pytest.fixture
def client(workshop: World) -> Iterator[TestClient]:
    with console_over(workshop) as client:
        yield client


@pytest.fixture
def browser(client: TestClient) -> Browser:
    return Browser(client)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What requests ask of each connection that is opened from now on; others ask meanwhile, who follow the log."""
    found: list[str] = []
    connect = sqlite3.connect

    def trace(statement: str) -> None:
        if threading.current_thread().name.startswith("AnyIO") and statement.startswith("SELECT"):
            found.append(statement)

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(trace)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return found
