"""Notices after a restoring: a backup does not know what was sent since, so nothing of that is sent again unasked."""

from datetime import datetime

from api.notices.causes import BATCH, expiries, incomplete, of_entries, reports_due
from api.notices.outbox import Outbox, Place
from api.notices.people import People
from ledger.store.ledger import Ledger


def doubt(ledger: Ledger, now: datetime) -> int:
    """Leave to a person what may have been sent since the backup: what waited in it, and what was caused since.

    Returns how many notices that are.
    """
    outbox, people, today = Outbox(ledger), People(ledger), now.date()
    place = outbox.place()
    if place is None:  # there was no mail server yet
        return 0
    size = ledger.size()
    for after in range(place.position, size, BATCH):
        last = min(after + BATCH, size)
        outbox.queue(of_entries(ledger, people, after, last), now, Place(last, place.day))
    outbox.queue(
        [*expiries(ledger, today), *incomplete(ledger, today), *reports_due(ledger, today)],
        now,
        Place(size, today.isoformat()),
    )
    return outbox.doubt(now)
