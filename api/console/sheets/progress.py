"""What keeps the sheets of each candidate sealed, who could fill the gaps, and what a registrar may reveal."""

from typing import NamedTuple

from api.console.application import Console
from api.console.sheets.own import called
from api.console.sheets.reading import reading
from api.secretariat.proposals import Proposal, proposal
from api.words.names import name_of
from ledger.domain.decisions.assessment import RevealScoreSheet, may_not_score, missing_sheets
from ledger.domain.reader import Reader
from ledger.domain.record import Role
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.words import Language


class Progress(NamedTuple):
    """One candidate: how many sheets are sealed and revealed, and what is missing before they can be revealed.

    ``is_short`` when fewer assessors of the workshop may score them than what is missing needs; ``could_score`` names
    those who could be assigned. ``waits_for_close``: no other sheet is taken, since some are revealed already.
    """

    candidacy: str
    name: str
    sealed: int
    revealed: int
    missing: tuple[str, ...]
    waits_for_close: bool
    is_short: bool
    could_score: tuple[str, ...]
    recused: tuple[str, ...]

    @property
    def can_be_revealed(self) -> bool:
        return bool(self.sealed) and not self.missing


def progress_of(console: Console, session_id: str, language: Language) -> list[Progress]:
    """Return where each candidate of a workshop stands, by name."""
    read = reading(console.office.ledger, session_id)
    session = read.session(session_id)
    found = [_progress(console, one, session, read, language) for one in _attending(session_id, read)]
    return sorted(found, key=lambda one: (one.name, one.candidacy))


def reveals(console: Console, session_id: str, registrar: str) -> tuple[list[Proposal], list[int]]:
    """Return what would reveal every sheet that may be revealed, and the numbers of what waits to do so already."""
    read = reading(console.office.ledger, session_id)
    waiting = {
        item.proposal.command.sheet_id: item.number
        for item in console.office.inbox.waiting(registrar)
        if isinstance(item.proposal.command, RevealScoreSheet)
    }
    sealed = [
        (one.candidacy_id, sheet.sheet_id)
        for one in _attending(session_id, read)
        if not missing_sheets(one, read)
        for sheet in one.live_sheets
        if sheet.levels is None
    ]
    new = [
        proposal("reveal-score-sheet", registrar, candidacy_id=candidacy, sheet_id=sheet)
        for candidacy, sheet in sealed
        if sheet not in waiting
    ]
    return new, [waiting[sheet] for _, sheet in sealed if sheet in waiting]


def _attending(session_id: str, read: Reader) -> list[Candidacy]:
    return [one for one in read.candidacies_in(session_id) if one.attends]


def _progress(console: Console, one: Candidacy, session: Session, read: Reader, language: Language) -> Progress:
    sealed = sum(sheet.levels is None for sheet in one.live_sheets)
    missing = [] if one.any_revealed and not sealed else missing_sheets(one, read)
    assigned = [person for person in sorted(session.assessors) if _could_score(person, one, read)]
    few = len(assigned) < read.scheme_version(session).assessors_per_cell
    is_short, could = bool(missing) and few and not one.any_revealed, list[str]()
    if is_short:
        others = console.office.ledger.ids_of("officer")
        could = [
            person
            for person in others
            if Role.ASSESSOR in read.officer(person).roles
            and not read.is_among(person, session.assessors | session.facilitators)
            and _could_score(person, one, read)
        ]
    person = one.nominated.person_id
    return Progress(
        candidacy=one.candidacy_id,
        name=name_of(person, read) or person,
        sealed=sealed,
        revealed=len(one.live_sheets) - sealed,
        missing=tuple(_in_words(each, session, read, language) for each in missing),
        waits_for_close=bool(missing) and one.any_revealed,
        is_short=is_short,
        could_score=tuple(name_of(each, read) or each for each in could),
        recused=tuple(name_of(each, read) or each for each in sorted(one.recused)),
    )


def _could_score(person: str, candidacy: Candidacy, read: Reader) -> bool:
    """Whether the rules would let somebody score a candidate if they were assigned to the workshop."""
    if may_not_score(person, candidacy, read) is not None:
        return False
    return any(read.person(one).employments for one in read.ids_of(person))


def _in_words(missing: str, session: Session, read: Reader, language: Language) -> str:
    """What :func:`missing_sheets` names: a cell (activity/competency), or an assessor (activity: person)."""
    version = read.scheme_version(session)
    names = {row.id: called(row, language) for row in version.activities}
    names |= {row.id: called(row, language) for row in version.competencies}
    activity, is_person, person = missing.partition(": ")
    if is_person:
        return f"{names[activity]}: {name_of(person, read) or person}"
    activity, _, competency = missing.partition("/")
    return f"{names[activity]} / {names[competency]}"
