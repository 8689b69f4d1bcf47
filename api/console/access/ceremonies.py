"""Challenges that were given to a browser and wait for its passkey. Each is good once, for minutes."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import and_, delete, insert, or_

from ledger.store.console_tables import CEREMONIES
from ledger.store.port import Database

GOOD_SECONDS = 600  # a gesture with a key that lies in another room
_ROW = CEREMONIES.c


class Ceremony(msgspec.Struct, frozen=True):
    """What a challenge was made for. ``session`` is the id of the session that asked, empty at a sign-in."""

    challenge: bytes
    purpose: str
    session: str
    person: str
    data: bytes


class Ceremonies:
    """The challenges of one register. Safe for threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def begin(self, ceremony: Ceremony) -> None:
        """Keep a challenge until its answer comes."""
        now = int(self._clock().timestamp())
        row = msgspec.structs.asdict(ceremony) | {"challenge": ceremony.challenge.hex(), "until": now + GOOD_SECONDS}
        with self._database.transaction(commit=True, durable=False) as cursor:
            # The same statements have the same challenge: whoever tries again begins anew, and nobody else does.
            again = and_(_ROW.challenge == row["challenge"], _ROW.session == ceremony.session)
            cursor.run(delete(CEREMONIES).where(or_(_ROW.until <= now, again)))
            cursor.run(insert(CEREMONIES), row)

    def take(self, challenge: bytes, purpose: str, session: str) -> Ceremony | None:
        """Return what a challenge was made for, once; None when it is not known, or no longer."""
        now = int(self._clock().timestamp())
        of_it = (_ROW.challenge == challenge.hex(), _ROW.purpose == purpose, _ROW.session == session, _ROW.until > now)
        with self._database.transaction(commit=True) as cursor:
            rows = cursor.run(delete(CEREMONIES).where(*of_it).returning(*CEREMONIES.columns))
        return next((Ceremony(challenge, purpose, session, row.person, row.data) for row in rows), None)
