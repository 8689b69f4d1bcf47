"""The statuses of a certification from day to day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from ledger.domain.standing import Standing, Status

ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """One status over days, both included; ``last_day`` None has no end."""

    first_day: date
    last_day: date | None
    status: Status


def spans(standing: Standing) -> list[Span]:
    """Returns the statuses of a certification from its first day, without gaps; each differs from the next."""
    if standing.effective_from is None:
        return []
    changes = {standing.effective_from, *(day for day, _ in standing.pauses)}
    if standing.withdrawn_from is not None:
        changes.add(standing.withdrawn_from)
    if standing.expires_on is not None:
        changes.add(standing.expires_on + ONE_DAY)
    adjoining: list[Span] = []
    for day in sorted(d for d in changes if d >= standing.effective_from):
        status = standing.on(day)
        if adjoining and adjoining[-1].status is status:
            continue
        if adjoining:
            adjoining[-1] = adjoining[-1]._replace(last_day=day - ONE_DAY)
        adjoining.append(Span(day, None, status))
    return adjoining


def span_around(timeline: Iterable[Span], day: date) -> Span | None:
    """Returns the status on a day with the days over which it holds; None before the first day."""
    return next((s for s in timeline if s.first_day <= day and (s.last_day is None or day <= s.last_day)), None)
