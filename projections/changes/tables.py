"""The tables of the changes: each change by its position in the log, and what the next one of a certification needs."""

from datetime import date, timedelta
from enum import StrEnum

from ledger.domain.events.certification import (
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
    ScopeExtended,
    ScopeReduced,
    ScopeReducedV1,
    SuspensionLifted,
)
from projections.entry import Entry, moment
from projections.read_model import ignored, on
from projections.writing import Cursor

ONE_DAY = timedelta(days=1)
TABLES = {
    "changes": (
        "position INTEGER PRIMARY KEY, known INTEGER NOT NULL, kind TEXT NOT NULL, certification_id TEXT NOT NULL, "
        "number TEXT, old_number TEXT, effective_from TEXT NOT NULL, expires_on TEXT"
    ),
    "changing": "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, number TEXT, expires_on TEXT",
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS changes_of_certification ON changes (certification_id)",
    "CREATE INDEX IF NOT EXISTS changes_known ON changes (known)",
    "CREATE INDEX IF NOT EXISTS changing_expires ON changing (expires_on)",
)


class Kind(StrEnum):
    """What changed. Expiry is no change: it follows from the date, and no event records it."""

    ISSUED = "issued"
    REISSUED = "reissued"
    SUSPENDED = "suspended"
    LIFTED = "suspension-lifted"
    WITHDRAWN = "withdrawn"
    RELINQUISHED = "relinquished"
    ANNULLED = "annulled"
    RESTORED = "restored"
    RENEWED = "renewed"
    SCOPE_REDUCED = "scope-reduced"
    SCOPE_EXTENDED = "scope-extended"


_Effective = (
    CertificationSuspended
    | CertificationSuspendedV1
    | SuspensionLifted
    | CertificationWithdrawn
    | CertificationWithdrawnV1
    | CertificationRelinquished
    | ScopeReduced
    | ScopeReducedV1
    | ScopeExtended
)
_KINDS: dict[type[_Effective], Kind] = {
    CertificationSuspended: Kind.SUSPENDED,
    CertificationSuspendedV1: Kind.SUSPENDED,
    SuspensionLifted: Kind.LIFTED,
    CertificationWithdrawn: Kind.WITHDRAWN,
    CertificationWithdrawnV1: Kind.WITHDRAWN,
    CertificationRelinquished: Kind.RELINQUISHED,
    ScopeReduced: Kind.SCOPE_REDUCED,
    ScopeReducedV1: Kind.SCOPE_REDUCED,
    ScopeExtended: Kind.SCOPE_EXTENDED,
}


def _grant(cursor: Cursor, entry: Entry, facts: CertificationGranted) -> None:
    row = (entry.subject, facts.person_id, _text(facts.expires_on))
    cursor.execute("INSERT INTO changing VALUES (?, ?, NULL, ?)", row)


def _issue(cursor: Cursor, entry: Entry, facts: CertificateIssued) -> None:
    _number(cursor, entry, facts.certificate.number)
    _insert(cursor, entry, Kind.ISSUED, facts.certificate.effective_from)


def _reissue(cursor: Cursor, entry: Entry, facts: CertificateReissued | CertificateReissuedV1) -> None:
    _number(cursor, entry, facts.certificate.number)
    # A new document counts from when it was recorded: the certification itself does not change.
    _insert(cursor, entry, Kind.REISSUED, moment(entry.known).date(), facts.old_number)


def _change(cursor: Cursor, entry: Entry, facts: _Effective) -> None:
    _insert(cursor, entry, _KINDS[type(facts)], facts.effective_from)


def _annul(cursor: Cursor, entry: Entry, facts: CertificationAnnulled) -> None:
    _insert(cursor, entry, Kind.ANNULLED, facts.void_from)


def _restore(cursor: Cursor, entry: Entry, _: DecisionAnnulled) -> None:
    _insert(cursor, entry, Kind.RESTORED, moment(entry.known).date())


def _renew(cursor: Cursor, entry: Entry, facts: CertificationRenewed) -> None:
    cursor.execute("SELECT expires_on FROM changing WHERE certification_id = ?", (entry.subject,))
    last_day = date.fromisoformat(cursor.fetchone()["expires_on"])
    row = (_text(facts.new_expires_on), entry.subject)
    cursor.execute("UPDATE changing SET expires_on = ? WHERE certification_id = ?", row)
    _insert(cursor, entry, Kind.RENEWED, last_day + ONE_DAY)


RECORD = dict(
    [
        on(CertificationGranted, _grant),
        on(FieldPhasePassed, _grant),
        on(CertificationAnnulled, _annul),
        on(DecisionAnnulled, _restore),
        on(CertificateIssued, _issue),
        on(CertificateIssuedV1, _issue),
        on(CertificateReissued, _reissue),
        on(CertificateReissuedV1, _reissue),
        on(CertificationRenewed, _renew),
        *(on(fact, _change) for fact in _KINDS),
    ]
)
# Nobody may say of a person that they are in the field phase without their consent, and a change is for everyone.
IGNORED = ignored("certification-refused/v1 pre-accreditation-granted/v1 recognition-granted/v1 decision-remitted/v1")


def _number(cursor: Cursor, entry: Entry, number: str) -> None:
    cursor.execute("UPDATE changing SET number = ? WHERE certification_id = ?", (number, entry.subject))


def _insert(cursor: Cursor, entry: Entry, kind: Kind, effective_from: date, old_number: str | None = None) -> None:
    cursor.execute(
        "INSERT INTO changes SELECT ?, ?, ?, certification_id, number, ?, ?, expires_on FROM changing "
        "WHERE certification_id = ?",
        (entry.position, entry.known, kind, old_number, effective_from.isoformat(), entry.subject),
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
