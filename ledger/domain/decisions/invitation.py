"""Between the selection and the workshop: seats for those who were selected, invitations, and the answers to them.

A candidate without a seat does not attend, and neither does one who declines. Where nobody is shortlisted, everyone who
was selected attends.
"""

from datetime import date
from typing import ClassVar

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, CandidacyCommand
from ledger.domain.decisions.application import by_officer
from ledger.domain.decisions.rows import EventType, command_type
from ledger.domain.events import invitation as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.words import Words


class ShortlistCandidate(CandidacyCommand, frozen=True, kw_only=True):
    pass


class PassOverCandidate(CandidacyCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "shortlisting_reason"}
    reason_code: Digest


class InviteCandidate(CandidacyCommand, frozen=True, kw_only=True):
    reply_by: date


class RecordAnswer(CandidacyCommand, frozen=True, kw_only=True):
    accepted: bool
    released: bool
    evidence: Digest | None = None


def shortlist_candidate(command: ShortlistCandidate, act: Act, read: Reader) -> Fact:
    """Two of the selection panel give a seat to a candidate who was selected, perhaps passed over before."""
    candidacy = _selected(command, act, read)
    if candidacy.preparation.shortlisted:
        raise Refused("already-shortlisted")
    _require_seat(candidacy, read)
    return command.stated_as(facts.CandidateShortlisted)


def pass_over_candidate(command: PassOverCandidate, act: Act, read: Reader) -> Fact:
    """Two of the selection panel state that a candidate who was selected has no seat, before they are scored."""
    candidacy = _selected(command, act, read)
    require.within(candidacy)
    if candidacy.sheets:
        raise Refused("assessment-begun")
    return command.stated_as(facts.CandidateNotShortlisted)


def invite_candidate(command: InviteCandidate, act: Act, read: Reader) -> Fact:
    """A programme manager invites a candidate who has a seat. A later invitation has another day."""
    candidacy = by_officer(command, act, read)
    if not candidacy.preparation.shortlisted:
        raise Refused("not-shortlisted")
    if not act.day <= command.reply_by < read.session(candidacy.nominated.session_id).planned.start:
        raise Refused("malformed", field="reply_by", expected=require.BEFORE_IT_BEGINS)
    return command.stated_as(facts.CandidateInvited)


def record_answer(command: RecordAnswer, act: Act, read: Reader) -> Fact:
    """A registrar records what a candidate and their administration answered: before they are scored, it may change."""
    candidacy = _selected(command, act, read)
    if candidacy.preparation.invited is None:
        raise Refused("not-invited")
    if candidacy.sheets:
        raise Refused("assessment-begun")
    if command.accepted:  # who declined gave up their seat, which another may have by now
        _require_seat(candidacy, read)
    return command.stated_as(facts.InvitationAnswered)


def _require_seat(candidacy: Candidacy, read: Reader) -> None:
    """Require a seat that nobody else has who attends."""
    session = read.session(candidacy.nominated.session_id)
    others = [
        one for one in read.candidacies_in(session.planned.session_id) if one.candidacy_id != candidacy.candidacy_id
    ]
    seats = read.scheme_version(session).seats
    if sum(one.attends and one.preparation.shortlisted is True for one in others) >= seats:
        raise Refused("seats-taken", seats=seats)


def _selected(command: CandidacyCommand, act: Act, read: Reader) -> Candidacy:
    """The candidacy of somebody who was selected, whether or not they have a seat or took it."""
    candidacy = require.candidacy(command.candidacy_id, read)
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    require.not_excluded(candidacy)
    if not candidacy.eligible:
        raise Refused("not-eligible")
    if read.session(candidacy.nominated.session_id).closed:
        raise Refused("session-closed", session=candidacy.nominated.session_id)
    for signer in act.by:
        require.no_candidate(signer.person, candidacy.nominated.session_id, read)
        require.no_conflict(signer.person, candidacy, read)
    return candidacy


# fmt: off
COMMANDS = (
    command_type("shortlist-candidate", ShortlistCandidate, shortlist_candidate,
        EventType("candidate-shortlisted/v1", facts.CandidateShortlisted, (Role.SELECTION_PANEL,) * 2, "confidential",
                  Words("Candidate shortlisted", "Candidature présélectionnée"))),
    command_type("pass-over-candidate", PassOverCandidate, pass_over_candidate,
        EventType("candidate-not-shortlisted/v1", facts.CandidateNotShortlisted, (Role.SELECTION_PANEL,) * 2,
                  "confidential", Words("Candidate not shortlisted", "Candidature non présélectionnée"))),
    command_type("invite-candidate", InviteCandidate, invite_candidate,
        EventType("candidate-invited/v1", facts.CandidateInvited, (Role.PROGRAMME_MANAGER,), "confidential",
                  Words("Candidate invited", "Invitation envoyée"))),
    command_type("record-answer", RecordAnswer, record_answer,
        EventType("invitation-answered/v1", facts.InvitationAnswered, (Role.REGISTRAR,), "confidential",
                  Words("Invitation answered", "Réponse à l’invitation reçue"))),
)
# fmt: on
