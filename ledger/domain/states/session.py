"""What is remembered of one workshop: the plan, the staff and the ranking."""

from __future__ import annotations

from typing import assert_never

import msgspec

from ledger.domain.events.session import (
    AssessorAssigned,
    FacilitatorAssigned,
    RankingComputed,
    SessionClosed,
    SessionPlanned,
)
from ledger.domain.record import Event

SessionFact = SessionPlanned | FacilitatorAssigned | AssessorAssigned | SessionClosed | RankingComputed


class Session(msgspec.Struct, frozen=True):
    """What later decisions ask of a workshop; ``selected`` is None until it is ranked."""

    version: int
    plan: SessionPlanned | None
    facilitators: frozenset[str]
    assessors: frozenset[str]
    closed: bool
    selected: tuple[str, ...] | None

    @property
    def planned(self) -> SessionPlanned:
        """The plan of a session that is known to exist."""
        assert self.plan is not None
        return self.plan


NO_SESSION = Session(0, None, frozenset(), frozenset(), False, None)


def evolve_session(state: Session, event: Event[SessionFact]) -> Session:
    """Remember the plan, the staff, and what the ranking selected."""
    facts, version = event.facts, event.version
    match facts:
        case SessionPlanned():
            return msgspec.structs.replace(state, version=version, plan=facts)
        case FacilitatorAssigned():
            staff = state.facilitators | {facts.person_id}
            return msgspec.structs.replace(state, version=version, facilitators=staff)
        case AssessorAssigned():
            staff = state.assessors | {facts.person_id}
            return msgspec.structs.replace(state, version=version, assessors=staff)
        case SessionClosed():
            return msgspec.structs.replace(state, version=version, closed=True)
        case RankingComputed():
            return msgspec.structs.replace(state, version=version, selected=facts.selected)
        case _:
            assert_never(facts)
