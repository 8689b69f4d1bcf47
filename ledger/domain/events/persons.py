"""Facts about persons (under a random pseudonym) and about administrations."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

NAME_DETAILS = ("given_name", "family_name")  # the details that a person is called by, in this order


def full_name(details: Mapping[str, str]) -> str:
    """The name in a person's details; empty if none of its parts is there."""
    return " ".join(details[part] for part in NAME_DETAILS if part in details)


class PersonRegistered(Fact, frozen=True, kw_only=True):
    """``details`` commit to family_name, given_name or both, and email if it is known."""

    person_id: str
    details: tuple[Digest, ...]


class PersonDetailsUpdated(Fact, frozen=True, kw_only=True):
    """Only the details that changed; the earlier disclosures stay in the vault until erasure."""

    details: tuple[Digest, ...]


class EmploymentRecorded(Fact, frozen=True, kw_only=True):
    """The administration that employs the person, from a day on."""

    administration_id: str
    since: date


class PublicListingConsentGiven(Fact, frozen=True, kw_only=True):
    """The holder agreed to be listed by name; the registrar keeps the evidence."""

    evidence: Digest | None


class PublicListingConsentWithdrawn(Fact, frozen=True, kw_only=True):
    """The name is no longer shown on public pages; a certificate can still be looked up by its number."""


class PublicResultsConsentGiven(Fact, frozen=True, kw_only=True):
    """The holder agreed that certificates issued from here on show the level achieved in each competency."""

    evidence: Digest | None


class PublicResultsConsentWithdrawn(Fact, frozen=True, kw_only=True):
    """Certificates issued from here on show no levels; one that does is replaced by a reissue."""


class PersonsMerged(Fact, frozen=True, kw_only=True):
    """Two ids turned out to be one person, who counts as ``person_id`` from here on. Earlier facts keep their ids."""

    person_id: str
    merged_id: str
    reason: Digest


class PersonsUnmerged(Fact, frozen=True, kw_only=True):
    """The two ids are two people after all, as they were before the merge."""

    person_id: str
    merged_id: str
    reason: Digest


class PersonalDataErased(Fact, frozen=True, kw_only=True):
    """Every disclosure about the person was deleted with its salt; digests stay and verify."""

    basis_code: Literal["request", "retention-ended"]


class DeathRecorded(Fact, frozen=True, kw_only=True):
    """The person died; nobody writes to them any more. A certification that is in force is ended apart."""

    died_on: date
    evidence: Digest


class AdministrationRegistered(Fact, frozen=True, kw_only=True):
    """``administration_id`` is the ISO 3166-1 alpha-2 code, or the user-assigned XK."""

    administration_id: str
    iso3: str
    name_en: str
    name_fr: str
    region: str


class AdministrationRenamed(Fact, frozen=True, kw_only=True):
    """The old name stays for earlier dates."""

    name_en: str
    name_fr: str
    effective_from: date


class MembershipRecorded(Fact, frozen=True, kw_only=True):
    """What the administration is in the organisation from a day on, as the cited source says."""

    membership: Literal["member", "suspended-member", "contested-member", "no-member"]
    effective_from: date
    cited_source: str


class RegionAssigned(Fact, frozen=True, kw_only=True):
    """The administration belongs to this region from a day on, and to no other; earlier days keep theirs."""

    region: str
    effective_from: date


class ContactPointAppointed(Fact, frozen=True, kw_only=True):
    """The person speaks for the administration towards the certification body, from a day on."""

    person_id: str
    since: date


class ContactPointRevoked(Fact, frozen=True, kw_only=True):
    """The person no longer speaks for the administration."""

    person_id: str
