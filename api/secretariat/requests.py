"""Requests that may be sent again: what each filed is remembered by its Idempotency-Key.

Neither the key nor the body is kept, which may name people: without the key nobody can even guess at the body.
"""

from hashlib import sha256
from hmac import digest
from typing import Self

import msgspec
from sqlalchemy import bindparam, delete, insert, select

from api.secretariat.desk import DeskTables
from ledger.errors import Conflict
from ledger.store.desk_tables import REQUESTS

_ROW = REQUESTS.c
_KNOWN = select(_ROW.request, _ROW.number).where(_ROW.person == bindparam("sender"), _ROW.key == bindparam("sent"))
_ENDED = delete(REQUESTS).where(_ROW.until <= bindparam("now"))
_KEEP = insert(REQUESTS)


class Request(msgspec.Struct, frozen=True):
    """A request that may be sent again: its sender, and the digests of its Idempotency-Key and of what it asks for."""

    person: str
    key: str
    digest: str

    @classmethod
    def of(cls, person: str, key: str, body: bytes) -> Self:
        return cls(person, *digests(key, sha256(body).digest()))


def digests(key: str, body: bytes) -> tuple[str, str]:
    """Return what is kept of an Idempotency-Key, and of the SHA-256 of a body that came with it."""
    return sha256(key.encode()).hexdigest(), digest(key.encode(), body, "sha256").hex()


def remember(desk: DeskTables, request: Request, number: int, until: int) -> None:
    """Keep what a request filed, until a moment in seconds."""
    row = {"person": request.person, "key": request.key, "request": request.digest, "number": number, "until": until}
    with desk.transaction() as cursor:
        cursor.run(_KEEP, row)


def filed_by(desk: DeskTables, request: Request, now: int) -> int | None:
    """Return the number that this request filed before. Raises ``Conflict`` when its key came with another."""
    with desk.transaction() as cursor:
        cursor.run(_ENDED, {"now": now})
        rows = cursor.run(_KNOWN, {"sender": request.person, "sent": request.key})
    if rows and rows[0].request != request.digest:
        raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
    return int(rows[0].number) if rows else None
