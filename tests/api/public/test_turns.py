"""Pages are made one at a time, each from one transaction of the read models."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from threading import Event, Lock, current_thread

import pytest
from starlette.testclient import TestClient

from api.turns import Turns
from ledger.store.engines.sqlite import SQLiteDatabase
from projections.read_models import DATABASE
from tests.api.observing.conftest import number

__all__ = ["number"]


def test_a_page_begins_one_transaction_of_the_read_models_and_four_of_the_record(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, begin = list[tuple[str, str]](), SQLiteDatabase._begun

    def counted(database: SQLiteDatabase, *arguments: object, **named: object) -> object:
        begun.append((database.name, current_thread().name))
        return begin(database, *arguments, **named)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(SQLiteDatabase, "_begun", counted)
    client.get(f"/certificates/{number}", headers={"Accept": "text/html"})
    # Of the record: how many entries it has, the last of those that the read models hold, the name, the documents.
    assert Counter(name for name, thread in begun if thread != "follow") == {DATABASE: 1, "ledger.db": 4}


class Works:
    """Work in threads, and how much of it there was at once."""

    def __init__(self) -> None:
        self.running = self.most = self.done = 0
        self._lock = Lock()

    def work(self, until: Event | None = None) -> None:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        assert until is None or until.wait(10), "it waits for work that comes after it"
        with self._lock:
            self.running -= 1
            self.done += 1


def test_pages_are_made_one_after_another_in_any_event_loop() -> None:
    turns, works = Turns(), Works()

    async def eight() -> None:
        await asyncio.gather(*(turns.take(works.work) for _ in range(8)))

    for _ in range(2):
        asyncio.run(eight())
    assert (works.most, works.done) == (1, 16)


def test_work_that_takes_long_keeps_the_next_waiting_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.turns.TURN_SECONDS", 0.01)
    turns, works, has_come = Turns(), Works(), Event()

    async def three() -> None:
        long = asyncio.create_task(turns.take(partial(works.work, has_come)))
        while not works.running:
            await asyncio.sleep(0)
        await turns.take(works.work)
        assert works.most == 2
        has_come.set()
        await long
        await asyncio.gather(*(turns.take(works.work) for _ in range(8)))

    asyncio.run(three())
    assert (works.most, works.done) == (2, 10), "a turn is given up once"


def test_whoever_leaves_gives_up_their_turn_but_not_before_the_thread_is_done() -> None:
    turns, works, may_end = Turns(), Works(), Event()

    async def leaving() -> None:
        working = asyncio.create_task(turns.take(partial(works.work, may_end)))
        while not works.running:
            await asyncio.sleep(0)
        waiting, last = (asyncio.create_task(turns.take(works.work)) for _ in range(2))
        await asyncio.sleep(0)
        for task in (working, waiting):
            task.cancel()
        await asyncio.wait({waiting})
        assert works.running == 1, "a thread cannot be stopped"
        may_end.set()
        await asyncio.wait({working, last})
        assert [waiting.cancelled(), working.cancelled()] == [True, True]
        await turns.take(works.work)

    asyncio.run(leaving())
    assert (works.most, works.done) == (1, 3)


def test_a_page_takes_a_turn_and_one_that_is_kept_takes_none(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, take = list[object](), Turns.take

    def counted(turns: Turns, work: Callable[[], object]) -> Awaitable[object]:
        taken.append(turns)
        return take(turns, work)

    monkeypatch.setattr(Turns, "take", counted)
    for _ in range(3):
        assert client.get(f"/certificates/{number}").status_code == 200
    assert len(taken) == 1
