"""Where the candidates of a workshop stand, and what is next: read from the record, never stored.

Of a sheet that is sealed, pages learn only that it is in: its levels are opened by the rule that says what is missing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from api.words.record import Record, territory
from ledger.domain.decisions import require
from ledger.domain.decisions.assessment import may_not_score, missing_sheets
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.session import Session
from ledger.likeness import parts_of
from ledger.reading import Draft
from ledger.words import Words


class Stage(StrEnum):
    """How far a candidate has come."""

    NOMINATED = "nominated"
    NOT_SELECTED = "not-selected"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    NO_SEAT = "no-seat"
    SELECTED = "selected"
    SCORING = "scoring"
    SCORED = "scored"
    SEALED = "sealed"
    UNSCORED = "unscored"
    DIFFERING = "differing"
    REVEALED = "revealed"
    ASSESSED = "assessed"
    RANKED = "ranked"
    GRANTED = "granted"
    PRE_ACCREDITED = "pre-accredited"
    DENIED = "denied"
    CERTIFIED = "certified"


STAGES: dict[Stage, Words] = {
    Stage.NOMINATED: Words("Nominated", "Désignation enregistrée"),
    Stage.NOT_SELECTED: Words("Not selected", "Non-sélection"),
    Stage.WITHDRAWN: Words("Withdrawn", "Candidature retirée"),
    Stage.EXCLUDED: Words("Excluded", "Exclusion"),
    Stage.NO_SEAT: Words("No place", "Sans place"),
    Stage.SELECTED: Words("Selected", "Sélection confirmée"),
    Stage.SCORING: Words("Being scored", "Évaluation en cours"),
    Stage.SCORED: Words("All sheets in, sealed", "Fiches toutes soumises, sous scellé"),
    Stage.SEALED: Words("Workshop closed, sheets sealed", "Atelier clôturé, fiches sous scellé"),
    Stage.UNSCORED: Words("Workshop closed, no sheet handed in", "Atelier clôturé, aucune fiche soumise"),
    Stage.DIFFERING: Words("Sheets revealed, levels differ", "Fiches dévoilées, niveaux différents"),
    Stage.REVEALED: Words("Sheets revealed", "Fiches dévoilées"),
    Stage.ASSESSED: Words("Outcome computed", "Résultat calculé"),
    Stage.RANKED: Words("Ranked", "Classement calculé"),
    Stage.GRANTED: Words("Certification granted", "Certification accordée"),
    Stage.PRE_ACCREDITED: Words("Pre-accreditation granted", "Pré-accréditation accordée"),
    Stage.DENIED: Words("Certification refused", "Certification refusée"),
    Stage.CERTIFIED: Words("Certificate issued", "Certificat délivré"),
}


OUT = (Stage.WITHDRAWN, Stage.EXCLUDED, Stage.NO_SEAT)
"""Of who takes no further part."""


class Step(NamedTuple):
    """Something to be done, by whoever holds a role, on a page of the workshop; ``path`` comes after its address."""

    says: Words
    role: Role
    path: str


ASSIGN = Step(Words("Assign facilitators and assessors", "Affecter l’animation et l’évaluation"),
              Role.PROGRAMME_MANAGER, "#people")  # fmt: skip
NOMINATE = Step(Words("Record nominations", "Enregistrer les désignations"), Role.REGISTRAR, "/nominate")
FIND = Step(Words("Record your findings", "Enregistrer vos constats"), Role.SELECTION_PANEL, "/selection")
SELECT = Step(Words("Decide on the selection", "Décider de la sélection"), Role.SELECTION_PANEL, "/selection")
SCORE = Step(Words("Hand in score sheets", "Soumettre les fiches d’évaluation"), Role.ASSESSOR, "/sheets")
REVEAL = Step(Words("Reveal the score sheets", "Dévoiler les fiches d’évaluation"), Role.REGISTRAR, "/moderation")
MODERATE = Step(Words("Settle levels that differ", "Trancher les écarts de niveau"), Role.MODERATOR, "/moderation")
CLOSE = Step(Words("Close the workshop", "Clôturer l’atelier"), Role.PROGRAMME_MANAGER, "/ranking")
COMPUTE = Step(Words("Compute outcomes and ranking", "Calculer les résultats et le classement"),
               Role.REGISTRAR, "/ranking")  # fmt: skip
DECIDE = Step(Words("Decide on certification", "Décider de la certification"), Role.DECISION_AUTHORITY, "/memo")
ISSUE = Step(Words("Issue the certificate", "Délivrer le certificat"), Role.REGISTRAR, "/memo")


class Candidate(NamedTuple):
    """A candidate with what is recorded of them. ``sheets`` are in, of ``expected``, as long as any can come in."""

    candidacy: Candidacy
    certification: Certification
    name: str
    administration: Words
    stage: Stage
    sheets: int
    expected: int

    @property
    def id(self) -> str:
        return self.candidacy.candidacy_id

    @property
    def label(self) -> Words:
        return STAGES[self.stage]

    @property
    def selection(self) -> Words:
        """How far their selection has come, and nothing of what they achieved since."""
        is_over = self.stage not in (Stage.NOMINATED, Stage.NOT_SELECTED, *OUT)
        return STAGES[Stage.SELECTED] if is_over else self.label


class Workshop(NamedTuple):
    """A workshop as the record has it now. ``names`` are those of its people, by person id and by candidacy."""

    id: str
    session: Session
    version: SchemeVersionDrafted
    candidates: tuple[Candidate, ...]
    names: Mapping[str, str]
    read: Draft
    today: date

    @classmethod
    def of(cls, session_id: str, record: Record, levels: Draft, today: date) -> Self:
        """``levels`` is a reader that opens those that are sealed. Raises ``Refused`` when there is no workshop."""
        read = record.read
        session = require.session(session_id, read)
        version = read.scheme_version(session)
        found = read.candidacies_in(session_id)
        people = {*_people(session, found), *record.officers()}
        names = _Named(record.names({read.one(person) for person in people}), read)
        candidates = tuple(_candidate(one, session, version, names, levels) for one in found)
        names |= {one.id: one.name for one in candidates}
        order = sorted(candidates, key=lambda c: (parts_of(c.name), c.id))
        return cls(session_id, session, version, tuple(order), names, read, today)

    @property
    def attending(self) -> list[Candidate]:
        return [one for one in self.candidates if one.candidacy.attends]

    def at(self, *stages: Stage) -> list[Candidate]:
        """Return the candidates at one of these stages."""
        return [one for one in self.candidates if one.stage in stages]

    def step_of(self, candidate: Candidate) -> Step | None:
        """Return what is next for a candidate; None when nothing is."""
        return _next(candidate.stage, self.session, self.today)

    def steps(self) -> tuple[tuple[Step, int], ...]:
        """Return what is next for the workshop, and for how many candidates; 0 for what is about the whole."""
        return tuple(_steps(self.session, [c.stage for c in self.candidates], self.today))


def finding(count: int) -> tuple[tuple[Step, int], ...]:
    """Return what is next for a member of the panel who has findings to record on so many candidates, before all."""
    return ((FIND, count),) if count else ()


class Line(NamedTuple):
    """A workshop in the list of all: how many candidates are at which stage, and what is next."""

    id: str
    session: Session
    counts: tuple[tuple[Words, int], ...]
    steps: tuple[tuple[Step, int], ...]


def lines(ids: Iterable[str], read: Draft, today: date) -> list[Line]:
    """Return all workshops, the latest first, by a reader that opens sealed levels. Nobody is named."""
    found = [_line(one, read, today) for one in ids]
    return sorted(found, key=lambda line: (line.session.planned.start, line.id), reverse=True)


def _line(session_id: str, read: Draft, today: date) -> Line:
    session = read.session(session_id)
    version = read.scheme_version(session)
    stages = [_measured(one, session, version, read)[0] for one in read.candidacies_in(session_id)]
    counts = tuple((STAGES[stage], stages.count(stage)) for stage in Stage if stage in stages)
    return Line(session_id, session, counts, tuple(_steps(session, stages, today)))


class _Named(dict[str, str]):
    """Names by person id, whichever id a statement gives; of whom none is held, the id."""

    def __init__(self, names: Mapping[str, str], read: Draft) -> None:
        super().__init__(names)
        self._read = read

    def __missing__(self, person: str) -> str:
        human = self._read.one(person)
        return self[human] if human != person and human in self else person


def _people(session: Session, candidacies: Iterable[Candidacy]) -> set[str]:
    found = {*session.facilitators, *session.assessors}
    for one in candidacies:
        found |= {one.nominated.person_id} | one.scorers | one.moderators | {person for person, _ in one.exceptions}
        found |= {*one.findings} | (set() if one.selection is None else {*one.selection.by})
    return found


def _candidate(
    candidacy: Candidacy, session: Session, version: SchemeVersionDrafted, names: Mapping[str, str], read: Draft
) -> Candidate:
    nomination = candidacy.nominated
    stage, sheets, expected = _measured(candidacy, session, version, read)
    return Candidate(
        candidacy,
        read.certification(candidacy.candidacy_id),
        names[nomination.person_id],
        territory(nomination.administration_id),
        stage,
        sheets,
        expected,
    )


def _measured(
    candidacy: Candidacy, session: Session, version: SchemeVersionDrafted, read: Draft
) -> tuple[Stage, int, int]:
    """Return the stage, and how many sheets are in of how many."""
    sheets = len(candidacy.live_sheets)
    if session.closed or not candidacy.attends:  # what is missing stays missing
        return _stage(candidacy, session, read, is_complete=session.closed), sheets, sheets
    scoring = sum(may_not_score(assessor, candidacy, read) is None for assessor in session.assessors)
    asked = sum(bool(activity.competencies) for activity in version.activities)
    is_complete = _is_complete(candidacy, read)
    expected = sheets if is_complete else max(sheets, asked * max(scoring, version.assessors_per_cell))
    return _stage(candidacy, session, read, is_complete=is_complete), sheets, expected


def _is_complete(candidacy: Candidacy, read: Draft) -> bool:
    """Whether the rule would let the sheets be revealed; not where it cannot tell, since what is sealed is gone."""
    try:
        return not missing_sheets(candidacy, read)
    except Refused:
        return False


def stage_decided(certification: Certification) -> Stage:
    """Return the stage of whoever was decided on."""
    if certification.grant is not None:
        return Stage.CERTIFIED if certification.issues else Stage.GRANTED
    return Stage.DENIED if certification.pre_accreditation is None else Stage.PRE_ACCREDITED


def _stage(candidacy: Candidacy, session: Session, read: Draft, *, is_complete: bool) -> Stage:
    certification = read.certification(candidacy.candidacy_id)
    if certification.decided:
        return stage_decided(certification)
    if (out := stage_out(candidacy)) is not None:
        return out
    if candidacy.eligible is None:
        return Stage.NOMINATED
    if not candidacy.eligible:
        return Stage.NOT_SELECTED
    if session.selected is not None:
        return Stage.RANKED
    if candidacy.outcome is not None:
        return Stage.ASSESSED
    sheets = candidacy.live_sheets
    if any(sheet.levels is None for sheet in sheets):
        return Stage.SEALED if session.closed else Stage.SCORED if is_complete else Stage.SCORING
    if session.closed and not sheets:
        return Stage.UNSCORED
    if session.closed or (sheets and is_complete):
        return Stage.DIFFERING if _differs(candidacy) else Stage.REVEALED
    return Stage.SCORING if sheets else Stage.SELECTED


def stage_out(candidacy: Candidacy) -> Stage | None:
    """Return why a candidate takes no further part; None when they do, or the selection says so."""
    if candidacy.withdrawn:
        return Stage.WITHDRAWN
    if candidacy.preparation.excluded is not None:
        return Stage.EXCLUDED
    return Stage.NO_SEAT if candidacy.preparation.out else None


def _differs(candidacy: Candidacy) -> bool:
    """Whether the revealed levels of a cell differ, and nobody has settled it."""
    levels = defaultdict[tuple[str, str], set[int]](set)
    for sheet in candidacy.live_sheets:
        for competency, level in (sheet.levels or {}).items():
            levels[sheet.activity, competency].add(level)
    settled = {(moderation.activity, moderation.competency) for _, moderation in candidacy.moderations}
    return any(len(found) > 1 for cell, found in levels.items() if cell not in settled)


def _next(stage: Stage, session: Session, today: date) -> Step | None:
    match stage:
        case Stage.NOMINATED:
            return SELECT
        case Stage.SELECTED | Stage.SCORING if today >= session.planned.start:
            return SCORE
        case Stage.SCORED | Stage.SEALED:
            return REVEAL
        case Stage.UNSCORED | Stage.REVEALED | Stage.DIFFERING | Stage.ASSESSED if session.closed:
            return COMPUTE
        case Stage.REVEALED | Stage.DIFFERING if today >= session.planned.end:
            return CLOSE
        case Stage.DIFFERING:
            return MODERATE
        case Stage.RANKED:
            return DECIDE
        case Stage.GRANTED:
            return ISSUE
        case _:
            return None


def _steps(session: Session, stages: list[Stage], today: date) -> list[tuple[Step, int]]:
    following = [_next(stage, session, today) for stage in stages]
    found = [(step, following.count(step)) for step in dict.fromkeys(following) if step is not None]
    if session.closed:
        return found
    if not (session.facilitators and session.assessors):
        found.insert(0, (ASSIGN, 0))
    if not stages:
        found.append((NOMINATE, 0))
    if today >= session.planned.end and stages and CLOSE not in following and Stage.NOMINATED not in stages:
        found.append((CLOSE, 0))
    return found
