"""What is remembered of one mission: the request, the team, and what came of it."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import mission as facts
from ledger.domain.record import Event

MissionFact = (
    facts.MissionRequested
    | facts.MissionApproved
    | facts.ReleaseRequested
    | facts.ReleaseDecided
    | facts.AdvisorAssigned
    | facts.MissionStarted
    | facts.MissionCompleted
    | facts.MissionCancelled
    | facts.MissionReportFiled
    | facts.BeneficiaryFeedbackRecorded
    | facts.FieldAssessmentSubmitted
    | facts.MissionResultsRecorded
)


class FieldAssessment(msgspec.Struct, frozen=True):
    """What the lead, who signed as ``assessor``, recommended for a participant, and the day on which they said so."""

    person_id: str
    candidacy_id: str
    recommendation: facts.Recommendation
    day: date
    assessor: str


class Mission(msgspec.Struct, frozen=True):
    """``releases`` holds the answer by advisor, None while it is awaited; ``team`` the role by advisor.

    ``recommendations`` is the number in the report, None before it is filed; ``results`` are None before they are
    recorded.
    """

    mission_id: str
    version: int = 0
    request: facts.MissionRequested | None = None
    approval: facts.MissionApproved | None = None
    releases: dict[str, bool | None] = {}
    team: dict[str, facts.MissionRole] = {}
    started_on: date | None = None
    ended_on: date | None = None
    cancelled: bool = False
    recommendations: int | None = None
    has_feedback: bool = False
    assessments: tuple[FieldAssessment, ...] = ()
    results: tuple[facts.DomainResult, ...] | None = None

    @property
    def requested(self) -> facts.MissionRequested:
        """The request of a mission that is known to exist."""
        assert self.request is not None
        return self.request

    @property
    def lead(self) -> str | None:
        """Who leads the mission; None while nobody is assigned to."""
        return next((person for person, role in self.team.items() if role == "lead"), None)

    @property
    def is_open(self) -> bool:
        """Requested, and neither completed nor cancelled."""
        return self.request is not None and self.ended_on is None and not self.cancelled

    @property
    def first_day(self) -> date:
        """The day on which it began; the day asked for while it has not."""
        return self.started_on or self.requested.start

    @property
    def last_day(self) -> date:
        """The day on which it ended; the day asked for while it has not."""
        return self.ended_on or self.requested.end


def evolve_mission(state: Mission, event: Event[MissionFact]) -> Mission:
    """Remember the request, the answers, the team, the days and the results."""
    fact, version = event.facts, event.version
    match fact:
        case facts.MissionRequested():
            return msgspec.structs.replace(state, version=version, request=fact)
        case facts.MissionApproved():
            return msgspec.structs.replace(state, version=version, approval=fact)
        case facts.ReleaseRequested():
            releases: dict[str, bool | None] = state.releases | {fact.person_id: None}
            return msgspec.structs.replace(state, version=version, releases=releases)
        case facts.ReleaseDecided():
            return msgspec.structs.replace(
                state, version=version, releases=state.releases | {fact.person_id: fact.granted}
            )
        case facts.AdvisorAssigned():
            new_lead = fact.mission_role == "lead"
            others = {person: role for person, role in state.team.items() if not (new_lead and role == "lead")}
            return msgspec.structs.replace(state, version=version, team=others | {fact.person_id: fact.mission_role})
        case facts.MissionStarted():
            return msgspec.structs.replace(state, version=version, started_on=fact.started_on)
        case facts.MissionCompleted():
            return msgspec.structs.replace(state, version=version, ended_on=fact.ended_on)
        case facts.MissionCancelled():
            return msgspec.structs.replace(state, version=version, cancelled=True)
        case facts.MissionReportFiled():
            return msgspec.structs.replace(state, version=version, recommendations=fact.recommendations)
        case facts.BeneficiaryFeedbackRecorded():
            return msgspec.structs.replace(state, version=version, has_feedback=True)
        case facts.FieldAssessmentSubmitted():
            assessment = FieldAssessment(
                person_id=fact.participant_id,
                candidacy_id=fact.candidacy_id,
                recommendation=fact.recommendation,
                day=event.time.date(),
                assessor=event.by[0].person,
            )
            return msgspec.structs.replace(state, version=version, assessments=(*state.assessments, assessment))
        case facts.MissionResultsRecorded():
            return msgspec.structs.replace(state, version=version, results=fact.results)
        case _:
            assert_never(fact)
