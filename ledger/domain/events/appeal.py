"""Facts on appeals against decisions (ISO/IEC 17024, 9.8), and what follows from them in the candidacy."""

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

Disputed = Literal[
    "eligibility-refused",
    "candidate-excluded",
    "certification-refused",
    "certification-suspended",
    "certification-withdrawn",
    "scope-reduced",
    "recertification-refused",
]
Check = Literal[
    "appellant",
    "trained",
    "scored",
    "moderated",
    "selected",
    "decided",
    "recused",
    "reported",
    "workshop-staff",
    "competitor",
    "same-administration",
]
AppealOutcome = Literal["upheld", "upheld-in-part", "dismissed"]
Remedy = Literal["annul", "remit", "rescore", "resit", "no-remedy"]
Measure = Literal["ranking-held", "certification-held"]


class AppealLodged(Fact, frozen=True, kw_only=True):
    """Against the last decision of that kind on a candidacy: event ``decision_version`` of its stream.

    An appeal that was lodged after ``appeal_until`` is late: whether it is heard all the same, the chair decides.
    """

    appeal_id: str
    person_id: str
    candidacy_id: str
    disputed: Disputed
    decision_version: int
    decided_on: date
    appeal_until: date
    lodged_on: date
    grounds: Digest


class AppealAcknowledged(Fact, frozen=True, kw_only=True):
    """The appellant was told that the appeal was received."""

    acknowledged_on: date


class AppealAdmissibilityDecided(Fact, frozen=True, kw_only=True):
    """Whether the appeal is heard. Who signs chairs it."""

    admissible: bool
    reason: Digest


class MemberTrace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was looked up of a member of the panel, and found nothing."""

    person_id: str
    checks: tuple[Check, ...]


class AppealPanelAppointed(Fact, frozen=True, kw_only=True):
    """Nobody among the members had a part in the case: ``trace`` holds what was checked of each.

    A later panel takes the place of an earlier one.
    """

    members: tuple[str, ...]
    trace: tuple[MemberTrace, ...]


class InterimMeasureOrdered(Fact, frozen=True, kw_only=True):
    """Until the appeal is decided, but no longer than that day, what would be hard to undo does not happen."""

    measure: Measure
    until: date


class AppealDecided(Fact, frozen=True, kw_only=True):
    """The decision of the panel. The reasons are not public."""

    outcome: AppealOutcome
    remedy: Remedy
    reason: Digest


class AppealClosed(Fact, frozen=True, kw_only=True):
    """The appellant was told what was decided, and why."""

    notified_on: date


class AssessmentReopened(Fact, frozen=True, kw_only=True):
    """Others assess the candidate again: the sheets that counted, and what moderation settled, count no more.

    Nothing is taken out of the record. ``set_aside`` are the sheets that counted until then.
    """

    appeal_id: str
    set_aside: tuple[str, ...]


class SelectionRemitted(Fact, frozen=True, kw_only=True):
    """The selection, or an exclusion, counts no more: it is decided again, by others."""

    appeal_id: str
