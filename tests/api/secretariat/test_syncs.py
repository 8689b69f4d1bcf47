"""A statement over HTTP waits twice for the disk: once for what is prepared, once for what is recorded."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.secretariat import http
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting, proposal
from ledger.store import opening
from ledger.store.engines.sqlite import SQLiteDatabase
from ledger.store.submission import Prepared
from ledger.store.writer import Writer
from tests.api.secretariat.test_http import EXCEPTION, GRANT, Officer, served
from tests.support import World

FULL = 2


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The waits for the disk of the record: commits that are durable and have changed something, and syncs."""
    begun, commit, sync = SQLiteDatabase._begun, SQLiteDatabase._commit, SQLiteDatabase._sync
    before: dict[int, int] = {}
    synced: list[int] = []

    def counting(database: SQLiteDatabase, *arguments: Any, **options: Any) -> sqlite3.Cursor:
        raw = begun(database, *arguments, **options)
        before[id(raw.connection)] = raw.connection.total_changes
        return raw

    def counted(database: SQLiteDatabase, raw: sqlite3.Cursor) -> None:
        ((mode,),) = raw.connection.execute("PRAGMA synchronous")
        changed = raw.connection.total_changes - before[id(raw.connection)]
        commit(database, raw)
        if mode == FULL and changed and database.name == opening.DATABASE:
            synced.append(changed)

    def synchronised(database: SQLiteDatabase) -> None:
        sync(database)
        synced.append(0)

    monkeypatch.setattr(SQLiteDatabase, "_sync", synchronised)
    monkeypatch.setattr(SQLiteDatabase, "_begun", counting)
    monkeypatch.setattr(SQLiteDatabase, "_commit", counted)
    return synced


@pytest.fixture
def client(staffed: World) -> Iterator[TestClient]:
    staffed.plan()
    staffed.candidate("awa")
    with Writer(staffed.ledger) as writer, served(staffed, writer.record) as (client, _):
        yield client


def test_a_statement_that_is_prepared_and_signed_takes_two_syncs(client: TestClient, syncs: list[int]) -> None:
    director = Officer(client, "director")
    prepared = director.prepare(GRANT).json()
    assert len(syncs) == 1
    assert director.sign(prepared).status_code == 201
    assert len(syncs) == 2


def test_a_statement_is_put_into_words_within_no_transaction(
    client: TestClient, staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would see the record as it was, while the states that all threads share go on."""
    put = http._statement

    def outside(person: str, item: Waiting, prepared: Prepared) -> http.Statement:
        staffed.ledger.database.sync()  # which nobody may ask for within one
        return put(person, item, prepared)

    monkeypatch.setattr(http, "_statement", outside)
    assert Officer(client, "director").prepare(GRANT).status_code == 201


def test_a_signature_that_is_not_the_last_is_on_the_disk_when_it_is_acknowledged(
    client: TestClient, syncs: list[int]
) -> None:
    manager = Officer(client, "manager")
    prepared = manager.prepare(EXCEPTION).json()
    syncs.clear()
    assert manager.sign(prepared).status_code == 202
    assert len(syncs) == 1
    assert Officer(client, "director").sign(prepared).status_code == 201
    assert len(syncs) == 2


def test_the_nonce_of_a_request_that_reads_is_on_the_disk_by_itself(client: TestClient, syncs: list[int]) -> None:
    Officer(client, "director").send("GET", "/secretariat/statements")
    assert len(syncs) == 1


def test_to_prepare_and_to_sign_looks_up_what_it_reads_in_an_index(
    client: TestClient, staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much was filed before: in SQLite's own words, no table is scanned."""
    begun, asked = SQLiteDatabase._begun, list[str]()

    def traced(database: SQLiteDatabase, *arguments: Any, **options: Any) -> sqlite3.Cursor:
        raw = begun(database, *arguments, **options)
        if database.name == opening.DATABASE:
            raw.connection.set_trace_callback(asked.append)
        return raw

    director = Officer(client, "director")
    director.send("GET", "/secretariat/statements")  # what is swept now and then is swept
    monkeypatch.setattr(SQLiteDatabase, "_begun", traced)
    director.sign(director.prepare(GRANT).json())
    monkeypatch.undo()
    tables = ("FROM proposals", "FROM requests", "UPDATE proposals")
    hot = [statement for statement in asked if any(table in " ".join(statement.split()) for table in tables)]
    plans = [row["detail"] for each in hot for row in staffed.ledger.database.select(f"EXPLAIN QUERY PLAN {each}")]
    assert len(hot) >= len(tables)
    assert [plan for plan in plans if plan.startswith("SCAN")] == []


def test_to_prepare_reads_nothing_of_what_was_recorded_before(staffed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was recorded or waits: a proposal that resembles nothing is compared with nothing."""
    with closing(Inbox(staffed.ledger)) as inbox:
        employment = {"administration_id": "SN", "since": "2016-01-01"}
        inbox.file(
            [proposal("record-employment", "registrar", person_id=p, **employment) for p in ("panel1", "panel2")],
            "test",
        )
        monkeypatch.setattr(inbox, "waiting", pytest.fail)
        inbox.propose(proposal("record-employment", "registrar", person_id="decider1", **employment), "test")
