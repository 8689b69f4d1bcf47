"""What is remembered of one complaint: whom it concerns, who looked into it, and which actions follow."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import complaint as facts
from ledger.domain.record import Event

ComplaintFact = (
    facts.ComplaintLodged
    | facts.ComplaintAcknowledged
    | facts.ComplaintInvestigated
    | facts.ComplaintResolved
    | facts.CorrectiveActionOpened
    | facts.CorrectiveActionClosed
)


class Complaint(msgspec.Struct, frozen=True):
    """``investigators`` are all who stated findings. ``actions`` holds the corrective actions, closed ones too."""

    version: int = 0
    lodging: facts.ComplaintLodged | None = None
    acknowledged_on: date | None = None
    investigators: frozenset[str] = frozenset()
    resolution: facts.ComplaintResolved | None = None
    actions: dict[str, facts.CorrectiveActionOpened] = {}
    results: dict[str, facts.CorrectiveActionClosed] = {}

    @property
    def lodged(self) -> facts.ComplaintLodged:
        """How a complaint that is known to exist was lodged."""
        assert self.lodging is not None
        return self.lodging


def evolve_complaint(state: Complaint, event: Event[ComplaintFact]) -> Complaint:
    """Remember who looked into it and what follows."""
    fact, version = event.facts, event.version
    match fact:
        case facts.ComplaintLodged():
            return Complaint(version, fact)
        case facts.ComplaintAcknowledged():
            return msgspec.structs.replace(state, version=version, acknowledged_on=fact.acknowledged_on)
        case facts.ComplaintInvestigated():
            investigators = state.investigators | {event.by[0].person}
            return msgspec.structs.replace(state, version=version, investigators=investigators)
        case facts.ComplaintResolved():
            return msgspec.structs.replace(state, version=version, resolution=fact)
        case facts.CorrectiveActionOpened():
            return msgspec.structs.replace(state, version=version, actions=state.actions | {fact.action_id: fact})
        case facts.CorrectiveActionClosed():
            return msgspec.structs.replace(state, version=version, results=state.results | {fact.action_id: fact})
        case _:
            assert_never(fact)
