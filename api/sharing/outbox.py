"""How far each subscription has been notified: a table of the record beside the log.

A place moves on only after the receiver has acknowledged: a crash repeats the last message but never skips one.
"""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import PLACES
from ledger.store.earlier import read_rows, take_in
from ledger.store.port import Database, Row
from projections.entry import EPOCH, microseconds, moment

EARLIER = "webhooks.db"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=12)
DOUBLINGS = 16  # more than are needed for the longest pause
_ROW = PLACES.c
_NEW = insert(PLACES).on_conflict_do_nothing()


class Place(msgspec.Struct, frozen=True):
    """Notified up to and including ``position``; after ``failures`` in a row nothing is sent before ``again``."""

    position: int
    failures: int = 0
    again: datetime = EPOCH
    trouble: str | None = None


def take_in_places(database: Database, folder: Path) -> None:
    """Take in the places that an earlier version kept in a file of the folder. Raises ``Unreadable``."""
    if (file := folder / EARLIER).exists():
        with database.transaction(commit=True) as cursor:
            take_in(cursor, file, read_rows, lambda rows: cursor.run(_NEW, rows["places"]))


class Outbox:
    """The places of one ledger's subscriptions. Safe for threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, subscription: str, start: int) -> None:
        """Lets a subscription begin after ``start``; one that has a place already keeps it."""
        with self._database.transaction(commit=True) as cursor:
            cursor.run(_NEW, {"subscription": subscription, **_columns(Place(start))})

    def acknowledged(self, subscription: str, position: int) -> None:
        """Records that the receiver has acknowledged everything up to a position."""
        self._put(subscription, Place(position))

    def failed(self, subscription: str, place: Place, trouble: str, now: datetime) -> None:
        """Records a failure: the pause before the next attempt is twice the last one."""
        pause = min(FIRST_PAUSE * 2 ** min(place.failures, DOUBLINGS), LONGEST_PAUSE)
        self._put(subscription, Place(place.position, place.failures + 1, now + pause, trouble))

    def forget(self, subscription: str) -> None:
        """Forgets a subscription that was removed."""
        with self._database.transaction(commit=True) as cursor:
            cursor.run(delete(PLACES).where(_ROW.subscription == subscription))

    def _put(self, subscription: str, place: Place) -> None:
        with self._database.transaction(commit=True) as cursor:
            # A subscription that was removed meanwhile is not put back.
            cursor.run(update(PLACES).where(_ROW.subscription == subscription).values(_columns(place)))


def place_of(row: Row) -> Place:
    """Returns the place that a row holds."""
    return Place(row.position, row.failures, moment(row.again), row.trouble)


def _columns(place: Place) -> dict[str, object]:
    return {**msgspec.structs.asdict(place), "again": microseconds(place.again)}
