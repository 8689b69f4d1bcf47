"""What is remembered of an officer's undertakings, conflicts of interest and qualifications."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import competence as facts
from ledger.domain.months import add_months
from ledger.domain.record import Event

CompetenceFact = (
    facts.ImpartialityUndertakingSigned
    | facts.ConflictOfInterestDeclared
    | facts.NoConflictDeclared
    | facts.ConflictOfInterestEnded
    | facts.AssessorQualified
    | facts.AssessorQualificationEnded
)
A_YEAR = 12  # in months


class Conflict(msgspec.Struct, frozen=True):
    """A tie that was declared, when, and when its end was."""

    declared: facts.ConflictOfInterestDeclared
    on: date
    ended_on: date | None = None


class Competence(msgspec.Struct, frozen=True):
    """``undertaken`` is the day of the last undertaking; ``qualified`` holds the qualification in force, by scheme.

    ``unconcerned`` are the workshops for which the officer stated that they have no tie.
    """

    version: int = 0
    undertaken: date | None = None
    conflicts: dict[str, Conflict] = {}
    unconcerned: frozenset[str] = frozenset()
    qualified: dict[str, facts.AssessorQualified] = {}

    @property
    def undertaken_until(self) -> date | None:
        """The last day on which the undertaking counts: the same day of the next year. None if none was signed."""
        return None if self.undertaken is None else add_months(self.undertaken, A_YEAR)

    @property
    def open_conflicts(self) -> tuple[facts.ConflictOfInterestDeclared, ...]:
        """The ties that were declared, and whose end was not."""
        return tuple(one.declared for one in self.conflicts.values() if one.ended_on is None)


def evolve_competence(state: Competence, event: Event[CompetenceFact]) -> Competence:
    """Remember the last undertaking, every tie, and which qualifications are in force."""
    fact, version, day = event.facts, event.version, event.time.date()
    match fact:
        case facts.ImpartialityUndertakingSigned():
            return msgspec.structs.replace(state, version=version, undertaken=day)
        case facts.ConflictOfInterestDeclared():
            conflicts = state.conflicts | {fact.conflict_id: Conflict(fact, day)}
            return msgspec.structs.replace(state, version=version, conflicts=conflicts)
        case facts.NoConflictDeclared():
            return msgspec.structs.replace(state, version=version, unconcerned=state.unconcerned | {fact.session_id})
        case facts.ConflictOfInterestEnded():
            ended = msgspec.structs.replace(state.conflicts[fact.conflict_id], ended_on=day)
            conflicts = state.conflicts | {fact.conflict_id: ended}
            return msgspec.structs.replace(state, version=version, conflicts=conflicts)
        case facts.AssessorQualified():
            return msgspec.structs.replace(state, version=version, qualified=state.qualified | {fact.scheme_id: fact})
        case facts.AssessorQualificationEnded():
            qualified = {scheme: one for scheme, one in state.qualified.items() if scheme != fact.scheme_id}
            return msgspec.structs.replace(state, version=version, qualified=qualified)
        case _:
            assert_never(fact)
