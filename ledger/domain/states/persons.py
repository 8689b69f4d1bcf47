"""What is remembered of persons and administrations."""

from typing import assert_never

import msgspec

from ledger.domain.events import persons as facts
from ledger.domain.events.common import Digest
from ledger.domain.record import Event

PersonFact = (
    facts.PersonRegistered
    | facts.PersonDetailsUpdated
    | facts.EmploymentRecorded
    | facts.PublicListingConsentGiven
    | facts.PublicListingConsentWithdrawn
    | facts.PublicResultsConsentGiven
    | facts.PublicResultsConsentWithdrawn
    | facts.PersonalDataErased
)
AdministrationFact = facts.AdministrationRegistered | facts.AdministrationRenamed


class Person(msgspec.Struct, frozen=True):
    """``details`` holds the current digest of each detail; ``administration_id`` the employer."""

    person_id: str
    version: int = 0
    details: dict[str, str] = {}
    administration_id: str | None = None
    listed: bool = False
    erased: bool = False
    shows_results: bool = False

    @property
    def known(self) -> bool:
        """True once registered; a founder is known from leaf 0."""
        return bool(self.version or self.details)

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
            return msgspec.structs.replace(state, version=version, administration_id=fact.administration_id)
        case facts.PublicListingConsentGiven():
            return msgspec.structs.replace(state, version=version, listed=True)
        case facts.PublicListingConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, listed=False)
        case facts.PublicResultsConsentGiven():
            return msgspec.structs.replace(state, version=version, shows_results=True)
        case facts.PublicResultsConsentWithdrawn():
            return msgspec.structs.replace(state, version=version, shows_results=False)
        case facts.PersonalDataErased():
            return msgspec.structs.replace(state, version=version, erased=True, listed=False, shows_results=False)
        case _:
            assert_never(fact)


class Administration(msgspec.Struct, frozen=True):
    """A Member administration; its names over time are a matter for the projections."""

    version: int = 0


def evolve_administration(state: Administration, event: Event[AdministrationFact]) -> Administration:
    """Remember that it is registered."""
    return Administration(event.version)
