"""What is remembered of the founding and of the officers.

A role or key counts from the log position of the event that gives it to that of the event that ends it.
"""

from datetime import date, datetime
from typing import assert_never

import msgspec

from ledger.domain.events import office as facts
from ledger.domain.events.delegation import DelegationGranted, DelegationRevoked
from ledger.domain.record import Event, OfficerKey, PublicKey, Role, Site
from ledger.domain.states.passkeys import passkey_of

OfficeFact = (
    facts.RoleGranted
    | facts.RoleRevoked
    | facts.KeyRegistered
    | facts.KeyRotated
    | facts.KeyAgreed
    | facts.PasskeyRegistered
    | facts.PasskeyRecovered
    | facts.KeyRevoked
    | DelegationGranted
    | DelegationRevoked
)
Enrolment = (
    facts.Founder
    | facts.FounderV2
    | facts.KeyRegistered
    | facts.KeyRotated
    | facts.PasskeyRegistered
    | facts.PasskeyRecovered
)
"""What enrols the key of a person."""


class Founding(msgspec.Struct, frozen=True):
    """What leaf 0 established."""

    version: int = 0
    body_en: str = ""
    body_fr: str = ""
    founders: tuple[facts.FounderV2, ...] = ()
    sites: tuple[Site, ...] = ()

    def founder(self, person_id: str) -> facts.FounderV2 | None:
        return next((f for f in self.founders if f.person_id == person_id), None)


def evolve_founding(state: Founding, event: Event[facts.AnyFounding]) -> Founding:
    """Remember leaf 0."""
    fact = event.facts
    match fact:
        case facts.LedgerFounded():
            founders = tuple(facts.FounderV2(f.person_id, f.role, f.public_key, f.details) for f in fact.founders)
            return Founding(event.version, fact.body_en, fact.body_fr, founders)
        case facts.LedgerFoundedV2():
            return Founding(event.version, fact.body_en, fact.body_fr, fact.founders, fact.sites)
        case _:
            assert_never(fact)


class Delegation(msgspec.Struct, frozen=True):
    """A role that was lent, by whom, since when, until which day, included, and when that was revoked."""

    role: Role
    delegator_id: str
    since: datetime
    until: date
    revoked: datetime | None = None


class Officer(msgspec.Struct, frozen=True):
    """One person's roles, and their active keys by id. ``delegations`` are all that were ever lent to them.

    ``ended`` holds the keys that no longer sign, by id, and since when each is known to be compromised; ``agreed`` the
    ids of keys that they agreed to have enrolled. Whenever a key ends, so does what was agreed: perhaps with that one.
    """

    person_id: str
    version: int = 0
    roles: frozenset[Role] = frozenset()
    keys: dict[str, OfficerKey] = {}
    ended: dict[str, datetime | None] = {}
    agreed: frozenset[str] = frozenset()
    delegations: tuple[Delegation, ...] = ()

    @property
    def delegated(self) -> dict[Role, Delegation]:
        """The roles that were lent to them and not taken back; some may be past their last day."""
        return {one.role: one for one in self.delegations if one.revoked is None}

    def borrowed_from(self, role: Role, time: datetime) -> str | None:
        """Return who lent them a role in which they signed at a time; None when it was their own."""
        return next(
            (
                one.delegator_id
                for one in self.delegations
                if one.role is role
                and one.since <= time
                and time.date() <= one.until
                and (one.revoked is None or time <= one.revoked)
            ),
            None,
        )

    @property
    def had_keys(self) -> bool:
        """Whether a key was ever enrolled for them: then they must agree to another."""
        return bool(self.keys or self.ended)


def evolve_officer(state: Officer, event: Event[OfficeFact]) -> Officer:
    """Remember which roles are held and which keys are active."""
    fact = event.facts
    roles, keys, ended, agreed = state.roles, state.keys, state.ended, state.agreed
    delegations = state.delegations
    match fact:
        case facts.RoleGranted():
            roles = roles | {fact.role}
        case facts.RoleRevoked():
            roles = roles - {fact.role}
        case DelegationGranted():
            delegations = (*delegations, Delegation(fact.role, fact.delegator_id, event.time, fact.until))
        case DelegationRevoked():
            revoked = state.delegated[fact.role]
            taken_back = msgspec.structs.replace(revoked, revoked=event.time)
            delegations = tuple(taken_back if one is revoked else one for one in delegations)
        case facts.KeyAgreed():
            agreed = agreed | {fact.key_id}
        case facts.KeyRegistered() | facts.PasskeyRegistered():
            keys = {**keys, fact.key_id: enrolled_key(fact)}
        case facts.KeyRotated():
            keys = {k: v for k, v in keys.items() if k != fact.old_key_id}
            keys[fact.key_id] = enrolled_key(fact)
            ended = {**ended, fact.old_key_id: None}
        case facts.PasskeyRecovered():
            keys = {k: v for k, v in keys.items() if k not in fact.lost_key_ids}
            keys[fact.key_id] = enrolled_key(fact)
            ended = {**ended, **dict.fromkeys(fact.lost_key_ids)}
        case facts.KeyRevoked():
            keys = {k: v for k, v in keys.items() if k != fact.key_id}
            ended = {**ended, fact.key_id: fact.compromised_since}
        case _:
            assert_never(fact)
    if ended is not state.ended:
        agreed = frozenset()
    return Officer(state.person_id, event.version, roles, keys, ended, agreed, delegations)


def enrolled_key(fact: Enrolment) -> OfficerKey:
    """The key that a fact enrols. A key file is of Ed25519."""
    match fact:
        case facts.PasskeyRegistered() | facts.PasskeyRecovered():
            return passkey_of(fact.credential)
        case facts.FounderV2():
            return PublicKey("Ed25519", fact.key) if isinstance(fact.key, bytes) else passkey_of(fact.key)
        case facts.Founder() | facts.KeyRegistered() | facts.KeyRotated():
            return PublicKey("Ed25519", fact.public_key)
        case _:
            assert_never(fact)
