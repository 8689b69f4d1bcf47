"""Facts on what the holder of a certification does to stay competent, and on what the body reviews (9.6 and 9.7)."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

ActivityCode = Literal["course", "seminar", "teaching", "publication", "self-study", "practice", "other"]
Reporter = Literal["holder", "administration", "other"]
LookedAt = Literal["development", "missions", "refreshers", "complaints", "capability", "use-of-marks"]


class CpdActivityLogged(Fact, frozen=True, kw_only=True):
    """A holder states in their own name what they did to stay competent. It counts once a registrar verified it."""

    activity_id: str
    activity_code: ActivityCode
    hours: int
    day: date
    evidence: Digest


class CpdActivityVerified(Fact, frozen=True, kw_only=True):
    """How many of the hours of an activity count. Why fewer count than were stated is not public."""

    activity_id: str
    accepted_hours: int
    reason: Digest | None


class RefresherAttended(Fact, frozen=True, kw_only=True):
    """The holder was at a refresher: a workshop of the record, or an event whose title is not public."""

    session_id: str | None
    title: Digest | None
    hours: int
    day: date


class CapabilityChangeReported(Fact, frozen=True, kw_only=True):
    """Something may keep the holder from fulfilling the requirements (7.1). A review of it is to follow."""

    kind_code: Digest
    reported_by: Reporter
    day: date
    account: Digest | None


class SurveillanceReviewed(Fact, frozen=True, kw_only=True):
    """A registrar looked at a part of the validity of a certification. The result is not public."""

    certification_id: str
    since: date
    until: date
    looked_at: tuple[LookedAt, ...]
    result_code: Digest
    rationale: Digest | None


class RecertificationRequested(Fact, frozen=True, kw_only=True):
    """A holder asks in their own name that the certification be renewed after ``period_end``."""

    certification_id: str
    period_end: date
    evidence: Digest | None


class RecertificationRefused(Fact, frozen=True, kw_only=True):
    """The request is refused. The holder may appeal until a day, included."""

    certification_id: str
    reason: Digest
    appeal_until: date


class MisuseReported(Fact, frozen=True, kw_only=True):
    """A document or a mark was used wrongly; where it was seen is not public. A complaint follows."""

    misuse_id: str
    certification_id: str
    seen: Digest
    seen_on: date
