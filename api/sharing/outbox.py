"""How far each subscription has been notified: a table of the record beside the log.

A place moves on only after the receiver has acknowledged: a crash repeats the last message but never skips one.
"""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import PLACES
from ledger.store.earlier import take_in
from ledger.store.port import Database
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
            take_in(cursor, file, lambda rows: cursor.run(_NEW, rows["places"]))


class Outbox:
    """The places of one ledger's subscriptions. Safe for threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, subscription: str, start: int) -> Place:
        """Returns the place of a subscription; a new one begins after ``start``."""
        known = self.known(subscription)
        if known is None:
            row = {"subscription": subscription, **_columns(Place(start))}
            with self._database.transaction(commit=True) as cursor:
                cursor.run(_NEW, row)
            known = self.known(subscription)
        return known or Place(start)

    def known(self, subscription: str) -> Place | None:
        """Returns the place of a subscription; None before its first delivery."""
        rows = self._database.run(select(PLACES).where(_ROW.subscription == subscription))
        return next((Place(r.position, r.failures, moment(r.again), r.trouble) for r in rows), None)

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


def _columns(place: Place) -> dict[str, object]:
    return {**msgspec.structs.asdict(place), "again": microseconds(place.again)}
