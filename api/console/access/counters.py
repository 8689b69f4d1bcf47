"""What passkeys count. A counter that goes back may mean that a copy of the key exists: a warning, not evidence.

Synced passkeys count nothing, and a mismatch does not say which copy is false (WebAuthn Level 3, 6.1.1).
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from api import logs
from ledger.store.console_tables import COUNTERS
from ledger.store.port import Database

_ROW = COUNTERS.c


class Counters:
    """The counters of one register. Safe for threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def note(self, person: str, key: str, count: int) -> None:
        """Note what a passkey counted as it was used, and warn when it had counted as much before."""
        with self._database.transaction(commit=True) as cursor:
            known = cursor.run(select(_ROW.count).where(_ROW.key == key).with_for_update())
            if not known:
                cursor.run(insert(COUNTERS).on_conflict_do_nothing(), {"key": key, "count": count, "went_back": None})
            elif count > known[0].count:
                cursor.run(update(COUNTERS).where(_ROW.key == key, _ROW.count < count).values(count=count))
            elif count or known[0].count:
                cursor.run(update(COUNTERS).where(_ROW.key == key).values(went_back=int(self._clock().timestamp())))
                logs.security("passkey-counter-went-back", person=person, key=key)

    def went_back(self, keys: Collection[str]) -> dict[str, datetime]:
        """Return when the counters of these keys went back, for those that did."""
        rows = self._database.run(select(COUNTERS).where(_ROW.key.in_(keys), _ROW.went_back.is_not(None)))
        return {row.key: datetime.fromtimestamp(row.went_back, UTC) for row in rows}
