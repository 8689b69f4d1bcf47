"""Decodes stored statements, and fills read models from them.

*replay*: beside the library's own mapper on stored events that say the same. The rows are in memory before the clock
starts. Nothing is read from disk, written, synced or verified.

*rebuild*, *rebuild-rows*: the read models of the smallest simulated register, from its log to a file on the disk of the
run's folder, a commit for each thousand entries that does not wait for the disk; then all is copied into the place of
the old ones, and indexed, in one synced commit. Nothing is verified: that is the audit's. Beside the goal, and beside
one ``executemany`` a table of the same rows into the same tables and indexes, in a file on that disk with one synced
commit.
"""

from collections import deque
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any

from eventsourcing.persistence import Mapper, StoredEvent

from ledger.store.application import LedgerApplication
from ledger.store.cache import remove
from ledger.store.ledger import Ledger
from ledger.store.opening import open_database
from ledger.store.port import Database
from projections.following import TABLES, Following
from projections.read_models import DATABASE, rebuild
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.benchmarks.registers import clock, copied
from tests.benchmarks.samples import as_library_event, library_application, sheets

GOAL = 1.5
EVENTS_A_SECOND = 40_000


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
        ),
        *_rebuilds(copied(folder, min(size.entries), "rebuild"), folder / "rows.db", stack),
    ]


def _rebuilds(register: Path, file: Path, stack: ExitStack) -> list[Comparison]:
    full = stack.enter_context(Ledger.open(register, clock, is_simulated=True))
    rebuild(full)
    rows = {table: Following(open_database(register / DATABASE), full.log).rows(table) for table in TABLES}

    def ours() -> float:
        return full.size() / seconds(lambda: rebuild(full))

    def plain() -> float:
        remove(file)
        with closing(open_database(file)) as database:
            Following(database, full.log)  # makes the tables
            return full.size() / seconds(lambda: _insert(database, rows))

    return [
        Comparison("rebuild", "events", f"{EVENTS_A_SECOND:,} a second", 1.0, ours, lambda: float(EVENTS_A_SECOND)),
        Comparison("rebuild-rows", "events", "the same rows", None, ours, plain),
    ]


def _insert(database: Database, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    with database.transaction(commit=True) as cursor:
        for table, some in rows.items():
            if some:
                cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(some[0]))})", some)


def _decode(mapper: Mapper[str], stored: list[StoredEvent]) -> float:
    return len(stored) / seconds(lambda: deque(map(mapper.to_domain_event, stored), maxlen=0))
