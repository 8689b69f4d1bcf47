"""The field phase of a scheme: after a mission beside a certified lead expert, who evaluated it, two people decide.

They neither trained nor assessed the person, in the workshop or on the mission (ISO/IEC 17024, 9.4.4).
"""

from datetime import date

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CertificationCommand
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import certification as facts
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.months import last_day
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.serving import is_certified
from ledger.domain.standing import Standing
from ledger.domain.states.certification import Certification
from ledger.domain.states.mission import FieldAssessment, Mission
from ledger.words import Words


class DecideFieldPhase(CertificationCommand, frozen=True, kw_only=True):
    """``effective_from`` is the first day of the certification, or of the recognition that was recommended instead."""

    mission_id: str
    effective_from: date


def decide_field_phase(command: DecideFieldPhase, act: Act, read: Reader) -> Fact:
    """Two of the decision authority grant what the lead of a mission recommends: the certification, or recognition."""
    certification = read.certification(command.certification_id)
    held, candidacy = certification.pre_accreditation, read.candidacy(command.certification_id)
    if held is None:
        raise Refused("not-pre-accredited")
    require.present(held.person_id, read)
    require.not_ended(certification)
    if certification.grant is not None:
        raise Refused("certification-decided")
    require.independent(act, candidacy, read)
    require.not_held(command.certification_id, "certification-held", act.day, read)
    mission = read.mission(command.mission_id)
    assessed = _assessment(command, mission, act, read)
    first, last = mission.first_day, mission.last_day
    require_in_time(certification.standing, last)
    if not is_certified(assessed.assessor, first, last, read):
        raise Refused("not-certified-then", person=assessed.assessor, start=first, end=last)
    require.not_recused(assessed.assessor, candidacy, read)
    shared = read.employers(assessed.assessor, first, last) & read.employers(held.person_id, first, last)
    if shared:
        raise Refused("own-administration", person=assessed.assessor, administration=min(shared))
    if command.effective_from < last:
        raise Refused("effective-too-early", date=last)
    version = read.scheme(held.scheme_id).drafts[held.scheme_version]
    if assessed.recommendation == "recognise":
        return _recognition(command, certification, version)
    require.only(candidacy, command.effective_from, read)
    granted = {field: getattr(held, field) for field in held.__struct_fields__ if field != "field_deadline"}
    months = version.validity_months
    return facts.FieldPhasePassed(
        **granted | {"effective_from": command.effective_from},
        expires_on=None if months is None else last_day(command.effective_from, months),
        mission_id=command.mission_id,
    )


def _assessment(command: DecideFieldPhase, mission: Mission, act: Act, read: Reader) -> FieldAssessment:
    """What the lead said of this person, by which no decider led or assessed anybody on the mission."""
    assessed = next((one for one in mission.assessments if one.candidacy_id == command.certification_id), None)
    if assessed is None:
        raise Refused("field-assessment-missing", mission=command.mission_id)
    if assessed.recommendation == "not-yet":
        raise Refused("not-recommended", mission=command.mission_id)
    led = {one.assessor for one in mission.assessments} | {one for one, role in mission.team.items() if role == "lead"}
    for signer in act.by:
        if read.is_among(signer.person, led):
            raise Refused("decider-led", person=signer.person, mission=command.mission_id)
    return assessed


def require_in_time(standing: Standing, ended_on: date) -> None:
    """Refuse a mission that ended before the pre-accreditation began, or too late. Who is recognised has more time."""
    assert standing.pre_accredited is not None
    begun, deadline = standing.pre_accredited
    if ended_on < begun:
        raise Refused("before-field-phase", date=begun)
    if standing.recognised_from is None and ended_on > deadline:
        raise Refused("field-deadline", date=deadline)


def _recognition(
    command: DecideFieldPhase, certification: Certification, version: SchemeVersionDrafted
) -> facts.RecognitionGranted:
    if not version.recognises:
        raise Refused("no-recognition", version=version.version)
    if certification.standing.recognised_from is not None:
        raise Refused("recognised")
    return command.stated_as(facts.RecognitionGranted)


def _decided(event: Event[facts.FieldPhasePassed | facts.RecognitionGranted]) -> DecideFieldPhase:
    fact = event.facts
    return DecideFieldPhase(
        certification_id=event.subject.id, mission_id=fact.mission_id, effective_from=fact.effective_from
    )


# fmt: off
COMMANDS = (
    command_type("decide-field-phase", DecideFieldPhase, decide_field_phase,
        EventType("field-phase-passed/v1", facts.FieldPhasePassed, (Role.DECISION_AUTHORITY,) * 2, "public",
                  Words("Field phase passed, certification granted", "Phase terrain réussie, certification accordée")),
        EventType("recognition-granted/v1", facts.RecognitionGranted, (Role.DECISION_AUTHORITY,) * 2, "public",
                  Words("Recognition granted", "Reconnaissance accordée")),
        inverse=_decided),
)
# fmt: on
