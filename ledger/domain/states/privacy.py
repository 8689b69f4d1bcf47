"""What is remembered of requests of persons about their data, of legal holds, and of disclosures."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import privacy as facts
from ledger.domain.record import Event

RequestFact = facts.DataSubjectRequestReceived | facts.DataSubjectRequestExtended | facts.DataSubjectRequestDecided
HoldFact = facts.LegalHoldPlaced | facts.LegalHoldReleased


class Request(msgspec.Struct, frozen=True):
    """``due_on`` is the last day for the answer, as extended; ``decided_on`` the day of the decision."""

    request_id: str
    version: int = 0
    received: facts.DataSubjectRequestReceived | None = None
    due_on: date | None = None
    extended: bool = False
    decision: facts.DataSubjectRequestDecided | None = None
    decided_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.received is not None and self.decision is None


def evolve_request(state: Request, event: Event[RequestFact]) -> Request:
    """Remember the clock and the decision."""
    fact, version = event.facts, event.version
    match fact:
        case facts.DataSubjectRequestReceived():
            return msgspec.structs.replace(state, version=version, received=fact, due_on=fact.due_on)
        case facts.DataSubjectRequestExtended():
            return msgspec.structs.replace(state, version=version, due_on=fact.due_on, extended=True)
        case facts.DataSubjectRequestDecided():
            return msgspec.structs.replace(state, version=version, decision=fact, decided_on=event.time.date())
        case _:
            assert_never(fact)


class Hold(msgspec.Struct, frozen=True):
    """``released`` once nothing is kept for this reason any more."""

    hold_id: str
    version: int = 0
    placed: facts.LegalHoldPlaced | None = None
    released: bool = False


def evolve_hold(state: Hold, event: Event[HoldFact]) -> Hold:
    """Remember whom the hold is about, and whether it was released."""
    fact, version = event.facts, event.version
    match fact:
        case facts.LegalHoldPlaced():
            return msgspec.structs.replace(state, version=version, placed=fact)
        case facts.LegalHoldReleased():
            return msgspec.structs.replace(state, version=version, released=True)
        case _:
            assert_never(fact)


class Transfer(msgspec.Struct, frozen=True):
    """A disclosure to a third party."""

    transfer_id: str
    version: int = 0
    disclosed: facts.DisclosedToThirdParty | None = None


def evolve_transfer(state: Transfer, event: Event[facts.DisclosedToThirdParty]) -> Transfer:
    """Remember what was disclosed."""
    return msgspec.structs.replace(state, version=event.version, disclosed=event.facts)
