"""Facts about one mission: an administration asks for advice, an advisor goes, and it is recorded what came of it."""

from datetime import date
from typing import Literal

import msgspec

from ledger.domain.events.advisor import AdviceDomain, MissionMode
from ledger.domain.events.common import Digest
from ledger.domain.record import Fact

MissionRole = Literal["lead", "co-facilitator", "observer"]
Recommendation = Literal["certify", "recognise", "not-yet"]
CancellationReason = Literal["request-withdrawn", "no-advisor", "no-funding", "security", "other"]


class MissionRequested(Fact, frozen=True, kw_only=True):
    """``administration_id`` asks for advice and receives the mission. The days are both included."""

    mission_id: str
    administration_id: str
    topic: AdviceDomain
    start: date
    end: date
    language: str
    mode: MissionMode


class MissionApproved(Fact, frozen=True, kw_only=True):
    """``terms_hash`` is the SHA-256 of the document with the terms of reference, in hexadecimal digits."""

    terms_hash: str
    funder: str
    budget_line: str | None


class ReleaseRequested(Fact, frozen=True, kw_only=True):
    """The advisor's home administration is asked to release them for this mission."""

    person_id: str


class ReleaseDecided(Fact, frozen=True, kw_only=True):
    """What the home administration answered; the registrar keeps the evidence."""

    person_id: str
    granted: bool
    evidence: Digest | None


class AdvisorAssigned(Fact, frozen=True, kw_only=True):
    """A new lead takes the place of the one before. ``reason`` says why it was not the first who was proposed."""

    person_id: str
    mission_role: MissionRole
    reason: Digest | None


class MissionStarted(Fact, frozen=True, kw_only=True):
    """The lead states the first day of work."""

    started_on: date


class MissionCompleted(Fact, frozen=True, kw_only=True):
    """The last day of work, and how the mission took place."""

    ended_on: date
    mode: MissionMode


class MissionCancelled(Fact, frozen=True, kw_only=True):
    """The mission does not take place, or ends without a result."""

    reason_code: CancellationReason


class MissionReportFiled(Fact, frozen=True, kw_only=True):
    """The lead's report, and how many recommendations it makes."""

    report: Digest
    recommendations: int


class BeneficiaryFeedbackRecorded(Fact, frozen=True, kw_only=True):
    """``ratings`` are from 1 to 5 in each domain that the contact point rated; a domain without one was not rated."""

    contact_id: str
    ratings: tuple[Digest, ...]


class FieldAssessmentSubmitted(Fact, frozen=True, kw_only=True):
    """The lead assessed a participant on the mission. ``commitment`` holds the level in each competency."""

    participant_id: str
    candidacy_id: str
    commitment: Digest
    recommendation: Recommendation


class DomainResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many recommendations the mission made in a domain, and how many of them the administration has adopted."""

    topic: AdviceDomain
    recommended: int
    adopted: int


class MissionResultsRecorded(Fact, frozen=True, kw_only=True):
    """What the mission gave the administration; what is recorded later, after more was adopted, replaces it."""

    results: tuple[DomainResult, ...]
