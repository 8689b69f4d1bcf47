"""Facts about risks to impartiality: they are recorded and treated, and never removed."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

RiskSource = Literal["training", "funding", "nationality", "career", "hierarchy", "other"]
Severity = Literal["low", "medium", "high"]


class ImpartialityRiskRecorded(Fact, frozen=True, kw_only=True):
    """The officer ``person_id`` sees a risk; ``affected`` are the persons whose impartiality it concerns."""

    risk_id: str
    person_id: str
    source: RiskSource
    severity: Severity
    account: Digest
    affected: tuple[str, ...]
    sessions: tuple[str, ...]
    review_by: date


class ImpartialityRiskTreated(Fact, frozen=True, kw_only=True):
    """What was done about a risk, what remains of it, and when it is reviewed again."""

    measures: Digest
    residual: Severity
    review_by: date
