"""What is remembered of a risk to impartiality."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import impartiality as facts
from ledger.domain.record import Event

RiskFact = facts.ImpartialityRiskRecorded | facts.ImpartialityRiskTreated


class Risk(msgspec.Struct, frozen=True):
    """``severity`` is what remains after the last treatment, which was signed on ``treated_on``."""

    version: int = 0
    recorded: facts.ImpartialityRiskRecorded | None = None
    severity: facts.Severity | None = None
    review_by: date | None = None
    treated_on: date | None = None

    def is_due(self, day: date) -> bool:
        """Whether its review was to take place before ``day``, or on it."""
        return self.review_by is not None and self.review_by <= day


def evolve_risk(state: Risk, event: Event[RiskFact]) -> Risk:
    """Remember what was recorded, what remains, and when it is reviewed."""
    fact = event.facts
    match fact:
        case facts.ImpartialityRiskRecorded():
            return Risk(event.version, fact, fact.severity, fact.review_by)
        case facts.ImpartialityRiskTreated():
            return Risk(event.version, state.recorded, fact.residual, fact.review_by, event.time.date())
        case _:
            assert_never(fact)
