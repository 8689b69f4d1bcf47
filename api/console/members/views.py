"""What a contact point sees: the people whom their administration nominated, and nobody else's.

Every page begins with the administrations whose contact point the visitor is at this moment; whatever is asked for of
another is as if it were not there. No score is read.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from api.console.access.guests import administrations_of
from api.console.application import Console
from api.console.holders.views import registrar_for
from api.console.workshops.standing import STAGES, Stage, stage_decided, stage_out
from api.secretariat.endings import CONTACT_POINT
from api.secretariat.filing import Filer
from api.secretariat.proposals import Proposal, proposal
from api.words.record import Record, territory
from ledger.domain.certificate_status import CERTIFICATION_LABELS
from ledger.domain.events.invitation import CandidateInvited
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.likeness import parts_of
from ledger.words import Words

UNNAMED = "\N{EN DASH}"  # of somebody whose data was erased
ANSWERED = "Answered by the contact point on their own page, {day}"
UNDECIDED = Words("Waits for the decision", "En attente de la décision")


class Candidate(NamedTuple):
    """Somebody who was nominated, and where they stand."""

    name: str
    session_id: str
    stands: Words


class Advisor(NamedTuple):
    """Somebody who was certified: the status today, and the last certificate."""

    name: str
    number: str
    status: Status
    label: Words
    expires_on: date | None


class Invited(NamedTuple):
    """Somebody who was invited, and has not answered: by when they and their administration do."""

    candidacy_id: str
    name: str
    session_id: str
    reply_by: date


class Administration(NamedTuple):
    """An administration with its people, and the workshops for which it can nominate."""

    id: str
    name: Words
    candidates: tuple[Candidate, ...]
    advisors: tuple[Advisor, ...]
    workshops: tuple[tuple[str, Session], ...]
    invited: tuple[Invited, ...]


def own(console: Console, record: Record, person: str) -> list[Administration]:
    """Return the administrations whose contact point a human is, each with its people."""
    ledger = console.office.ledger
    today = ledger.now().date()
    open_ones = tuple(open_workshops(record, today))
    return [_administration(code, record, today, open_ones) for code in administrations_of(ledger, record.read, person)]


def require_own(console: Console, record: Record, person: str, administration_id: str, session_id: str) -> None:
    """Raise ``Refused`` unless a human may nominate for this administration to this workshop, which is open."""
    ledger = console.office.ledger
    if administration_id not in administrations_of(ledger, record.read, person):
        raise Refused("unknown", kind="administration", id=administration_id[:64])
    if session_id not in [one for one, _ in open_workshops(record, ledger.now().date())]:
        raise Refused("unknown", kind="session", id=session_id[:64])


def open_workshops(record: Record, today: date) -> Iterator[tuple[str, Session]]:
    """Yield the workshops that have not begun, and whose call for nominations was not closed."""
    for session_id in record.ids_of("session"):
        session = record.read.session(session_id)
        if not (session.closed or session.call_closed) and session.planned.start > today:
            yield session_id, session


def filer(person: str) -> Filer:
    """Return how what a contact point asks for is filed."""
    return Filer(f"{CONTACT_POINT} {person}", f"{CONTACT_POINT} {person}", CONTACT_POINT)


def _administration(
    code: str, record: Record, today: date, workshops: tuple[tuple[str, Session], ...]
) -> Administration:
    read = record.read
    nominated = [
        one
        for one in map(read.candidacy, record.ids_of("candidacy"))
        if one.nomination is not None and one.nominated.administration_id == code
    ]
    humans = {one.candidacy_id: read.one(one.nominated.person_id) for one in nominated}
    names = record.names(set(humans.values()))
    candidates, advisors, invited = list[Candidate](), list[Advisor](), list[Invited]()
    for one in nominated:
        name = names.get(humans[one.candidacy_id], UNNAMED)
        certification = read.certification(one.candidacy_id)
        if (invitation := _unanswered(one)) is not None:
            invited.append(Invited(one.candidacy_id, name, one.nominated.session_id, invitation.reply_by))
        candidates.append(Candidate(name, one.nominated.session_id, _stands(one, record)))
        if certification.standing.first_day is not None:
            status = certification.standing.on(today)
            label, expires = CERTIFICATION_LABELS[status], certification.standing.expires_on
            advisors.append(Advisor(name, certification.number, status, label, expires))
    by_name = sorted(advisors, key=lambda advisor: (parts_of(advisor.name), advisor.number))
    latest = sorted(candidates, key=lambda candidate: (candidate.session_id, parts_of(candidate.name)))
    return Administration(code, territory(code), tuple(latest), tuple(by_name), workshops, tuple(invited))


def _unanswered(candidacy: Candidacy) -> CandidateInvited | None:
    prepared = candidacy.preparation
    return prepared.invited if candidacy.attends and prepared.answer is None and not candidacy.sheets else None


def answer(console: Console, record: Record, person: str, candidacy_id: str, accepted: bool) -> Proposal:
    """Return the answer to an invitation, for a registrar to sign. Raises ``Refused`` for another administration's."""
    ledger = console.office.ledger
    candidacy = record.read.candidacy(candidacy_id)
    codes = administrations_of(ledger, record.read, person)
    is_own = candidacy.nomination is not None and candidacy.nominated.administration_id in codes
    if not is_own or _unanswered(candidacy) is None:
        raise Refused("unknown", kind="candidacy", id=candidacy_id[:64])
    evidence = {"name": "evidence", "value": ANSWERED.format(day=ledger.now().date())}
    return proposal(
        "record-answer",
        registrar_for(ledger, person),
        candidacy_id=candidacy_id,
        accepted=accepted,
        released=accepted,
        evidence=evidence,
    )


def _stands(candidacy: Candidacy, record: Record) -> Words:
    certification = record.read.certification(candidacy.candidacy_id)
    if certification.decided:
        return STAGES[stage_decided(certification)]
    if (out := stage_out(candidacy)) is not None:
        return STAGES[out]
    if candidacy.eligible is None:
        return STAGES[Stage.NOMINATED]
    if not candidacy.eligible:
        return STAGES[Stage.NOT_SELECTED]
    closed = record.read.session(candidacy.nominated.session_id).closed
    return UNDECIDED if closed else STAGES[Stage.SELECTED]
