"""One workshop: planned under an approved scheme version, staffed, closed, and ranked at its end."""

from datetime import date
from fractions import Fraction

from ledger.domain.decisions import ai_use, attendance, require
from ledger.domain.decisions.acting import Act, SessionCommand
from ledger.domain.decisions.competence import require_qualified
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import session as facts
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session, evolve_session
from ledger.words import Words


class PlanSession(SessionCommand, frozen=True, kw_only=True):
    scheme_id: str
    scheme_version: str
    title_en: str
    title_fr: str
    start: date
    end: date
    place: str
    language: str
    funder: str


class AssignFacilitator(SessionCommand, frozen=True, kw_only=True):
    person_id: str


class AssignAssessor(SessionCommand, frozen=True, kw_only=True):
    person_id: str


class IssueCallForNominations(SessionCommand, frozen=True, kw_only=True):
    administrations: tuple[str, ...]
    until: date


class CloseCallForNominations(SessionCommand, frozen=True, kw_only=True):
    pass


class CloseSession(SessionCommand, frozen=True, kw_only=True):
    pass


class ComputeRanking(SessionCommand, frozen=True, kw_only=True):
    pass


def plan_session(command: PlanSession, act: Act, read: Reader) -> Fact:
    """A programme manager plans a workshop under a version in force on its first day."""
    require.new(command, read)
    scheme = require.scheme(command.scheme_id, read)
    scheme.in_force(command.scheme_version, command.start)
    if command.end < command.start:
        raise Refused(
            "malformed", field="end", expected=Words(f"not before {command.start}", f"pas avant le {command.start}")
        )
    return command.stated_as(facts.SessionPlanned)


def assign_facilitator(command: AssignFacilitator, act: Act, read: Reader) -> Fact:
    """A programme manager assigns a facilitator, who trains everyone who attends."""
    _require_assignable(command, Role.FACILITATOR, act, read)
    return command.stated_as(facts.FacilitatorAssigned)


def assign_assessor(command: AssignAssessor, act: Act, read: Reader) -> Fact:
    """A programme manager assigns an assessor, whose home administration must be known."""
    _require_assignable(command, Role.ASSESSOR, act, read)
    if not any(read.person(one_id).employments for one_id in read.ids_of(command.person_id)):
        raise Refused("employment-unknown", person=command.person_id)
    return command.stated_as(facts.AssessorAssigned)


def issue_call_for_nominations(command: IssueCallForNominations, act: Act, read: Reader) -> Fact:
    """A programme manager asks administrations to nominate. A later call takes the place of the one before."""
    session = _open_session(command.session_id, read)
    require.no_candidate(act.by[0].person, command.session_id, read)
    require.each_once("administrations", command.administrations)
    for administration_id in command.administrations:
        require.administration(administration_id, read)
    if not act.day <= command.until < session.planned.start:
        raise Refused("malformed", field="until", expected=require.BEFORE_IT_BEGINS)
    return command.stated_as(facts.CallForNominationsIssued)


def close_call_for_nominations(command: CloseCallForNominations, act: Act, read: Reader) -> Fact:
    """A programme manager closes the call once its last day is over: administrations were promised the whole of it."""
    session = _open_session(command.session_id, read)
    require.no_candidate(act.by[0].person, command.session_id, read)
    if session.call is None:
        raise Refused("not-called", session=command.session_id)
    require.call_open(session)
    if act.day <= session.call.until:
        raise Refused("call-not-over", date=session.call.until)
    return command.stated_as(facts.CallForNominationsClosed)


def close_session(command: CloseSession, act: Act, read: Reader) -> Fact:
    """A programme manager closes a workshop that is over, once the selection of every candidate is decided."""
    session = _open_session(command.session_id, read)
    require.no_candidate(act.by[0].person, command.session_id, read)
    if act.day < session.planned.end:
        raise Refused("session-not-over", date=session.planned.end)
    undecided = [c.candidacy_id for c in read.candidacies_in(command.session_id) if c.undecided]
    if undecided:
        raise Refused("candidacy-undecided", candidacies=", ".join(undecided))
    return facts.SessionClosed()


def compute_ranking(command: ComputeRanking, act: Act, read: Reader) -> Fact:
    """A registrar ranks the candidates who meet everything; ties at the last seat are all selected."""
    session = require.session(command.session_id, read)
    require.no_candidate(act.by[0].person, command.session_id, read)
    if not session.closed:
        raise Refused("session-not-closed", session=command.session_id)
    if session.selected is not None:
        raise Refused("already-ranked", session=command.session_id)
    candidacies = read.candidacies_in(command.session_id)
    for candidacy in candidacies:
        require.not_held(candidacy.candidacy_id, "ranking-held", act.day, read)
    attended = [c for c in candidacies if c.attends]
    missing = [c.candidacy_id for c in attended if c.outcome is None]
    if missing:
        raise Refused("outcome-missing", candidacies=", ".join(missing))
    return rank(attended, read.scheme_version(session).seats)


def rank(attended: list[Candidacy], seats: int) -> facts.RankingComputed:
    """The ranking of the candidacies that meet every competency, in exact fractions."""
    return _ranking(_ranked(attended), seats)


def reaches_a_seat(candidacy: Candidacy, ranking: facts.RankingComputed) -> bool:
    """Whether a candidacy that others assessed again would have had a seat in the ranking, ties included."""
    others = [one for one in ranking.order if one.candidacy_id != candidacy.candidacy_id]
    return candidacy.candidacy_id in _ranking([*others, *_ranked([candidacy])], ranking.seats).selected


def _ranked(attended: list[Candidacy]) -> list[facts.Ranked]:
    return [
        facts.Ranked(c.candidacy_id, c.outcome.composite)
        for c in attended
        if c.outcome is not None and c.outcome.outcome == "met" and c.outcome.composite is not None
    ]


def _ranking(ranked: list[facts.Ranked], seats: int) -> facts.RankingComputed:
    ranked.sort(key=lambda r: (-_fraction(r), r.candidacy_id))
    selected = ranked[:seats]
    if selected:
        last_seat = _fraction(selected[-1])
        selected += [r for r in ranked[seats:] if _fraction(r) == last_seat]
    return facts.RankingComputed(
        seats=seats, order=tuple(ranked), selected=tuple(sorted(r.candidacy_id for r in selected))
    )


def places(ranking: facts.RankingComputed) -> dict[str, int]:
    """The place of each candidacy in a ranking, from 1; those who are tied share the first of theirs."""
    scores = [_fraction(ranked) for ranked in ranking.order]
    return {ranked.candidacy_id: scores.index(own) + 1 for ranked, own in zip(ranking.order, scores, strict=True)}


def _fraction(ranked: facts.Ranked) -> Fraction:
    return Fraction(ranked.composite.numerator, ranked.composite.denominator)


def _open_session(session_id: str, read: Reader) -> Session:
    session = require.session(session_id, read)
    if session.closed:
        raise Refused("session-closed", session=session_id)
    return session


def is_rescoring(session_id: str, read: Reader) -> bool:
    """Whether others assess a candidate of the workshop again after an appeal."""
    return any(candidacy.rescoring for candidacy in read.candidacies_in(session_id))


def _require_assignable(command: AssignFacilitator | AssignAssessor, role: Role, act: Act, read: Reader) -> None:
    """The person holds the role, and neither trains nor assesses in this workshop; no candidate chooses them."""
    session, person_id = require.session(command.session_id, read), command.person_id
    if session.closed and not (role is Role.ASSESSOR and is_rescoring(command.session_id, read)):
        raise Refused("session-closed", session=command.session_id)
    for signer in act.by:  # nobody, where it is only asked who could be assigned
        require.no_candidate(signer.person, command.session_id, read)
    require.person(person_id, read)
    if role not in read.officer(person_id).roles:
        raise Refused("role-not-held", person=person_id, role=role)
    if read.is_among(person_id, session.facilitators if role is Role.FACILITATOR else session.assessors):
        raise Refused("already-assigned", person=person_id)
    if read.is_among(person_id, session.facilitators | session.assessors):
        raise Refused("trainer-and-assessor", person=person_id)
    require.no_candidate(person_id, command.session_id, read)
    require_qualified(person_id, role, session, read.scheme_version(session), read)


# fmt: off
SESSION = Subject(
    kind="session",
    id_field="session_id",
    initial=lambda *_: Session(),
    evolve=evolve_session,
    commands=(
        command_type("plan-session", PlanSession, plan_session,
            EventType("session-planned/v1", facts.SessionPlanned, (Role.PROGRAMME_MANAGER,), "public",
                      Words("Workshop planned", "Atelier programmé"))),
        command_type("assign-facilitator", AssignFacilitator, assign_facilitator,
            EventType("facilitator-assigned/v1", facts.FacilitatorAssigned, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Facilitator assigned", "Animation confiée")),
            names=lambda said: said.person_id),
        command_type("assign-assessor", AssignAssessor, assign_assessor,
            EventType("assessor-assigned/v1", facts.AssessorAssigned, (Role.PROGRAMME_MANAGER,), "restricted",
                      Words("Assessor assigned", "Évaluation confiée")),
            names=lambda said: said.person_id),
        command_type("issue-call-for-nominations", IssueCallForNominations, issue_call_for_nominations,
            EventType("call-for-nominations-issued/v1", facts.CallForNominationsIssued, (Role.PROGRAMME_MANAGER,),
                      "public", Words("Call for nominations issued", "Appel à candidatures lancé"))),
        command_type("close-call-for-nominations", CloseCallForNominations, close_call_for_nominations,
            EventType("call-for-nominations-closed/v1", facts.CallForNominationsClosed, (Role.PROGRAMME_MANAGER,),
                      "restricted", Words("Call for nominations closed", "Appel à candidatures clos"))),
        command_type("close-session", CloseSession, close_session,
            EventType("session-closed/v1", facts.SessionClosed, (Role.PROGRAMME_MANAGER,), "public",
                      Words("Workshop closed", "Atelier clôturé"))),
        command_type("compute-ranking", ComputeRanking, compute_ranking,
            EventType("ranking-computed/v1", facts.RankingComputed, (Role.REGISTRAR,), "confidential",
                      Words("Ranking computed", "Classement calculé"))),
        *attendance.SESSION_COMMANDS,
        *ai_use.SESSION_COMMANDS,
    ),
)
# fmt: on
