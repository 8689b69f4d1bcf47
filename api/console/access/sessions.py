"""Sessions: who is signed in, since when and where. They are rows of the record, so that each can be ended at once.

The cookie holds a random secret and nothing else; the row holds its digest.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

import msgspec
from sqlalchemy import and_, delete, insert, or_, select, update

from api import logs
from ledger.store.console_tables import SESSIONS
from ledger.store.port import Database, Row

IDLE_SECONDS = 2 * 3600  # a half day of lectures goes by without a click
GUEST_IDLE_SECONDS = 1800
LONGEST_SECONDS = 12 * 3600
SEEN_SECONDS = 60  # how exactly it is noted when a session was used last
SECRET_BYTES = 32
AGENT_CHARACTERS = 200
_ROW = SESSIONS.c

SIGNED_OUT, REVOKED = "signed-out", "revoked"


class Kind(StrEnum):
    """Whose pages a session opens. Each kind has a cookie of its own, so one browser may have a session of each."""

    OFFICER = "officer"
    HOLDER = "holder"
    MEMBER = "member"


COOKIE = "__Host-pca-ledger"
COPIES_COOKIE = f"{COOKIE}-copies"  # lets a browser show the copies of sheets that it keeps; opens nothing here
COOKIES = {Kind.OFFICER: COOKIE} | {kind: f"{COOKIE}-{kind}" for kind in (Kind.HOLDER, Kind.MEMBER)}
_IDLE = {Kind.OFFICER: IDLE_SECONDS, Kind.HOLDER: GUEST_IDLE_SECONDS, Kind.MEMBER: GUEST_IDLE_SECONDS}


class Session(msgspec.Struct, frozen=True):
    """A session; ``key`` is the id of the key that signed in, empty after a link; ``agent`` names the browser."""

    id: str
    kind: Kind
    person: str
    key: str
    agent: str
    began: datetime
    seen: datetime


class Sessions:
    """The sessions of one register. Safe for threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def begin(self, kind: Kind, person: str, key: str, agent: str) -> str:
        """Begin a session, and return the secret for its cookie. Of those that are over for long, nothing is kept."""
        secret, now = token_urlsafe(SECRET_BYTES), self._now()
        row = {"id": _digest(secret), "kind": kind, "person": person, "key": key, "agent": agent[:AGENT_CHARACTERS]}
        with self._database.transaction(commit=True) as cursor:
            cursor.run(delete(SESSIONS).where(_ROW.began <= now - LONGEST_SECONDS))
            cursor.run(insert(SESSIONS), {**row, "began": now, "seen": now})
        logs.security("signed-in", kind=kind, person=person, key=key)
        return secret

    def find(self, kind: Kind, secret: str) -> Session | None:
        """Return the session of a cookie of this kind while it lasts, and note that it is used."""
        rows = self._lasting(_ROW.id == _digest(secret), _ROW.kind == kind)
        if not rows:
            return None
        now = self._now()
        if rows[0].seen + SEEN_SECONDS <= now:
            with self._database.transaction(commit=True, durable=False) as cursor:
                cursor.run(update(SESSIONS).where(_ROW.id == rows[0].id).values(seen=now))
        return _session(rows[0])

    def of(self, kind: Kind, person: str) -> list[Session]:
        """Return the sessions of a kind of a person that last, the one used last first."""
        return sorted(
            map(_session, self._lasting(_ROW.person == person, _ROW.kind == kind)), key=lambda s: s.seen, reverse=True
        )

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
        used = or_(*(and_(_ROW.kind == kind, _ROW.seen > now - idle) for kind, idle in _IDLE.items()))
        lasting = (_ROW.ended.is_(None), used, _ROW.began > now - LONGEST_SECONDS)
        return self._database.run(select(SESSIONS).where(*where, *lasting))  # type: ignore[arg-type]  # of columns

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _session(row: Row) -> Session:
    began, seen = (datetime.fromtimestamp(moment, UTC) for moment in (row.began, row.seen))
    return Session(row.id, Kind(row.kind), row.person, row.key, row.agent, began, seen)


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
