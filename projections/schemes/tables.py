"""The tables of the schemes: the content of each version, and the day from which it is in force."""

from __future__ import annotations

import msgspec

from ledger.domain.events.scheme import SchemeEstablished, SchemeVersionApproved, SchemeVersionDrafted
from projections.entry import Entry
from projections.read_model import Cursor, ignored, on

TABLES = {
    "schemes": "scheme_id TEXT PRIMARY KEY, title_en TEXT NOT NULL, title_fr TEXT NOT NULL",
    "scheme_versions": (
        "scheme_id TEXT NOT NULL, version TEXT NOT NULL, draft_json TEXT NOT NULL, effective_from TEXT, "
        "PRIMARY KEY (scheme_id, version)"
    ),
}


def _establish(cursor: Cursor, entry: Entry, facts: SchemeEstablished) -> None:
    cursor.execute("INSERT INTO schemes VALUES (?, ?, ?)", (entry.subject, facts.title_en, facts.title_fr))


def _draft(cursor: Cursor, entry: Entry, facts: SchemeVersionDrafted) -> None:
    draft = msgspec.json.encode(facts).decode()
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
        on(SchemeVersionApproved, _approve),
    ]
)
IGNORED = ignored(
    "ledger-founded/v1 role-granted/v1 role-revoked/v1 key-registered/v1 key-rotated/v1 key-revoked/v1 "
    "issuer-established/v1 issuer-key-enrolled/v1 issuer-key-retired/v1 issuer-key-revoked/v1 person-registered/v1 "
    "person-details-updated/v1 employment-recorded/v1 public-listing-consent-given/v1 "
    "public-listing-consent-withdrawn/v1 public-results-consent-given/v1 public-results-consent-withdrawn/v1 "
    "personal-data-erased/v1 administration-registered/v1 administration-renamed/v1 session-planned/v1 "
    "facilitator-assigned/v1 assessor-assigned/v1 session-closed/v1 ranking-computed/v1 candidate-nominated/v1 "
    "eligibility-confirmed/v1 eligibility-refused/v1 candidacy-withdrawn/v1 separation-exception-granted/v1 "
    "score-sheet-submitted/v1 score-sheet-revealed/v1 score-sheet-superseded/v1 moderation-held/v1 "
    "assessment-outcome-computed/v1 certification-granted/v1 certification-refused/v1 certificate-issued/v1 "
    "certificate-reissued/v1 certification-suspended/v1 suspension-lifted/v1 certification-withdrawn/v1 "
    "certification-renewed/v1 scope-reduced/v1 scope-extended/v1"
)
