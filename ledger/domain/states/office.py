"""What is remembered of the founding and of the officers.

A role or key counts from the log position of the event that gives it to that of the event that ends it.
"""

from datetime import datetime
from typing import assert_never

import msgspec

from ledger.domain.events import office as facts
from ledger.domain.record import Event, PublicKey, Role

OfficeFact = facts.RoleGranted | facts.RoleRevoked | facts.KeyRegistered | facts.KeyRotated | facts.KeyRevoked


class Founding(msgspec.Struct, frozen=True):
    """What leaf 0 established."""

    version: int = 0
    body_en: str = ""
    body_fr: str = ""
    founders: tuple[facts.Founder, ...] = ()

    def founder(self, person_id: str) -> facts.Founder | None:
        return next((f for f in self.founders if f.person_id == person_id), None)


def evolve_founding(state: Founding, event: Event[facts.LedgerFounded]) -> Founding:
    """Remember leaf 0."""
    fact = event.facts
    return Founding(event.version, fact.body_en, fact.body_fr, fact.founders)


class Officer(msgspec.Struct, frozen=True):
    """One person's roles, and their active keys by id.

    ``ended`` holds the keys that no longer sign, by id, and since when each is known to be compromised.
    """

    person_id: str
    version: int = 0
    roles: frozenset[Role] = frozenset()
    keys: dict[str, PublicKey] = {}
    ended: dict[str, datetime | None] = {}


def evolve_officer(state: Officer, event: Event[OfficeFact]) -> Officer:
    """Remember which roles are held and which keys are active."""
    fact = event.facts
    roles, keys, ended = state.roles, state.keys, state.ended
    match fact:
        case facts.RoleGranted():
            roles = roles | {fact.role}
        case facts.RoleRevoked():
            roles = roles - {fact.role}
        case facts.KeyRegistered():
            keys = {**keys, fact.key_id: enrolled_key(fact)}
        case facts.KeyRotated():
            keys = {k: v for k, v in keys.items() if k != fact.old_key_id}
            keys[fact.key_id] = enrolled_key(fact)
            ended = {**ended, fact.old_key_id: None}
        case facts.KeyRevoked():
            keys = {k: v for k, v in keys.items() if k != fact.key_id}
            ended = {**ended, fact.key_id: fact.compromised_since}
        case _:
            assert_never(fact)
    return Officer(state.person_id, event.version, roles, keys, ended)


def enrolled_key(fact: facts.Founder | facts.KeyRegistered | facts.KeyRotated) -> PublicKey:
    """The key that a fact enrols: version 1 of each knows Ed25519 only."""
    return PublicKey("Ed25519", fact.public_key)
