"""The tables of the schemes: what each version says, and from when it counts."""

from __future__ import annotations

import msgspec

from ledger.domain.events.scheme import SchemeEstablished, SchemeVersionApproved, SchemeVersionDrafted
from ledger.store.port import Cursor
from projections.entry import Entry

TABLES = {
    "schemes": "scheme_id TEXT PRIMARY KEY, title_en TEXT NOT NULL, title_fr TEXT NOT NULL",
    "scheme_versions": (
        "scheme_id TEXT NOT NULL, version TEXT NOT NULL, draft_json TEXT NOT NULL, effective_from TEXT, "
        "PRIMARY KEY (scheme_id, version)"
    ),
}


def record(cursor: Cursor, entry: Entry) -> None:
    """Remember each version as drafted, and the day from which it is approved."""
    facts, (_, _, subject) = entry.event.facts, entry.event.stream.partition(":")
    match facts:
        case SchemeEstablished():
            cursor.execute("INSERT INTO schemes VALUES (?, ?, ?)", (subject, facts.title_en, facts.title_fr))
        case SchemeVersionDrafted():
            draft = msgspec.json.encode(facts).decode()
            cursor.execute("INSERT INTO scheme_versions VALUES (?, ?, ?, NULL)", (subject, facts.version, draft))
        case SchemeVersionApproved():
            cursor.execute(
                "UPDATE scheme_versions SET effective_from = ? WHERE scheme_id = ? AND version = ?",
                (facts.effective_from.isoformat(), subject, facts.version),
            )
        case _:
            pass  # nothing else changes a scheme
