"""The tables of the changes: each by its place in the log, and what is to be remembered to say the next one."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from ledger.domain.events.certification import (
    CertificateIssued,
    CertificateReissued,
    CertificationGranted,
    CertificationRenewed,
    CertificationSuspended,
    CertificationWithdrawn,
    ScopeExtended,
    ScopeReduced,
    SuspensionLifted,
)
from ledger.store.port import Cursor
from projections.entry import Entry, moment

ONE_DAY = timedelta(days=1)
TABLES = {
    "changes": (
        "position INTEGER PRIMARY KEY, known INTEGER NOT NULL, kind TEXT NOT NULL, certification_id TEXT NOT NULL, "
        "number TEXT, old_number TEXT, effective_from TEXT NOT NULL, expires_on TEXT"
    ),
    "changing": "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, number TEXT, expires_on TEXT",
}


class Kind(StrEnum):
    """What a change is. Expiry is none: it follows from the day, and nobody records it."""

    ISSUED = "issued"
    REISSUED = "reissued"
    SUSPENDED = "suspended"
    LIFTED = "suspension-lifted"
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"
    SCOPE_REDUCED = "scope-reduced"
    SCOPE_EXTENDED = "scope-extended"


def record(cursor: Cursor, entry: Entry) -> None:
    """Remember a change of what a certificate is worth, or of which document is in use."""
    facts, certification_id = entry.event.facts, entry.event.stream.partition(":")[2]
    match facts:
        case CertificationGranted():
            cursor.execute(
                "INSERT INTO changing VALUES (?, ?, NULL, ?)",
                (certification_id, facts.person_id, _text(facts.expires_on)),
            )
        case CertificateIssued():
            _number(cursor, certification_id, facts.certificate.number)
            _insert(cursor, entry, Kind.ISSUED, facts.certificate.effective_from)
        case CertificateReissued():
            _number(cursor, certification_id, facts.certificate.number)
            # A new document counts from when it was recorded: the certification itself does not change.
            _insert(cursor, entry, Kind.REISSUED, moment(entry.known).date(), facts.old_number)
        case CertificationSuspended():
            _insert(cursor, entry, Kind.SUSPENDED, facts.effective_from)
        case SuspensionLifted():
            _insert(cursor, entry, Kind.LIFTED, facts.effective_from)
        case CertificationWithdrawn():
            _insert(cursor, entry, Kind.WITHDRAWN, facts.effective_from)
        case ScopeReduced():
            _insert(cursor, entry, Kind.SCOPE_REDUCED, facts.effective_from)
        case ScopeExtended():
            _insert(cursor, entry, Kind.SCOPE_EXTENDED, facts.effective_from)
        case CertificationRenewed():
            cursor.execute("SELECT expires_on FROM changing WHERE certification_id = ?", (certification_id,))
            last_day = date.fromisoformat(cursor.fetchone()["expires_on"])
            cursor.execute(
                "UPDATE changing SET expires_on = ? WHERE certification_id = ?",
                (_text(facts.new_expires_on), certification_id),
            )
            _insert(cursor, entry, Kind.RENEWED, last_day + ONE_DAY)
        case _:
            pass  # nothing else changes what a certificate is worth


def _number(cursor: Cursor, certification_id: str, number: str) -> None:
    cursor.execute("UPDATE changing SET number = ? WHERE certification_id = ?", (number, certification_id))


def _insert(cursor: Cursor, entry: Entry, kind: Kind, effective_from: date, old_number: str | None = None) -> None:
    cursor.execute(
        "INSERT INTO changes SELECT ?, ?, ?, certification_id, number, ?, ?, expires_on FROM changing "
        "WHERE certification_id = ?",
        (
            entry.position,
            entry.known,
            kind,
            old_number,
            effective_from.isoformat(),
            entry.event.stream.partition(":")[2],
        ),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
