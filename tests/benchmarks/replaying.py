"""Decodes stored statements, beside the library's own mapper on stored events that say the same.

The rows are in memory before the clock starts. Nothing is read from disk, written, synced or verified."""

from collections import deque
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

from eventsourcing.persistence import Mapper, StoredEvent

from ledger.store.application import LedgerApplication
from ledger.store.opening import open_database
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.samples import as_library_event, library_application, sheets

GOAL = 1.5


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """From rows in memory to events: no database takes part."""
    ledger = LedgerApplication(open_database(folder / "replay.db"))
    applications = ledger, library_application(folder / "replay-library.db")
    for application in applications:
        stack.callback(application.close)
    ours, library = (application.mapper for application in applications)
    signed = list(islice(sheets(), size.decoded))
    stored = [ours.to_stored_event(event) for event in signed]
    plain = [library.to_stored_event(as_library_event(event)) for event in signed]
    return [
        Comparison(
            "replay", "events", "the library's", GOAL, lambda: _decode(ours, stored), lambda: _decode(library, plain)
        )
    ]


def _decode(mapper: Mapper[str], stored: list[StoredEvent]) -> float:
    return len(stored) / seconds(lambda: deque(map(mapper.to_domain_event, stored), maxlen=0))
