"""Persons under a random pseudonym, and the administrations they belong to.

What identifies a person stands in the vault; here are only the digests. Erasure ends the person for
every later decision and leaves everything decided before as it was.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from ledger.domain.decisions.acting import Act, Command, Decided, require_known, require_new
from ledger.domain.events.common import Digest
from ledger.domain.events.persons import (
    NAME_DETAILS,
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
from ledger.domain.reader import Reader
from ledger.domain.record import Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.persons import (
    Person,
    PersonFact,
)
from ledger.words import Words

EACH_ONCE = Words("at least one detail, each name once", "au moins une donnée, chaque nom une seule fois")
A_NAME = Words("a name", "un nom")


class RegisterPerson(Command, frozen=True, kw_only=True):
    person_id: str
    details: tuple[Digest, ...]


class UpdatePersonDetails(Command, frozen=True, kw_only=True):
    person_id: str
    details: tuple[Digest, ...]


class RecordEmployment(Command, frozen=True, kw_only=True):
    person_id: str
    administration_id: str
    since: date


class GiveListingConsent(Command, frozen=True, kw_only=True):
    person_id: str
    evidence: Digest | None = None


class WithdrawListingConsent(Command, frozen=True, kw_only=True):
    person_id: str


class GiveResultsConsent(Command, frozen=True, kw_only=True):
    person_id: str
    evidence: Digest | None = None


class WithdrawResultsConsent(Command, frozen=True, kw_only=True):
    person_id: str


class ErasePersonalData(Command, frozen=True, kw_only=True):
    person_id: str
    basis_code: Literal["request", "retention-ended"]


class RegisterAdministration(Command, frozen=True, kw_only=True):
    administration_id: str
    iso3: str
    name_en: str
    name_fr: str
    region: str


class RenameAdministration(Command, frozen=True, kw_only=True):
    administration_id: str
    name_en: str
    name_fr: str
    effective_from: date


def register_person(command: RegisterPerson, act: Act, read: Reader) -> Decided:
    """A registrar records a person, at least by given and family name."""
    person = read.person(command.person_id)
    require_new("person", command.person_id, int(person.known))
    _require_distinct(command.details)
    missing = set(NAME_DETAILS) - {d.name for d in command.details}
    if missing:
        raise Refused("malformed", field="details", expected=", ".join(sorted(missing)))
    return _person(command.person_id, PersonRegistered(person_id=command.person_id, details=command.details))


def update_person_details(command: UpdatePersonDetails, act: Act, read: Reader) -> Decided:
    """A registrar records details that changed, such as a new family name."""
    require_person(command.person_id, read)
    _require_distinct(command.details)
    return _person(command.person_id, PersonDetailsUpdated(details=command.details))


def record_employment(command: RecordEmployment, act: Act, read: Reader) -> Decided:
    """A registrar records the administration that employs a person."""
    require_person(command.person_id, read)
    require_administration(command.administration_id, read)
    if command.since > act.day:
        raise Refused("in-the-future", field="since")
    fact = EmploymentRecorded(administration_id=command.administration_id, since=command.since)
    return _person(command.person_id, fact)


def give_listing_consent(command: GiveListingConsent, act: Act, read: Reader) -> Decided:
    """A registrar records that the holder agreed to be listed by name."""
    if require_person(command.person_id, read).listed:
        raise Refused("consent-unchanged")
    return _person(command.person_id, PublicListingConsentGiven(evidence=command.evidence))


def withdraw_listing_consent(command: WithdrawListingConsent, act: Act, read: Reader) -> Decided:
    """A registrar records that the holder no longer agrees."""
    if not require_person(command.person_id, read).listed:
        raise Refused("consent-unchanged")
    return _person(command.person_id, PublicListingConsentWithdrawn())


def give_results_consent(command: GiveResultsConsent, act: Act, read: Reader) -> Decided:
    """A registrar records that the holder agreed to show the levels achieved."""
    if require_person(command.person_id, read).shows_results:
        raise Refused("consent-unchanged")
    return _person(command.person_id, PublicResultsConsentGiven(evidence=command.evidence))


def withdraw_results_consent(command: WithdrawResultsConsent, act: Act, read: Reader) -> Decided:
    """A registrar records that the holder no longer agrees."""
    if not require_person(command.person_id, read).shows_results:
        raise Refused("consent-unchanged")
    return _person(command.person_id, PublicResultsConsentWithdrawn())


def erase_personal_data(command: ErasePersonalData, act: Act, read: Reader) -> Decided:
    """Two officers erase a person who holds no role, no open candidacy and no certification in force."""
    person_id = command.person_id
    require_person(person_id, read)
    roles = read.officer(person_id).roles
    if roles:
        raise Refused("roles-held", person=person_id, roles=tuple(sorted(roles)))
    for candidacy in read.candidacies_of(person_id):
        certification = read.certification(candidacy.candidacy_id)
        if not candidacy.ended and not certification.decided:
            raise Refused("candidacy-open", person=person_id, candidacy=candidacy.candidacy_id)
        if certification.in_force(act.day):
            raise Refused("certification-in-force", person=person_id)
    return _person(person_id, PersonalDataErased(basis_code=command.basis_code))


def register_administration(command: RegisterAdministration, act: Act, read: Reader) -> Decided:
    """A registrar records a Member administration under its ISO 3166-1 codes."""
    identifier = command.administration_id
    require_new("administration", identifier, read.administration(identifier).version)
    _require_names(command.name_en, command.name_fr)
    fact = AdministrationRegistered(
        administration_id=identifier,
        iso3=command.iso3,
        name_en=command.name_en,
        name_fr=command.name_fr,
        region=command.region,
    )
    return Decided(Stream("administration", identifier), fact)


def rename_administration(command: RenameAdministration, act: Act, read: Reader) -> Decided:
    """A registrar records a new name; the old one stays for earlier dates."""
    require_administration(command.administration_id, read)
    _require_names(command.name_en, command.name_fr)
    fact = AdministrationRenamed(
        name_en=command.name_en, name_fr=command.name_fr, effective_from=command.effective_from
    )
    return Decided(Stream("administration", command.administration_id), fact)


def require_person(person_id: str, read: Reader) -> Person:
    """The person, who must be known and not erased."""
    person = read.person(person_id)
    if not person.known:
        raise Refused("unknown", kind="person", id=person_id)
    if person.erased:
        raise Refused("person-erased", person=person_id)
    return person


def require_administration(administration_id: str, read: Reader) -> None:
    """The administration must be registered."""
    require_known("administration", administration_id, read.administration(administration_id).version)


def _require_distinct(details: tuple[Digest, ...]) -> None:
    if not details or len({d.name for d in details}) != len(details):
        raise Refused("malformed", field="details", expected=EACH_ONCE)


def _require_names(name_en: str, name_fr: str) -> None:
    for field, name in (("name_en", name_en), ("name_fr", name_fr)):
        if not name.strip():
            raise Refused("malformed", field=field, expected=A_NAME)


def _person(person_id: str, fact: PersonFact) -> Decided:
    return Decided(Stream("person", person_id), fact)
