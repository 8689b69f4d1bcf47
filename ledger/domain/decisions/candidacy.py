"""One person's way through one workshop: nominated, selected or not, present or withdrawn.

The state here also remembers the assessment, which :mod:`ledger.domain.decisions.assessment` decides
upon: who submitted which sheet, what was revealed, what was moderated, and the outcome.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, assert_never

import msgspec

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
    AssessmentOutcomeComputed,
    CandidacyWithdrawn,
    CandidateNominated,
    EligibilityConfirmed,
    EligibilityRefused,
    Finding,
    ModerationHeld,
    ScoreSheetRevealed,
    ScoreSheetSubmitted,
    ScoreSheetSuperseded,
    SeparationExceptionGranted,
)
from ledger.domain.events.common import Digest
from ledger.domain.record import Event
from ledger.domain.refusal import Refused

if TYPE_CHECKING:
    from ledger.domain.reader import Reader

CandidacyFact = (
    CandidateNominated
    | EligibilityConfirmed
    | EligibilityRefused
    | CandidacyWithdrawn
    | SeparationExceptionGranted
    | ScoreSheetSubmitted
    | ScoreSheetRevealed
    | ScoreSheetSuperseded
    | ModerationHeld
    | AssessmentOutcomeComputed
)


class Sheet(msgspec.Struct, frozen=True):
    """A score sheet; ``levels`` is None while it is sealed, ``live`` False once superseded.

    ``countersigned_by`` is the moderator of a sheet that superseded another.
    """

    sheet_id: str
    assessor: str
    activity: str
    commitment: str
    levels: dict[str, int] | None
    live: bool
    countersigned_by: str | None = None


class Moderation(msgspec.Struct, frozen=True):
    """What moderation settled for one cell."""

    moderator: str
    activity: str
    competency: str
    level: int


class Candidacy(msgspec.Struct, frozen=True):
    """``eligible`` is None until the selection panel has decided."""

    candidacy_id: str
    version: int
    nomination: CandidateNominated | None
    eligible: bool | None
    withdrawn_from: date | None
    exceptions: frozenset[tuple[str, str]]
    sheets: dict[str, Sheet]
    moderations: tuple[Moderation, ...]
    outcome: AssessmentOutcomeComputed | None

    @property
    def nominated(self) -> CandidateNominated:
        """The nomination of a candidacy that is known to exist."""
        assert self.nomination is not None
        return self.nomination

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_from is not None

    @property
    def attends(self) -> bool:
        """Selected, and not withdrawn."""
        return self.eligible is True and not self.withdrawn

    def was_trained(self, start: date) -> bool:
        """Whether they took part in the training of a workshop that begins on that day, be it for a part of it.

        Who was scored was there, whatever their withdrawal says.
        """
        stayed = self.withdrawn_from is None or self.withdrawn_from > start
        return self.eligible is True and (stayed or bool(self.sheets))

    @property
    def undecided(self) -> bool:
        """Neither selected nor refused nor withdrawn."""
        return self.eligible is None and not self.withdrawn

    @property
    def ended(self) -> bool:
        """Refused by the panel or withdrawn: no certification decision will follow."""
        return self.eligible is False or self.withdrawn

    @property
    def live_sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets.values() if sheet.live)

    @property
    def any_revealed(self) -> bool:
        """Whether a sheet was ever revealed, a superseded one included."""
        return any(sheet.levels is not None for sheet in self.sheets.values())

    @property
    def scorers(self) -> frozenset[str]:
        """Everyone who ever signed a sheet on this candidate, superseded ones included."""
        return frozenset(sheet.assessor for sheet in self.sheets.values())

    @property
    def moderators(self) -> frozenset[str]:
        """Everyone who settled a cell, or countersigned a change of a sheet."""
        countersigned = {sheet.countersigned_by for sheet in self.sheets.values() if sheet.countersigned_by is not None}
        return frozenset({moderation.moderator for moderation in self.moderations} | countersigned)


def initial_candidacy(candidacy_id: str) -> Candidacy:
    """A candidacy before its nomination."""
    return Candidacy(candidacy_id, 0, None, None, None, frozenset(), {}, (), None)


def evolve_candidacy(state: Candidacy, event: Event[CandidacyFact]) -> Candidacy:
    """Remember the selection, the sheets with their authors, the moderation and the outcome."""
    facts = event.facts
    state = msgspec.structs.replace(state, version=event.version)
    match facts:
        case CandidateNominated():
            return msgspec.structs.replace(state, nomination=facts)
        case EligibilityConfirmed():
            return msgspec.structs.replace(state, eligible=True)
        case EligibilityRefused():
            return msgspec.structs.replace(state, eligible=False)
        case CandidacyWithdrawn():
            return msgspec.structs.replace(state, withdrawn_from=facts.effective_from)
        case SeparationExceptionGranted():
            exceptions = state.exceptions | {(facts.assessor_id, facts.session_id)}
            return msgspec.structs.replace(state, exceptions=exceptions)
        case ScoreSheetSubmitted():
            assessor = event.by[0].person
            sheet = Sheet(facts.sheet_id, assessor, facts.activity, facts.commitment.digest, None, True)
            return _with_sheets(state, sheet)
        case ScoreSheetRevealed():
            sealed = state.sheets[facts.sheet_id]
            return _with_sheets(state, msgspec.structs.replace(sealed, levels=facts.levels))
        case ScoreSheetSuperseded():
            old = msgspec.structs.replace(state.sheets[facts.old_sheet_id], live=False)
            commitment, moderator = facts.commitment.digest, event.by[1].person
            new = Sheet(facts.sheet_id, old.assessor, old.activity, commitment, None, True, moderator)
            return _with_sheets(state, old, new)
        case ModerationHeld():
            moderator = event.by[0].person
            held = Moderation(moderator, facts.activity, facts.competency, facts.level)
            return msgspec.structs.replace(state, moderations=(*state.moderations, held))
        case AssessmentOutcomeComputed():
            return msgspec.structs.replace(state, outcome=facts)
        case _:
            assert_never(facts)


def _with_sheets(state: Candidacy, *sheets: Sheet) -> Candidacy:
    return msgspec.structs.replace(state, sheets=state.sheets | {s.sheet_id: s for s in sheets})


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
    return Decided(f"candidacy:{candidacy_id}", fact)
