"""What is remembered of the policy for passkeys: the sites that may ask for them, and who needs one of one device."""

from typing import assert_never

import msgspec

from ledger.domain.events import passkeys as facts
from ledger.domain.record import Event, Passkey, Role, Site

PasskeyFact = facts.OriginAllowed | facts.PasskeyPolicySet


class PasskeyPolicy(msgspec.Struct, frozen=True):
    """``device_bound`` holds the roles in which a synced passkey does not count."""

    version: int = 0
    sites: tuple[Site, ...] = ()
    device_bound: frozenset[Role] = frozenset()

    def origins_of(self, rp_id: str) -> tuple[str, ...]:
        """Return the web origins on whose pages a passkey of this rp_id may sign."""
        return tuple([site.origin for site in self.sites if site.rp_id == rp_id])


def evolve_passkeys(state: PasskeyPolicy, event: Event[PasskeyFact]) -> PasskeyPolicy:
    """Remember one more site, or the roles that need a passkey of one device."""
    fact = event.facts
    match fact:
        case facts.OriginAllowed():
            return PasskeyPolicy(event.version, (*state.sites, Site(fact.rp_id, fact.origin)), state.device_bound)
        case facts.PasskeyPolicySet():
            return PasskeyPolicy(event.version, state.sites, frozenset(fact.device_bound))
        case _:
            assert_never(fact)


def passkey_of(credential: facts.Credential) -> Passkey:
    """Return the key that a credential is."""
    return Passkey(
        credential.algorithm,
        credential.public_key,
        credential.credential_id,
        credential.rp_id,
        credential.backup_eligible,
    )
