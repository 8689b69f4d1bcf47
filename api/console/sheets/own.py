"""An assessor's own sheets of a workshop: one for each candidate and assessed activity, and what became of it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Self

from api.console.application import Console
from api.console.sheets.reading import reading
from api.secretariat.proposals import Waiting
from api.words.names import name_of
from ledger.disclosures import Disclosure
from ledger.domain.decisions import require
from ledger.domain.decisions.assessment import SubmitScoreSheet, may_not_score, require_may_submit
from ledger.domain.events.scheme import Activity, Competency, SchemeVersionDrafted
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.session import Session
from ledger.words import Language, Words

Order = Literal["candidate", "activity"]
Cell = tuple[str, str]  # a candidacy and an activity


class Line(NamedTuple):
    """A competency on a sheet; ``level`` is None when nothing was observed, or nothing is saved yet."""

    competency: str
    name: str
    level: int | None


class Sheet(NamedTuple):
    """``number`` is that of the statement that waits for the assessor's signature, which is the sheet as they saved it.

    ``is_open`` is False where none can be handed in; why not is said of the candidate. ``signed`` is the id of the
    sheet that is signed. ``saved`` is what they saved, where ``lines`` are something else that was not taken.
    """

    candidacy: str
    candidate: str
    activity: str
    title: str
    lines: tuple[Line, ...]
    number: int | None
    signed: str | None
    is_open: bool
    may_be_corrected: bool
    saved: tuple[Line, ...] = ()

    @property
    def is_signed(self) -> bool:
        return self.signed is not None

    @property
    def anchor(self) -> str:
        return f"{self.candidacy}.{self.activity}"

    @property
    def is_to_do(self) -> bool:
        """Whether nothing is saved, and something could be."""
        return self.is_open and self.number is None and not self.is_signed

    def with_levels(self, levels: Mapping[str, int]) -> Self:
        """Return the same with these levels."""
        return self._replace(lines=tuple(line._replace(level=levels.get(line.competency)) for line in self.lines))


class Candidate(NamedTuple):
    """``why_not`` says why this assessor cannot score them now; it is empty when they can."""

    candidacy: str
    name: str
    why_not: str
    is_recused: bool
    sheets: tuple[Sheet, ...]


class Own(NamedTuple):
    """What one assessor has to score; ``levels`` are those of the rubric, with their anchors."""

    session: Session
    levels: tuple[tuple[int, str], ...]
    activities: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    sheets: tuple[Sheet, ...]

    @property
    def waiting(self) -> list[int]:
        """The numbers of what is saved and not signed."""
        return [sheet.number for sheet in self.sheets if sheet.number is not None]

    def sheet(self, cell: Cell) -> Sheet | None:
        """The sheet of a cell."""
        return next((sheet for sheet in self.sheets if (sheet.candidacy, sheet.activity) == cell), None)

    def following(self, cell: Cell) -> Sheet | None:
        """The next sheet in order on which nothing is saved; after the last one, the first."""
        place = next((n for n, sheet in enumerate(self.sheets) if (sheet.candidacy, sheet.activity) == cell), 0)
        return next((sheet for sheet in (*self.sheets[place:], *self.sheets[:place]) if sheet.is_to_do), None)

    def filled_in(self, cell: Cell, levels: Mapping[str, int]) -> Self:
        """Return the same with these levels on a sheet that is not signed, beside those that are saved."""
        return self._replace(
            sheets=tuple(
                sheet.with_levels(levels)._replace(saved=sheet.lines if sheet.number else ())
                if (sheet.candidacy, sheet.activity) == cell and not sheet.is_signed
                else sheet
                for sheet in self.sheets
            )
        )


def own_sheets(console: Console, session_id: str, assessor: str, language: Language, order: Order) -> Own:
    """Return what an assessor has to score in a workshop. Raises ``Refused`` when they do not assess in it."""
    read = reading(console.office.ledger, session_id)
    session = read.session(session_id)
    if not read.is_among(assessor, session.assessors):
        raise Refused("assessor-not-assigned", person=assessor, session=session_id)
    require.no_candidate(assessor, session_id, read)
    version, waiting = read.scheme_version(session), waiting_sheets(console, assessor)
    activities = [activity for activity in version.activities if activity.competencies]
    candidates = [
        _candidate(console, one, activities, assessor, read, language, waiting)
        for one in read.candidacies_in(session_id)
        if one.attends
    ]
    candidates.sort(key=lambda one: (one.name, one.candidacy))
    sheets = [sheet for one in candidates for sheet in one.sheets]
    if order == "activity":
        places = [activity.id for activity in activities]
        sheets.sort(key=lambda sheet: places.index(sheet.activity))
    titles = tuple(called(activity, language) for activity in activities)
    return Own(session, levels_of(version, language), titles, tuple(candidates), tuple(sheets))


def waiting_sheets(console: Console, assessor: str) -> dict[Cell, Waiting]:
    """Return the sheets that an assessor saved and has not signed."""
    found: dict[Cell, Waiting] = {}
    for item in console.office.inbox.waiting(assessor):
        if isinstance(command := item.proposal.command, SubmitScoreSheet):
            found[command.candidacy_id, command.activity] = item
    return found


def levels_of(version: SchemeVersionDrafted, language: Language) -> tuple[tuple[int, str], ...]:
    """Return the levels of the rubric with their anchors."""
    return tuple((row.level, Words(row.anchor_en, row.anchor_fr).into(language)) for row in version.levels)


def competencies_of(activity: Activity, version: SchemeVersionDrafted, language: Language) -> list[tuple[str, str]]:
    """Return the competencies that are assessed in an activity, with their names."""
    by_id = {one.id: one for one in version.competencies}
    return [(one, called(by_id[one], language)) for one in activity.competencies]


def _candidate(
    console: Console,
    candidacy: Candidacy,
    activities: list[Activity],
    assessor: str,
    read: Reader,
    language: Language,
    waiting: dict[Cell, Waiting],
) -> Candidate:
    person, why_not = candidacy.nominated.person_id, ""
    try:
        require_may_submit(assessor, candidacy.candidacy_id, console.office.ledger.now().date(), read)
    except Refused as refused:
        why_not = refused.words.into(language)
    version = read.scheme_version(read.session(candidacy.nominated.session_id))
    name = name_of(person, read) or person
    sheets = []
    for activity in activities:
        item = waiting.get((candidacy.candidacy_id, activity.id))
        signed = next(
            (
                sheet
                for sheet in candidacy.live_sheets
                if sheet.activity == activity.id and read.is_among(assessor, [sheet.assessor])
            ),
            None,
        )
        levels: dict[str, int] = {}
        if signed is not None:
            sealed = read.disclosure(signed.commitment)
            levels = signed.levels or ({} if sealed is None else sealed.value)
        elif item is not None:
            levels = _sealed(item).value
        lines = tuple(Line(one, said, levels.get(one)) for one, said in competencies_of(activity, version, language))
        sheets.append(
            Sheet(
                candidacy=candidacy.candidacy_id,
                candidate=name,
                activity=activity.id,
                title=called(activity, language),
                lines=lines,
                number=None if item is None or signed is not None else item.number,
                signed=None if signed is None else signed.sheet_id,
                is_open=not why_not,
                may_be_corrected=signed is not None
                and candidacy.outcome is None
                and may_not_score(assessor, candidacy, read) is None,
            )
        )
    return Candidate(candidacy.candidacy_id, name, why_not, read.is_among(assessor, candidacy.recused), tuple(sheets))


def _sealed(item: Waiting) -> Disclosure:
    """The levels of a sheet that waits."""
    (levels,) = item.proposal.disclosures
    return levels


def called(named: Activity | Competency, language: Language) -> str:
    """Return the name of an activity or a competency."""
    return Words(named.name_en, named.name_fr).into(language)
