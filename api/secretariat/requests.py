"""Requests that may be sent again: what each filed is remembered by its Idempotency-Key."""

import msgspec

from api.secretariat.desk import DeskFile
from ledger.errors import Conflict


class Request(msgspec.Struct, frozen=True):
    """A request that may be sent again: its sender, its Idempotency-Key, and the digest of what it asks for."""

    person: str
    key: str
    digest: str


def remember(desk: DeskFile, request: Request, number: int, until: int) -> None:
    """Keep what a request filed, until a moment in seconds."""
    row = (request.person, request.key, request.digest, number, until)
    desk.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?)", *row)


def filed_by(desk: DeskFile, request: Request, now: int) -> int | None:
    """Return the number that this request filed before. Raises ``Conflict`` when its key came with another."""
    desk.execute("DELETE FROM requests WHERE until <= ?", now)
    statement = "SELECT request, number FROM requests WHERE person = ? AND key = ?"
    known = desk.rows(statement, request.person, request.key)
    if known and known[0]["request"] != request.digest:
        raise Conflict("idempotency-key-reused", "Idempotency-Key: it came with another request before")
    return int(known[0]["number"]) if known else None
