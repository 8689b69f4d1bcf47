"""What the inbox holds about a person who was erased is removed, also where it cannot be read."""

import re
from collections.abc import Collection, Iterable

from sqlalchemy import and_, or_, select

from api.secretariat.desk import ROW, WAITS, DeskTables
from api.secretariat.proposals import Waiting
from ledger.domain.subjects import named_by, person_concerned
from ledger.reading import Draft
from ledger.store.desk_tables import REQUESTS

_IDS = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def forget_erased(
    desk: DeskTables, read: Draft, erased: Collection[str] = (), *, requests_too: bool = True
) -> list[Waiting]:
    """Remove all that is about a person who was erased; return what waits.

    ``erased`` are the ids of persons who were erased, which ``read`` does not know: in this transaction, or after a
    backup was made. Requests, one for each statement of a week, are left out if nobody was erased since they were
    looked at.
    """
    traces = desk.traces(or_(WAITS, ROW.reason.is_not(None)))
    readable = [trace.item for trace in traces if trace.item is not None]
    recorded = and_(ROW.leaf.is_not(None), ROW.id.in_(select(REQUESTS.c.number)))
    requested = desk.select(recorded) if requests_too else []
    about = _people_of([*readable, *requested], read)
    about |= {trace.number: _names(trace.arguments, read) for trace in traces if trace.item is None}
    gone = {n for n, people in about.items() if any(p in erased or read.human(p).erased for p in people)}
    if gone or requests_too:
        with desk.transaction() as cursor:
            desk.sealing.destroy_going(cursor)
            desk.remove(cursor, sorted(gone))
    return [item for item in readable if item.waits and item.number not in gone]


def _people_of(waiting: Iterable[Waiting], read: Draft) -> dict[int, list[str]]:
    """Return whom each is about, by number, also through a candidacy whose nomination waits."""
    commands = {item.number: item.proposal.command for item in waiting}
    expected = {command.subject.id: person for command in commands.values() if (person := named_by(command))}
    about = {number: person_concerned(command, read, expected) for number, command in commands.items()}
    return {number: [person] for number, person in about.items() if person is not None}


def _names(arguments: str, read: Draft) -> list[str]:
    """Return what may be the ids of people in arguments that cannot be read, or of a candidacy's person."""
    return [read.candidate(found) or found for found in _IDS.findall(arguments)]
