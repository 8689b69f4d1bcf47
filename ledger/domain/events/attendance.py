"""Facts on the days of a workshop: who came, what they need, and what threatened the security of the assessment."""

from datetime import date
from typing import Literal

from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

IncidentCode = Literal["impersonation", "communication", "forbidden-aid", "leaked-material", "disruption", "other"]
DocumentType = Literal["passport", "identity-card", "service-card", "residence-permit"]


class AccommodationRequested(Fact, frozen=True, kw_only=True):
    """The candidate asks to be assessed under other conditions. What they need is not public."""

    need: Digest


class AccommodationDecided(Fact, frozen=True, kw_only=True):
    """What was decided on the request of a candidate: the decision and the measures are not public."""

    decision_code: Digest
    measures: Digest | None


class IdentityVerified(Fact, frozen=True, kw_only=True):
    """A document shows that the candidate is who they say. Its number is not recorded."""

    method: Literal["in-person", "by-video"]
    document_type: DocumentType
    country: Digest
    verified_on: date


class AttendanceRecorded(Fact, frozen=True, kw_only=True):
    """Whether the candidate was there on a day, or in one activity of it. The last statement on each counts."""

    day: date
    activity: str | None
    present: bool


class SecurityIncidentReported(Fact, frozen=True, kw_only=True):
    """Something threatened the security of the assessment. Whom it concerns is stated in their candidacy."""

    incident_id: str
    incident_code: IncidentCode
    day: date
    person_id: str


class CandidateImplicated(Fact, frozen=True, kw_only=True):
    """A reported incident concerns this candidate. The account of it is not public."""

    incident_id: str
    account: Digest


class CandidateExcluded(Fact, frozen=True, kw_only=True):
    """The candidate takes no further part, and is not certified. They may appeal until a day, included."""

    incident_id: str
    reason: Digest
    appeal_until: date
