"""The tables of the certificates, and how each event changes them."""

from __future__ import annotations

from datetime import date

import msgspec

from ledger.domain.events.certification import (
    CertificateContent,
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
from ledger.domain.number import CertificateNumber
from ledger.domain.scope import Scopes, evolve_scopes
from ledger.domain.standing import Standing, evolve_standing
from ledger.store.port import Cursor
from projections.entry import Entry
from projections.spans import spans, supersede

TABLES = {
    "certifications": (
        "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, session_id TEXT NOT NULL, "
        "grant_json TEXT NOT NULL, standing_json TEXT NOT NULL, known INTEGER NOT NULL"
    ),
    "certificate_spans": (
        "certification_id TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT, status TEXT NOT NULL, "
        "known_from INTEGER NOT NULL, known_until INTEGER, "
        "PRIMARY KEY (certification_id, known_from, first_day)"
    ),
    # What was known of a scope at a moment is every row until then: the domain says which of them holds on a day.
    "certificate_scopes": (
        "certification_id TEXT NOT NULL, position INTEGER NOT NULL, known INTEGER NOT NULL, "
        "effective_from TEXT NOT NULL, scope_json TEXT NOT NULL, PRIMARY KEY (certification_id, position)"
    ),
    "certificates": (
        "number TEXT PRIMARY KEY, certification_id TEXT NOT NULL, issue INTEGER NOT NULL, position INTEGER NOT NULL, "
        "known INTEGER NOT NULL, content_json TEXT NOT NULL, superseded_by TEXT, superseded_reason TEXT"
    ),
}


def record(cursor: Cursor, entry: Entry) -> None:
    """Remember grants, documents, and everything that bears on validity."""
    facts = entry.event.facts
    match facts:
        case CertificationGranted():
            standing = evolve_standing(Standing(), facts)
            cursor.execute(
                "INSERT INTO certifications VALUES (?, ?, ?, ?, ?, ?)",
                (
                    facts.certification_id,
                    facts.person_id,
                    facts.session_id,
                    _json(facts),
                    _json(standing),
                    entry.known,
                ),
            )
            supersede(cursor, "certificate_spans", facts.certification_id, entry.known, spans(standing))
            _insert_scope(cursor, entry, evolve_scopes((), facts))
        case ScopeReduced() | ScopeExtended():
            scopes = scopes_known(cursor, entry.event.stream.partition(":")[2], entry.known)
            _insert_scope(cursor, entry, evolve_scopes(scopes, facts))
        case CertificationSuspended() | SuspensionLifted() | CertificationWithdrawn() | CertificationRenewed():
            certification_id = entry.event.stream.partition(":")[2]
            cursor.execute("SELECT standing_json FROM certifications WHERE certification_id = ?", (certification_id,))
            before = msgspec.json.decode(cursor.fetchone()["standing_json"], type=Standing)
            standing = evolve_standing(before, facts)
            cursor.execute(
                "UPDATE certifications SET standing_json = ? WHERE certification_id = ?",
                (_json(standing), certification_id),
            )
            supersede(cursor, "certificate_spans", certification_id, entry.known, spans(standing))
        case CertificateIssued():
            _insert(cursor, entry, facts.certificate)
        case CertificateReissued():
            _insert(cursor, entry, facts.certificate)
            cursor.execute(
                "UPDATE certificates SET superseded_by = ?, superseded_reason = ? WHERE number = ?",
                (facts.certificate.number, facts.reason_code, facts.old_number),
            )
        case _:
            pass  # nothing else changes a certificate


def scopes_known(cursor: Cursor, certification_id: str, known: int) -> Scopes:
    """The scopes of a certification as known at a moment; none before the grant was."""
    cursor.execute(
        "SELECT effective_from, scope_json FROM certificate_scopes WHERE certification_id = ? AND known <= ? "
        "ORDER BY position",
        (certification_id, known),
    )
    return tuple(
        (date.fromisoformat(row["effective_from"]), msgspec.json.decode(row["scope_json"], type=frozenset[str]))
        for row in cursor.fetchall()
    )


def _insert_scope(cursor: Cursor, entry: Entry, scopes: Scopes) -> None:
    effective_from, scope = scopes[-1]
    certification_id = entry.event.stream.partition(":")[2]
    cursor.execute(
        "INSERT INTO certificate_scopes VALUES (?, ?, ?, ?, ?)",
        (
            certification_id,
            entry.position,
            entry.known,
            effective_from.isoformat(),
            msgspec.json.encode(sorted(scope)).decode(),
        ),
    )


def _insert(cursor: Cursor, entry: Entry, content: CertificateContent) -> None:
    certification_id = entry.event.stream.partition(":")[2]
    issue = CertificateNumber.parse(content.number).issue
    cursor.execute(
        "INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)",
        (content.number, certification_id, issue, entry.position, entry.known, _json(content)),
    )


def _json(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()
