"""What is remembered of persons and administrations."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar, assert_never

import msgspec

from ledger.domain.events import persons as facts
from ledger.domain.events.common import Digest
from ledger.domain.record import Event

Value = TypeVar("Value")
PersonFact = (
    facts.PersonRegistered
    | facts.PersonDetailsUpdated
    | facts.EmploymentRecorded
    | facts.PublicListingConsentGiven
    | facts.PublicListingConsentWithdrawn
    | facts.PublicResultsConsentGiven
    | facts.PublicResultsConsentWithdrawn
    | facts.PersonsMerged
    | facts.PersonsUnmerged
    | facts.PersonalDataErased
    | facts.DeathRecorded
)
AdministrationFact = (
    facts.AdministrationRegistered
    | facts.AdministrationRenamed
    | facts.ContactPointAppointed
    | facts.ContactPointRevoked
    | facts.MembershipRecorded
    | facts.RegionAssigned
)


class Employment(msgspec.Struct, frozen=True):
    """By which administration, from which day on, and the day on which that was recorded."""

    administration_id: str
    since: date
    recorded: date


class Person(msgspec.Struct, frozen=True):
    """``details`` holds the current digest of each detail; ``employments`` are in the order of recording.

    ``merged`` are the ids that were merged into this one. Until the person consents again, those in ``listed_with``
    must have consented to be listed too, and those in ``shows_results_with`` to show their results.
    """

    person_id: str
    version: int = 0
    details: dict[str, str] = {}
    employments: tuple[Employment, ...] = ()
    listed: bool = False
    erased: bool = False
    shows_results: bool = False
    merged: frozenset[str] = frozenset()
    listed_with: frozenset[str] = frozenset()
    shows_results_with: frozenset[str] = frozenset()
    died_on: date | None = None

    @property
    def known(self) -> bool:
        """True once registered; a founder is known from leaf 0."""
        return bool(self.version or self.details)

    def employers(self, start: date, end: date) -> frozenset[str]:
        """The administrations that employed them on a day of a workshop.

        The first that is known counts for the days before it too. One ends where the next begins, if that was recorded
        before the workshop: what is recorded from its first day on adds an administration, and takes none away.
        """
        if len(self.employments) < 2:  # as of nearly everybody: the days do not matter
            return frozenset([employment.administration_id for employment in self.employments])
        dated = self._dated
        known = [place for place, e in enumerate(dated) if e.recorded < start and e.since <= start]
        counting = dated[known[-1] if known else 0 :]
        return frozenset(e.administration_id for e in counting if e.since <= max(end, dated[0].since))

    @property
    def _dated(self) -> list[Employment]:
        """By day; of one day, in the order of recording: the last corrects those before."""
        return sorted(self.employments, key=lambda employment: employment.since)

    def named(self, *names: str) -> tuple[Digest, ...]:
        """The digests of those details that are recorded, in the order of ``names``."""
        return tuple(Digest(name, self.details[name]) for name in names if name in self.details)


def evolve_person(state: Person, event: Event[PersonFact]) -> Person:
    """Remember the current digests, the employer and the consent."""
    fact, version = event.facts, event.version
    match fact:
        case facts.PersonRegistered() | facts.PersonDetailsUpdated():
            details = state.details | {d.name: d.digest for d in fact.details}
            return msgspec.structs.replace(state, version=version, details=details)
        case facts.EmploymentRecorded():
            employment = Employment(fact.administration_id, fact.since, event.time.date())
            return msgspec.structs.replace(state, version=version, employments=(*state.employments, employment))
        case facts.PublicListingConsentGiven():
            return msgspec.structs.replace(state, version=version, listed=True, listed_with=frozenset())
        case facts.PublicListingConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, listed=False)
        case facts.PublicResultsConsentGiven():
            return msgspec.structs.replace(state, version=version, shows_results=True, shows_results_with=frozenset())
        case facts.PublicResultsConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, shows_results=False)
        case facts.PersonsMerged():
            return msgspec.structs.replace(
                state,
                version=version,
                merged=state.merged | {fact.merged_id},
                listed_with=state.listed_with | {fact.merged_id},
                shows_results_with=state.shows_results_with | {fact.merged_id},
            )
        case facts.PersonsUnmerged():
            return msgspec.structs.replace(
                state,
                version=version,
                merged=state.merged - {fact.merged_id},
                listed_with=state.listed_with - {fact.merged_id},
                shows_results_with=state.shows_results_with - {fact.merged_id},
            )
        case facts.PersonalDataErased():
            return msgspec.structs.replace(state, version=version, erased=True, listed=False, shows_results=False)
        case facts.DeathRecorded():
            return msgspec.structs.replace(state, version=version, died_on=fact.died_on)
        case _:
            assert_never(fact)


class Administration(msgspec.Struct, frozen=True):
    """A Member administration; its names over time are a matter for the projections.

    ``contacts`` are the ids of its contact points, as they were appointed. ``regions`` and ``memberships`` are by the
    day from which each counts; the region of the registration counts from the first day.
    """

    version: int = 0
    contacts: frozenset[str] = frozenset()
    regions: dict[date, str] = {}
    memberships: dict[date, str] = {}

    def region(self, day: date) -> str | None:
        """The region on a day."""
        return as_on(day, self.regions)

    def membership(self, day: date) -> str | None:
        """What it is in the organisation on a day; None while that was not recorded."""
        return as_on(day, self.memberships)


def as_on(day: date, since: Mapping[date, Value]) -> Value | None:
    """What counts on a day, of what counts since one each; None before the first."""
    begun = [first for first in since if first <= day]
    return since[max(begun)] if begun else None


def evolve_administration(state: Administration, event: Event[AdministrationFact]) -> Administration:
    """Remember who its contact points are, and its regions and memberships."""
    fact, version = event.facts, event.version
    match fact:
        case facts.ContactPointAppointed(person_id=person_id):
            return msgspec.structs.replace(state, version=version, contacts=state.contacts | {person_id})
        case facts.ContactPointRevoked(person_id=person_id):
            return msgspec.structs.replace(state, version=version, contacts=state.contacts - {person_id})
        case facts.AdministrationRegistered():
            return msgspec.structs.replace(state, version=version, regions={date.min: fact.region})
        case facts.RegionAssigned():
            return msgspec.structs.replace(
                state, version=version, regions=state.regions | {fact.effective_from: fact.region}
            )
        case facts.MembershipRecorded():
            memberships = state.memberships | {fact.effective_from: fact.membership}
            return msgspec.structs.replace(state, version=version, memberships=memberships)
        case facts.AdministrationRenamed():
            return msgspec.structs.replace(state, version=version)
        case _:
            assert_never(fact)
