"""Pages are made a few at a time, each from one transaction of the read models."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread

import pytest
from starlette.testclient import TestClient

from api import pages
from ledger.store.engines.sqlite import SQLiteDatabase
from projections.read_models import DATABASE
from tests.api.observing.conftest import number

__all__ = ["number"]


def test_a_page_begins_one_transaction_of_the_read_models_and_one_to_know_that_they_are_current(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, begin = list[tuple[str, str]](), SQLiteDatabase._begun

    def counted(database: SQLiteDatabase, *arguments: object, **named: object) -> object:
        begun.append((database.name, current_thread().name))
        return begin(database, *arguments, **named)  # type: ignore[arg-type]  # handed on as they are

    monkeypatch.setattr(SQLiteDatabase, "_begun", counted)
    client.get(f"/certificates/{number}", headers={"Accept": "text/html"})
    assert [name for name, thread in begun if name == DATABASE and thread != "follow"] == [DATABASE] * 2


@contextmanager
def all_turns_taken() -> Iterator[None]:
    for _ in range(pages.AT_ONCE):
        pages._turns.acquire()
    yield
    for _ in range(pages.AT_ONCE):
        pages._turns.release()


def test_a_page_is_made_though_nobody_gives_up_a_turn(
    client: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "TURN_SECONDS", 0.01)
    with all_turns_taken():
        assert client.get(f"/certificates/{number}").status_code == 200
    assert client.get(f"/certificates/{number}?lang=fr").status_code == 200
