"""The tables of the roster: persons by digest, their administrations, and the days of validity."""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.certification import (
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
    SuspensionLifted,
)
from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.events.common import Digest
from ledger.domain.events.office import AnyFounding, LedgerFounded, LedgerFoundedV2
from ledger.domain.events.persons import (
    NAME_DETAILS,
    AdministrationRegistered,
    AdministrationRenamed,
    PersonalDataErased,
    PersonDetailsUpdated,
    PersonRegistered,
    PersonsMerged,
    PersonsUnmerged,
    PublicListingConsentGiven,
    PublicListingConsentWithdrawn,
    PublicResultsConsentGiven,
    PublicResultsConsentWithdrawn,
)
from ledger.domain.record import Fact
from ledger.domain.spans import spans
from ledger.domain.standing import Standing, evolve_standing
from projections.entry import Entry
from projections.read_model import ignored, on
from projections.spans import supersede
from projections.writing import Cursor

# ``changed`` is the position of the entry that last changed a row: the index of words takes in what is new.
TABLES = {
    "people": (
        "person_id TEXT PRIMARY KEY, given_name TEXT, family_name TEXT, listed INTEGER NOT NULL, "
        "shows_results INTEGER NOT NULL, erased INTEGER NOT NULL, changed INTEGER NOT NULL"
    ),
    # While *_with is 1, the person has not consented again since: the merged id must have consented too.
    "merged_people": (
        "position INTEGER PRIMARY KEY, merged_id TEXT NOT NULL, person_id TEXT NOT NULL, known_from INTEGER NOT NULL, "
        "known_until INTEGER, listed_with INTEGER NOT NULL, shows_results_with INTEGER NOT NULL"
    ),
    "administrations": "administration_id TEXT PRIMARY KEY, iso3 TEXT NOT NULL, changed INTEGER NOT NULL",
    "administration_names": (
        "administration_id TEXT NOT NULL, effective_from TEXT NOT NULL, name_en TEXT NOT NULL, name_fr TEXT NOT NULL, "
        "PRIMARY KEY (administration_id, effective_from)"
    ),
    "advisors": (
        "certification_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, administration_id TEXT NOT NULL, "
        "language TEXT, standing_json TEXT NOT NULL, changed INTEGER NOT NULL"
    ),
    "roster_spans": (
        "certification_id TEXT NOT NULL, first_day TEXT NOT NULL, last_day TEXT, status TEXT NOT NULL, "
        "known_from INTEGER NOT NULL, known_until INTEGER, "
        "PRIMARY KEY (certification_id, known_from, first_day)"
    ),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS people_changed ON people (changed)",
    "CREATE INDEX IF NOT EXISTS administrations_changed ON administrations (changed)",
    "CREATE INDEX IF NOT EXISTS advisors_changed ON advisors (changed)",
    "CREATE INDEX IF NOT EXISTS advisors_of_person ON advisors (person_id)",
)
RECORD_INDEXES = ("CREATE INDEX IF NOT EXISTS merged_of_person ON merged_people (person_id)",)
_SINCE_EVER = "0001-01-01"
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


def _found(cursor: Cursor, entry: Entry, facts: AnyFounding) -> None:
    for founder in facts.founders:
        _insert_person(cursor, entry, founder.person_id, founder.details)


def _register(cursor: Cursor, entry: Entry, facts: PersonRegistered) -> None:
    _insert_person(cursor, entry, entry.subject, facts.details)


def _rename(cursor: Cursor, entry: Entry, facts: PersonDetailsUpdated) -> None:
    if names := _names(facts.details):
        _update_person(cursor, entry, names)


def _set(**columns: int) -> Callable[[Cursor, Entry, Fact], None]:
    """Returns a handler that sets these columns of a person."""

    def update(cursor: Cursor, entry: Entry, _: Fact) -> None:
        _update_person(cursor, entry, columns)

    return update


def _consent(consent: str) -> Callable[[Cursor, Entry, Fact], None]:
    """Returns a handler that sets a consent of a person, who gives it under all their ids."""

    def update(cursor: Cursor, entry: Entry, _: Fact) -> None:
        _update_person(cursor, entry, {consent: 1})
        cursor.execute(f"UPDATE merged_people SET {consent}_with = 0 WHERE person_id = ?", (entry.subject,))

    return update


def _merge(cursor: Cursor, entry: Entry, facts: PersonsMerged) -> None:
    row = (entry.position, facts.merged_id, facts.person_id, entry.known)
    cursor.execute("INSERT INTO merged_people VALUES (?, ?, ?, ?, NULL, 1, 1)", row)


def _unmerge(cursor: Cursor, entry: Entry, facts: PersonsUnmerged) -> None:
    row = (entry.known, facts.merged_id)
    cursor.execute("UPDATE merged_people SET known_until = ? WHERE merged_id = ? AND known_until IS NULL", row)


def _register_administration(cursor: Cursor, entry: Entry, facts: AdministrationRegistered) -> None:
    cursor.execute("INSERT INTO administrations VALUES (?, ?, 0)", (entry.subject, facts.iso3))
    _name_administration(cursor, entry, facts)


def _name_administration(cursor: Cursor, entry: Entry, facts: AdministrationRegistered | AdministrationRenamed) -> None:
    since = facts.effective_from.isoformat() if isinstance(facts, AdministrationRenamed) else _SINCE_EVER
    row = (entry.subject, since, facts.name_en, facts.name_fr)
    cursor.execute(
        "INSERT INTO administration_names VALUES (?, ?, ?, ?) ON CONFLICT (administration_id, effective_from) "
        "DO UPDATE SET name_en = excluded.name_en, name_fr = excluded.name_fr",
        row,
    )
    _mark(cursor, entry, "administrations", "administration_id")


def _nominate(cursor: Cursor, entry: Entry, facts: CandidateNominated) -> None:
    # A candidacy and its certification have the same id.
    row = (entry.subject, facts.person_id, facts.administration_id, _json(Standing()), entry.position)
    cursor.execute("INSERT INTO advisors VALUES (?, ?, ?, NULL, ?, ?)", row)


def _award(cursor: Cursor, entry: Entry, facts: CertificationGranted | PreAccreditationGranted) -> None:
    cursor.execute("UPDATE advisors SET language = ? WHERE certification_id = ?", (facts.language, entry.subject))
    _change_standing(cursor, entry, facts)


def _change_standing(
    cursor: Cursor, entry: Entry, facts: _StatusChange | CertificationGranted | PreAccreditationGranted
) -> None:
    cursor.execute("SELECT standing_json FROM advisors WHERE certification_id = ?", (entry.subject,))
    standing = evolve_standing(msgspec.json.decode(cursor.fetchone()["standing_json"], type=Standing), facts)
    row = (_json(standing), entry.position, entry.subject)
    cursor.execute("UPDATE advisors SET standing_json = ?, changed = ? WHERE certification_id = ?", row)
    supersede(cursor, "roster_spans", entry.subject, entry.known, spans(standing))


def _confirm(cursor: Cursor, entry: Entry, _: ClockConfirmed) -> None:
    # What was known after the confirmed moment is known since then: see projections.following.
    cursor.execute(
        "UPDATE advisors SET changed = ? WHERE certification_id IN "
        "(SELECT certification_id FROM roster_spans WHERE ? IN (known_from, known_until))",
        (entry.position, entry.known),
    )


RECORD = dict(
    [
        on(LedgerFounded, _found),
        on(LedgerFoundedV2, _found),
        on(PersonRegistered, _register),
        on(PersonDetailsUpdated, _rename),
        on(PublicListingConsentGiven, _consent("listed")),
        on(PublicListingConsentWithdrawn, _set(listed=0)),
        on(PublicResultsConsentGiven, _consent("shows_results")),
        on(PublicResultsConsentWithdrawn, _set(shows_results=0)),
        on(PersonsMerged, _merge),
        on(PersonsUnmerged, _unmerge),
        on(PersonalDataErased, _set(listed=0, shows_results=0, erased=1)),
        on(AdministrationRegistered, _register_administration),
        on(AdministrationRenamed, _name_administration),
        on(CandidateNominated, _nominate),
        on(CertificationGranted, _award),
        on(FieldPhasePassed, _award),
        on(PreAccreditationGranted, _award),
        on(RecognitionGranted, _change_standing),
        on(CertificationRelinquished, _change_standing),
        on(CertificationAnnulled, _change_standing),
        on(DecisionAnnulled, _change_standing),
        on(CertificationSuspended, _change_standing),
        on(CertificationSuspendedV1, _change_standing),
        on(SuspensionLifted, _change_standing),
        on(CertificationWithdrawn, _change_standing),
        on(CertificationWithdrawnV1, _change_standing),
        on(CertificationRenewed, _change_standing),
        on(ClockConfirmed, _confirm),
    ]
)
IGNORED = ignored(
    "employment-recorded/v1 findings-recorded/v1 eligibility-confirmed/v1 eligibility-confirmed/v2 "
    "eligibility-refused/v1 eligibility-refused/v2 candidacy-withdrawn/v1 candidacy-withdrawn/v2 scope-reduced/v2 "
    "separation-exception-granted/v1 assessor-recused/v1 score-sheet-submitted/v1 score-sheet-revealed/v1 "
    "score-sheet-superseded/v1 moderation-held/v1 assessment-outcome-computed/v1 certification-refused/v1 "
    "certificate-issued/v1 certificate-issued/v2 certificate-reissued/v1 certificate-reissued/v2 scope-reduced/v1 "
    "scope-extended/v1 contact-point-appointed/v1 contact-point-revoked/v1 decision-remitted/v1 "
    "application-submitted/v1 application-received/v1 application-returned/v1 application-declared-complete/v1 "
    "code-of-conduct-accepted/v1 interests-declared/v1 signed-paper-received/v1 accommodation-requested/v1 "
    "accommodation-decided/v1 identity-verified/v1 attendance-recorded/v1 candidate-implicated/v1 "
    "candidate-excluded/v1 candidate-shortlisted/v1 candidate-not-shortlisted/v1 candidate-invited/v1 "
    "selection-remitted/v1 assessment-reopened/v1 invitation-answered/v1 ai-use-acknowledged/v1 "
    "death-recorded/v1 membership-recorded/v1 region-assigned/v1"
)


def _insert_person(cursor: Cursor, entry: Entry, person_id: str, details: Iterable[Digest]) -> None:
    names = _names(details)
    row = (person_id, *map(names.get, NAME_DETAILS), entry.position)
    cursor.execute("INSERT INTO people VALUES (?, ?, ?, 0, 0, 0, ?)", row)


def _update_person(cursor: Cursor, entry: Entry, columns: Mapping[str, str | int]) -> None:
    changes = "".join(f"{column} = ?, " for column in columns)
    row = (*columns.values(), entry.position, entry.subject)
    cursor.execute(f"UPDATE people SET {changes}changed = ? WHERE person_id = ?", row)


def _names(details: Iterable[Digest]) -> dict[str, str]:
    """The digests of the parts of a name that are among some details, by column."""
    return {detail.name: detail.digest for detail in details if detail.name in NAME_DETAILS}


def _mark(cursor: Cursor, entry: Entry, table: str, key: str) -> None:
    cursor.execute(f"UPDATE {table} SET changed = ? WHERE {key} = ?", (entry.position, entry.subject))


def _json(standing: Standing) -> str:
    return msgspec.json.encode(standing).decode()
