"""The call for nominations: a letter to contact points of administrations, who nominate on their own page.

The letter is a notice like others. That administrations were called, and until when, is stated by a programme manager.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from api.console.workshops.standing import Workshop
from api.notices.kinds import STATES, Kind, State, Wanted
from api.notices.outbox import Outbox
from api.words.record import Record, territory
from ledger.domain.decisions.acting import Command
from ledger.domain.decisions.session import IssueCallForNominations
from ledger.likeness import parts_of
from ledger.store.ledger import Ledger
from ledger.store.notice_tables import NOTICES
from ledger.words import Words

LABEL = Words("Call for nominations", "Appel à candidatures")
INPUTS = ("until", "called")
A_DAY = Words("Enter a day from today on, before the workshop begins.",
              "Indiquez une date à partir d’aujourd’hui, avant le début de l’atelier.")  # fmt: skip
NOBODY = Words("Choose one contact point or more.", "Choisissez au moins un point de contact.")
_ROW = NOTICES.c


class Contact(NamedTuple):
    """A contact point, and what became of the last call to them: until when to nominate; None when there was none."""

    person: str
    name: str
    administrations: tuple[Words, ...]
    state: Words | None
    until: date | None


def contacts(ledger: Ledger, record: Record, session_id: str) -> list[Contact]:
    """Return the contact points of all administrations, by name."""
    read, of = record.read, dict[str, list[str]]()
    for code in record.ids_of("administration"):
        for human in dict.fromkeys(read.one(person) for person in read.administration(code).contacts):
            of.setdefault(human, []).append(code)
    names, called = record.names(of), calls(ledger, session_id)
    found = [
        Contact(human, names.get(human, human), tuple(map(territory, codes)), *called.get(human, (None, None)))
        for human, codes in of.items()
    ]
    return sorted(found, key=lambda one: (parts_of(one.name), one.person))


def calls(ledger: Ledger, session_id: str) -> dict[str, tuple[Words, date]]:
    """Return what became of the last call to each human, under whichever id, and until when they are to nominate."""
    read = ledger.read()
    rows = select(_ROW.person_id, _ROW.state, _ROW.cause).where(_ROW.kind == Kind.CALL, _ROW.subject == session_id)
    found = ledger.database.run(rows.order_by(_ROW.queued))
    return {read.one(row.person_id): (STATES[State(row.state)], _day(row.cause)) for row in found}


def deadlines(ledger: Ledger, person: str) -> dict[str, date]:
    """Return until when a contact point is to nominate, by workshop, as their last call said."""
    own = _ROW.person_id.in_(ledger.read().ids_of(person))
    rows = select(_ROW.subject, _ROW.cause).where(_ROW.kind == Kind.CALL, own)
    return {row.subject: _day(row.cause) for row in ledger.database.run(rows.order_by(_ROW.queued))}


def wrong(workshop: Workshop, day: str, chosen: Collection[str]) -> dict[str, Words]:
    """Return what is wrong with what was entered, by the name of the input."""
    until = None
    with suppress(ValueError):
        until = date.fromisoformat(day)
    # In one form only: the same day in another would be another call, and write to everybody again.
    is_right = f"{until}" == day and until is not None and workshop.today <= until < workshop.session.planned.start
    return ({} if is_right else {"until": A_DAY}) | ({} if chosen else {"called": NOBODY})


def call(ledger: Ledger, session_id: str, day: str, people: Iterable[str]) -> None:
    """Queue the letters: to each person once for a day, however often it is asked for."""
    cause = f"{day}/{session_id}"
    called = {one for one, (_, until) in calls(ledger, session_id).items() if f"{until}" == day}  # under any id
    wanted = [Wanted(Kind.CALL, one, cause, session_id) for one in people if one not in called]
    Outbox(ledger).queue(wanted, ledger.now())


def stated(
    workshop: Workshop, record: Record, waiting: Iterable[Command], day: str, people: Collection[str]
) -> tuple[str, ...]:
    """Return the administrations that a statement on the call names; none when it is recorded, or waits, already.

    To call more of them until the same day, the statement names those who were called before too.
    """
    read, until = record.read, date.fromisoformat(day)
    call = workshop.session.call
    known = set(call.administrations) if call and call.until == until and not workshop.session.call_closed else set()
    for one in waiting:
        if isinstance(one, IssueCallForNominations) and (one.session_id, one.until) == (workshop.id, until):
            known |= {*one.administrations}
    contacts = {one: read.administration(one).contacts for one in record.ids_of("administration")}
    chosen = {code for code, those in contacts.items() if any(read.is_among(one, people) for one in those)}
    return () if chosen <= known else tuple(sorted(chosen | known))


def _day(cause: str) -> date:
    return date.fromisoformat(cause.partition("/")[0])
