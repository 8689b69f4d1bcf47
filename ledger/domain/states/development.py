"""What is remembered of the continued competence of one person, under one of their ids."""

from datetime import date, datetime
from typing import assert_never

import msgspec

from ledger.domain.events import development as facts
from ledger.domain.record import Event
from ledger.domain.states.disputed import Decision, decisions_with

DevelopmentFact = (
    facts.CpdActivityLogged
    | facts.CpdActivityVerified
    | facts.RefresherAttended
    | facts.CapabilityChangeReported
    | facts.SurveillanceReviewed
    | facts.RecertificationRequested
    | facts.RecertificationRefused
    | facts.MisuseReported
)


class Verified(msgspec.Struct, frozen=True):
    """How many hours count, and the registrar who said so."""

    hours: int
    by: str


class Refresher(msgspec.Struct, frozen=True):
    """One refresher, and the registrar who recorded it; ``session_id`` None is an event outside the record."""

    session_id: str | None
    day: date
    by: str


class Review(msgspec.Struct, frozen=True):
    """A review of surveillance, when it was recorded, and by which registrar."""

    recorded: datetime
    by: str
    reviewed: facts.SurveillanceReviewed


class Development(msgspec.Struct, frozen=True):
    """``verified`` holds the last word on each activity, ``changes`` when each change of capability was recorded.

    ``requests`` holds, by certification, when its renewal was asked for last, and at the end of which period;
    ``refusals`` when such a request was refused last, and ``decisions`` every refusal, for appeals.
    """

    version: int = 0
    activities: dict[str, facts.CpdActivityLogged] = {}
    verified: dict[str, Verified] = {}
    refreshers: tuple[Refresher, ...] = ()
    changes: tuple[datetime, ...] = ()
    reviews: tuple[Review, ...] = ()
    requests: dict[str, tuple[datetime, date]] = {}
    refusals: dict[str, datetime] = {}
    misuses: dict[str, facts.MisuseReported] = {}
    decisions: dict[str, tuple[Decision, ...]] = {}


def evolve_development(state: Development, event: Event[DevelopmentFact]) -> Development:
    """Remember one more fact; whether and what it counts for is for the rules of renewal."""
    fact = event.facts
    state = msgspec.structs.replace(state, version=event.version)
    replace = msgspec.structs.replace
    match fact:
        case facts.CpdActivityLogged():
            return replace(state, activities=state.activities | {fact.activity_id: fact})
        case facts.CpdActivityVerified():
            verified = Verified(fact.accepted_hours, event.by[0].person)
            return replace(state, verified=state.verified | {fact.activity_id: verified})
        case facts.RefresherAttended():
            attended = Refresher(fact.session_id, fact.day, event.by[0].person)
            return replace(state, refreshers=(*state.refreshers, attended))
        case facts.CapabilityChangeReported():
            return replace(state, changes=(*state.changes, event.time))
        case facts.SurveillanceReviewed():
            return replace(state, reviews=(*state.reviews, Review(event.time, event.by[0].person, fact)))
        case facts.RecertificationRequested():
            asked = (event.time, fact.period_end)
            return replace(state, requests=state.requests | {fact.certification_id: asked})
        case facts.RecertificationRefused():
            decided = decisions_with(state.decisions.get(fact.certification_id, ()), event)
            return replace(
                state,
                refusals=state.refusals | {fact.certification_id: event.time},
                decisions=state.decisions | {fact.certification_id: decided},
            )
        case facts.MisuseReported():
            return replace(state, misuses=state.misuses | {fact.misuse_id: fact})
        case _:
            assert_never(fact)
