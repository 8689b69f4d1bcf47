"""What is remembered of the issuer of credentials: its address and its keys."""

from typing import assert_never

import msgspec

from ledger.domain.events import issuer as facts
from ledger.domain.record import Event

IssuerFact = facts.IssuerEstablished | facts.IssuerKeyEnrolled | facts.IssuerKeyRetired | facts.IssuerKeyRevoked


class Issuer(msgspec.Struct, frozen=True):
    """``keys`` holds every key ever enrolled; those in ``ended`` sign nothing more."""

    version: int = 0
    url: str = ""
    keys: dict[str, facts.IssuerKeyEnrolled] = {}
    ended: frozenset[str] = frozenset()
    revoked: dict[str, facts.IssuerKeyRevoked] = {}

    @property
    def active(self) -> tuple[facts.IssuerKeyEnrolled, ...]:
        """The keys that may sign, in the order of enrolment."""
        return tuple(key for key_id, key in self.keys.items() if key_id not in self.ended)


def evolve_issuer(state: Issuer, event: Event[IssuerFact]) -> Issuer:
    """Remember the address, the keys and what became of them."""
    fact = event.facts
    changed = msgspec.structs.replace(state, version=event.version)
    match fact:
        case facts.IssuerEstablished():
            return msgspec.structs.replace(changed, url=fact.url)
        case facts.IssuerKeyEnrolled():
            return msgspec.structs.replace(changed, keys={**state.keys, fact.key_id: fact})
        case facts.IssuerKeyRetired():
            return msgspec.structs.replace(changed, ended=state.ended | {fact.key_id})
        case facts.IssuerKeyRevoked():
            revoked = {**state.revoked, fact.key_id: fact}
            return msgspec.structs.replace(changed, ended=state.ended | {fact.key_id}, revoked=revoked)
        case _:
            assert_never(fact)
