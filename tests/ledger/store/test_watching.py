"""A mark is another one after each commit of another connection, and nobody takes silence for "nothing changed"."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from ledger.store.engines import postgresql_watching
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.engines.sqlite import SQLiteDatabase
from ledger.store.port import Database, Mark, Watch
from projections.credentials.forms.event_loop import leave_running_loop
from tests.engines import KINDS, drop_database, postgresql_url

NAME = "watched"


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Opens the same database again and again."""
    if request.param == "sqlite":
        yield lambda: SQLiteDatabase(str(tmp_path / "watched.db"))
        return
    url = postgresql_url(NAME)
    yield lambda: PostgreSQLDatabase(url)
    drop_database(NAME)


@pytest.fixture
def database(opened: Callable[[], Database]) -> Iterator[Database]:
    with closing(opened()) as database:
        run(database, "CREATE TABLE noted (number INTEGER)")
        yield database


def run(database: Database, statement: str) -> None:
    with database.transaction(commit=True) as cursor:
        cursor.execute(statement)


@asynccontextmanager
async def watching(database: Database) -> AsyncIterator[Watch]:
    watch = database.watch()
    try:
        yield watch
    finally:
        await watch.close()


def test_a_mark_changes_with_a_commit_of_this_process_or_of_another_and_not_before(
    database: Database, opened: Callable[[], Database]
) -> None:
    async def watched() -> list[Mark | None]:
        async with watching(database) as watch:
            marks = [await watch.mark(), await watch.mark()]
            with closing(opened()) as other, other.transaction(commit=True) as cursor:
                cursor.execute("INSERT INTO noted VALUES (1)")
                marks.append(await watch.mark())
            marks.append(await watch.mark())
            run(database, "INSERT INTO noted VALUES (2)")
            return [*marks, await watch.mark()]

    before, again, under_way, after, last = leave_running_loop(asyncio.run)(watched())
    assert before == again == under_way is not None
    assert len({before, after, last}) == 3
    assert None not in {after, last}


def test_who_asks_while_another_asks_is_answered_too(database: Database) -> None:
    async def asked() -> set[Mark | None]:
        async with watching(database) as watch:
            return set(await asyncio.gather(*(watch.mark() for _ in range(4))))

    marks = leave_running_loop(asyncio.run)(asked())
    assert len(marks) == 1
    assert None not in marks


def test_a_mark_of_another_connection_is_another_one(database: Database) -> None:
    async def asked() -> tuple[Mark | None, Mark | None]:
        async with watching(database) as watch:
            before = await watch.mark()
            await watch.close()
            return before, await watch.mark()

    before, after = leave_running_loop(asyncio.run)(asked())
    assert None not in {before, after}
    assert before != after


def test_a_watch_is_opened_anew_when_a_file_must_be_closed_to_be_written_again(tmp_path: Path) -> None:
    async def asked(database: SQLiteDatabase) -> tuple[Mark | None, Mark | None]:
        async with watching(database) as watch:
            before = await watch.mark()
            with pytest.raises(ValueError, match="readonly"), database.transaction(commit=False):
                raise ValueError("attempt to write a readonly database")
            return before, await watch.mark()

    with closing(SQLiteDatabase(str(tmp_path / "watched.db"))) as database:
        before, after = leave_running_loop(asyncio.run)(asked(database))
    assert None not in {before, after}
    assert before != after


def test_a_database_that_cannot_be_asked_has_no_mark(tmp_path: Path) -> None:
    async def asked(database: Database) -> Mark | None:
        async with watching(database) as watch:
            return await watch.mark()

    (tmp_path / "watched.db").write_bytes(b"no database" * 100)
    for database in (SQLiteDatabase(str(tmp_path / "watched.db")), PostgreSQLDatabase("postgresql://127.0.0.1:1/none")):
        with closing(database):
            assert leave_running_loop(asyncio.run)(asked(database)) is None


def test_an_error_of_the_server_is_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(database: Database) -> list[Mark | None]:
        async with watching(database) as watch:
            failing = [await watch.mark(), await watch.mark()]
            monkeypatch.undo()
            return [*failing, await watch.mark()]

    url = postgresql_url(NAME)
    monkeypatch.setattr(postgresql_watching, "_SNAPSHOT", b"SELECT 1 / 0")
    with closing(PostgreSQLDatabase(url)) as database:
        *failing, last = leave_running_loop(asyncio.run)(asked(database))
    drop_database(NAME)
    assert failing == [None, None]
    assert last is not None


def test_a_connection_that_its_server_ended_leaves_nothing_with_the_event_loop() -> None:
    """Else the next file of the process with the same number could not be waited for: it is a client's."""

    async def asked(database: Database) -> list[Mark | None]:
        async with watching(database) as watch:
            marks = [await watch.mark()]
            # All but the one that asks, which else might be ended first; and wait until each is gone.
            others = f"pid <> pg_backend_pid() AND datname = '{NAME}'"
            run(database, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
            return [*marks, await watch.mark(), await watch.mark()]

    url = postgresql_url(NAME)
    with closing(PostgreSQLDatabase(url)) as database:
        before, ended, after = leave_running_loop(asyncio.run)(asked(database))
    drop_database(NAME)
    assert ended is None
    assert None not in {before, after}
