"""What is remembered of the issuer of credentials: its address and its keys."""

from __future__ import annotations

from typing import assert_never

import msgspec

from ledger.domain.events.issuer import IssuerEstablished, IssuerKeyEnrolled, IssuerKeyRetired, IssuerKeyRevoked
from ledger.domain.record import Event

IssuerFact = IssuerEstablished | IssuerKeyEnrolled | IssuerKeyRetired | IssuerKeyRevoked


class Issuer(msgspec.Struct, frozen=True):
    """``keys`` holds every key ever enrolled; those in ``ended`` sign nothing more."""

    version: int
    url: str
    keys: dict[str, IssuerKeyEnrolled]
    ended: frozenset[str]
    revoked: dict[str, IssuerKeyRevoked]

    @property
    def active(self) -> tuple[IssuerKeyEnrolled, ...]:
        """The keys that may sign, in the order of enrolment."""
        return tuple(key for key_id, key in self.keys.items() if key_id not in self.ended)


NO_ISSUER = Issuer(0, "", {}, frozenset(), {})


def evolve_issuer(state: Issuer, event: Event[IssuerFact]) -> Issuer:
    """Remember the address, the keys and what became of them."""
    facts = event.facts
    changed = msgspec.structs.replace(state, version=event.version)
    match facts:
        case IssuerEstablished():
            return msgspec.structs.replace(changed, url=facts.url)
        case IssuerKeyEnrolled():
            return msgspec.structs.replace(changed, keys={**state.keys, facts.key_id: facts})
        case IssuerKeyRetired():
            return msgspec.structs.replace(changed, ended=state.ended | {facts.key_id})
        case IssuerKeyRevoked():
            revoked = {**state.revoked, facts.key_id: facts}
            return msgspec.structs.replace(changed, ended=state.ended | {facts.key_id}, revoked=revoked)
        case _:
            assert_never(facts)
