"""What is remembered of persons and administrations."""

from __future__ import annotations

from typing import assert_never

import msgspec

from ledger.domain.events.common import Digest
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
from ledger.domain.record import Event

PersonFact = (
    PersonRegistered
    | PersonDetailsUpdated
    | EmploymentRecorded
    | PublicListingConsentGiven
    | PublicListingConsentWithdrawn
    | PublicResultsConsentGiven
    | PublicResultsConsentWithdrawn
    | PersonalDataErased
)
AdministrationFact = AdministrationRegistered | AdministrationRenamed


class Person(msgspec.Struct, frozen=True):
    """``details`` holds the current digest of each detail; ``administration_id`` the employer."""

    person_id: str
    version: int
    details: dict[str, str]
    administration_id: str | None
    listed: bool
    erased: bool
    shows_results: bool = False

    @property
    def known(self) -> bool:
        """True once registered; a founder is known from leaf 0."""
        return bool(self.version or self.details)

    def named(self, *names: str) -> tuple[Digest, ...]:
        """The digests of those details that are recorded, in the order asked."""
        return tuple(Digest(name, self.details[name]) for name in names if name in self.details)


def initial_person(person_id: str, founding_details: tuple[Digest, ...] | None) -> Person:
    """A person before their own stream begins. A founder is known from leaf 0, as version 0."""
    details = {d.name: d.digest for d in founding_details or ()}
    return Person(person_id, 0, details, None, False, False)


def evolve_person(state: Person, event: Event[PersonFact]) -> Person:
    """Remember the current digests, the employer and the consent."""
    facts, version = event.facts, event.version
    match facts:
        case PersonRegistered() | PersonDetailsUpdated():
            details = state.details | {d.name: d.digest for d in facts.details}
            return msgspec.structs.replace(state, version=version, details=details)
        case EmploymentRecorded():
            return msgspec.structs.replace(state, version=version, administration_id=facts.administration_id)
        case PublicListingConsentGiven():
            return msgspec.structs.replace(state, version=version, listed=True)
        case PublicListingConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, listed=False)
        case PublicResultsConsentGiven():
            return msgspec.structs.replace(state, version=version, shows_results=True)
        case PublicResultsConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, shows_results=False)
        case PersonalDataErased():
            return msgspec.structs.replace(state, version=version, erased=True, listed=False, shows_results=False)
        case _:
            assert_never(facts)


class Administration(msgspec.Struct, frozen=True):
    """A Member administration; its names over time are a matter for the projections."""

    version: int


NO_ADMINISTRATION = Administration(0)


def evolve_administration(state: Administration, event: Event[AdministrationFact]) -> Administration:
    """Remember that it is registered."""
    return Administration(event.version)
