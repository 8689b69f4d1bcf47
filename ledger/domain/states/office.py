"""What is remembered of the founding and of the officers.

A role or key counts from the log position of the event that gives it to that of the event that ends it.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from ledger.domain.events.office import (
    Founder,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    LedgerFounded,
    RoleGranted,
    RoleRevoked,
)
from ledger.domain.record import Event, PublicKey, Role

OfficeFact = RoleGranted | RoleRevoked | KeyRegistered | KeyRotated | KeyRevoked


class Founding(msgspec.Struct, frozen=True):
    """What leaf 0 established."""

    version: int
    body_en: str
    body_fr: str
    founders: tuple[Founder, ...]

    def founder(self, person_id: str) -> Founder | None:
        return next((f for f in self.founders if f.person_id == person_id), None)


NOT_FOUNDED = Founding(0, "", "", ())


def evolve_founding(state: Founding, event: Event[LedgerFounded]) -> Founding:
    """Remember leaf 0."""
    facts = event.facts
    return Founding(event.version, facts.body_en, facts.body_fr, facts.founders)


class Officer(msgspec.Struct, frozen=True):
    """One person's roles, and their active keys by id."""

    person_id: str
    version: int
    roles: frozenset[Role]
    keys: dict[str, PublicKey]


def initial_officer(person_id: str, founder: Founder | None, key_id: str) -> Officer:
    """An officer before their own stream begins; ``key_id`` is that of the founder's key."""
    if founder is None:
        return Officer(person_id, 0, frozenset(), {})
    return Officer(person_id, 0, frozenset({founder.role}), {key_id: enrolled_key(founder)})


def evolve_officer(state: Officer, event: Event[OfficeFact]) -> Officer:
    """Remember which roles are held and which keys are active."""
    facts = event.facts
    roles, keys = state.roles, state.keys
    match facts:
        case RoleGranted():
            roles = roles | {facts.role}
        case RoleRevoked():
            roles = roles - {facts.role}
        case KeyRegistered():
            keys = {**keys, facts.key_id: enrolled_key(facts)}
        case KeyRotated():
            keys = {k: v for k, v in keys.items() if k != facts.old_key_id}
            keys[facts.key_id] = enrolled_key(facts)
        case KeyRevoked():
            keys = {k: v for k, v in keys.items() if k != facts.key_id}
        case _:
            assert_never(facts)
    return Officer(state.person_id, event.version, roles, keys)


def enrolled_key(facts: Founder | KeyRegistered | KeyRotated) -> PublicKey:
    """The key that a fact enrols: version 1 of each knows Ed25519 only."""
    return PublicKey("Ed25519", facts.public_key)
