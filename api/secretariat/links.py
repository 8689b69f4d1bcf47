"""Links that are sent to one person and can be used once: to enrol a passkey within days, to sign in within minutes."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from secrets import token_urlsafe

import msgspec
from sqlalchemy import delete, insert, select, update

from ledger.store.console_tables import LINKS
from ledger.store.port import Database

GOOD_SECONDS = 3 * 24 * 3600
SECRET_BYTES = 32
_ROW = LINKS.c


class Link(msgspec.Struct, frozen=True):
    """A link that can still be used. ``code`` is the digest of its secret, ``number`` the statement that came of it."""

    code: str
    purpose: str
    person: str
    made_by: tuple[str, ...]
    until: datetime
    number: int | None


class Links:
    """The links of one register. Safe for threads and processes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def make(self, purpose: str, person: str, made_by: tuple[str, ...], good_seconds: int = GOOD_SECONDS) -> str:
        """Make a link for a person, and return its secret. Earlier ones of this purpose are void."""
        secret, now = token_urlsafe(SECRET_BYTES), self._now()
        row = {"code": _digest(secret), "purpose": purpose, "person": person, "made_by": " ".join(made_by)}
        with self._database.transaction(commit=True) as cursor:
            cursor.run(delete(LINKS).where(_ROW.until <= now))
            cursor.run(delete(LINKS).where(_ROW.person == person, _ROW.purpose == purpose, _ROW.used.is_(None)))
            cursor.run(insert(LINKS), {**row, "until": now + good_seconds, "number": None, "used": None})
        return secret

    def find(self, secret: str) -> Link | None:
        """Return the link of a secret while it can be used."""
        found = select(LINKS).where(_ROW.code == _digest(secret), _ROW.used.is_(None), _ROW.until > self._now())
        for row in self._database.run(found):
            until = datetime.fromtimestamp(row.until, UTC)
            return Link(row.code, row.purpose, row.person, tuple(row.made_by.split()), until, row.number)
        return None

    def note(self, link: Link, number: int) -> bool:
        """Note the statement that came of a link; return False when it was used, or led to another, meanwhile."""
        as_found = (_ROW.code == link.code, _ROW.used.is_(None), _ROW.number.is_not_distinct_from(link.number))
        noting = update(LINKS).where(*as_found).values(number=number)
        with self._database.transaction(commit=True) as cursor:
            return bool(cursor.run(noting.returning(_ROW.code)))

    def use(self, link: Link) -> bool:
        """Use a link up; return whether it could still be used."""
        using = update(LINKS).where(_ROW.code == link.code, _ROW.used.is_(None), _ROW.until > self._now())
        with self._database.transaction(commit=True) as cursor:
            return bool(cursor.run(using.values(used=self._now()).returning(_ROW.code)))

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
