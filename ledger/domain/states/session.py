"""What is remembered of one workshop: the plan, the staff and the ranking."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import session as facts
from ledger.domain.events.ai_use import AiUseDeclared
from ledger.domain.events.attendance import SecurityIncidentReported
from ledger.domain.record import Event

SessionFact = (
    facts.SessionPlanned
    | facts.FacilitatorAssigned
    | facts.AssessorAssigned
    | facts.CallForNominationsIssued
    | facts.CallForNominationsClosed
    | SecurityIncidentReported
    | AiUseDeclared
    | facts.SessionClosed
    | facts.RankingComputed
)


class Session(msgspec.Struct, frozen=True):
    """``selected`` holds candidacies of the ``ranking``; both are None until the workshop is ranked.

    ``call`` is the last call for nominations, and ``call_closed`` whether it was closed. ``incidents`` and ``ai_uses``
    are by id, in the order in which they were recorded; ``ai_declared_on`` is the day of each use's declaration.
    """

    version: int = 0
    plan: facts.SessionPlanned | None = None
    facilitators: frozenset[str] = frozenset()
    assessors: frozenset[str] = frozenset()
    call: facts.CallForNominationsIssued | None = None
    call_closed: bool = False
    incidents: dict[str, SecurityIncidentReported] = {}
    ai_uses: dict[str, AiUseDeclared] = {}
    ai_declared_on: dict[str, date] = {}
    closed: bool = False
    selected: tuple[str, ...] | None = None
    ranking: facts.RankingComputed | None = None

    @property
    def planned(self) -> facts.SessionPlanned:
        """The plan of a session that is known to exist."""
        assert self.plan is not None
        return self.plan


def evolve_session(state: Session, event: Event[SessionFact]) -> Session:
    """Remember the plan, the staff, and what the ranking selected."""
    fact, version = event.facts, event.version
    match fact:
        case facts.SessionPlanned():
            return msgspec.structs.replace(state, version=version, plan=fact)
        case facts.FacilitatorAssigned():
            staff = state.facilitators | {fact.person_id}
            return msgspec.structs.replace(state, version=version, facilitators=staff)
        case facts.AssessorAssigned():
            staff = state.assessors | {fact.person_id}
            return msgspec.structs.replace(state, version=version, assessors=staff)
        case facts.CallForNominationsIssued():
            return msgspec.structs.replace(state, version=version, call=fact, call_closed=False)
        case facts.CallForNominationsClosed():
            return msgspec.structs.replace(state, version=version, call_closed=True)
        case SecurityIncidentReported():
            incidents = state.incidents | {fact.incident_id: fact}
            return msgspec.structs.replace(state, version=version, incidents=incidents)
        case AiUseDeclared():
            uses = state.ai_uses | {fact.use_id: fact}
            days = state.ai_declared_on | {fact.use_id: event.time.date()}
            return msgspec.structs.replace(state, version=version, ai_uses=uses, ai_declared_on=days)
        case facts.SessionClosed():
            return msgspec.structs.replace(state, version=version, closed=True)
        case facts.RankingComputed():
            return msgspec.structs.replace(state, version=version, selected=fact.selected, ranking=fact)
        case _:
            assert_never(fact)
