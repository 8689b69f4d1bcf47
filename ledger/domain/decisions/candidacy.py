"""One person's way through one workshop: nominated, selected or not, withdrawn.

:mod:`ledger.domain.decisions.assessment` decides on the rest of the same stream, from the score sheets to the outcome.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from ledger.domain.decisions.acting import (
    Act,
    Command,
    Decided,
    require_known,
    require_new,
    require_not_in_own_case,
)
from ledger.domain.decisions.persons import require_administration, require_person
from ledger.domain.decisions.session import require_no_candidate, require_session, scheme_version
from ledger.domain.events.candidacy import (
    CandidacyWithdrawn,
    CandidateNominated,
    EligibilityConfirmed,
    EligibilityRefused,
    Finding,
    SeparationExceptionGranted,
)
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Stream
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import (
    Candidacy,
    CandidacyFact,
)


class NominateCandidate(Command, frozen=True, kw_only=True):
    candidacy_id: str
    person_id: str
    session_id: str
    administration_id: str
    details: tuple[Digest, ...]


class DecideEligibility(Command, frozen=True, kw_only=True):
    candidacy_id: str
    findings: tuple[Finding, ...]


class WithdrawCandidacy(Command, frozen=True, kw_only=True):
    candidacy_id: str
    initiator: Literal["candidate", "administration"]
    effective_from: date
    reason_code: Literal["other-duties", "health", "personal", "other"]
    reason: Digest | None = None


class GrantSeparationException(Command, frozen=True, kw_only=True):
    candidacy_id: str
    assessor_id: str
    session_id: str
    reason: Digest


def nominate_candidate(command: NominateCandidate, act: Act, read: Reader) -> Decided:
    """A registrar records a nomination: one open candidacy a person and scheme."""
    require_new("candidacy", command.candidacy_id, read.candidacy(command.candidacy_id).version)
    session = require_session(command.session_id, read)
    if session.closed:
        raise Refused("session-closed", session=command.session_id)
    require_person(command.person_id, read)
    require_administration(command.administration_id, read)
    require_not_in_own_case(act, command.person_id)
    if command.person_id in session.facilitators | session.assessors:
        raise Refused("candidate-is-officer", person=command.person_id)
    scheme_id = session.planned.scheme_id
    for other in read.candidacies_of(command.person_id):
        decided = read.certification(other.candidacy_id).decided
        if other.nominated.scheme_id == scheme_id and not other.ended and not decided:
            raise Refused("candidacy-open", person=command.person_id, candidacy=other.candidacy_id)
    fact = CandidateNominated(
        candidacy_id=command.candidacy_id,
        person_id=command.person_id,
        session_id=command.session_id,
        scheme_id=scheme_id,
        administration_id=command.administration_id,
        details=command.details,
    )
    return _decided(command.candidacy_id, fact)


def decide_eligibility(command: DecideEligibility, act: Act, read: Reader) -> Decided:
    """The selection panel states a finding on every criterion; who meets all of them attends."""
    candidacy = require_candidacy(command.candidacy_id, read)
    require_not_in_own_case(act, candidacy.nominated.person_id)
    if candidacy.eligible is not None:
        raise Refused("selection-decided")
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    session = read.session(candidacy.nominated.session_id)
    for panellist in act.by:
        require_no_candidate(panellist.person, session.planned.session_id, read)
    asked = sorted(criterion.id for criterion in scheme_version(session, read).criteria)
    found = sorted(finding.criterion for finding in command.findings)
    if found != asked:
        differing = sorted(set(asked) ^ set(found)) or sorted({c for c in found if found.count(c) > 1})
        raise Refused("findings-incomplete", criteria=", ".join(differing))
    if all(finding.met for finding in command.findings):
        confirmed = EligibilityConfirmed(findings=command.findings, reason_code="all-criteria-met")
        return _decided(command.candidacy_id, confirmed)
    refused = EligibilityRefused(findings=command.findings, reason_code="criteria-not-met")
    return _decided(command.candidacy_id, refused)


def withdraw_candidacy(command: WithdrawCandidacy, act: Act, read: Reader) -> Decided:
    """A registrar records that candidate or administration withdrew, before any decision, on a day that can be true."""
    candidacy = require_candidacy(command.candidacy_id, read)
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    if candidacy.eligible is False:
        raise Refused("not-eligible")
    if read.certification(command.candidacy_id).decided:
        raise Refused("certification-decided")
    if command.effective_from > act.day:
        raise Refused("in-the-future", field="effective_from")
    start = read.session(candidacy.nominated.session_id).planned.start
    if candidacy.sheets and command.effective_from < start:
        raise Refused("effective-too-early", date=start)
    fact = CandidacyWithdrawn(
        initiator=command.initiator,
        effective_from=command.effective_from,
        reason_code=command.reason_code,
        reason=command.reason,
    )
    return _decided(command.candidacy_id, fact)


def grant_separation_exception(command: GrantSeparationException, act: Act, read: Reader) -> Decided:
    """Two officers, neither of them the assessor or the candidate, let a trainer assess all the same."""
    candidacy = require_candidacy(command.candidacy_id, read)
    require_not_in_own_case(act, command.assessor_id)
    require_not_in_own_case(act, candidacy.nominated.person_id)
    require_person(command.assessor_id, read)
    require_session(command.session_id, read)
    fact = SeparationExceptionGranted(
        assessor_id=command.assessor_id, session_id=command.session_id, reason=command.reason
    )
    return _decided(command.candidacy_id, fact)


def require_candidacy(candidacy_id: str, read: Reader) -> Candidacy:
    """The candidacy, which must have been nominated, of a person who was not erased."""
    candidacy = read.candidacy(candidacy_id)
    require_known("candidacy", candidacy_id, candidacy.version)
    require_person(candidacy.nominated.person_id, read)
    return candidacy


def require_attending(candidacy_id: str, read: Reader) -> Candidacy:
    """The candidacy, which must be selected and not withdrawn."""
    candidacy = require_candidacy(candidacy_id, read)
    if candidacy.withdrawn:
        raise Refused("candidacy-withdrawn")
    if not candidacy.attends:
        raise Refused("not-eligible")
    return candidacy


def _decided(candidacy_id: str, fact: CandidacyFact) -> Decided:
    return Decided(Stream("candidacy", candidacy_id), fact)
