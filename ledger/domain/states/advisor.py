"""What is remembered of an advisor in service."""

from datetime import date
from typing import assert_never

import msgspec

from ledger.domain.events import advisor as facts
from ledger.domain.record import Event

AdvisorFact = (
    facts.AdvisorRegistered
    | facts.LanguageProficiencyRecorded
    | facts.AdviceDomainsRecorded
    | facts.AvailabilityDeclared
    | facts.CollaborationPledged
    | facts.AdvisorDeactivated
    | facts.AdvisorReactivated
)


class Advisor(msgspec.Struct, frozen=True):
    """``languages`` holds the level by language, ``pledged_on`` the day of each pledge by its text.

    ``periods`` are the declared availabilities in the order of recording.
    """

    person_id: str
    version: int = 0
    certification_id: str = ""
    languages: dict[str, facts.Cefr] = {}
    topics: tuple[facts.AdviceDomain, ...] = ()
    periods: tuple[facts.AvailabilityDeclared, ...] = ()
    pledged_on: dict[facts.Pledge, date] = {}
    active: bool = False

    def is_available(self, start: date, end: date, mode: facts.MissionMode) -> bool | None:
        """Whether one declared period covers these days in that mode; None when none that reaches them was declared."""
        touching = [one for one in self.periods if one.start <= end and one.end >= start]
        if not touching:
            return None
        return any(one.start <= start and one.end >= end and mode in one.modes for one in touching)


def evolve_advisor(state: Advisor, event: Event[AdvisorFact]) -> Advisor:
    """Remember the languages, domains and periods, the pledge, and whether they are active."""
    fact, version = event.facts, event.version
    match fact:
        case facts.AdvisorRegistered():
            certification_id = fact.certification_id
            return msgspec.structs.replace(state, version=version, certification_id=certification_id, active=True)
        case facts.LanguageProficiencyRecorded():
            languages = state.languages | {fact.language: fact.cefr}
            return msgspec.structs.replace(state, version=version, languages=languages)
        case facts.AdviceDomainsRecorded():
            return msgspec.structs.replace(state, version=version, topics=fact.topics)
        case facts.AvailabilityDeclared():
            return msgspec.structs.replace(state, version=version, periods=(*state.periods, fact))
        case facts.CollaborationPledged():
            pledged_on = state.pledged_on | {fact.text: event.time.date()}
            return msgspec.structs.replace(state, version=version, pledged_on=pledged_on)
        case facts.AdvisorDeactivated():
            return msgspec.structs.replace(state, version=version, active=False)
        case facts.AdvisorReactivated():
            return msgspec.structs.replace(state, version=version, active=True)
        case _:
            assert_never(fact)
