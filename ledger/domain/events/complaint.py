"""Facts on complaints (ISO/IEC 17024, 9.9), and corrective actions (10.2)."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

Concerned = Literal["officer", "advisor", "document", "process", "workshop"]
ComplaintOutcome = Literal["upheld", "upheld-in-part", "dismissed"]
Effectiveness = Literal["effective", "not-effective"]


class ComplaintLodged(Fact, frozen=True, kw_only=True):
    """``person_id`` is the complainant, whose identity is confidential. ``answerable_id`` is the officer or advisor.

    Of a document, a process or a workshop, ``answerable_id`` is the officer who answers for it, and ``about`` names it.
    """

    complaint_id: str
    person_id: str
    concerns: Concerned
    answerable_id: str
    about: str
    received_on: date
    grounds: Digest


class ComplaintAcknowledged(Fact, frozen=True, kw_only=True):
    """The complainant was told that the complaint was received."""

    acknowledged_on: date


class ComplaintInvestigated(Fact, frozen=True, kw_only=True):
    """What the person who signs found out."""

    conclusions: Digest


class ComplaintResolved(Fact, frozen=True, kw_only=True):
    """The outcome, and why; ``notified_on`` is the day on which the complainant was told."""

    outcome: ComplaintOutcome
    reason: Digest
    notified_on: date


class CorrectiveActionOpened(Fact, frozen=True, kw_only=True):
    """What will be done about the cause, and by when."""

    action_id: str
    measures: Digest
    due_on: date


class CorrectiveActionClosed(Fact, frozen=True, kw_only=True):
    """Whether the action had an effect, with the evidence of it."""

    action_id: str
    effectiveness: Effectiveness
    evidence: Digest
