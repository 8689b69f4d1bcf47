"""Appends statements with their Merkle tree, beside the library's own append of events of the same content.

The files are on the disk of the run's folder, which the report names: SQLite in WAL mode syncs it at each commit, and
then a save is durable. Both sides encode their events within the clock, ours as the envelope that was signed. Nothing
is signed, verified or decided. The last rows compare a large ledger with a small one, and PostgreSQL with SQLite."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.sqlite import SQLiteDatastore, SQLiteRecorder

from ledger.domain.record import Event, Fact
from ledger.signing.envelope import Signature, open_envelope, seal
from ledger.signing.statement import SignedEvent, payload_of
from ledger.store.application import LedgerApplication
from ledger.store.engines.postgresql import PostgreSQLDatabase
from ledger.store.opening import open_database
from ledger.store.port import Database
from tests.benchmarks.filling import EVENTS_A_STREAM, filled, streams
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.samples import CANDIDACIES, as_library_event, library_application, sheets
from tests.benchmarks.servers import address

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
        partial(_append_sheets, ours, signed, events, saves),
        partial(_append_next, library, plain, events, saves),
    )


def _on_postgresql(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """The same on a server of this machine that syncs at each commit, beside our own append to a file."""
    there = LedgerApplication(PostgreSQLDatabase(address(folder, "append", stack)))
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
            partial(_append_sheets, there, signed, events, saves),
            partial(_append_sheets, here, same, events, saves),
        )
        for events, saves in size.saves.items()
    ]


def _append_next(application: Application[str], events: Iterator[Any], count: int, saves: int) -> float:
    return _append(application, [list(islice(events, count)) for _ in range(saves)], list)


def _append_sheets(application: Application[str], signed: Iterator[SignedEvent], count: int, saves: int) -> float:
    parts = ((each.event, open_envelope(each.envelope).signatures) for each in signed)
    return _append(application, [list(islice(parts, count)) for _ in range(saves)], _encoded)


def _encoded(batch: list[tuple[Event[Fact], tuple[Signature, ...]]]) -> list[SignedEvent]:
    return [SignedEvent(event, seal(payload_of(event), signatures)) for event, signatures in batch]


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
    return partial(_append_sheets, application, signed)


def _append(
    application: Application[str], batches: list[list[Any]], encoded: Callable[[list[Any]], list[Any]]
) -> float:
    def work() -> None:
        for batch in batches:
            application.events.put(encoded(batch))

    return sum(map(len, batches)) / seconds(work)


def _require_synced(database: Database | SQLiteDatastore) -> None:
    with database.transaction(commit=False) as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone()[0] == SYNCED
