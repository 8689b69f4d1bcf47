"""What the inbox holds about a person who was erased is removed, also where it cannot be read."""

import re
from collections.abc import Iterable

from api.secretariat.desk import WAITS, DeskFile
from api.secretariat.proposals import Waiting
from ledger.domain.subjects import named_by, person_concerned
from ledger.reading import Draft

_IDS = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")


def forget_erased(desk: DeskFile, read: Draft) -> list[Waiting]:
    """Remove, from the file too, all that is about a person who was erased; return what waits."""
    traces = desk.traces(f"WHERE {WAITS} OR reason IS NOT NULL ORDER BY id")
    readable = [trace.item for trace in traces if trace.item is not None]
    requested = desk.select("WHERE leaf IS NOT NULL AND id IN (SELECT number FROM requests)")
    gone = _about_erased([*readable, *requested], read)
    gone |= {trace.number for trace in traces if trace.item is None and _names_erased(trace.arguments, read)}
    if gone:
        rows = [(number,) for number in gone]
        with desk.transaction() as cursor:
            cursor.executemany(f"DELETE FROM proposals WHERE id = ? AND {WAITS}", rows)
            cursor.executemany("UPDATE proposals SET reason = NULL WHERE id = ?", rows)
            # The requests that filed them too: the database uses the last number again.
            cursor.executemany("DELETE FROM requests WHERE number = ?", rows)
            desk.rewrite(cursor)
    desk.remove_copies()
    return [item for item in readable if item.waits and item.number not in gone]


def _about_erased(waiting: Iterable[Waiting], read: Draft) -> set[int]:
    """Return the numbers of those about a person who was erased, also through a candidacy whose nomination waits."""
    commands = {item.number: item.proposal.command for item in waiting}
    expected = {command.subject.id: person for command in commands.values() if (person := named_by(command))}
    about = {number: person_concerned(command, read, expected) for number, command in commands.items()}
    return {number for number, person in about.items() if person is not None and read.human(person).erased}


def _names_erased(arguments: str, read: Draft) -> bool:
    """Whether arguments that cannot be read hold the id of a person who was erased, or of such a person's candidacy."""
    people = (read.candidate(found) or found for found in _IDS.findall(arguments))
    return any(read.human(person).erased for person in people)
