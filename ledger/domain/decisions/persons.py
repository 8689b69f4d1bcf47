"""Persons under a random pseudonym, and the administrations they belong to.

Personal details are in the vault; only their digests are here. After an erasure nothing more is decided about
the person; earlier decisions stay as they were.
"""

from datetime import date
from typing import Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import persons as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.retention import kept_until
from ledger.domain.states.persons import (
    Administration,
    Person,
    evolve_administration,
    evolve_person,
)
from ledger.words import Words

ONE_NAME = Words("given_name, family_name or both", "given_name, family_name ou les deux")


class PersonCommand(Command, frozen=True, kw_only=True):
    kind = "person"
    person_id: str


class RegisterPerson(PersonCommand, frozen=True, kw_only=True):
    details: tuple[Digest, ...]


class UpdatePersonDetails(PersonCommand, frozen=True, kw_only=True):
    details: tuple[Digest, ...]


class RecordEmployment(PersonCommand, frozen=True, kw_only=True):
    administration_id: str
    since: date


class GiveListingConsent(PersonCommand, frozen=True, kw_only=True):
    evidence: Digest | None = None


class WithdrawListingConsent(PersonCommand, frozen=True, kw_only=True):
    pass


class GiveResultsConsent(PersonCommand, frozen=True, kw_only=True):
    evidence: Digest | None = None


class WithdrawResultsConsent(PersonCommand, frozen=True, kw_only=True):
    pass


class MergePersons(PersonCommand, frozen=True, kw_only=True):
    merged_id: str
    reason: Digest


class UnmergePersons(PersonCommand, frozen=True, kw_only=True):
    merged_id: str
    reason: Digest


class ErasePersonalData(PersonCommand, frozen=True, kw_only=True):
    basis_code: Literal["request", "retention-ended"]


class RecordDeath(PersonCommand, frozen=True, kw_only=True):
    died_on: date
    evidence: Digest


class AdministrationCommand(Command, frozen=True, kw_only=True):
    kind = "administration"
    administration_id: str


class RegisterAdministration(AdministrationCommand, frozen=True, kw_only=True):
    iso3: str
    name_en: str
    name_fr: str
    region: str


class RenameAdministration(AdministrationCommand, frozen=True, kw_only=True):
    name_en: str
    name_fr: str
    effective_from: date


class RecordMembership(AdministrationCommand, frozen=True, kw_only=True):
    membership: Literal["member", "suspended-member", "contested-member", "no-member"]
    effective_from: date
    cited_source: str


class AssignRegion(AdministrationCommand, frozen=True, kw_only=True):
    region: str
    effective_from: date


class AppointContactPoint(AdministrationCommand, frozen=True, kw_only=True):
    person_id: str
    since: date


class RevokeContactPoint(AdministrationCommand, frozen=True, kw_only=True):
    person_id: str


def register_person(command: RegisterPerson, act: Act, read: Reader) -> Fact:
    """A registrar records a person, at least by one name: a person of one name has a family name or a given name."""
    if read.person(command.person_id).known:
        raise Refused("already-exists", kind="person", id=command.person_id)
    require.each_once("details", [detail.name for detail in command.details])
    if not {detail.name for detail in command.details} & {*NAME_DETAILS}:
        raise Refused("malformed", field="details", expected=ONE_NAME)
    return command.stated_as(facts.PersonRegistered)


def update_person_details(command: UpdatePersonDetails, act: Act, read: Reader) -> Fact:
    """A registrar records details that changed, such as a new family name."""
    require.person(command.person_id, read)
    require.each_once("details", [detail.name for detail in command.details])
    return command.stated_as(facts.PersonDetailsUpdated)


def record_employment(command: RecordEmployment, act: Act, read: Reader) -> Fact:
    """A registrar records the administration that employs a person."""
    require.person(command.person_id, read)
    require.administration(command.administration_id, read)
    if command.since > act.day:
        raise Refused("in-the-future", field="since")
    return command.stated_as(facts.EmploymentRecorded)


def give_listing_consent(command: GiveListingConsent, act: Act, read: Reader) -> Fact:
    """A registrar records that the holder agreed to be listed by name."""
    if require.person(command.person_id, read).listed:
        raise Refused("consent-unchanged")
    return command.stated_as(facts.PublicListingConsentGiven)


def withdraw_listing_consent(command: WithdrawListingConsent, act: Act, read: Reader) -> Fact:
    """A registrar records that the holder no longer agrees to be listed."""
    if not require.person(command.person_id, read).listed:
        raise Refused("consent-unchanged")
    return facts.PublicListingConsentWithdrawn()


def give_results_consent(command: GiveResultsConsent, act: Act, read: Reader) -> Fact:
    """A registrar records that the holder agreed to show the levels achieved."""
    if require.person(command.person_id, read).shows_results:
        raise Refused("consent-unchanged")
    return command.stated_as(facts.PublicResultsConsentGiven)


def withdraw_results_consent(command: WithdrawResultsConsent, act: Act, read: Reader) -> Fact:
    """A registrar records that the holder no longer agrees to show the levels achieved."""
    if not require.person(command.person_id, read).shows_results:
        raise Refused("consent-unchanged")
    return facts.PublicResultsConsentWithdrawn()


def merge_persons(command: MergePersons, act: Act, read: Reader) -> Fact:
    """A registrar and a director record that two ids are one person, and which id counts from here on."""
    if command.merged_id == command.person_id:
        raise Refused("merged-with-itself", person=command.merged_id)
    for person_id in (command.person_id, command.merged_id):
        require.person(person_id, read)
    require.not_in_own_case(act, command.merged_id, read)
    return command.stated_as(facts.PersonsMerged)


def unmerge_persons(command: UnmergePersons, act: Act, read: Reader) -> Fact:
    """A registrar and a director record that a merge was wrong: both are persons as they were before it."""
    require.present(command.person_id, read)
    if command.merged_id not in read.person(command.person_id).merged:
        raise Refused("not-merged", person=command.merged_id, survivor=command.person_id)
    return command.stated_as(facts.PersonsUnmerged)


def erase_personal_data(command: ErasePersonalData, act: Act, read: Reader) -> Fact:
    """Two officers erase a person, under every id, who holds no role, open candidacy or certification in force."""
    person_id = command.person_id
    require.person(person_id, read)
    roles = frozenset[Role]().union(*(read.roles_on(one_id, act.day) for one_id in read.ids_of(person_id)))
    if roles:
        raise Refused("roles-held", person=person_id, roles=tuple(sorted(roles)))
    for candidacy in read.candidacies_of(person_id):
        certification = read.certification(candidacy.candidacy_id)
        if not candidacy.ended and not certification.decided:
            raise Refused("candidacy-open", person=person_id, candidacy=candidacy.candidacy_id)
        if certification.stands(act.day):
            raise Refused("certification-in-force", person=person_id)
    _require_erasable(command, act, read)
    return command.stated_as(facts.PersonalDataErased)


def _require_erasable(command: ErasePersonalData, act: Act, read: Reader) -> None:
    """Refuse while data must be kept: for a hold, for what the person asked for, or for the term of a scheme."""
    person_id = command.person_id
    holds = [hold.hold_id for hold in read.holds_of(person_id) if not hold.released]
    if holds:
        raise Refused("legal-hold", person=person_id, hold=holds[0])
    for candidacy in read.candidacies_of(person_id):
        for appeal in read.appeals_of(candidacy.candidacy_id):
            if not appeal.is_over:
                raise Refused("appeal-undecided", appeal=appeal.lodged.appeal_id)
    requests = read.requests_of(person_id)
    waiting = [request.request_id for request in requests if request.is_open]
    if waiting:
        raise Refused("request-open", person=person_id, request=waiting[0])
    if command.basis_code == "request":
        asked = [one.decision for one in requests if one.received is not None and one.received.request_kind == "erase"]
        if asked and not any(decision is not None and decision.granted for decision in asked):
            raise Refused("erasure-refused", person=person_id)  # a request that was never recorded is not refused
        return
    until = kept_until(person_id, read)
    if until is not None and act.day <= until:
        raise Refused("retention-not-ended", person=person_id, date=until)


def record_death(command: RecordDeath, act: Act, read: Reader) -> Fact:
    """A registrar records that a person died, and how that is known."""
    if require.person(command.person_id, read).died_on is not None:
        raise Refused("death-recorded", person=command.person_id)
    if command.died_on > act.day:
        raise Refused("in-the-future", field="died_on")
    return command.stated_as(facts.DeathRecorded)


def register_administration(command: RegisterAdministration, act: Act, read: Reader) -> Fact:
    """A registrar records a Member administration under its ISO 3166-1 codes."""
    require.new(command, read)
    return command.stated_as(facts.AdministrationRegistered)


def rename_administration(command: RenameAdministration, act: Act, read: Reader) -> Fact:
    """A registrar records a new name; the old one stays for earlier dates."""
    require.administration(command.administration_id, read)
    return command.stated_as(facts.AdministrationRenamed)


def record_membership(command: RecordMembership, act: Act, read: Reader) -> Fact:
    """A registrar records what an administration is in the organisation from a day on, and who says so."""
    require.administration(command.administration_id, read)
    return command.stated_as(facts.MembershipRecorded)


def assign_region(command: AssignRegion, act: Act, read: Reader) -> Fact:
    """A registrar records the region to which an administration belongs from a day on."""
    require.administration(command.administration_id, read)
    if read.administration(command.administration_id).region(command.effective_from) == command.region:
        raise Refused("region-unchanged", administration=command.administration_id, date=command.effective_from)
    return command.stated_as(facts.RegionAssigned)


def appoint_contact_point(command: AppointContactPoint, act: Act, read: Reader) -> Fact:
    """A registrar records whom an administration appointed as its contact point, and since when."""
    require.administration(command.administration_id, read)
    require.person(command.person_id, read)
    if command.since > act.day:
        raise Refused("in-the-future", field="since")
    if read.is_among(command.person_id, read.administration(command.administration_id).contacts):
        raise Refused("contact-point-already", person=command.person_id, administration=command.administration_id)
    return command.stated_as(facts.ContactPointAppointed)


def revoke_contact_point(command: RevokeContactPoint, act: Act, read: Reader) -> Fact:
    """A registrar records that somebody is no longer the contact point of an administration."""
    require.administration(command.administration_id, read)
    if command.person_id not in read.administration(command.administration_id).contacts:
        raise Refused("no-contact-point", person=command.person_id, administration=command.administration_id)
    return command.stated_as(facts.ContactPointRevoked)


def _initial_person(person_id: str, read: Reader) -> Person:
    founder = read.founding().founder(person_id)
    return Person(person_id, details={d.name: d.digest for d in founder.details} if founder is not None else {})


# fmt: off
PERSON = Subject(
    kind="person",
    id_field="person_id",
    initial=_initial_person,
    evolve=evolve_person,
    person=lambda person_id, _: person_id,
    commands=(
        command_type("register-person", RegisterPerson, register_person,
            EventType("person-registered/v1", facts.PersonRegistered, (Role.REGISTRAR,), "confidential",
                      Words("Person registered", "Personne enregistrée"))),
        command_type("update-person-details", UpdatePersonDetails, update_person_details,
            EventType("person-details-updated/v1", facts.PersonDetailsUpdated, (Role.REGISTRAR,), "confidential",
                      Words("Personal details updated", "Données personnelles mises à jour"))),
        command_type("record-employment", RecordEmployment, record_employment,
            EventType("employment-recorded/v1", facts.EmploymentRecorded, (Role.REGISTRAR,), "restricted",
                      Words("Employment recorded", "Affectation enregistrée"))),
        command_type("give-listing-consent", GiveListingConsent, give_listing_consent,
            EventType("public-listing-consent-given/v1", facts.PublicListingConsentGiven, (Role.REGISTRAR,),
                      "restricted", Words("Consent to publication given", "Consentement à la publication donné"))),
        command_type("withdraw-listing-consent", WithdrawListingConsent, withdraw_listing_consent,
            EventType("public-listing-consent-withdrawn/v1", facts.PublicListingConsentWithdrawn,
                      (Role.REGISTRAR,), "restricted",
                      Words("Consent to publication withdrawn", "Consentement à la publication retiré"))),
        command_type("give-results-consent", GiveResultsConsent, give_results_consent,
            EventType("public-results-consent-given/v1", facts.PublicResultsConsentGiven,
                      (Role.REGISTRAR,), "restricted",
                      Words("Consent to publication of levels given",
                            "Consentement à la publication des niveaux donné"))),
        command_type("withdraw-results-consent", WithdrawResultsConsent, withdraw_results_consent,
            EventType("public-results-consent-withdrawn/v1", facts.PublicResultsConsentWithdrawn,
                      (Role.REGISTRAR,), "restricted",
                      Words("Consent to publication of levels withdrawn",
                            "Consentement à la publication des niveaux retiré"))),
        command_type("merge-persons", MergePersons, merge_persons,
            EventType("persons-merged/v1", facts.PersonsMerged, (Role.REGISTRAR, Role.DIRECTOR), "restricted",
                      Words("Persons merged", "Identités fusionnées"))),
        command_type("unmerge-persons", UnmergePersons, unmerge_persons,
            EventType("persons-unmerged/v1", facts.PersonsUnmerged, (Role.REGISTRAR, Role.DIRECTOR), "restricted",
                      Words("Merge of persons undone", "Fusion d’identités annulée"))),
        command_type("erase-personal-data", ErasePersonalData, erase_personal_data,
            EventType("personal-data-erased/v1", facts.PersonalDataErased,
                      (Role.DATA_PROTECTION_OFFICER, Role.SECURITY_OFFICER), "restricted",
                      Words("Personal data erased", "Données personnelles effacées"))),
        command_type("record-death", RecordDeath, record_death,
            EventType("death-recorded/v1", facts.DeathRecorded, (Role.REGISTRAR,), "confidential",
                      Words("Death recorded", "Décès consigné"))),
    ),
)
ADMINISTRATION = Subject(
    kind="administration",
    id_field="administration_id",
    initial=lambda *_: Administration(),
    evolve=evolve_administration,
    commands=(
        command_type("register-administration", RegisterAdministration, register_administration,
            EventType("administration-registered/v1", facts.AdministrationRegistered, (Role.REGISTRAR,), "public",
                      Words("Administration registered", "Administration enregistrée"))),
        command_type("rename-administration", RenameAdministration, rename_administration,
            EventType("administration-renamed/v1", facts.AdministrationRenamed, (Role.REGISTRAR,), "public",
                      Words("Administration renamed", "Administration renommée"))),
        command_type("record-membership", RecordMembership, record_membership,
            EventType("membership-recorded/v1", facts.MembershipRecorded, (Role.REGISTRAR,), "public",
                      Words("Membership recorded", "Qualité de Membre consignée"))),
        command_type("assign-region", AssignRegion, assign_region,
            EventType("region-assigned/v1", facts.RegionAssigned, (Role.REGISTRAR,), "public",
                      Words("Region assigned", "Région attribuée"))),
        command_type("appoint-contact-point", AppointContactPoint, appoint_contact_point,
            EventType("contact-point-appointed/v1", facts.ContactPointAppointed, (Role.REGISTRAR,), "restricted",
                      Words("Contact point appointed", "Point de contact désigné")),
            names=lambda said: said.person_id),
        command_type("revoke-contact-point", RevokeContactPoint, revoke_contact_point,
            EventType("contact-point-revoked/v1", facts.ContactPointRevoked, (Role.REGISTRAR,), "restricted",
                      Words("Contact point revoked", "Point de contact révoqué")),
            names=lambda said: said.person_id),
    ),
)
# fmt: on
