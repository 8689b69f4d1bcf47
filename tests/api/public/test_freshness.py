"""No answer is older than the log: who asks is told the present status, or to ask again, whatever fails meanwhile."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.store import following
from ledger.store.engines import sqlite as database
from ledger.store.engines.sqlite import SQLiteDatabase
from ledger.store.ledger import Ledger
from ledger.store.port import Cursor, Unavailable
from projections import read_models
from tests.issued import KEYS, SUBJECT, URL, established_issuer, issued, made_documents, number, suspend
from tests.serving import client_of
from tests.support import World

__all__ = ["established_issuer", "issued", "made_documents", "number"]

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
DAY = datetime(2018, 1, 20, 12, tzinfo=UTC)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """As by a backup, or by another program that writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def addresses(number: str, token: str) -> list[str]:
    """Every address at which the status of a certificate, or what follows from it, is shown."""
    certificate = f"/certificates/{number}"
    return [
        "/",
        "/advisors",
        "/advisors?q=awa",
        "/advisors/awa",
        certificate,
        f"{certificate}.bundle.json",
        f"{certificate}.zip",
        f"{certificate}.pdf",
        f"{certificate}/history",
        f"{certificate}/status.svg",
        f"{certificate}/expiry.ics",
        "/expiries.ics",
        "/changes",
        "/changes.atom",
        f"/holder/{token}",
        f"/verify?number={number}",
        "/status/revocation/0",
        "/status/suspension/0",
        "/schemes/toa-pca-fr",
    ]


def test_a_suspension_shows_on_every_page_or_the_page_is_not_available(
    issued: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case R1."""
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 1)  # of the file: the write fails at least once
    monkeypatch.setattr(read_models, "PATIENCE", 0.5)
    token = issued.ledger.documents.sets()[0].token
    issued.now = DAY
    with client_of(issued.ledger, URL, KEYS) as client:
        size = issued.ledger.size()
        for address in addresses(number, token):
            answer = client.get(address, headers=HTML)
            assert (answer.status_code, answer.headers["ledger-position"]) == (200, str(size)), address
        assert client.get(f"/certificates/{number}", headers=JSON).json()["status"] == "valid"
        with locked(issued.ledger.folder / "projections.db"):
            suspend(issued)
            deadline = time.monotonic() + 2.5
            while time.monotonic() < deadline:
                for address in addresses(number, token):
                    for headers in (HTML, JSON):
                        answer = client.get(address, headers=headers)
                        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5"), address
                        assert "ledger-position" not in answer.headers
            posted = client.post("/verify", content=number, headers={"Content-Type": "text/plain"})
            assert (posted.status_code, posted.json()["code"]) == (503, "behind")
            health = client.get("/health")
            assert health.status_code == 503
            assert (
                health.json()["status"]
                == f"the read models hold {size} of {size + 1} entries: projections.db: database is locked"
            )
            assert health.json()["troubles"]["read-models"]["seconds"] >= 1
            assert client.get("/checkpoint").status_code == 200, "the log itself is not behind"
        deadline = time.monotonic() + 10
        while client.get("/").status_code == 503 and time.monotonic() < deadline:
            time.sleep(0.1)
        for address in addresses(number, token):
            answer = client.get(address, headers=HTML)
            assert (answer.status_code, answer.headers["ledger-position"]) == (200, str(size + 1)), address
        assert client.get(f"/certificates/{number}", headers=JSON).json()["status"] == "suspended"
        assert client.get(f"/verify?number={number}", headers=JSON).json()["status"] == "suspended"
        assert "suspended" in client.get(f"/certificates/{number}/status.svg").text
        assert client.get("/advisors", headers=JSON).json()["advisors"] == []
        assert client.get("/changes").json()["changes"][-1]["kind"] == "suspended"
        health = client.get("/health")
        assert (health.json()["status"], health.json()["troubles"]) == ("ok", {})


def test_who_comes_later_does_not_wait_as_well(issued: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the threads of the server would all wait, and nothing else would be answered either."""
    monkeypatch.setattr(read_models, "PATIENCE", 0.5)
    issued.now = DAY
    with client_of(issued.ledger, URL, KEYS) as client, locked(issued.ledger.folder / "projections.db"):
        suspend(issued)
        begun = time.monotonic()
        assert client.get("/advisors").status_code == 503
        assert time.monotonic() - begun >= 0.5
        begun = time.monotonic()
        for _ in range(10):
            assert client.get("/advisors").status_code == 503
        assert time.monotonic() - begun < 2.5  # ten that wait take five


def test_what_another_process_appends_is_waited_for(issued: World, number: str) -> None:
    issued.now, ours = DAY, issued.ledger
    with client_of(ours, URL, KEYS) as client, Ledger.open(ours.folder, lambda: issued.now, is_simulated=True) as other:
        issued.ledger = other
        suspend(issued)
        issued.ledger = ours
        assert client.get(f"/certificates/{number}", headers=JSON).json()["status"] == "suspended"


class Faltering(SQLiteDatabase):
    """A database of which one chosen statement that writes fails once, or the commit after them."""

    chosen = done = 0

    @contextmanager
    def transaction(self, *, commit: bool, durable: bool = True) -> Iterator[Any]:
        with super().transaction(commit=commit, durable=durable) as cursor:
            yield FalteringCursor(self, cursor) if commit else cursor
            if commit:
                self.step()

    def step(self) -> None:
        Faltering.done += 1
        if Faltering.done == Faltering.chosen:
            raise Unavailable("disk full")


class FalteringCursor:
    def __init__(self, database: Faltering, cursor: Cursor) -> None:
        self._database, self._cursor = database, cursor

    def __getattr__(self, name: str) -> Any:
        if name.startswith("execute"):
            self._database.step()
        return getattr(self._cursor, name)


def test_each_write_of_the_read_models_may_fail_once(
    issued: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case R1: none of the failures is passed over, and none is for good."""
    monkeypatch.setattr(read_models, "open_database", lambda path: Faltering(str(path)))
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.01)
    issued.now = DAY
    decided = 0
    with client_of(issued.ledger, URL, KEYS) as client:

        def decide() -> None:
            nonlocal decided
            issued.now = DAY + timedelta(days=decided)
            day, reasons = {"effective_from": issued.now.date()}, {"reason_code": "under-review", "reason": None}
            if decided % 2:
                issued.do("lift-suspension", "decider1", certification_id=SUBJECT, **day)
            else:
                issued.do("suspend-certification", "decider1", certification_id=SUBJECT, **day, **reasons)
            decided += 1

        def shown() -> str:
            return str(client.get(f"/certificates/{number}", headers=JSON).json()["status"])

        def is_right() -> bool:
            return shown() == ("valid", "suspended")[decided % 2]

        Faltering.done, Faltering.chosen = 0, 0
        decide()
        assert is_right()
        writes = Faltering.done
        assert writes > 5
        for chosen in range(1, writes + 1):
            Faltering.done, Faltering.chosen = 0, chosen
            decide()
            assert is_right(), chosen
            assert Faltering.done > chosen
        assert client.get("/health").json()["troubles"] == {}


def test_a_contradiction_is_said_with_what_to_do_and_ends_when_it_is_done(
    issued: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_models, "PATIENCE", 0.5)
    issued.now = DAY
    with client_of(issued.ledger, URL, KEYS) as client:
        with closing(sqlite3.connect(issued.ledger.folder / "projections.db", isolation_level=None)) as other:
            other.execute("ALTER TABLE certificate_spans RENAME TO lost")
        suspend(issued)
        assert client.get("/advisors").status_code == 503
        health = client.get("/health").json()
        assert "projections.db contradicts the log" in health["status"]
        assert "run: pca-ledger rebuild" in health["status"]
        read_models.rebuild(issued.ledger)
        deadline = time.monotonic() + 10
        while client.get("/health").json()["troubles"] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert client.get("/health").json()["troubles"] == {}
        assert client.get(f"/certificates/{number}", headers=JSON).json()["status"] == "suspended"


def test_read_models_of_another_history_are_not_shown(
    issued: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where an older database was copied back beside them."""
    monkeypatch.setattr(read_models, "PATIENCE", 0.2)
    size = issued.ledger.size()
    with client_of(issued.ledger, URL, KEYS) as client:
        with closing(sqlite3.connect(issued.ledger.folder / "projections.db", isolation_level=None)) as other:
            other.execute("UPDATE tracking SET notification_id = notification_id + 1")
        assert client.get(f"/certificates/{number}").status_code == 500
        client.get("/health")
        time.sleep(0.3)
        health = client.get("/health")
        assert health.status_code == 503
        assert f"({size + 1} entries, the log has {size}); run: pca-ledger rebuild" in health.json()["status"]
        read_models.rebuild(issued.ledger)
        assert client.get(f"/certificates/{number}").status_code == 200
