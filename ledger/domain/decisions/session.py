"""One workshop: planned under an approved scheme version, staffed, closed, and ranked at its end."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import msgspec

from ledger.domain.decisions.acting import Act, Command, Decided, require_known, require_new
from ledger.domain.decisions.persons import require_person
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.events.session import (
    AssessorAssigned,
    FacilitatorAssigned,
    Ranked,
    RankingComputed,
    SessionClosed,
    SessionPlanned,
)
from ledger.domain.reader import Reader
from ledger.domain.record import Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session, SessionFact
from ledger.words import Words


class PlanSession(Command, frozen=True, kw_only=True):
    session_id: str
    scheme_id: str
    scheme_version: str
    title_en: str
    title_fr: str
    start: date
    end: date
    place: str
    language: str
    funder: str


class AssignFacilitator(Command, frozen=True, kw_only=True):
    session_id: str
    person_id: str


class AssignAssessor(Command, frozen=True, kw_only=True):
    session_id: str
    person_id: str


class CloseSession(Command, frozen=True, kw_only=True):
    session_id: str


class ComputeRanking(Command, frozen=True, kw_only=True):
    session_id: str


def plan_session(command: PlanSession, act: Act, read: Reader) -> Decided:
    """A programme manager plans a workshop under a version in force on its first day."""
    require_new("session", command.session_id, read.session(command.session_id).version)
    scheme = read.scheme(command.scheme_id)
    require_known("scheme", command.scheme_id, scheme.version)
    scheme.in_force(command.scheme_version, command.start)
    if command.end < command.start:
        raise Refused(
            "malformed", field="end", expected=Words(f"not before {command.start}", f"pas avant le {command.start}")
        )
    return _decided(command.session_id, SessionPlanned(**msgspec.structs.asdict(command)))


def assign_facilitator(command: AssignFacilitator, act: Act, read: Reader) -> Decided:
    """A programme manager names who trains: they train everyone who attends."""
    session = _open_session(command.session_id, read)
    _require_role(command.person_id, Role.FACILITATOR, read)
    if command.person_id in session.facilitators:
        raise Refused("already-assigned", person=command.person_id)
    if command.person_id in session.assessors:
        raise Refused("trainer-and-assessor", person=command.person_id)
    require_no_candidate(command.person_id, command.session_id, read)
    return _decided(command.session_id, FacilitatorAssigned(person_id=command.person_id))


def assign_assessor(command: AssignAssessor, act: Act, read: Reader) -> Decided:
    """A programme manager names who assesses; their home administration must be known."""
    session = _open_session(command.session_id, read)
    _require_role(command.person_id, Role.ASSESSOR, read)
    if command.person_id in session.assessors:
        raise Refused("already-assigned", person=command.person_id)
    if command.person_id in session.facilitators:
        raise Refused("trainer-and-assessor", person=command.person_id)
    require_no_candidate(command.person_id, command.session_id, read)
    if read.person(command.person_id).administration_id is None:
        raise Refused("employment-unknown", person=command.person_id)
    return _decided(command.session_id, AssessorAssigned(person_id=command.person_id))


def close_session(command: CloseSession, act: Act, read: Reader) -> Decided:
    """A programme manager closes a workshop that is over and whose candidacies are all decided upon."""
    session = _open_session(command.session_id, read)
    if act.day < session.planned.end:
        raise Refused("session-not-over", date=session.planned.end)
    undecided = [c.candidacy_id for c in read.candidacies_in(command.session_id) if c.undecided]
    if undecided:
        raise Refused("candidacy-undecided", candidacies=", ".join(undecided))
    return _decided(command.session_id, SessionClosed())


def compute_ranking(command: ComputeRanking, act: Act, read: Reader) -> Decided:
    """Rank those who meet everything; the seats and everyone tied at the last one are selected."""
    session = require_session(command.session_id, read)
    if not session.closed:
        raise Refused("session-not-closed", session=command.session_id)
    if session.selected is not None:
        raise Refused("already-ranked", session=command.session_id)
    attended = [c for c in read.candidacies_in(command.session_id) if c.attends]
    missing = [c.candidacy_id for c in attended if c.outcome is None]
    if missing:
        raise Refused("outcome-missing", candidacies=", ".join(missing))
    return _decided(command.session_id, rank(attended, scheme_version(session, read).seats))


def rank(attended: list[Candidacy], seats: int) -> RankingComputed:
    """The ranking of the candidacies that meet every competency, in exact fractions."""
    ranked = [
        Ranked(c.candidacy_id, c.outcome.composite)
        for c in attended
        if c.outcome is not None and c.outcome.outcome == "met" and c.outcome.composite is not None
    ]
    ranked.sort(key=lambda r: (-_fraction(r), r.candidacy_id))
    selected = ranked[:seats]
    if selected:
        last_seat = _fraction(selected[-1])
        selected += [r for r in ranked[seats:] if _fraction(r) == last_seat]
    return RankingComputed(seats=seats, order=tuple(ranked), selected=tuple(sorted(r.candidacy_id for r in selected)))


def require_session(session_id: str, read: Reader) -> Session:
    """The session, which must have been planned."""
    session = read.session(session_id)
    require_known("session", session_id, session.version)
    return session


def require_no_candidate(person_id: str, session_id: str, read: Reader) -> None:
    """Refuse who was ever nominated for a workshop: they do not select, train, assess or moderate those beside them."""
    if any(taken.nominated.session_id == session_id for taken in read.candidacies_of(person_id)):
        raise Refused("officer-is-candidate", person=person_id)


def scheme_version(session: Session, read: Reader) -> SchemeVersionDrafted:
    """The scheme version under which a workshop was planned."""
    plan = session.planned
    return read.scheme(plan.scheme_id).drafts[plan.scheme_version]


def _fraction(ranked: Ranked) -> Fraction:
    return Fraction(ranked.composite.numerator, ranked.composite.denominator)


def _open_session(session_id: str, read: Reader) -> Session:
    session = require_session(session_id, read)
    if session.closed:
        raise Refused("session-closed", session=session_id)
    return session


def _require_role(person_id: str, role: Role, read: Reader) -> None:
    require_person(person_id, read)
    if role not in read.officer(person_id).roles:
        raise Refused("role-not-held", person=person_id, role=role)


def _decided(session_id: str, fact: SessionFact) -> Decided:
    return Decided(Stream("session", session_id), fact)
