"""The tables of the history: each event by position, and which streams led to which certification."""

from __future__ import annotations

import msgspec

from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.scheme import SchemeVersionApproved, SchemeVersionDrafted
from ledger.domain.events.session import SessionPlanned
from ledger.store.port import Cursor
from projections.entry import Entry

TABLES = {
    "history_events": (
        "position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, wire_name TEXT NOT NULL, "
        "time TEXT NOT NULL, known INTEGER NOT NULL, signers_json TEXT NOT NULL, scheme_version TEXT"
    ),
    "history_sessions": ("session_id TEXT PRIMARY KEY, scheme_id TEXT NOT NULL, scheme_version TEXT NOT NULL"),
    "history_candidacies": ("candidacy_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, session_id TEXT NOT NULL"),
}
INDEXES = ("CREATE INDEX IF NOT EXISTS history_of_stream ON history_events (stream)",)


def record(cursor: Cursor, entry: Entry) -> None:
    """Remember the event with its signers, and what belongs together."""
    event = entry.event
    facts = event.facts
    signers = [(s.person, s.role, key_id) for s, key_id in zip(event.by, entry.key_ids, strict=True)]
    scheme_version = facts.version if isinstance(facts, SchemeVersionDrafted | SchemeVersionApproved) else None
    cursor.execute(
        "INSERT INTO history_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.position,
            event.stream,
            event.version,
            event.type,
            event.time.isoformat(),
            entry.known,
            msgspec.json.encode(signers).decode(),
            scheme_version,
        ),
    )
    match facts:
        case SessionPlanned():
            cursor.execute(
                "INSERT INTO history_sessions VALUES (?, ?, ?)",
                (facts.session_id, facts.scheme_id, facts.scheme_version),
            )
        case CandidateNominated():
            cursor.execute(
                "INSERT INTO history_candidacies VALUES (?, ?, ?)",
                (facts.candidacy_id, facts.person_id, facts.session_id),
            )
        case _:
            pass  # every other event belongs to one of these by its stream
