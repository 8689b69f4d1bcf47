"""Lists of what is beside the assessment: applications, attendance, incidents, artificial intelligence."""

from collections.abc import Iterator
from datetime import UTC, date

from api.lists.listing import Asked, Code, Codes, Positions, Row, Texts
from api.lists.story import Story
from ledger.domain.events.ai_use import AiUseAcknowledged, AiUseDeclared
from ledger.domain.events.application import SignedPaperReceived
from ledger.domain.events.attendance import (
    AttendanceRecorded,
    CandidateExcluded,
    CandidateImplicated,
    IdentityVerified,
    SecurityIncidentReported,
)
from ledger.domain.states.application import Preparation
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.domain.steps import is_done, missing_steps, steps_of


class Applicant(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    administration_id: str
    application: Code
    complete_by: date | None
    done: Codes
    missing: Codes
    seat: bool | None
    reply_by: date | None
    answer: Code | None
    released: bool | None
    excluded: bool
    positions: Positions


class Attendance(Row, frozen=True, kw_only=True):
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    day: date
    activity: str | None
    present: bool
    verified_on: date | None
    positions: Positions


class Incident(Row, frozen=True, kw_only=True):
    session_id: str
    incident_id: str
    incident_code: Code
    day: date
    reported_by: str
    concerned: Texts
    excluded_candidates: Texts
    appeal_until: date | None
    positions: Positions


class AiUse(Row, frozen=True, kw_only=True):
    session_id: str
    use_id: str
    purpose: Code
    touches: Codes
    model: str
    model_version: str
    validator: str
    declared: date
    acknowledged: int
    waiting: Texts
    positions: Positions


def applications(story: Story, asked: Asked) -> Iterator[Applicant]:
    """Every candidate, by workshop, with the steps that are done and missing."""
    for session, members in _workshops(story):
        plan = session.planned
        version = story.schemes[plan.scheme_id].drafts[plan.scheme_version]
        for one in members:
            prepared, nomination = one.preparation, one.nominated
            yield Applicant(
                session_id=plan.session_id,
                candidacy_id=one.candidacy_id,
                person_id=nomination.person_id,
                name=story.name(nomination.person_id),
                administration_id=nomination.administration_id,
                application=application_state(prepared),
                complete_by=None if prepared.returned is None else prepared.returned.complete_by,
                done=tuple(step for step in steps_of(session, version) if is_done(step, one, session)),
                missing=() if one.ended else missing_steps(one, session, version),
                seat=prepared.shortlisted,
                reply_by=None if prepared.invited is None else prepared.invited.reply_by,
                answer=None if prepared.answer is None else "accepted" if prepared.answer.accepted else "declined",
                released=None if prepared.answer is None else prepared.answer.released,
                excluded=prepared.excluded is not None,
                positions=story.positions(one.candidacy_id),
            )


def attendance(story: Story, asked: Asked) -> Iterator[Attendance]:
    """Who was there, on each day and in each activity that was recorded; the last statement on each counts."""
    for session, members in _workshops(story):
        for one in members:
            verified = one.preparation.identity
            for (day, activity), present in sorted(one.preparation.attended.items(), key=lambda kept: str(kept[0])):
                yield Attendance(
                    session_id=session.planned.session_id,
                    candidacy_id=one.candidacy_id,
                    person_id=one.nominated.person_id,
                    name=story.name(one.nominated.person_id),
                    day=day,
                    activity=activity,
                    present=present,
                    verified_on=None if verified is None else verified.verified_on,
                    positions=story.positions(one.candidacy_id, AttendanceRecorded, IdentityVerified),
                )


def incidents(story: Story, asked: Asked) -> Iterator[Incident]:
    """Each reported incident, whom it concerns, and who was excluded for it."""
    for session, members in _workshops(story):
        for incident_id, incident in session.incidents.items():
            concerned = [one for one in members if incident_id in one.preparation.incidents]
            excluded = [(one, out) for one in concerned if (out := one.preparation.excluded) is not None]
            excluded = [(one, out) for one, out in excluded if out.incident_id == incident_id]
            positions = [story.positions(session.planned.session_id, SecurityIncidentReported)]
            positions += [story.positions(c.candidacy_id, CandidateImplicated, CandidateExcluded) for c in concerned]
            yield Incident(
                session_id=session.planned.session_id,
                incident_id=incident_id,
                incident_code=incident.incident_code,
                day=incident.day,
                reported_by=story.called(incident.person_id),
                concerned=_called(story, concerned),
                excluded_candidates=_called(story, [one for one, _ in excluded]),
                appeal_until=max((out.appeal_until for _, out in excluded), default=None),
                positions=tuple(sorted(position for each in positions for position in each)),
            )


def ai_uses(story: Story, asked: Asked) -> Iterator[AiUse]:
    """Each declared use of artificial intelligence, with how many candidates know of it, and who does not yet."""
    declared = {
        facts.use_id: (placed.event.time.astimezone(UTC).date(), placed.position)
        for placed in story.events((AiUseDeclared,))
        if isinstance(facts := placed.event.facts, AiUseDeclared)
    }
    for session, members in _workshops(story):
        for use_id, use in session.ai_uses.items():
            know = [one for one in members if use_id in (one.preparation.ai_uses or ())]
            told = [story.positions(one.candidacy_id, AiUseAcknowledged, SignedPaperReceived) for one in know]
            day, position = declared[use_id]
            yield AiUse(
                session_id=session.planned.session_id,
                use_id=use_id,
                purpose=use.purpose,
                touches=use.touches,
                model=use.model,
                model_version=use.model_version,
                validator=story.called(use.person_id),
                declared=day,
                acknowledged=len(know),
                waiting=_called(story, [one for one in members if one not in know and not one.ended]),
                positions=(position, *sorted(position for each in told for position in each)),
            )


def application_state(prepared: Preparation) -> str:
    """Return how far an application has come, as a code."""
    if prepared.complete:
        return "complete"
    if prepared.application is None:
        return "not-submitted"
    return "submitted" if prepared.returned is None else "returned"


def _workshops(story: Story) -> Iterator[tuple[Session, list[Candidacy]]]:
    """Yield the workshops, the first first, each with its candidates."""
    story.learn_names(candidacy.nominated.person_id for candidacy in story.candidacies.values())
    for session_id, session in sorted(story.sessions.items(), key=lambda row: (row[1].planned.start, row[0])):
        yield session, [story.candidacies[each] for each in story.in_session.get(session_id, ())]


def _called(story: Story, candidacies: list[Candidacy]) -> tuple[str, ...]:
    return tuple(story.called(one.nominated.person_id) for one in candidacies)
