"""Appends verified statements with their Merkle tree, beside the library's own append of events of the same content.

Both files use WAL mode and sync at each commit. The last rows compare a large ledger with a small one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from eventsourcing.application import Application
from eventsourcing.sqlite import SQLiteDatastore, SQLiteRecorder

from ledger.store.application import LedgerApplication
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.opening import open_database
from ledger.store.port import Database
from tests.benchmarks.filling import EVENTS_A_STREAM, filled, streams
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.samples import CANDIDACIES, as_library_event, library_application, sheets
from tests.postgresql import Server

SYNCED = 2  # PRAGMA synchronous = FULL
GOAL, SMALLEST_GROUP = 0.9, 10
GROWN_GOAL = 1 / 1.1  # a tenth dearer at most


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """One for each number of events a save, and each number again in a ledger that has grown."""
    return [
        *(_comparison(folder, events, saves, stack) for events, saves in size.saves.items()),
        *_grown(folder, size, stack),
        *_on_postgresql(folder, size, stack),
    ]


def _comparison(folder: Path, events: int, saves: int, stack: ExitStack) -> Comparison:
    ours = LedgerApplication(open_database(folder / f"append-{events}.db"))
    library = library_application(folder / f"append-{events}-library.db")
    assert isinstance(library.recorder, SQLiteRecorder)
    for application in (ours, library):
        stack.callback(application.close)
    for database in (ours.database, library.recorder.datastore):
        _require_synced(database)
    signed, plain = sheets(), map(as_library_event, sheets())
    return Comparison(
        f"append-{events}",
        "events",
        "the library's",
        GOAL if events >= SMALLEST_GROUP else None,
        partial(_append_next, ours, signed, events, saves),
        partial(_append_next, library, plain, events, saves),
    )


def _on_postgresql(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """The same on a server of this machine that syncs at each commit, beside our own append to a file."""
    server = Server(Path(mkdtemp(dir=folder)), {})
    server.start()
    stack.callback(server.close)
    there = LedgerApplication(PostgreSQLDatabase(server.url("postgres")))
    here = LedgerApplication(open_database(folder / "append-here.db"))
    for application in (there, here):
        stack.callback(application.close)
    signed, same = sheets(), sheets()
    return [
        Comparison(
            f"append-{events}-postgresql",
            "events",
            "SQLite",
            None,
            partial(_append_next, there, signed, events, saves),
            partial(_append_next, here, same, events, saves),
        )
        for events, saves in size.saves.items()
    ]


def _append_next(application: Application[str], signed: Iterator[Any], events: int, saves: int) -> float:
    return _append(application, [list(islice(signed, events)) for _ in range(saves)])


def _grown(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    small, large = min(size.powers), max(size.powers)
    in_small, in_large = (_appender(folder, 10**power, stack) for power in (small, large))
    return [
        Comparison(
            f"append-{events}-grown",
            "events",
            f"10^{small}, not 10^{large}",
            GROWN_GOAL,
            partial(in_large, events, saves),
            partial(in_small, events, saves),
        )
        for events, saves in size.saves.items()
    ]


def _appender(folder: Path, leaves: int, stack: ExitStack) -> Callable[[int, int], float]:
    """Appends to streams that stand far apart in the ledger's index, as those of candidates do."""
    application = LedgerApplication(open_database(filled(folder, leaves)))
    stack.callback(application.close)
    signed = sheets(streams(leaves) // CANDIDACIES, EVENTS_A_STREAM)
    return partial(_append_next, application, signed)


def _append(application: Application[str], batches: list[list[Any]]) -> float:
    def work() -> None:
        for batch in batches:
            application.events.put(batch)

    return sum(map(len, batches)) / seconds(work)


def _require_synced(database: Database | SQLiteDatastore) -> None:
    with database.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == SYNCED
