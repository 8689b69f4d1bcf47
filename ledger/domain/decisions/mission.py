"""Missions: an administration asks for advice, an advisor is released and assigned, and what came of it is recorded.

What administrations say is recorded by a registrar, what the programme decides is signed by its manager, and the lead
states in their own name what only they know.
"""

from datetime import date

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.advisor import NOT_BEFORE_START
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import mission as facts
from ledger.domain.events.advisor import AdviceDomain, MissionMode
from ledger.domain.events.common import Digest
from ledger.domain.matching import first_possible, proposals
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.serving import is_certified, objections, released, role_of, ties_to_beneficiary
from ledger.domain.states.mission import Mission, evolve_mission
from ledger.words import Words

NO_MORE_THAN_MADE = Words("no more than were made", "pas plus que les recommandations formulées")


class MissionCommand(Command, frozen=True, kw_only=True):
    kind = "mission"
    mission_id: str


class RequestMission(MissionCommand, frozen=True, kw_only=True):
    administration_id: str
    topic: AdviceDomain
    start: date
    end: date
    language: str
    mode: MissionMode


class ApproveMission(MissionCommand, frozen=True, kw_only=True):
    terms_hash: str
    funder: str
    budget_line: str | None = None


class RequestRelease(MissionCommand, frozen=True, kw_only=True):
    person_id: str


class DecideRelease(MissionCommand, frozen=True, kw_only=True):
    person_id: str
    granted: bool
    evidence: Digest | None = None


class AssignAdvisor(MissionCommand, frozen=True, kw_only=True):
    person_id: str
    mission_role: facts.MissionRole
    reason: Digest | None = None


class StartMission(MissionCommand, frozen=True, kw_only=True):
    started_on: date


class CompleteMission(MissionCommand, frozen=True, kw_only=True):
    ended_on: date
    mode: MissionMode


class CancelMission(MissionCommand, frozen=True, kw_only=True):
    reason_code: facts.CancellationReason


class FileMissionReport(MissionCommand, frozen=True, kw_only=True):
    report: Digest
    recommendations: int


class RecordBeneficiaryFeedback(MissionCommand, frozen=True, kw_only=True):
    contact_id: str
    ratings: tuple[Digest, ...]


class SubmitFieldAssessment(MissionCommand, frozen=True, kw_only=True):
    participant_id: str
    candidacy_id: str
    commitment: Digest
    recommendation: facts.Recommendation


class RecordMissionResults(MissionCommand, frozen=True, kw_only=True):
    results: tuple[facts.DomainResult, ...]


def request_mission(command: RequestMission, act: Act, read: Reader) -> Fact:
    """A registrar records what an administration asks for."""
    require.new(command, read)
    require.administration(command.administration_id, read)
    if command.end < command.start:
        raise Refused("malformed", field="end", expected=NOT_BEFORE_START)
    return command.stated_as(facts.MissionRequested)


def approve_mission(command: ApproveMission, act: Act, read: Reader) -> Fact:
    """A programme manager approves a mission with its terms of reference and its funding."""
    mission = _mission(command.mission_id, read)
    if mission.approval is not None:
        raise Refused("mission-approved")
    return command.stated_as(facts.MissionApproved)


def request_release(command: RequestRelease, act: Act, read: Reader) -> Fact:
    """A programme manager asks the home administration of an advisor to release them."""
    mission = _approved(command.mission_id, read)
    _require_advisor(command.person_id, read)
    if any(read.is_among(command.person_id, [one]) for one, answer in mission.releases.items() if answer is None):
        raise Refused("release-awaited", person=command.person_id)
    return command.stated_as(facts.ReleaseRequested)


def decide_release(command: DecideRelease, act: Act, read: Reader) -> Fact:
    """A registrar records what the home administration of an advisor answered; it can change its mind."""
    mission = _approved(command.mission_id, read)
    if command.person_id not in mission.releases:
        raise Refused("release-not-requested", person=command.person_id)
    require.present(command.person_id, read)
    if mission.releases[command.person_id] is command.granted:
        raise Refused("release-unchanged", person=command.person_id)
    return command.stated_as(facts.ReleaseDecided)


def assign_advisor(command: AssignAdvisor, act: Act, read: Reader) -> Fact:
    """A programme manager assigns an advisor who was released, with a reason if another was proposed first."""
    mission = _approved(command.mission_id, read)
    _require_advisor(command.person_id, read)
    if command.mission_role == "lead" and mission.started_on is not None:
        raise Refused("mission-started", date=mission.started_on)
    for objection in objections(command.person_id, mission, command.mission_role, read):
        raise objection
    if not released(command.person_id, mission, read):
        raise Refused("not-released", person=command.person_id)
    first = first_possible(proposals(mission, command.mission_role, read))
    assert first is not None  # to whom there is no objection is possible
    if command.reason is None and not read.is_among(command.person_id, [first.person_id]):
        raise Refused("not-first-proposed", person=first.person_id)
    return command.stated_as(facts.AdvisorAssigned)


def start_mission(command: StartMission, act: Act, read: Reader) -> Fact:
    """The lead states when the work began; what let them be assigned still holds, over all days."""
    lead = _lead(command, act, read)
    mission = _approved(command.mission_id, read)
    if mission.started_on is not None:
        raise Refused("mission-started", date=mission.started_on)
    if command.started_on > act.day:
        raise Refused("in-the-future", field="started_on")
    last_day = max(command.started_on, mission.requested.end)
    _require_certified(lead, command.started_on, last_day, read)
    for tie in ties_to_beneficiary(lead, mission, command.started_on, last_day, read):
        raise tie
    if released(lead, mission, read) is False:
        raise Refused("release-refused", person=lead)
    return command.stated_as(facts.MissionStarted)


def complete_mission(command: CompleteMission, act: Act, read: Reader) -> Fact:
    """A programme manager records the last day of work."""
    mission = _mission(command.mission_id, read)
    if mission.started_on is None:
        raise Refused("mission-not-started")
    if command.ended_on < mission.started_on:
        raise Refused("malformed", field="ended_on", expected=NOT_BEFORE_START)
    if command.ended_on > act.day:
        raise Refused("in-the-future", field="ended_on")
    return command.stated_as(facts.MissionCompleted)


def cancel_mission(command: CancelMission, act: Act, read: Reader) -> Fact:
    """A programme manager records that a mission does not take place."""
    _mission(command.mission_id, read)
    return command.stated_as(facts.MissionCancelled)


def file_mission_report(command: FileMissionReport, act: Act, read: Reader) -> Fact:
    """The lead files the report of a mission that is completed."""
    _lead(command, act, read)
    mission = _completed(command.mission_id, read)
    if mission.recommendations is not None:
        raise Refused("report-filed")
    return command.stated_as(facts.MissionReportFiled)


def record_beneficiary_feedback(command: RecordBeneficiaryFeedback, act: Act, read: Reader) -> Fact:
    """A registrar records how a contact point of the beneficiary rates the mission, once."""
    mission = _completed(command.mission_id, read)
    administration_id = mission.requested.administration_id
    if not read.is_among(command.contact_id, read.administration(administration_id).contacts):
        raise Refused("no-contact-point", person=command.contact_id, administration=administration_id)
    require.each_once("ratings", [rating.name for rating in command.ratings])
    if mission.has_feedback:
        raise Refused("feedback-recorded")
    return command.stated_as(facts.BeneficiaryFeedbackRecorded)


def submit_field_assessment(command: SubmitFieldAssessment, act: Act, read: Reader) -> Fact:
    """The lead, certified and of another administration, assesses a participant once (ISO/IEC 17024, 9.2 and 9.3)."""
    lead = _lead(command, act, read)
    mission = _completed(command.mission_id, read)
    person_id, start, end = command.participant_id, mission.first_day, mission.last_day
    if read.is_among(person_id, [lead]):
        raise Refused("own-case", person=person_id)
    if role_of(person_id, mission, read) is None:
        raise Refused("not-on-the-mission", person=person_id)
    candidacy = require.candidacy(command.candidacy_id, read)
    if not read.is_among(person_id, [candidacy.nominated.person_id]):
        raise Refused("not-their-certification", person=person_id)
    require.not_recused(lead, candidacy, read)
    _require_certified(lead, start, end, read)
    shared = read.employers(lead, start, end) & read.employers(person_id, start, end)
    if shared:
        raise Refused("own-administration", person=lead, administration=min(shared))
    if read.is_among(person_id, [assessed.person_id for assessed in mission.assessments]):
        raise Refused("field-assessed", person=person_id)
    return command.stated_as(facts.FieldAssessmentSubmitted)


def record_mission_results(command: RecordMissionResults, act: Act, read: Reader) -> Fact:
    """A programme manager records what a mission gave the administration, again when more was adopted."""
    _completed(command.mission_id, read)
    require.each_once("results", [result.topic for result in command.results])
    for place, result in enumerate(command.results):
        if result.adopted > result.recommended:
            raise Refused("malformed", field=f"results[{place}].adopted", expected=NO_MORE_THAN_MADE)
    return command.stated_as(facts.MissionResultsRecorded)


def _known(mission_id: str, read: Reader) -> Mission:
    mission = read.mission(mission_id)
    if mission.request is None:
        raise Refused("unknown", kind="mission", id=mission_id)
    return mission


def _mission(mission_id: str, read: Reader) -> Mission:
    """The mission, which must be neither completed nor cancelled."""
    mission = _known(mission_id, read)
    if not mission.is_open:
        raise Refused("mission-ended")
    return mission


def _approved(mission_id: str, read: Reader) -> Mission:
    """The open mission, which must be approved."""
    mission = _mission(mission_id, read)
    if mission.approval is None:
        raise Refused("mission-not-approved")
    return mission


def _completed(mission_id: str, read: Reader) -> Mission:
    """The mission, which must be completed."""
    mission = _known(mission_id, read)
    if mission.ended_on is None:
        raise Refused("mission-not-completed")
    return mission


def _lead(command: MissionCommand, act: Act, read: Reader) -> str:
    """The lead of the mission, who must be the one who signs: nobody else learns how it stands."""
    lead = _known(command.mission_id, read).lead
    if lead is None:
        raise Refused("no-lead")
    require.in_own_name(act, lead, read)
    require.present(lead, read)
    return lead


def _require_advisor(person_id: str, read: Reader) -> None:
    require.person(person_id, read)
    if not read.advisor(person_id).version:
        raise Refused("no-advisor", person=person_id)


def _require_certified(person_id: str, start: date, end: date, read: Reader) -> None:
    if not is_certified(person_id, start, end, read):
        raise Refused("not-certified-then", person=person_id, start=start, end=end)


# fmt: off
MISSION = Subject(
    kind="mission",
    id_field="mission_id",
    initial=lambda mission_id, _: Mission(mission_id),
    evolve=evolve_mission,
    person=lambda mission_id, read: read.mission(mission_id).lead,
    commands=(
        command_type("request-mission", RequestMission, request_mission,
            EventType("mission-requested/v1", facts.MissionRequested, (Role.REGISTRAR,), "restricted",
                      Words("Mission requested", "Mission demandée"))),
        command_type("approve-mission", ApproveMission, approve_mission,
            EventType("mission-approved/v1", facts.MissionApproved, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Mission approved", "Mission approuvée"))),
        command_type("request-release", RequestRelease, request_release,
            EventType("release-requested/v1", facts.ReleaseRequested, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Release requested", "Mise à disposition demandée")),
            names=lambda said: said.person_id),
        command_type("decide-release", DecideRelease, decide_release,
            EventType("release-decided/v1", facts.ReleaseDecided, (Role.REGISTRAR,), "restricted",
                      Words("Release decided", "Mise à disposition décidée")),
            names=lambda said: said.person_id),
        command_type("assign-advisor", AssignAdvisor, assign_advisor,
            EventType("advisor-assigned/v1", facts.AdvisorAssigned, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Advisor assigned", "Conseiller affecté")),
            names=lambda said: said.person_id),
        command_type("start-mission", StartMission, start_mission,
            EventType("mission-started/v1", facts.MissionStarted, (Role.KEY_HOLDER,), "restricted",
                      Words("Mission started", "Mission commencée"))),
        command_type("complete-mission", CompleteMission, complete_mission,
            EventType("mission-completed/v1", facts.MissionCompleted, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Mission completed", "Mission achevée"))),
        command_type("cancel-mission", CancelMission, cancel_mission,
            EventType("mission-cancelled/v1", facts.MissionCancelled, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Mission cancelled", "Mission annulée"))),
        command_type("file-mission-report", FileMissionReport, file_mission_report,
            EventType("mission-report-filed/v1", facts.MissionReportFiled, (Role.KEY_HOLDER,), "confidential",
                      Words("Mission report filed", "Rapport de mission déposé"))),
        command_type("record-beneficiary-feedback", RecordBeneficiaryFeedback, record_beneficiary_feedback,
            EventType("beneficiary-feedback-recorded/v1", facts.BeneficiaryFeedbackRecorded, (Role.REGISTRAR,),
                      "confidential", Words("Beneficiary feedback recorded", "Avis du bénéficiaire consigné"))),
        command_type("submit-field-assessment", SubmitFieldAssessment, submit_field_assessment,
            EventType("field-assessment-submitted/v1", facts.FieldAssessmentSubmitted, (Role.KEY_HOLDER,),
                      "confidential", Words("Field assessment submitted", "Évaluation sur le terrain soumise")),
            names=lambda said: said.participant_id),
        command_type("record-mission-results", RecordMissionResults, record_mission_results,
            EventType("mission-results-recorded/v1", facts.MissionResultsRecorded, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Mission results recorded", "Résultats de la mission consignés"))),
    ),
)
# fmt: on
