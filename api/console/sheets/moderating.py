"""Revealed sheets beside each other, and what a moderated level would change in the outcome."""

from collections.abc import Iterable
from typing import ClassVar, NamedTuple

import msgspec

from api.console.application import Console
from api.console.filed import why_not
from api.console.sheets.own import called, competencies_of
from api.console.sheets.reading import reading
from api.secretariat.proposals import Proposal, proposal
from api.words.names import name_of
from ledger.domain.decisions.assessment import HoldModeration, may_not_moderate, outcome_of
from ledger.domain.events.candidacy import ModerationHeld
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.reading import Draft
from ledger.words import Language, Words

DISSENT = Words("Dissenting view: ", "Avis divergent : ")


class NotSettled(Refused):
    """A form says why a level counts, and not which."""

    texts: ClassVar = {
        "level-missing": Words(
            "{cell}: choose the level that counts, or remove what you wrote there",
            "{cell} : choisissez le niveau qui compte, ou effacez ce que vous y avez écrit",
        ),
    }


class Found(NamedTuple):
    """The level that an assessor found in a cell."""

    assessor: str
    level: int


class Compared(NamedTuple):
    """A cell of which every sheet is revealed. ``waiting`` is the number of a moderation that is not signed yet."""

    activity: str
    competency: str
    title: str
    found: tuple[Found, ...]
    moderated: int | None
    waiting: int | None

    @property
    def differs(self) -> bool:
        return len({one.level for one in self.found}) > 1

    @property
    def key(self) -> str:
        return f"{self.activity}.{self.competency}"


class Case(NamedTuple):
    """The cells of one candidate to be compared."""

    candidacy: str
    name: str
    cells: tuple[Compared, ...]
    is_computed: bool


class Settled(NamedTuple):
    """What a moderator would settle. ``dissent`` is who does not agree, and why."""

    activity: str
    competency: str
    level: int
    rationale: str
    dissent: str


class Changed(NamedTuple):
    """A competency before and after: the exact mean as total/count, and whether the cut is met (None: incomplete)."""

    name: str
    cut: int
    means: tuple[str, str]
    met: tuple[bool | None, bool | None]


class Effect(NamedTuple):
    """What moderated levels would change: each competency, and the outcomes before and after."""

    competencies: tuple[Changed, ...]
    outcomes: tuple[str, str]


def cases_of(console: Console, session_id: str, language: Language, *, all_cells: bool) -> list[Case]:
    """Return the cells whose revealed levels differ or were moderated, or all that are revealed."""
    read = reading(console.office.ledger, session_id)
    waiting = {
        (command.candidacy_id, command.activity, command.competency): item.number
        for item in console.office.inbox.waiting()
        if isinstance(command := item.proposal.command, HoldModeration)
    }
    found = []
    for one in read.candidacies_in(session_id):
        cells = tuple(
            cell
            for cell in _compared(one, waiting, read, language)
            if all_cells or cell.differs or cell.moderated is not None
        )
        if cells:
            person = one.nominated.person_id
            found.append(Case(one.candidacy_id, name_of(person, read) or person, cells, one.outcome is not None))
    return sorted(found, key=lambda case: (case.name, case.candidacy))


def bars(cases: Iterable[Case], moderator: str, read: Draft) -> dict[str, Words]:
    """Return why a moderator may settle no level of some candidates, by candidacy."""
    found = {case.candidacy: may_not_moderate(moderator, read.candidacy(case.candidacy), read) for case in cases}
    names = {moderator: name_of(moderator, read) or moderator}
    return {candidacy: why_not(refused, names) for candidacy, refused in found.items() if refused is not None}


def effect_of(read: Reader, candidacy_id: str, settled: list[Settled], language: Language) -> Effect:
    """Compute the outcome as the sheets are, and as it would be with these levels. Nothing is recorded."""
    candidacy = read.candidacy(candidacy_id)
    version = read.scheme_version(read.session(candidacy.nominated.session_id))
    held = tuple(
        ("", ModerationHeld(activity=s.activity, competency=s.competency, level=s.level, rationale=Digest("", "")))
        for s in settled
    )
    then = msgspec.structs.replace(candidacy, moderations=candidacy.moderations + held)
    before, after = (outcome_of(each, version, read) for each in (candidacy, then))
    names = {row.id: called(row, language) for row in version.competencies}
    return Effect(
        tuple(
            Changed(names[a.competency], a.cut, (f"{a.total}/{a.count}", f"{b.total}/{b.count}"), (a.met, b.met))
            for a, b in zip(before.competencies, after.competencies, strict=True)
        ),
        (before.outcome, after.outcome),
    )


def moderations(candidacy_id: str, settled: list[Settled], moderator: str, language: Language) -> list[Proposal]:
    """Return the statements that settle these cells. The rationale holds the dissent: the event has one sealed text.

    Without a reason of its own it stays empty, which the rules refuse, whoever dissents.
    """
    return [
        proposal(
            "hold-moderation",
            moderator,
            candidacy_id=candidacy_id,
            activity=one.activity,
            competency=one.competency,
            level=one.level,
            rationale={"name": "rationale", "value": _rationale(one, language)},
        )
        for one in settled
    ]


def _rationale(settled: Settled, language: Language) -> str:
    dissent = f"\n\n{DISSENT.into(language)}{settled.dissent}" if settled.dissent else ""
    return settled.rationale and settled.rationale + dissent


def _compared(
    candidacy: Candidacy, waiting: dict[tuple[str, str, str], int], read: Reader, language: Language
) -> list[Compared]:
    version = read.scheme_version(read.session(candidacy.nominated.session_id))
    sealed = {sheet.activity for sheet in candidacy.live_sheets if sheet.levels is None}
    outcome, cells = outcome_of(candidacy, version, read), list[Compared]()
    traces = {(cell.activity, cell.competency): cell for cell in outcome.cells}
    for activity in version.activities:
        if activity.id in sealed:
            continue
        title = called(activity, language)
        for competency, name in competencies_of(activity, version, language):
            trace = traces[activity.id, competency]
            assessors = [candidacy.sheets[level.sheet_id].assessor for level in trace.sheets]
            found = tuple(
                Found(name_of(assessor, read) or assessor, level.level)
                for assessor, level in zip(assessors, trace.sheets, strict=True)
            )
            if len(found) >= trace.required:
                number = waiting.get((candidacy.candidacy_id, activity.id, competency))
                cells.append(Compared(activity.id, competency, f"{title} / {name}", found, trace.moderated, number))
    return cells
