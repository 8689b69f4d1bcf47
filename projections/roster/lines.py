"""The lines of the roster: of each person one, for the best of their certifications."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from ledger.domain.standing import Status
from ledger.domain.states.merges import Merges
from projections.entry import microseconds
from projections.spans import at_both_times

# From best to worst: of a person with several certifications, the best one is shown.
RANK = (
    Status.VALID,
    Status.SUSPENDED,
    Status.NOT_YET_VALID,
    Status.RECOGNISED,
    Status.PRE_ACCREDITED,
    Status.EXPIRED,
    Status.LAPSED,
    Status.RELINQUISHED,
    Status.WITHDRAWN,
    Status.ANNULLED,
    Status.NONE,
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """The certification for which a person is on the roster; without anything that the person may take back."""

    person_id: str
    certification_id: str
    administration_id: str
    status: Status
    since: str
    until: str | None


def spans_on(day: date, known: datetime) -> str:
    """Returns the statement for the spans of a day, as known at a moment."""
    return (
        "SELECT certification_id, person_id, administration_id, status, first_day, last_day FROM roster_spans "
        "JOIN advisors USING (certification_id) WHERE "
        + at_both_times(f"'{day.isoformat()}'", str(microseconds(known)))
    )


def each_once(rows: Iterable[Any], then: Merges) -> list[Line]:
    """Returns one line of each person: of the best status, that which holds longest."""
    people: dict[str, Line] = {}
    for row in rows:
        line = Line(
            person_id=then.one(row["person_id"]),
            certification_id=row["certification_id"],
            administration_id=row["administration_id"],
            status=Status(row["status"]),
            since=row["first_day"],
            until=row["last_day"],
        )
        other = people.setdefault(line.person_id, line)
        if other is not line:
            people[line.person_id] = _better(other, line)
    return list(people.values())


def _better(one: Line, other: Line) -> Line:
    if one.status is not other.status:
        return min(one, other, key=lambda line: RANK.index(line.status))
    longest = max(one, other, key=lambda line: line.until or date.max.isoformat())
    return msgspec.structs.replace(longest, since=min(one.since, other.since))
