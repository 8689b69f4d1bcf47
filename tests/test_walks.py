"""The main walks stay short: how many SQL statements each takes, and how often it parses and decides.

The beginnings and ends of transactions do not count, nor does what follows the log in other threads."""

import re
import sqlite3
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.app import create_app
from api.public import routers
from api.register import Register, Settings
from api.secretariat.proposals import read_row
from ledger.domain.deciding import decide
from ledger.signing.statement import decode_payload
from ledger.store.ledger import Ledger
from ledger.store.writer import Writer
from tests.api.secretariat.test_http import Officer, served
from tests.issued import KEYS, P256, URL, established_issuer, issued, made_documents, number
from tests.scenario import SCHEME
from tests.support import SESSION, World

__all__ = ["established_issuer", "issued", "made_documents", "number"]

WALKING = ("MainThread", "AnyIO worker thread", "writer")  # the threads that serve whoever waits
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SELECT count(*) FROM sqlite_schema")  # which begins a snapshot
COUNTED = {function.__code__: function.__name__ for function in (decide, decode_payload, read_row)}
AWARD = {
    "command": "decide-certification",
    "arguments": {"candidacy_id": "c-awa", "effective_from": "2017-05-19"},
    "signers": ["decider1", "decider2"],
}


class Steps:
    """What is executed between the beginning and the end of a walk."""

    def __init__(self) -> None:
        self._walking = False
        self.write_locks = 0
        self.statements: list[str] = []
        self.calls: Counter[str] = Counter()

    @contextmanager
    def walk(self) -> Iterator[None]:
        self.statements, self.calls, self._walking = [], Counter(), True
        yield
        self._walking = False

    def trace(self, statement: str) -> None:
        self.write_locks += statement == "BEGIN IMMEDIATE"
        if self._counts() and not statement.startswith(NOT_COUNTED):
            self.statements.append(" ".join(statement.split())[:100])

    def profile(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in COUNTED and self._counts():
            self.calls[COUNTED[frame.f_code]] += 1

    def _counts(self) -> bool:
        return self._walking and threading.current_thread().name in WALKING


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    """Sees every statement of each connection that is opened from now on."""
    steps, connect = Steps(), sqlite3.connect

    def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)
        connection.set_trace_callback(steps.trace)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    threading.setprofile(steps.profile)
    sys.setprofile(steps.profile)
    yield steps
    sys.setprofile(None)
    threading.setprofile(None)


@pytest.fixture
def decided(steps: Steps, world: World) -> World:
    """Everything is there for the award of awa's certification."""
    world.appoint()
    world.plan()
    world.candidate("awa")
    world.score("c-awa", 4)
    world.now = datetime(2017, 5, 19, 16, tzinfo=UTC)
    world.do("close-session", "manager", session_id=SESSION)
    for sheet in world.read().candidacy("c-awa").live_sheets:
        world.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet.sheet_id)
    world.do("compute-outcome", "registrar", candidacy_id="c-awa")
    world.do("compute-ranking", "registrar", session_id=SESSION)
    return world


@pytest.fixture
def client(steps: Steps, issued: World) -> Iterator[TestClient]:
    """A served register whose connections are traced, and which has answered once; nothing follows its log."""
    with (
        Ledger.open(issued.ledger.folder, lambda: issued.now) as ledger,
        Register(ledger, Settings(base_url=URL), None, KEYS) as register,
    ):
        yield TestClient(create_app(register))


def test_an_award_over_http(steps: Steps, decided: World) -> None:
    with Writer(decided.ledger) as writer, served(decided, writer.record) as (client, _):
        first, second = Officer(client, "decider1"), Officer(client, "decider2")
        with steps.walk():
            prepared = first.prepare(AWARD).json()
        assert len(steps.statements) <= 17, steps.statements
        assert steps.calls == {"decide": 1}
        with steps.walk():
            assert first.sign(prepared).status_code == 202
        assert len(steps.statements) <= 9, steps.statements
        assert steps.calls == {"decode_payload": 1, "read_row": 1}
        with steps.walk():
            assert second.sign(prepared).status_code == 201
        assert len(steps.statements) <= 28, steps.statements
        # The inbox and the ledger each parse at their door; the record decides again under its lock.
        assert steps.calls == {"decide": 1, "decode_payload": 2, "read_row": 1}


def test_a_submission_to_the_ledger(steps: Steps, decided: World) -> None:
    submission = decided.submission("give-listing-consent", "registrar", person_id="awa")
    with steps.walk():
        decided.ledger.record(submission)
    assert len(steps.statements) <= 13, steps.statements
    assert steps.calls == {"decide": 1, "decode_payload": 1}


@pytest.mark.parametrize(("media_type", "most"), [("text/html", 11), ("application/json", 17)])
def test_a_certificate_is_read(client: TestClient, steps: Steps, number: str, media_type: str, most: int) -> None:
    """Three of the statements compare the read models with the log: no page is made from older ones.

    One reads which ids are one person.
    """
    with steps.walk():
        assert client.get(f"/certificates/{number}", headers={"Accept": media_type}).status_code == 200
    assert len(steps.statements) <= most, steps.statements


def test_reading_never_writes(client: TestClient, steps: Steps, issued: World, number: str) -> None:
    """Every public page is read, as people and as programs read it."""
    folder, made = issued.ledger.folder, issued.ledger.documents.sets()[-1]
    values = {
        "scheme_id": SCHEME,
        "version": "1.0.0",
        "person_id": "awa",
        "number": number,
        "token": made.token,
        "key_id": P256.key_id,
        "list": "revocation/0",
        "level": "0",
        "index": "000.p/1",
        "leaf": "0",
        "name": "style.css",
    }
    addresses = [route.path for router in routers for route in router.routes if isinstance(route, APIRoute)]

    def kept() -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in folder.iterdir()
            if path.is_file() and not path.name.endswith("-shm")
        }

    before, steps.write_locks, statuses = kept(), 0, Counter[int]()
    for address in addresses:
        path = re.sub(r"{(\w+)[^}]*}", lambda part: values[part[1]], address.replace("{purpose}/{number}", "{list}"))
        for media_type in ("text/html", "application/json"):
            statuses[client.get(path, headers={"Accept": media_type}, follow_redirects=False).status_code] += 1
    assert statuses[200] > 70, statuses
    assert not [status for status in statuses if status >= 500]
    assert steps.write_locks == 0
    assert kept() == before
