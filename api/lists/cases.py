"""Lists of appeals, complaints and corrective actions: how far each has come, and what is overdue."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from api.lists.listing import Asked, Code, Positions, Row, Texts
from api.lists.story import Story
from ledger.domain.decisions.complaint import acknowledge_by, resolve_by
from ledger.domain.events.appeal import SelectionRemitted
from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.certification import DecisionAnnulled, DecisionRemitted
from ledger.domain.events.scheme import Clocks
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.complaint import Complaint


class AppealRow(Row, frozen=True, kw_only=True):
    appeal_id: str
    session_id: str
    candidacy_id: str
    person_id: str
    name: str | None
    disputed: Code
    decided: date
    appeal_until: date
    lodged: date
    late: bool
    state: Code
    due: date | None
    days_left: int | None
    overdue: bool
    panel: Texts
    measure: Code | None
    measure_until: date | None
    outcome: Code | None
    remedy: Code | None
    carried_out: bool | None
    positions: Positions


class ComplaintRow(Row, frozen=True, kw_only=True):
    complaint_id: str
    concerns: Code
    about: str
    answerable: str | None
    received: date
    state: Code
    due: date | None
    days_left: int | None
    overdue: bool
    investigators: Texts
    outcome: Code | None
    open_actions: int
    positions: Positions


class ActionRow(Row, frozen=True, kw_only=True):
    action_id: str
    complaint_id: str
    concerns: Code
    about: str
    measures: str | None
    due: date
    days_left: int | None
    overdue: bool
    state: Code


class Clock(NamedTuple):
    """How far a case has come, and by when the next step is due; None where none is."""

    state: str
    due: date | None


def clock_of_appeal(appeal: Appeal, clocks: Clocks) -> Clock:
    """Return how far an appeal has come, and by when it is to be acknowledged or decided, whichever is next."""
    lodged = appeal.lodged.lodged_on
    if appeal.closed:
        return Clock("appeal-closed", None)
    if appeal.decision is not None:
        return Clock("appeal-decided", None)
    if appeal.admissible is False:
        return Clock("appeal-not-heard", None)
    decide_by = lodged + timedelta(days=clocks.decision_days)
    state = "appeal-before-panel" if appeal.members else "appeal-admitted" if appeal.admissible else "appeal-lodged"
    if appeal.acknowledged_on is None:
        return Clock(state, min(lodged + timedelta(days=clocks.acknowledgement_days), decide_by))
    return Clock("appeal-acknowledged" if state == "appeal-lodged" else state, decide_by)


def clock_of_complaint(complaint: Complaint) -> Clock:
    """Return how far a complaint has come, and by when it is to be acknowledged or resolved, whichever is next."""
    if complaint.resolution is not None:
        return Clock("complaint-resolved", None)
    state = "complaint-investigated" if complaint.investigators else "complaint-lodged"
    if complaint.acknowledged_on is None:
        return Clock(state, acknowledge_by(complaint))
    return Clock("complaint-acknowledged" if state == "complaint-lodged" else state, resolve_by(complaint))


def appeals(story: Story, asked: Asked) -> Iterator[AppealRow]:
    """Every appeal: first those of which a step is due, the earliest first, then the others by day."""
    found = {one: (each, clock_of_appeal(each, _clocks(story, each))) for one, each in story.appeals.items()}
    story.learn_names([person for each, _ in found.values() for person in (each.lodged.person_id, *each.members)])
    for appeal_id, (each, clock) in sorted(
        found.items(), key=lambda row: _order(row[1][1], row[1][0].lodged.lodged_on)
    ):
        lodged, measure = each.lodged, each.measure
        holds = measure is not None and each.holds(measure.measure, asked.on)
        yield AppealRow(
            appeal_id=appeal_id,
            session_id=story.candidacies[lodged.candidacy_id].nominated.session_id,
            candidacy_id=lodged.candidacy_id,
            person_id=lodged.person_id,
            name=story.name(lodged.person_id),
            disputed=lodged.disputed,
            decided=lodged.decided_on,
            appeal_until=lodged.appeal_until,
            lodged=lodged.lodged_on,
            late=each.is_late,
            state=clock.state,
            due=clock.due,
            days_left=_days_left(clock.due, asked.on),
            overdue=clock.due is not None and clock.due < asked.on,
            panel=tuple(story.called(member) for member in each.members),
            measure=measure.measure if measure is not None and holds else None,
            measure_until=measure.until if measure is not None and holds else None,
            outcome=None if each.decision is None else each.decision.outcome,
            remedy=None if each.decision is None else each.decision.remedy,
            carried_out=_is_carried_out(story, appeal_id, each),
            positions=story.positions(appeal_id),
        )


def complaints(story: Story, asked: Asked) -> Iterator[ComplaintRow]:
    """Every complaint, in the order of appeals. Who complained is on none of its rows."""
    found = {one: (each, clock_of_complaint(each)) for one, each in story.complaints.items()}
    for complaint_id, (each, clock) in sorted(
        found.items(), key=lambda row: _order(row[1][1], row[1][0].lodged.received_on)
    ):
        lodged = each.lodged
        yield ComplaintRow(
            complaint_id=complaint_id,
            concerns=lodged.concerns,
            about=lodged.about,
            answerable=story.name(lodged.answerable_id),
            received=lodged.received_on,
            state=clock.state,
            due=clock.due,
            days_left=_days_left(clock.due, asked.on),
            overdue=clock.due is not None and clock.due < asked.on,
            investigators=tuple(sorted(map(story.called, each.investigators))),
            outcome=None if each.resolution is None else each.resolution.outcome,
            open_actions=len(each.actions.keys() - each.results.keys()),
            positions=story.positions(complaint_id),
        )


def corrective_actions(story: Story, asked: Asked) -> Iterator[ActionRow]:
    """Every corrective action: first the open ones, by the day on which they are due."""
    rows = [
        ActionRow(
            action_id=action_id,
            complaint_id=complaint_id,
            concerns=each.lodged.concerns,
            about=each.lodged.about,
            measures=story.value(action.measures.digest),
            due=action.due_on,
            days_left=None if action_id in each.results else _days_left(action.due_on, asked.on),
            overdue=action_id not in each.results and action.due_on < asked.on,
            state=each.results[action_id].effectiveness if action_id in each.results else "action-open",
        )
        for complaint_id, each in story.complaints.items()
        for action_id, action in each.actions.items()
    ]
    yield from sorted(rows, key=lambda row: (row.state != "action-open", row.due, row.action_id))


def _clocks(story: Story, appeal: Appeal) -> Clocks:
    plan = story.sessions[story.candidacies[appeal.lodged.candidacy_id].nominated.session_id].planned
    return story.schemes[plan.scheme_id].drafts[plan.scheme_version].clocks


def _order(clock: Clock, day: date) -> tuple[bool, date, date]:
    return clock.due is None, clock.due or date.max, day


def _days_left(due: date | None, today: date) -> int | None:
    return None if due is None else (due - today).days


def _is_carried_out(story: Story, appeal_id: str, appeal: Appeal) -> bool | None:
    """Whether what the panel decided was done; None where nothing is to be done."""
    lodged = appeal.lodged
    match appeal.remedy:
        case "no-remedy":
            return None
        case "resit":
            return _is_nominated_again(story, appeal)
        case _:
            selection = story.event(lodged.candidacy_id, SelectionRemitted)
            remitted = story.event(lodged.candidacy_id, DecisionRemitted)
            annulled = story.event(lodged.candidacy_id, DecisionAnnulled)
            done = [one.facts.appeal_id for one in (selection, remitted, annulled) if one is not None]
            return appeal_id in done


def _is_nominated_again(story: Story, appeal: Appeal) -> bool:
    """Whether the appellant was nominated under the scheme since the appeal was decided: they used their place."""
    own, decided_on = story.candidacies[appeal.lodged.candidacy_id].nominated, appeal.decided_on or date.max
    for one, candidacy in story.candidacies.items():
        nominated = story.event(one, CandidateNominated)
        is_later = nominated is not None and nominated.time.date() >= decided_on and one != own.candidacy_id
        is_own = story.one(candidacy.nominated.person_id) == story.one(own.person_id)
        if is_later and is_own and candidacy.nominated.scheme_id == own.scheme_id:
            return True
    return False
