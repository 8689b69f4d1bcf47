"""The tables of the schemes: the content of each version, and the day from which it is in force."""

import msgspec

from ledger.domain.events.scheme import (
    SchemeEstablished,
    SchemeVersionApproved,
    SchemeVersionDrafted,
    SchemeVersionDraftedV1,
)
from ledger.domain.states.scheme import as_current
from projections.entry import Entry
from projections.read_model import on
from projections.writing import Cursor

TABLES = {
    "schemes": "scheme_id TEXT PRIMARY KEY, title_en TEXT NOT NULL, title_fr TEXT NOT NULL",
    "scheme_versions": (
        "scheme_id TEXT NOT NULL, version TEXT NOT NULL, draft_json TEXT NOT NULL, effective_from TEXT, "
        "PRIMARY KEY (scheme_id, version)"
    ),
}


def _establish(cursor: Cursor, entry: Entry, facts: SchemeEstablished) -> None:
    cursor.execute("INSERT INTO schemes VALUES (?, ?, ?)", (entry.subject, facts.title_en, facts.title_fr))


def _draft(cursor: Cursor, entry: Entry, facts: SchemeVersionDrafted | SchemeVersionDraftedV1) -> None:
    draft = msgspec.json.encode(as_current(facts)).decode()
    cursor.execute("INSERT INTO scheme_versions VALUES (?, ?, ?, NULL)", (entry.subject, facts.version, draft))


def _approve(cursor: Cursor, entry: Entry, facts: SchemeVersionApproved) -> None:
    cursor.execute(
        "UPDATE scheme_versions SET effective_from = ? WHERE scheme_id = ? AND version = ?",
        (facts.effective_from.isoformat(), entry.subject, facts.version),
    )


RECORD = dict(
    [
        on(SchemeEstablished, _establish),
        on(SchemeVersionDrafted, _draft),
        on(SchemeVersionDraftedV1, _draft),
        on(SchemeVersionApproved, _approve),
    ]
)
