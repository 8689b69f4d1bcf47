"""What is remembered of one candidacy: the selection decision, the score sheets, the moderation and the outcome."""

from collections.abc import Callable
from datetime import date

import msgspec

from ledger.domain.events import candidacy as facts
from ledger.domain.events.appeal import AssessmentReopened, SelectionRemitted
from ledger.domain.events.common import Digest
from ledger.domain.record import Event
from ledger.domain.states.application import Preparation, PreparationFact, evolve_preparation
from ledger.domain.states.disputed import Decision, decisions_with

CandidacyFact = (
    facts.CandidateNominated
    | facts.FindingsRecorded
    | facts.EligibilityConfirmed
    | facts.EligibilityConfirmedV1
    | facts.EligibilityRefused
    | facts.EligibilityRefusedV1
    | facts.CandidacyWithdrawn
    | facts.CandidacyWithdrawnV1
    | facts.SeparationExceptionGranted
    | facts.AssessorRecused
    | facts.ScoreSheetSubmitted
    | facts.ScoreSheetRevealed
    | facts.ScoreSheetSuperseded
    | facts.ModerationHeld
    | facts.AssessmentOutcomeComputed
    | SelectionRemitted
    | AssessmentReopened
    | PreparationFact
)


class Sheet(msgspec.Struct, frozen=True):
    """A score sheet; ``levels`` is None while it is sealed, ``live`` False once superseded or set aside.

    ``countersigned_by`` is the moderator of a sheet that superseded another.
    """

    sheet_id: str
    assessor: str
    activity: str
    commitment: str
    levels: dict[str, int] | None
    live: bool
    countersigned_by: str | None = None


class Selection(msgspec.Struct, frozen=True):
    """The decision of the selection panel, and who signed it."""

    findings: tuple[facts.CriterionFinding, ...]
    reason: Digest | None
    by: tuple[str, ...]


class Candidacy(msgspec.Struct, frozen=True):
    """``findings`` are the latest of each panel member, the last recorded last; ``selection`` is the panel's decision.

    ``moderations`` are by moderator, one a cell. ``preparation`` is what happened beside the assessment. ``decisions``
    are all that were made on it, and ``barred`` those who decided what an appeal remitted. ``reopened_after`` are the
    appeals after which others assess again: ``assessed_before`` are those who scored or moderated until then, and
    ``earlier_sheets`` the sheets that they handed in.
    """

    candidacy_id: str
    version: int = 0
    nomination: facts.CandidateNominated | None = None
    findings: dict[str, facts.FindingsRecorded] = {}
    selection: Selection | None = None
    preparation: Preparation = Preparation()
    withdrawn_from: date | None = None
    exceptions: frozenset[tuple[str, str]] = frozenset()
    recused: frozenset[str] = frozenset()
    sheets: dict[str, Sheet] = {}
    moderations: tuple[tuple[str, facts.ModerationHeld], ...] = ()
    outcome: facts.AssessmentOutcomeComputed | None = None
    decisions: tuple[Decision, ...] = ()
    barred: frozenset[str] = frozenset()
    reopened_after: frozenset[str] = frozenset()
    assessed_before: frozenset[str] = frozenset()
    moderated_before: frozenset[str] = frozenset()
    earlier_sheets: frozenset[str] = frozenset()

    @property
    def nominated(self) -> facts.CandidateNominated:
        """The nomination of a candidacy that is known to exist."""
        assert self.nomination is not None
        return self.nomination

    @property
    def eligible(self) -> bool | None:
        """Whether the selection panel found every criterion met; None until it has decided."""
        return None if self.selection is None else not self.unmet_criteria

    @property
    def unmet_criteria(self) -> tuple[str, ...]:
        """The criteria that the selection panel decided to be not met."""
        return () if self.selection is None else tuple(f.criterion for f in self.selection.findings if not f.met)

    @property
    def withdrawn(self) -> bool:
        return self.withdrawn_from is not None

    @property
    def attends(self) -> bool:
        """Selected, not withdrawn, and neither excluded nor without a seat nor declining it."""
        return self.eligible is True and not self.withdrawn and not self.preparation.out

    def was_trained(self, start: date) -> bool:
        """Whether they attended the training of a workshop that begins on ``start``, or a part of it.

        A candidate who was scored was there, whatever the day of their withdrawal.
        """
        stayed = self.withdrawn_from is None or self.withdrawn_from > start
        return self.eligible is True and (stayed or bool(self.sheets))

    @property
    def undecided(self) -> bool:
        """Neither selected nor refused nor withdrawn nor excluded."""
        return self.eligible is None and not self.withdrawn and not self.preparation.out

    @property
    def ended(self) -> bool:
        """Refused by the panel, withdrawn, excluded or without a seat: no certification decision will follow."""
        return self.eligible is False or self.withdrawn or self.preparation.out

    @property
    def live_sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets.values() if sheet.live)

    def counting(self, one: Callable[[str], str]) -> tuple[Sheet, ...]:
        """The live sheets that count: a cell asks for so many assessors, and one human is one of them.

        ``one`` returns the id under which a human counts. Of two sheets of one human, the first counts.
        """
        first: dict[tuple[str, str], Sheet] = {}
        for sheet in self.live_sheets:
            first.setdefault((one(sheet.assessor), sheet.activity), sheet)
        return tuple(first.values())

    @property
    def any_revealed(self) -> bool:
        """Whether a sheet was ever revealed, a superseded one included; of those since the assessment was reopened."""
        return any(s.levels is not None for s in self.sheets.values() if s.sheet_id not in self.earlier_sheets)

    @property
    def rescoring(self) -> bool:
        """Whether others assess the candidate again after an appeal, and there is no outcome of it yet."""
        return bool(self.reopened_after) and self.outcome is None

    @property
    def scorers(self) -> frozenset[str]:
        """Everyone who ever signed a sheet on this candidate, superseded ones included."""
        return frozenset(sheet.assessor for sheet in self.sheets.values())

    @property
    def selectors(self) -> frozenset[str]:
        """Everyone who recorded findings, or decided on the selection or an exclusion."""
        return self.barred | self.findings.keys() | {person for decision in self.decisions for person in decision.by}

    @property
    def moderators(self) -> frozenset[str]:
        """Everyone who settled a cell, or countersigned a change of a sheet."""
        countersigned = {sheet.countersigned_by for sheet in self.sheets.values() if sheet.countersigned_by is not None}
        return self.moderated_before | {moderator for moderator, _ in self.moderations} | countersigned


def evolve_candidacy(state: Candidacy, event: Event[CandidacyFact]) -> Candidacy:
    """Remember the selection, the sheets with their authors, the moderation and the outcome."""
    fact, version = event.facts, event.version
    match fact:
        case facts.CandidateNominated():
            return msgspec.structs.replace(state, version=version, nomination=fact)
        case facts.FindingsRecorded():
            member = event.by[0].person
            others = {person: found for person, found in state.findings.items() if person != member}
            return msgspec.structs.replace(state, version=version, findings=others | {member: fact})
        case facts.EligibilityConfirmed() | facts.EligibilityRefused():
            return _selected(state, event, fact.findings, fact.reason)
        case facts.EligibilityConfirmedV1() | facts.EligibilityRefusedV1():
            return _selected(state, event, fact.findings, None)
        case facts.CandidacyWithdrawn() | facts.CandidacyWithdrawnV1():
            return msgspec.structs.replace(state, version=version, withdrawn_from=fact.effective_from)
        case facts.SeparationExceptionGranted():
            exceptions = state.exceptions | {(fact.assessor_id, fact.session_id)}
            return msgspec.structs.replace(state, version=version, exceptions=exceptions)
        case facts.AssessorRecused():
            aside = {i: msgspec.structs.replace(state.sheets[i], live=False) for i in fact.set_aside}
            recused, sheets = state.recused | {event.by[0].person}, state.sheets | aside
            return msgspec.structs.replace(state, version=version, recused=recused, sheets=sheets)
        case facts.ScoreSheetSubmitted():
            assessor = event.by[0].person
            sheet = Sheet(fact.sheet_id, assessor, fact.activity, fact.commitment.digest, None, True)
            return msgspec.structs.replace(state, version=version, sheets=state.sheets | {sheet.sheet_id: sheet})
        case facts.ScoreSheetRevealed():
            revealed = msgspec.structs.replace(state.sheets[fact.sheet_id], levels=fact.levels)
            return msgspec.structs.replace(state, version=version, sheets=state.sheets | {fact.sheet_id: revealed})
        case facts.ScoreSheetSuperseded():
            old = msgspec.structs.replace(state.sheets[fact.old_sheet_id], live=False)
            commitment, moderator = fact.commitment.digest, event.by[1].person
            new = Sheet(fact.sheet_id, old.assessor, old.activity, commitment, None, True, moderator)
            # The new one takes the place of the old one: of two sheets of one human, the first counts.
            pairs = ((old, new) if s.sheet_id == old.sheet_id else (s,) for s in state.sheets.values())
            sheets = {s.sheet_id: s for pair in pairs for s in pair}
            return msgspec.structs.replace(state, version=version, sheets=sheets)
        case facts.ModerationHeld():
            moderations = (*state.moderations, (event.by[0].person, fact))
            return msgspec.structs.replace(state, version=version, moderations=moderations)
        case facts.AssessmentOutcomeComputed():
            return msgspec.structs.replace(state, version=version, outcome=fact)
        case SelectionRemitted():
            return _remitted(state, version)
        case AssessmentReopened():
            return _reopened(state, fact, version)
        case _:
            preparation, decisions = evolve_preparation(state.preparation, fact), decisions_with(state.decisions, event)
            return msgspec.structs.replace(state, version=version, preparation=preparation, decisions=decisions)


def _selected(
    state: Candidacy, event: Event[CandidacyFact], findings: tuple[facts.CriterionFinding, ...], reason: Digest | None
) -> Candidacy:
    selection = Selection(findings, reason, tuple(signer.person for signer in event.by))
    decisions = decisions_with(state.decisions, event)
    return msgspec.structs.replace(state, version=event.version, selection=selection, decisions=decisions)


def _remitted(state: Candidacy, version: int) -> Candidacy:
    """Without the exclusion, or else without the selection; who decided it does not decide again."""
    barred = state.barred | {person for decision in state.decisions for person in decision.by}
    if state.preparation.excluded is not None:
        preparation = msgspec.structs.replace(state.preparation, excluded=None)
        return msgspec.structs.replace(state, version=version, preparation=preparation, barred=barred)
    barred |= state.findings.keys()
    return msgspec.structs.replace(state, version=version, selection=None, findings={}, barred=barred)


def _reopened(state: Candidacy, fact: AssessmentReopened, version: int) -> Candidacy:
    """Without the sheets that counted, what was settled, and the outcome; who assessed does not assess again."""
    aside = {i: msgspec.structs.replace(state.sheets[i], live=False) for i in fact.set_aside}
    return msgspec.structs.replace(
        state,
        version=version,
        sheets=state.sheets | aside,
        moderations=(),
        outcome=None,
        reopened_after=state.reopened_after | {fact.appeal_id},
        assessed_before=state.scorers | state.moderators,
        moderated_before=state.moderators,
        earlier_sheets=frozenset(state.sheets),
    )
