"""What the page on impartiality shows, read from the record as it is. Of what kind a tie is, it does not show."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from api.console.routing import PREFIX
from api.console.workshops.preparing import Link, link
from api.lists.catalogue import LISTS
from api.lists.competence import SOON
from api.words.record import Record, territory
from api.words.vocabulary import CODES
from ledger.domain.events.competence import ConflictOfInterestDeclared
from ledger.domain.reader import Reader
from ledger.papers import PAPERS
from ledger.store.ledger import Ledger
from ledger.words import Words

TEXT = "impartiality/v1"


class Tie(NamedTuple):
    """A tie that was declared and whose end was not, and where its end is stated."""

    officer: str
    to: Words
    since: date
    end: Link


class Own(NamedTuple):
    """One's own undertaking, until when it counts, and one's ties."""

    until: date | None
    is_due: bool
    text: Words
    sign: Link
    declare: tuple[Link, ...]
    ties: tuple[Tie, ...]


class Risk(NamedTuple):
    """A risk of the register."""

    id: str
    source: Words
    severity: Words
    review_by: date
    is_due: bool
    treat: Link


class Register(NamedTuple):
    """The risks, the officers without an undertaking in force, and every tie; ``lists`` say more."""

    risks: tuple[Risk, ...]
    lacking: tuple[tuple[str, date | None], ...]
    ties: tuple[Tie, ...]
    lists: tuple[Link, ...]


def own(ledger: Ledger, person: str) -> Own:
    """Return what somebody undertook and declared."""
    read, today = ledger.read(), ledger.now().date()
    until = undertaken_until(read, person)
    return Own(
        until,
        is_due(until, today),
        PAPERS[TEXT],
        link("sign-impartiality-undertaking", text=TEXT),
        tuple(map(link, ("declare-conflict-of-interest", "declare-no-conflict", "record-impartiality-risk"))),
        tuple(_ties(Record.of(ledger), [person])),
    )


def is_undertaking_due(ledger: Ledger, person: str) -> bool:
    """Whether an officer is to sign: theirs ends soon or has ended, or a scheme asks for one and they have none."""
    read = ledger.read()
    until = undertaken_until(read, person)
    if not read.officer(person).roles or not is_due(until, ledger.now().date()):
        return False
    return until is not None or any(
        version.qualified_assessors
        for scheme_id in ledger.ids_of("scheme")
        for version in read.scheme(scheme_id).drafts.values()
    )


def is_due(until: date | None, today: date) -> bool:
    """Whether an undertaking is to be signed, within ninety days of its last day too."""
    return until is None or until - today < timedelta(SOON)


def undertaken_until(read: Reader, person: str) -> date | None:
    """Return until when the undertaking of a human counts, under whichever id they signed it."""
    days = (one.undertaken_until for one in read.competences_of(person))
    return max((day for day in days if day is not None), default=None)


def register(ledger: Ledger) -> Register:
    """Return the register of risks and ties, and who has no undertaking in force."""
    record, today = Record.of(ledger), ledger.now().date()
    read = record.read
    risks = []
    for risk_id in record.ids_of("risk"):
        risk = read.risk(risk_id)
        if risk.recorded is not None and risk.severity is not None and risk.review_by is not None:
            treat = link("treat-impartiality-risk", risk_id=risk_id)
            source, severity = CODES[risk.recorded.source], CODES[risk.severity]
            risks.append(Risk(risk_id, source, severity, risk.review_by, risk.is_due(today), treat))
    officers = [one for one in record.officers() if read.roles_on(one, today)]
    lacking = [(one, until) for one in officers if (until := undertaken_until(read, one)) is None or until < today]
    names = record.names(one for one, _ in lacking)
    lists = ("impartiality-risks", "undertakings", "conflicts", "exceptions", "assessors", "delegations")
    return Register(
        tuple(sorted(risks, key=lambda one: (one.review_by, one.id))),
        tuple((names.get(one, one), until) for one, until in lacking),
        tuple(_ties(record, record.ids_of("competence"))),
        tuple(Link(LISTS[name].title, f"{PREFIX}/history/lists/{name}") for name in lists),
    )


def _ties(record: Record, people: Iterable[str]) -> list[Tie]:
    found = [(one, tie) for one in people for tie in record.read.competence(one).open_conflicts]
    named = {who for one, tie in found for who in (one, tie.counterpart_id) if who is not None}
    names = record.names(named)
    return [
        Tie(
            names.get(one, one),
            _counterpart(tie, names.get(tie.counterpart_id or "", tie.counterpart_id or "")),
            tie.since,
            link("end-conflict-of-interest", person_id=one, conflict_id=tie.conflict_id),
        )
        for one, tie in found
    ]


def _counterpart(tie: ConflictOfInterestDeclared, name: str) -> Words:
    administration = tie.counterpart_administration
    return Words(*(name, name)) if administration is None else territory(administration)
