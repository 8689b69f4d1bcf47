"""Facts about the certification scheme: its versions are data that later decisions cite."""

from datetime import date
from typing import Literal, NamedTuple

import msgspec

from ledger.domain.record import Fact


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A selection criterion; ``id`` is lower-case words joined by hyphens."""

    id: str
    name_en: str
    name_fr: str


class Competency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is assessed. A candidate meets it when the exact mean of its levels is >= ``cut``."""

    id: str
    name_en: str
    name_fr: str
    cut: int


class Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the workshop; ``competencies`` are assessed in it (none: not assessed)."""

    id: str
    name_en: str
    name_fr: str
    competencies: tuple[str, ...]


class RubricLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One level of the rubric and what it looks like, in both languages."""

    level: int
    anchor_en: str
    anchor_fr: str


class SchemeEstablished(Fact, frozen=True, kw_only=True):
    """A certification scheme with its id and titles; its versions hold the rules."""

    scheme_id: str
    title_en: str
    title_fr: str
    domain: str


Step = Literal["application", "code-of-conduct", "interests", "identity", "ai-notice"]


class FieldPhase(NamedTuple):
    """After the workshop, a mission beside a certified lead expert must take place within so many months.

    ``recognises``: who is not certified after it may be recognised.
    """

    months: int
    recognises: bool


class RenewalRule(NamedTuple):
    """What a holder must show within each period of validity: accepted hours of development, missions, refreshers."""

    hours: int
    missions: int
    refreshers: int


class Clocks(NamedTuple):
    """Days to appeal after a decision, and then to acknowledge an appeal and to decide on it."""

    appeal_days: int
    acknowledgement_days: int
    decision_days: int


USUAL_CLOCKS = Clocks(appeal_days=30, acknowledgement_days=10, decision_days=90)
"""Where a version names no others."""


class SchemeVersionDraftedV1(Fact, frozen=True, kw_only=True):
    """A whole version, without what versions may ask for since: no field phase, no rule of renewal, no steps."""

    version: str
    criteria: tuple[Criterion, ...]
    competencies: tuple[Competency, ...]
    activities: tuple[Activity, ...]
    levels: tuple[RubricLevel, ...]
    decision_rule: Literal["mean-of-levels/v1"]
    assessors_per_cell: int
    seats: int
    validity_months: int | None
    renewal_window_months: int
    separation_months: int


class SchemeVersionDrafted(SchemeVersionDraftedV1, frozen=True, kw_only=True):
    """A whole version: periods are months; ``validity_months`` None states that nothing expires.

    ``field_phase_months`` None certifies at the workshop. Where no number for renewal is given, the decision authority
    judges the evidence. ``steps`` are those that each candidate takes before selection, and ``identity`` before the
    first score. With ``qualified_assessors``, whoever assesses is qualified, calibrated and has signed this year's
    undertaking. ``retention_months`` None sets no term.
    """

    field_phase_months: int | None
    recognises: bool
    renewal_hours: int | None
    renewal_missions: int | None
    renewal_refreshers: int | None
    surveillance_months: int | None
    steps: tuple[Step, ...]
    qualified_assessors: bool
    appeal_days: int | None
    acknowledgement_days: int | None
    decision_days: int | None
    retention_months: int | None

    @property
    def field_phase(self) -> FieldPhase | None:
        """The field phase; None where the workshop certifies."""
        return None if self.field_phase_months is None else FieldPhase(self.field_phase_months, self.recognises)

    @property
    def renewal(self) -> RenewalRule | None:
        """The rule of renewal; None where the decision authority judges the evidence."""
        asked = (self.renewal_hours, self.renewal_missions, self.renewal_refreshers)
        return None if asked == (None, None, None) else RenewalRule(*(number or 0 for number in asked))

    @property
    def clocks(self) -> Clocks:
        """The clocks of appeals, in days."""
        return Clocks(
            self.appeal_days or USUAL_CLOCKS.appeal_days,
            self.acknowledgement_days or USUAL_CLOCKS.acknowledgement_days,
            self.decision_days or USUAL_CLOCKS.decision_days,
        )


class SchemeVersionApproved(Fact, frozen=True, kw_only=True):
    """The drafted version is in force for workshops that begin on or after ``effective_from``."""

    version: str
    effective_from: date
