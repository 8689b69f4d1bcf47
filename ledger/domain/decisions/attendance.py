"""The days of a workshop: identities, attendance, accommodations, and incidents (ISO/IEC 17024, 7.4 and 9.2).

Attendance changes no score. An incident is reported on the workshop, and stated in the candidacy of whom it concerns;
a candidate is excluded for nothing else, and may appeal.
"""

from datetime import date, timedelta
from typing import ClassVar, Literal

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand, SessionCommand
from ledger.domain.decisions.application import by_officer
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import attendance as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.words import Words


class RequestAccommodation(CandidacyCommand, frozen=True, kw_only=True):
    need: Digest


class DecideAccommodation(CandidacyCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"decision_code": "accommodation_decision"}
    decision_code: Digest
    measures: Digest | None = None


class VerifyIdentity(CandidacyCommand, frozen=True, kw_only=True):
    sealed_names: ClassVar = {"country": ("issuing_country",)}
    method: Literal["in-person", "by-video"]
    document_type: facts.DocumentType
    country: Digest
    verified_on: date


class RecordAttendance(CandidacyCommand, frozen=True, kw_only=True):
    day: date
    activity: str | None = None
    present: bool


class ReportIncident(SessionCommand, frozen=True, kw_only=True):
    incident_id: str
    incident_code: facts.IncidentCode
    day: date
    person_id: str


class ImplicateCandidate(CandidacyCommand, frozen=True, kw_only=True):
    incident_id: str
    account: Digest


class ExcludeCandidate(CandidacyCommand, frozen=True, kw_only=True):
    incident_id: str
    reason: Digest


def request_accommodation(command: RequestAccommodation, act: Act, read: Reader) -> Fact:
    """A registrar records what a candidate needs, before they are scored."""
    candidacy = by_officer(command, act, read)
    if candidacy.preparation.accommodation == "requested":
        raise Refused("accommodation-undecided")
    if candidacy.sheets:
        raise Refused("assessment-begun")
    return command.stated_as(facts.AccommodationRequested)


def decide_accommodation(command: DecideAccommodation, act: Act, read: Reader) -> Fact:
    """A programme manager decides on a request; the candidate is not scored before."""
    if by_officer(command, act, read).preparation.accommodation != "requested":
        raise Refused("accommodation-not-requested")
    return command.stated_as(facts.AccommodationDecided)


def verify_identity(command: VerifyIdentity, act: Act, read: Reader) -> Fact:
    """A registrar compared a document with the candidate. Whoever is somebody else is reported as an incident."""
    by_officer(command, act, read)
    if command.verified_on > act.day:
        raise Refused("in-the-future", field="verified_on")
    return command.stated_as(facts.IdentityVerified)


def record_attendance(command: RecordAttendance, act: Act, read: Reader) -> Fact:
    """A facilitator of the workshop states who was there; the identity of whoever is present is verified first."""
    candidacy = by_officer(command, act, read)
    require.attending(command.candidacy_id, read)
    session, facilitator = read.session(candidacy.nominated.session_id), act.by[0].person
    version = read.scheme_version(session)
    if not read.is_among(facilitator, session.facilitators):
        raise Refused("facilitator-not-assigned", person=facilitator, session=session.planned.session_id)
    if command.day > act.day:
        raise Refused("in-the-future", field="day")
    if not session.planned.start <= command.day <= session.planned.end:
        raise Refused("not-on-this-day", start=session.planned.start, end=session.planned.end)
    if command.activity is not None and command.activity not in {activity.id for activity in version.activities}:
        raise Refused("activity-unknown", activity=command.activity)
    if command.present and "identity" in version.steps and candidacy.preparation.identity is None:
        raise Refused("identity-not-verified")
    return command.stated_as(facts.AttendanceRecorded)


def report_incident(command: ReportIncident, act: Act, read: Reader) -> Fact:
    """An officer reports in their own name what threatened the security of the assessment."""
    session = require.session(command.session_id, read)
    require.in_own_name(act, command.person_id, read)
    require.no_candidate(command.person_id, command.session_id, read)
    require.officer(command.person_id, act, read)
    if command.incident_id in session.incidents:
        raise Refused("already-exists", kind="incident", id=command.incident_id)
    if command.day > act.day:
        raise Refused("in-the-future", field="day")
    return command.stated_as(facts.SecurityIncidentReported)


def implicate_candidate(command: ImplicateCandidate, act: Act, read: Reader) -> Fact:
    """A programme manager states that an incident that was reported concerns a candidate."""
    candidacy = by_officer(command, act, read)
    session_id = candidacy.nominated.session_id
    if command.incident_id not in read.session(session_id).incidents:
        raise Refused("unknown", kind="incident", id=command.incident_id)
    if command.incident_id in candidacy.preparation.incidents:
        raise Refused("already-implicated", incident=command.incident_id)
    return command.stated_as(facts.CandidateImplicated)


def exclude_candidate(command: ExcludeCandidate, act: Act, read: Reader) -> Fact:
    """The director excludes a candidate for an incident that concerns them; they may appeal."""
    candidacy = by_officer(command, act, read)
    require.not_barred(act.by[0].person, candidacy, read)
    if command.incident_id not in candidacy.preparation.incidents:
        raise Refused("not-implicated", incident=command.incident_id)
    version = read.scheme_version(read.session(candidacy.nominated.session_id))
    appeal_until = act.day + timedelta(days=version.clocks.appeal_days)
    return command.stated_as(facts.CandidateExcluded, appeal_until=appeal_until)


# fmt: off
SESSION_COMMANDS = (
    command_type("report-incident", ReportIncident, report_incident,
        EventType("security-incident-reported/v1", facts.SecurityIncidentReported, (Role.KEY_HOLDER,), "confidential",
                  Words("Security incident reported", "Incident de sécurité signalé")),
        names=lambda said: said.person_id,
        own_case="Whoever reports an incident signs in their own name.",
        by_officers=True),
)
CANDIDACY_COMMANDS = (
    command_type("request-accommodation", RequestAccommodation, request_accommodation,
        EventType("accommodation-requested/v1", facts.AccommodationRequested, (Role.REGISTRAR,), "confidential",
                  Words("Accommodation requested", "Aménagement demandé"))),
    command_type("decide-accommodation", DecideAccommodation, decide_accommodation,
        EventType("accommodation-decided/v1", facts.AccommodationDecided, (Role.PROGRAMME_MANAGER,), "confidential",
                  Words("Accommodation decided", "Décision sur un aménagement"))),
    command_type("verify-identity", VerifyIdentity, verify_identity,
        EventType("identity-verified/v1", facts.IdentityVerified, (Role.REGISTRAR,), "confidential",
                  Words("Identity verified", "Identité vérifiée"))),
    command_type("record-attendance", RecordAttendance, record_attendance,
        EventType("attendance-recorded/v1", facts.AttendanceRecorded, (Role.FACILITATOR,), "confidential",
                  Words("Attendance recorded", "Présence consignée"))),
    command_type("implicate-candidate", ImplicateCandidate, implicate_candidate,
        EventType("candidate-implicated/v1", facts.CandidateImplicated, (Role.PROGRAMME_MANAGER,), "confidential",
                  Words("Incident stated to concern a candidate", "Personne candidate mise en cause"))),
    command_type("exclude-candidate", ExcludeCandidate, exclude_candidate,
        EventType("candidate-excluded/v1", facts.CandidateExcluded, (Role.DIRECTOR,), "confidential",
                  Words("Candidate excluded", "Personne candidate exclue"))),
)
# fmt: on
