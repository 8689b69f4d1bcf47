"""Facts on one person's way through one workshop, from the nomination to the outcome."""

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.events.common import Digest, Ratio
from ledger.domain.record import Fact


class CandidateNominated(Fact, frozen=True, kw_only=True):
    """``details`` commit to the nomination letter, the years of PCA experience and the languages."""

    candidacy_id: str
    person_id: str
    session_id: str
    scheme_id: str
    administration_id: str
    details: tuple[Digest, ...]


class CriterionFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a candidate meets one criterion of the scheme."""

    criterion: str
    met: bool


class FindingsRecorded(Fact, frozen=True, kw_only=True):
    """What the panel member who signs finds, instead of what they recorded before. It decides nothing by itself."""

    findings: tuple[CriterionFinding, ...]
    reason: Digest | None


class EligibilityConfirmed(Fact, frozen=True, kw_only=True):
    """Every criterion is met: the candidate attends the workshop. The reason is not public."""

    findings: tuple[CriterionFinding, ...]
    reason_code: Literal["all-criteria-met"]
    reason: Digest | None


class EligibilityConfirmedV1(Fact, frozen=True, kw_only=True):
    """Every criterion is met: the candidate attends the workshop."""

    findings: tuple[CriterionFinding, ...]
    reason_code: Literal["all-criteria-met"]


class EligibilityRefused(Fact, frozen=True, kw_only=True):
    """At least one criterion is not met: the candidate does not attend. The reason is not public."""

    findings: tuple[CriterionFinding, ...]
    reason_code: Literal["criteria-not-met"]
    reason: Digest | None


class EligibilityRefusedV1(Fact, frozen=True, kw_only=True):
    """At least one criterion is not met: the candidate does not attend."""

    findings: tuple[CriterionFinding, ...]
    reason_code: Literal["criteria-not-met"]


class CandidacyWithdrawn(Fact, frozen=True, kw_only=True):
    """The candidate, or the administration, withdrew before any decision. The reason is not public."""

    initiator: Literal["candidate", "administration"]
    effective_from: date
    reason_code: Digest
    reason: Digest | None


class CandidacyWithdrawnV1(Fact, frozen=True, kw_only=True):
    """The candidate, or the administration, withdrew before any decision, for a reason in clear."""

    initiator: Literal["candidate", "administration"]
    effective_from: date
    reason_code: Literal["other-duties", "health", "personal", "other"]
    reason: Digest | None


class SeparationExceptionGranted(Fact, frozen=True, kw_only=True):
    """This assessor may score this candidate although they trained them in ``session_id``."""

    assessor_id: str
    session_id: str
    reason: Digest


class AssessorRecused(Fact, frozen=True, kw_only=True):
    """The assessor who signs declares a conflict of interest, and no longer acts on this candidate.

    ``set_aside`` are their sheets that count no more: all of them, unless a sheet of the candidacy was revealed before,
    or the workshop was closed.
    """

    set_aside: tuple[str, ...]
    reason_code: Digest
    reason: Digest | None


class ScoreSheetSubmitted(Fact, frozen=True, kw_only=True):
    """Sealed: ``commitment`` is the digest of [salt, "levels", {competency: level}] in the vault."""

    sheet_id: str
    activity: str
    commitment: Digest


class ScoreSheetRevealed(Fact, frozen=True, kw_only=True):
    """The sealed levels and their salt: they hash to the commitment that the assessor signed."""

    sheet_id: str
    levels: dict[str, int]
    salt: str


class ScoreSheetSuperseded(Fact, frozen=True, kw_only=True):
    """A new sealed sheet by the same assessor on the same activity; the old one is kept."""

    old_sheet_id: str
    sheet_id: str
    commitment: Digest
    reason_code: Literal["transcription-error", "omission", "misapplied-rubric"]
    reason: Digest | None


class ModerationHeld(Fact, frozen=True, kw_only=True):
    """The sheets stay as they are: ``level`` counts instead of each sheet's level in the cell."""

    activity: str
    competency: str
    level: int
    rationale: Digest


class SheetLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One assessor's level in a cell, as revealed."""

    sheet_id: str
    level: int


class CellTrace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One cell of the plan (activity x competency): what was found and what counted."""

    activity: str
    competency: str
    sheets: tuple[SheetLevel, ...]
    moderated: int | None
    required: int


class CompetencyTrace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``total / count`` is the exact mean; ``met`` is None when a cell of it is incomplete."""

    competency: str
    total: int
    count: int
    cut: int
    met: bool | None


class AssessmentOutcomeComputed(Fact, frozen=True, kw_only=True):
    """Replaying ``rule`` on the revealed sheets gives exactly this fact."""

    rule: Literal["mean-of-levels/v1"]
    cells: tuple[CellTrace, ...]
    competencies: tuple[CompetencyTrace, ...]
    composite: Ratio | None
    outcome: Literal["met", "not-met", "incomplete"]
