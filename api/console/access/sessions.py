"""Sessions: who is signed in, since when and where. They are rows of the record, so that each can be ended at once.

The cookie holds a random secret and nothing else; the row holds its digest.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe

import msgspec
from sqlalchemy import insert, select, update

from api import logs
from ledger.store.console_tables import SESSIONS
from ledger.store.port import Database, Row

COOKIE = "__Host-pca-ledger"
IDLE_SECONDS = 2 * 3600  # a half day of lectures goes by without a click
LONGEST_SECONDS = 12 * 3600
SEEN_SECONDS = 60  # how exactly it is noted when a session was used last
SECRET_BYTES = 32
AGENT_CHARACTERS = 200
_ROW = SESSIONS.c

SIGNED_OUT, REVOKED = "signed-out", "revoked"


class Session(msgspec.Struct, frozen=True):
    """A session; ``key`` is the id of the key that signed in, ``agent`` what the browser calls itself."""

    id: str
    person: str
    key: str
    agent: str
    began: datetime
    seen: datetime


class Sessions:
    """The sessions of one register. Safe for threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def begin(self, person: str, key: str, agent: str) -> str:
        """Begin a session, and return the secret for its cookie."""
        secret, now = token_urlsafe(SECRET_BYTES), self._now()
        row = {"id": _digest(secret), "person": person, "key": key, "agent": agent[:AGENT_CHARACTERS]}
        with self._database.transaction(commit=True) as cursor:
            cursor.run(insert(SESSIONS), {**row, "began": now, "seen": now})
        logs.security("signed-in", person=person, key=key)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a cookie while it lasts, and note that it is used."""
        rows = self._lasting(_ROW.id == _digest(secret))
        if not rows:
            return None
        now = self._now()
        if rows[0].seen + SEEN_SECONDS <= now:
            with self._database.transaction(commit=True, durable=False) as cursor:
                cursor.run(update(SESSIONS).where(_ROW.id == rows[0].id).values(seen=now))
        return _session(rows[0])

    def of(self, person: str) -> list[Session]:
        """Return the sessions of a person that last, the one used last first."""
        return sorted(map(_session, self._lasting(_ROW.person == person)), key=lambda s: s.seen, reverse=True)

    def end(self, person: str, session_id: str, why: str) -> bool:
        """End a session of this person; return whether it lasted."""
        ending = update(SESSIONS).where(_ROW.id == session_id, _ROW.person == person, _ROW.ended.is_(None))
        with self._database.transaction(commit=True) as cursor:
            ended = bool(cursor.run(ending.values(ended=self._now(), why=why).returning(_ROW.id)))
        if ended:
            logs.security(why, person=person)
        return ended

    def _lasting(self, *where: object) -> list[Row]:
        now = self._now()
        lasting = (_ROW.ended.is_(None), _ROW.seen > now - IDLE_SECONDS, _ROW.began > now - LONGEST_SECONDS)
        return self._database.run(select(SESSIONS).where(*where, *lasting))  # type: ignore[arg-type]  # of columns

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _session(row: Row) -> Session:
    began, seen = (datetime.fromtimestamp(moment, UTC) for moment in (row.began, row.seen))
    return Session(row.id, row.person, row.key, row.agent, began, seen)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
