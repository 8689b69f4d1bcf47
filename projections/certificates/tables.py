"""The tables of the certificates, and how each event changes them."""

from datetime import date

import msgspec

from ledger.domain.events.certification import (
    CertificateContent,
    CertificateIssued,
    CertificateIssuedV1,
    CertificateReissued,
    CertificateReissuedV1,
    CertificationAnnulled,
    CertificationGranted,
    CertificationRelinquished,
    CertificationRenewed,
    CertificationSuspended,
    CertificationSuspendedV1,
    CertificationWithdrawn,
    CertificationWithdrawnV1,
    DecisionAnnulled,
    FieldPhasePassed,
    PreAccreditationGranted,
    RecognitionGranted,
    ScopeExtended,
    ScopeReduced,
    ScopeReducedV1,
    SuspensionLifted,
)
from ledger.domain.number import CertificateNumber
from ledger.domain.scope import Scopes, evolve_scopes
from ledger.domain.spans import spans
from ledger.domain.standing import Standing, evolve_standing
from projections.entry import Entry
from projections.read_model import ignored, on
from projections.spans import supersede
from projections.writing import Cursor

TABLES = {
    # Also those in the field phase: grant_json is null, and award_json the pre-accreditation, until one is granted.
    "certifications": (
        "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, session_id TEXT NOT NULL, "
        "award_json TEXT NOT NULL, grant_json TEXT, standing_json TEXT NOT NULL, known INTEGER NOT NULL"
    ),
    "certificate_spans": (
        "certification_id TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT, status TEXT NOT NULL, "
        "known_from INTEGER NOT NULL, known_until INTEGER, "
        "PRIMARY KEY (certification_id, known_from, first_day)"
    ),
    # The scopes as known at a moment are all rows up to it; the domain decides which of them is in force on a day.
    "certificate_scopes": (
        "certification_id TEXT NOT NULL, position INTEGER NOT NULL, known INTEGER NOT NULL, "
        "effective_from TEXT NOT NULL, scope_json TEXT NOT NULL, PRIMARY KEY (certification_id, position)"
    ),
    "certificates": (
        "number TEXT PRIMARY KEY, certification_id TEXT NOT NULL, issue INTEGER NOT NULL, position INTEGER NOT NULL, "
        "known INTEGER NOT NULL, content_json TEXT NOT NULL, superseded_by TEXT"
    ),
}


class Award(msgspec.Struct, frozen=True):
    """What was granted under a certification, be it only a pre-accreditation."""

    certification_id: str
    scheme_id: str
    scheme_version: str
    language: str


_StatusChange = (
    CertificationSuspended
    | CertificationSuspendedV1
    | SuspensionLifted
    | CertificationWithdrawn
    | CertificationWithdrawnV1
    | CertificationRenewed
    | CertificationRelinquished
    | CertificationAnnulled
    | RecognitionGranted
    | DecisionAnnulled
)


def _grant(cursor: Cursor, entry: Entry, facts: CertificationGranted) -> None:
    stated = {field: getattr(facts, field) for field in CertificationGranted.__struct_fields__}
    _award(cursor, entry, facts, _json(CertificationGranted(**stated)))
    _insert_scope(cursor, entry, evolve_scopes((), facts))


def _pre_accredit(cursor: Cursor, entry: Entry, facts: PreAccreditationGranted) -> None:
    _award(cursor, entry, facts, None)


def _award(
    cursor: Cursor, entry: Entry, facts: CertificationGranted | PreAccreditationGranted, grant: str | None
) -> None:
    cursor.execute("SELECT standing_json FROM certifications WHERE certification_id = ?", (entry.subject,))
    before = cursor.fetchone()
    held = Standing() if before is None else msgspec.json.decode(before["standing_json"], type=Standing)
    standing = evolve_standing(held, facts)
    award = Award(facts.certification_id, facts.scheme_id, facts.scheme_version, facts.language)
    row = (entry.subject, facts.person_id, facts.session_id, _json(award), grant, _json(standing), entry.known)
    cursor.execute(
        "INSERT INTO certifications VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (certification_id) DO UPDATE SET "
        "award_json = excluded.award_json, grant_json = excluded.grant_json, standing_json = excluded.standing_json, "
        "known = excluded.known",
        row,
    )
    supersede(cursor, "certificate_spans", entry.subject, entry.known, spans(standing))


def _annul_decision(cursor: Cursor, entry: Entry, facts: DecisionAnnulled) -> None:
    _change_standing(cursor, entry, facts)
    if facts.annulled == "scope-reduction":
        _change_scope(cursor, entry, facts)


def _change_scope(
    cursor: Cursor, entry: Entry, facts: ScopeReduced | ScopeReducedV1 | ScopeExtended | DecisionAnnulled
) -> None:
    _insert_scope(cursor, entry, evolve_scopes(scopes_known(cursor, entry.subject, entry.known), facts))


def _change_standing(cursor: Cursor, entry: Entry, facts: _StatusChange) -> None:
    cursor.execute("SELECT standing_json FROM certifications WHERE certification_id = ?", (entry.subject,))
    standing = evolve_standing(msgspec.json.decode(cursor.fetchone()["standing_json"], type=Standing), facts)
    row = (_json(standing), entry.subject)
    cursor.execute("UPDATE certifications SET standing_json = ? WHERE certification_id = ?", row)
    supersede(cursor, "certificate_spans", entry.subject, entry.known, spans(standing))


def _issue(cursor: Cursor, entry: Entry, facts: CertificateIssued) -> None:
    _insert(cursor, entry, facts.certificate)


def _reissue(cursor: Cursor, entry: Entry, facts: CertificateReissued | CertificateReissuedV1) -> None:
    _insert(cursor, entry, facts.certificate)
    row = (facts.certificate.number, facts.old_number)
    cursor.execute("UPDATE certificates SET superseded_by = ? WHERE number = ?", row)


RECORD = dict(
    [
        on(CertificationGranted, _grant),
        on(FieldPhasePassed, _grant),
        on(PreAccreditationGranted, _pre_accredit),
        on(RecognitionGranted, _change_standing),
        on(CertificationRelinquished, _change_standing),
        on(CertificationAnnulled, _change_standing),
        on(CertificationSuspended, _change_standing),
        on(CertificationSuspendedV1, _change_standing),
        on(SuspensionLifted, _change_standing),
        on(CertificationWithdrawn, _change_standing),
        on(CertificationWithdrawnV1, _change_standing),
        on(CertificationRenewed, _change_standing),
        on(DecisionAnnulled, _annul_decision),
        on(ScopeReduced, _change_scope),
        on(ScopeReducedV1, _change_scope),
        on(ScopeExtended, _change_scope),
        on(CertificateIssued, _issue),
        on(CertificateIssuedV1, _issue),
        on(CertificateReissued, _reissue),
        on(CertificateReissuedV1, _reissue),
    ]
)
IGNORED = ignored("certification-refused/v1 decision-remitted/v1")


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
    scope_json = msgspec.json.encode(sorted(scope)).decode()
    row = (entry.subject, entry.position, entry.known, effective_from.isoformat(), scope_json)
    cursor.execute("INSERT INTO certificate_scopes VALUES (?, ?, ?, ?, ?)", row)


def _insert(cursor: Cursor, entry: Entry, content: CertificateContent) -> None:
    issue = CertificateNumber.parse(content.number).issue
    row = (content.number, entry.subject, issue, entry.position, entry.known, _json(content))
    cursor.execute("INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, NULL)", row)


def _json(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()
