"""Complaints (ISO/IEC 17024, 9.9) and corrective actions (10.2).

A complaint is looked into by somebody whom it does not concern, and resolved by somebody who had no part in it: neither
the complainant nor who answers for its subject nor who looked into it.
"""

from datetime import date, timedelta

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import complaint as facts
from ledger.domain.events.common import Digest
from ledger.domain.events.scheme import USUAL_CLOCKS
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.complaint import Complaint, evolve_complaint
from ledger.words import Words


class ComplaintCommand(Command, frozen=True, kw_only=True):
    kind = "complaint"
    complaint_id: str


class LodgeComplaint(ComplaintCommand, frozen=True, kw_only=True):
    person_id: str
    concerns: facts.Concerned
    answerable_id: str
    about: str
    received_on: date
    grounds: Digest


class AcknowledgeComplaint(ComplaintCommand, frozen=True, kw_only=True):
    acknowledged_on: date


class InvestigateComplaint(ComplaintCommand, frozen=True, kw_only=True):
    conclusions: Digest


class ResolveComplaint(ComplaintCommand, frozen=True, kw_only=True):
    outcome: facts.ComplaintOutcome
    reason: Digest
    notified_on: date


class OpenCorrectiveAction(ComplaintCommand, frozen=True, kw_only=True):
    action_id: str
    measures: Digest
    due_on: date


class CloseCorrectiveAction(ComplaintCommand, frozen=True, kw_only=True):
    action_id: str
    effectiveness: facts.Effectiveness
    evidence: Digest


def acknowledge_by(complaint: Complaint) -> date:
    """The last day on which a complaint is acknowledged in time."""
    return complaint.lodged.received_on + timedelta(days=USUAL_CLOCKS.acknowledgement_days)


def resolve_by(complaint: Complaint) -> date:
    """The last day on which a complaint is resolved in time."""
    return complaint.lodged.received_on + timedelta(days=USUAL_CLOCKS.decision_days)


def lodge_complaint(command: LodgeComplaint, act: Act, read: Reader) -> Fact:
    """A registrar whom it does not concern records a complaint. What it names must be in the record."""
    require.new(command, read)
    require.person(command.person_id, read)
    require.person(command.answerable_id, read)
    if read.is_among(command.person_id, [command.answerable_id]):
        raise Refused("complaint-about-oneself", person=command.person_id)
    _not_answerable(act, command.answerable_id, read)
    _require_subject(command, read)
    require.happened("received_on", command.received_on, date.min, act)
    return command.stated_as(facts.ComplaintLodged)


def acknowledge_complaint(command: AcknowledgeComplaint, act: Act, read: Reader) -> Fact:
    """A registrar records that the complainant was told that the complaint was received."""
    complaint = _unresolved(command.complaint_id, act, read)
    if complaint.acknowledged_on is not None:
        raise Refused("acknowledged-already")
    require.happened("acknowledged_on", command.acknowledged_on, complaint.lodged.received_on, act)
    return command.stated_as(facts.ComplaintAcknowledged)


def investigate_complaint(command: InvestigateComplaint, act: Act, read: Reader) -> Fact:
    """A programme manager whom it does not concern states what they found out, also more than once."""
    _unresolved(command.complaint_id, act, read)
    return command.stated_as(facts.ComplaintInvestigated)


def resolve_complaint(command: ResolveComplaint, act: Act, read: Reader) -> Fact:
    """A director who did not investigate it, and whom it does not concern, resolves it."""
    complaint = _unresolved(command.complaint_id, act, read)
    reviewer = act.by[0].person
    if not complaint.investigators:
        raise Refused("not-investigated")
    if read.is_among(reviewer, complaint.investigators):
        raise Refused("reviewer-investigated", person=reviewer)
    require.happened("notified_on", command.notified_on, complaint.lodged.received_on, act)
    return command.stated_as(facts.ComplaintResolved)


def open_corrective_action(command: OpenCorrectiveAction, act: Act, read: Reader) -> Fact:
    """A programme manager states what will be done about the cause, once it was looked into."""
    complaint = _complaint(command.complaint_id, act, read)
    if not complaint.investigators:
        raise Refused("not-investigated")
    if command.action_id in complaint.actions:
        raise Refused("already-exists", kind="corrective action", id=command.action_id)
    if command.due_on < act.day:
        expected = Words(f"not before {act.day}", f"pas avant le {act.day}")
        raise Refused("malformed", field="due_on", expected=expected)
    return command.stated_as(facts.CorrectiveActionOpened)


def close_corrective_action(command: CloseCorrectiveAction, act: Act, read: Reader) -> Fact:
    """A programme manager states, with the evidence, whether an action had an effect."""
    complaint = _complaint(command.complaint_id, act, read)
    if command.action_id not in complaint.actions:
        raise Refused("unknown", kind="corrective action", id=command.action_id)
    if command.action_id in complaint.results:
        raise Refused("action-closed", action=command.action_id)
    return command.stated_as(facts.CorrectiveActionClosed)


def _require_subject(command: LodgeComplaint, read: Reader) -> None:
    """Require what is complained about to exist: of a person their id, of a workshop its own."""
    match command.concerns:
        case "officer":
            if not read.officer(command.answerable_id).version:
                raise Refused("unknown", kind="officer", id=command.answerable_id)
        case "advisor":
            if not any(
                read.certification(one.candidacy_id).grant for one in read.candidacies_of(command.answerable_id)
            ):
                raise Refused("unknown", kind="advisor", id=command.answerable_id)
        case "workshop":
            require.session(command.about, read)
        case _:
            pass  # the id of a document may be that of a file, or of a procedure that is not in the record


def _complaint(complaint_id: str, act: Act, read: Reader) -> Complaint:
    """A complaint that does not concern those who sign."""
    complaint: Complaint = require.known(Stream("complaint", complaint_id), read)
    _not_answerable(act, complaint.lodged.answerable_id, read)
    return complaint


def _unresolved(complaint_id: str, act: Act, read: Reader) -> Complaint:
    complaint = _complaint(complaint_id, act, read)
    if complaint.resolution is not None:
        raise Refused("complaint-resolved", complaint=complaint_id)
    return complaint


def _not_answerable(act: Act, answerable_id: str, read: Reader) -> None:
    if read.is_among(answerable_id, [signer.person for signer in act.by]):
        raise Refused("complaint-concerns", person=answerable_id)


def _complainant(complaint_id: str, read: Reader) -> str | None:
    lodging = read.complaint(complaint_id).lodging
    return None if lodging is None else lodging.person_id


# fmt: off
COMPLAINT = Subject(
    kind="complaint",
    id_field="complaint_id",
    initial=lambda *_: Complaint(),
    evolve=evolve_complaint,
    person=_complainant,
    commands=(
        command_type("lodge-complaint", LodgeComplaint, lodge_complaint,
            EventType("complaint-lodged/v1", facts.ComplaintLodged, (Role.REGISTRAR,), "confidential",
                      Words("Complaint lodged", "Plainte déposée")),
            names=lambda said: said.person_id),
        command_type("acknowledge-complaint", AcknowledgeComplaint, acknowledge_complaint,
            EventType("complaint-acknowledged/v1", facts.ComplaintAcknowledged, (Role.REGISTRAR,), "confidential",
                      Words("Complaint acknowledged", "Accusé de réception de la plainte"))),
        command_type("investigate-complaint", InvestigateComplaint, investigate_complaint,
            EventType("complaint-investigated/v1", facts.ComplaintInvestigated, (Role.PROGRAMME_MANAGER,),
                      "confidential", Words("Complaint investigated", "Plainte instruite"))),
        command_type("resolve-complaint", ResolveComplaint, resolve_complaint,
            EventType("complaint-resolved/v1", facts.ComplaintResolved, (Role.DIRECTOR,), "confidential",
                      Words("Complaint resolved", "Plainte résolue"))),
        command_type("open-corrective-action", OpenCorrectiveAction, open_corrective_action,
            EventType("corrective-action-opened/v1", facts.CorrectiveActionOpened, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Corrective action opened", "Action corrective ouverte"))),
        command_type("close-corrective-action", CloseCorrectiveAction, close_corrective_action,
            EventType("corrective-action-closed/v1", facts.CorrectiveActionClosed, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Corrective action closed", "Action corrective close"))),
    ),
)
# fmt: on
