"""Who is told that something is recorded has waited for the disk, or for one wait that covers several."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from ledger.store import opening
from ledger.store.engines import database as engines
from ledger.store.port import Unavailable
from tests.engines import Engine
from tests.support import World

NORMAL, FULL = 1, 2


def test_a_commit_need_not_be_durable_and_the_next_one_is(engine: Engine, staffed: World) -> None:
    database, said = staffed.ledger.database, list[Any]()
    for durable in (False, True):
        with database.transaction(commit=True, durable=durable) as cursor:
            cursor.execute("PRAGMA synchronous" if engine.kind == "sqlite" else "SHOW synchronous_commit")
            said.append(cursor.fetchone()[0])
    # The server of the tests never waits for its disk: it has "off" for both.
    assert said in ([NORMAL, FULL], ["off", "off"])


def test_a_sync_covers_whoever_called_before_it_began(staffed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    database, done = staffed.ledger.database, list[None]()
    monkeypatch.setattr(database, "_sync", lambda: done.append(None))
    called_and_began = iter([1.0, 2.0, 1.5, 3.0, 4.0])
    monkeypatch.setattr(engines, "perf_counter", lambda: next(called_and_began))
    database.sync()
    database.sync()  # called while another thread's was to begin
    assert len(done) == 1
    database.sync()
    assert len(done) == 2


def test_a_sync_that_fails_fails_for_all_whom_it_would_have_covered(
    staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one would succeed: Linux tells of what it could not write once, and takes it for written then."""
    database, outcomes = staffed.ledger.database, iter([Unavailable("the disk is gone"), None])

    def sync() -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    monkeypatch.setattr(database, "_sync", sync)
    called_and_began = iter([1.0, 2.0, 1.5, 3.0, 4.0, 3.5])
    monkeypatch.setattr(engines, "perf_counter", lambda: next(called_and_began))
    with pytest.raises(Unavailable, match="the disk is gone"):
        database.sync()
    with pytest.raises(Unavailable, match="may not be on the disk"):
        database.sync()  # called while another thread's was to begin
    database.sync()
    database.sync()  # covered by the one before, which did not fail


def test_a_sync_waits_for_the_log_of_the_database(
    engine: Engine, staffed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = staffed.ledger.database

    def written() -> str:
        with database.transaction(commit=False) as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            return str(cursor.fetchone()[0])

    if engine.kind == "postgresql":
        before = written()
        database.sync()
        assert written() != before, "a transaction that writes nothing does not wait for the disk"
        return
    synced = list[str]()
    monkeypatch.setattr(os, "fdatasync", lambda file: synced.append(Path(f"/proc/self/fd/{file}").readlink().name))
    database.sync()
    assert synced == [f"{opening.DATABASE}-wal"]

    def fails(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(Unavailable, match="Input/output error"):
        database.sync()
