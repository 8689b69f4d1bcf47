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
    first = standing.first_day
    if first is None:
        return []
    changes = {first, *(day for day, _ in standing.pauses)}
    changes |= {day for day in (standing.effective_from, standing.recognised_from) if day is not None}
    if standing.pre_accredited is not None:
        changes.add(standing.pre_accredited[1] + ONE_DAY)
    if standing.ended is not None:
        changes.add(standing.ended[0])
    if standing.expires_on is not None:
        changes.add(standing.expires_on + ONE_DAY)
    adjoining: list[Span] = []
    for day in sorted(d for d in changes if d >= first):
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
