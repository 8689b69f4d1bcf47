"""The tables of the roster: persons by digest, their administrations, and the days of validity."""

from __future__ import annotations

import msgspec

from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.certification import (
    CertificationGranted,
    CertificationRenewed,
    CertificationSuspended,
    CertificationWithdrawn,
    SuspensionLifted,
)
from ledger.domain.events.office import LedgerFounded
from ledger.domain.events.persons import (
    AdministrationRegistered,
    AdministrationRenamed,
    EmploymentRecorded,
    PersonalDataErased,
    PersonDetailsUpdated,
    PersonRegistered,
    PublicListingConsentGiven,
    PublicListingConsentWithdrawn,
    PublicResultsConsentGiven,
    PublicResultsConsentWithdrawn,
)
from ledger.domain.standing import Standing, Status, evolve_standing
from ledger.store.port import Cursor
from projections.entry import Entry
from projections.spans import Span, spans, supersede

TABLES = {
    "people": (
        "person_id TEXT PRIMARY KEY, given_name TEXT, family_name TEXT, listed INTEGER NOT NULL, "
        "shows_results INTEGER NOT NULL, erased INTEGER NOT NULL, administration_id TEXT"
    ),
    "administration_names": (
        "administration_id TEXT NOT NULL, effective_from TEXT NOT NULL, name_en TEXT NOT NULL, name_fr TEXT NOT NULL, "
        "PRIMARY KEY (administration_id, effective_from)"
    ),
    "advisors": (
        "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, administration_id TEXT NOT NULL, "
        "language TEXT, standing_json TEXT NOT NULL"
    ),
    "roster_spans": (
        "certification_id TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT, status TEXT NOT NULL, "
        "known_from INTEGER NOT NULL, known_until INTEGER, "
        "PRIMARY KEY (certification_id, known_from, first_day)"
    ),
}
_SINCE_EVER = "0001-01-01"
_NAMES = ("given_name", "family_name")


def record(cursor: Cursor, entry: Entry) -> None:
    """Remember who a person is by digest, whom they work for, and when they are an advisor."""
    facts, (_, _, subject) = entry.event.facts, entry.event.stream.partition(":")
    match facts:
        case LedgerFounded():
            for founder in facts.founders:
                _insert_person(cursor, founder.person_id)
                _set_names(cursor, founder.person_id, {d.name: d.digest for d in founder.details})
        case PersonRegistered():
            _insert_person(cursor, subject)
            _set_names(cursor, subject, {d.name: d.digest for d in facts.details})
        case PersonDetailsUpdated():
            _set_names(cursor, subject, {d.name: d.digest for d in facts.details})
        case EmploymentRecorded():
            _update_person(cursor, subject, "administration_id", facts.administration_id)
        case PublicListingConsentGiven():
            _update_person(cursor, subject, "listed", 1)
        case PublicListingConsentWithdrawn():
            _update_person(cursor, subject, "listed", 0)
        case PublicResultsConsentGiven():
            _update_person(cursor, subject, "shows_results", 1)
        case PublicResultsConsentWithdrawn():
            _update_person(cursor, subject, "shows_results", 0)
        case PersonalDataErased():
            _update_person(cursor, subject, "listed", 0)
            _update_person(cursor, subject, "shows_results", 0)
            _update_person(cursor, subject, "erased", 1)
        case AdministrationRegistered():
            _name_administration(cursor, subject, _SINCE_EVER, facts.name_en, facts.name_fr)
        case AdministrationRenamed():
            _name_administration(cursor, subject, facts.effective_from.isoformat(), facts.name_en, facts.name_fr)
        case CandidateNominated():
            # A candidacy and the certification that may come of it have one id.
            cursor.execute(
                "INSERT INTO advisors VALUES (?, ?, ?, NULL, ?)",
                (subject, facts.person_id, facts.administration_id, _json(Standing())),
            )
        case CertificationGranted():
            cursor.execute("UPDATE advisors SET language = ? WHERE certification_id = ?", (facts.language, subject))
            _stand(cursor, entry, subject, facts)
        case CertificationSuspended() | SuspensionLifted() | CertificationWithdrawn() | CertificationRenewed():
            _stand(cursor, entry, subject, facts)
        case _:
            pass  # nothing else changes the roster


def _insert_person(cursor: Cursor, person_id: str) -> None:
    cursor.execute("INSERT INTO people VALUES (?, NULL, NULL, 0, 0, 0, NULL)", (person_id,))


def _update_person(cursor: Cursor, person_id: str, column: str, value: str | int) -> None:
    cursor.execute(f"UPDATE people SET {column} = ? WHERE person_id = ?", (value, person_id))


def _set_names(cursor: Cursor, person_id: str, digests: dict[str, str]) -> None:
    for column in _NAMES:
        if column in digests:
            _update_person(cursor, person_id, column, digests[column])


def _name_administration(
    cursor: Cursor, administration_id: str, effective_from: str, name_en: str, name_fr: str
) -> None:
    cursor.execute(
        "INSERT OR REPLACE INTO administration_names VALUES (?, ?, ?, ?)",
        (administration_id, effective_from, name_en, name_fr),
    )


def _stand(
    cursor: Cursor,
    entry: Entry,
    certification_id: str,
    facts: CertificationGranted
    | CertificationSuspended
    | SuspensionLifted
    | CertificationWithdrawn
    | CertificationRenewed,
) -> None:
    cursor.execute("SELECT standing_json FROM advisors WHERE certification_id = ?", (certification_id,))
    standing = evolve_standing(msgspec.json.decode(cursor.fetchone()["standing_json"], type=Standing), facts)
    cursor.execute(
        "UPDATE advisors SET standing_json = ? WHERE certification_id = ?", (_json(standing), certification_id)
    )
    supersede(cursor, "roster_spans", certification_id, entry.known, spans(standing), _is_valid)


def _is_valid(span: Span) -> bool:
    return span.status is Status.VALID


def _json(standing: Standing) -> str:
    return msgspec.json.encode(standing).decode()
