"""What is remembered of one appeal: what it is against, who hears it, what holds meanwhile, and what was decided."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import appeal as facts
from ledger.domain.record import Event

AppealFact = (
    facts.AppealLodged
    | facts.AppealAcknowledged
    | facts.AppealAdmissibilityDecided
    | facts.AppealPanelAppointed
    | facts.InterimMeasureOrdered
    | facts.AppealDecided
    | facts.AppealClosed
)


class Appeal(msgspec.Struct, frozen=True):
    """``heard_by`` is everyone who ever chaired it or was appointed to hear it; ``members`` are the panel of now."""

    version: int = 0
    lodging: facts.AppealLodged | None = None
    acknowledged_on: date | None = None
    admissible: bool | None = None
    chair: str | None = None
    members: tuple[str, ...] = ()
    heard_by: frozenset[str] = frozenset()
    measure: facts.InterimMeasureOrdered | None = None
    decision: facts.AppealDecided | None = None
    decided_on: date | None = None
    closed: bool = False

    @property
    def lodged(self) -> facts.AppealLodged:
        """How an appeal that is known to exist was lodged."""
        assert self.lodging is not None
        return self.lodging

    @property
    def is_late(self) -> bool:
        return self.lodged.lodged_on > self.lodged.appeal_until

    @property
    def is_over(self) -> bool:
        """Decided, or not admitted."""
        return self.decision is not None or self.admissible is False

    @property
    def remedy(self) -> facts.Remedy:
        """What follows from the decision; nothing while there is none."""
        return "no-remedy" if self.decision is None else self.decision.remedy

    def holds(self, measure: facts.Measure, day: date) -> bool:
        """Whether a measure is ordered that has not ended on that day."""
        ordered = self.measure
        return not self.is_over and ordered is not None and ordered.measure == measure and day <= ordered.until


def evolve_appeal(state: Appeal, event: Event[AppealFact]) -> Appeal:
    """Remember who hears it and what they decided."""
    fact, version = event.facts, event.version
    match fact:
        case facts.AppealLodged():
            return Appeal(version, fact)
        case facts.AppealAcknowledged():
            return msgspec.structs.replace(state, version=version, acknowledged_on=fact.acknowledged_on)
        case facts.AppealAdmissibilityDecided():
            chair = event.by[0].person
            heard_by = state.heard_by | {chair}
            return msgspec.structs.replace(
                state, version=version, admissible=fact.admissible, chair=chair, heard_by=heard_by
            )
        case facts.AppealPanelAppointed():
            heard_by = state.heard_by | {*fact.members}
            return msgspec.structs.replace(state, version=version, members=fact.members, heard_by=heard_by)
        case facts.InterimMeasureOrdered():
            return msgspec.structs.replace(state, version=version, measure=fact)
        case facts.AppealDecided():
            decided_on = event.time.date()
            return msgspec.structs.replace(state, version=version, decision=fact, decided_on=decided_on)
        case facts.AppealClosed():
            return msgspec.structs.replace(state, version=version, closed=True)
        case _:
            assert_never(fact)
