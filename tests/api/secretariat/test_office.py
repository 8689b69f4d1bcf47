"""A broken inbox keeps nothing public from being shown; officers are told to come back, until it opens."""

import time
from functools import partial

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.register import Register, Settings
from api.secretariat import office
from api.secretariat.inbox import Inbox
from api.secretariat.office import Desk, Office
from api.secretariat.taking_in import FILE
from ledger.store import following
from ledger.store.following import Troubles
from tests.api.secretariat.test_http import BASE, GRANT, Officer
from tests.support import World


def test_the_public_register_goes_on_without_the_inbox(staffed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(office, "OPENING_SECONDS", 10.0)
    ledger, troubles = staffed.ledger, Troubles()
    broken = ledger.folder / FILE
    broken.write_bytes(b"no database, but long enough to be taken for one" * 100)
    with (
        Register(ledger, Settings(base_url=BASE), troubles) as register,
        Desk(partial(Inbox, ledger), troubles).running(ledger) as desk,
        TestClient(create_app(register, Office(ledger, desk, BASE)), base_url=BASE) as client,
    ):
        for _ in range(200):
            if troubles:
                break
            time.sleep(0.02)
        assert client.get("/advisors").status_code == 200
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (200, "ok")
        assert health.json()["troubles"]["inbox"]["why"] == "Unreadable"
        director = Officer(client, "director")
        begun = time.monotonic()
        answer = director.prepare(GRANT)
        assert time.monotonic() - begun < 5, "nobody waits for what is known not to open"
        assert (answer.status_code, answer.json()["code"]) == (503, "inbox-unavailable")
        assert answer.headers["retry-after"] == "10"
        broken.unlink()
        for _ in range(200):
            if not troubles:
                break
            time.sleep(0.05)
        assert director.prepare(GRANT).status_code == 201
        assert client.get("/health").json()["troubles"] == {}


def test_a_request_waits_for_the_inbox_to_be_opened(staffed: World) -> None:
    def slowly() -> Inbox:
        time.sleep(0.3)
        return Inbox(staffed.ledger)

    desk = Desk(slowly, Troubles())
    with desk.running(staffed.ledger):
        assert desk().waiting() == []


def test_a_desk_that_never_opened_is_left(staffed: World) -> None:
    def never() -> Inbox:
        raise OSError("no such disk")

    with Desk(never, Troubles()).running(staffed.ledger):
        pass
