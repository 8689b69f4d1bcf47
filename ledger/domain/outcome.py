"""The assessment rules by version, in exact integer arithmetic, each with a full trace.

``mean-of-levels/v1``: a competency's score is the exact mean of all its levels over all its cells; it
is met when that mean is at or above the cut. A cell (activity x competency) needs a number of
assessors; with fewer it is incomplete, and so is its competency and the whole: missing is not zero.
A moderated level replaces that of each sheet of its cell. The composite is the sum of the means.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction

from ledger.domain.events import candidacy as facts
from ledger.domain.events.common import Ratio
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.states.candidacy import Candidacy


def mean_of_levels_v1(version: SchemeVersionDrafted, candidacy: Candidacy) -> facts.AssessmentOutcomeComputed:
    """The outcome of a candidacy whose live sheets are all revealed."""
    cells = tuple(
        _cell(candidacy, activity.id, competency, version.assessors_per_cell)
        for activity in version.activities
        for competency in activity.competencies
    )
    competencies = tuple(
        _competency(c.id, c.cut, [cell for cell in cells if cell.competency == c.id]) for c in version.competencies
    )
    met = None if any(c.met is None for c in competencies) else all(c.met for c in competencies)
    composite = None
    if met is not None:
        total = sum((Fraction(c.total, c.count) for c in competencies), Fraction())
        composite = Ratio(total.numerator, total.denominator)
    return facts.AssessmentOutcomeComputed(
        rule="mean-of-levels/v1",
        cells=cells,
        competencies=competencies,
        composite=composite,
        outcome="incomplete" if met is None else "met" if met else "not-met",
    )


RULES: dict[str, Callable[[SchemeVersionDrafted, Candidacy], facts.AssessmentOutcomeComputed]] = {
    "mean-of-levels/v1": mean_of_levels_v1,
}
"""By the name that a scheme version has as its ``decision_rule``. A rule that was used never changes."""


def unmet(outcome: facts.AssessmentOutcomeComputed) -> tuple[str, ...]:
    """The reasons against a grant: competencies below their cut, or incomplete cells (activity/competency)."""
    if outcome.outcome == "incomplete":
        return tuple(f"{c.activity}/{c.competency}" for c in outcome.cells if not is_complete(c))
    return tuple(c.competency for c in outcome.competencies if not c.met)


def is_complete(cell: facts.CellTrace) -> bool:
    """Whether the cell has as many assessors as the scheme requires."""
    return len(cell.sheets) >= cell.required


def _cell(candidacy: Candidacy, activity: str, competency: str, required: int) -> facts.CellTrace:
    sheets = sorted(
        (
            facts.SheetLevel(sheet.sheet_id, sheet.levels[competency])
            for sheet in candidacy.live_sheets
            if sheet.activity == activity and sheet.levels is not None and competency in sheet.levels
        ),
        key=lambda sheet: sheet.sheet_id,
    )
    moderated = next(
        (m.level for _, m in candidacy.moderations if (m.activity, m.competency) == (activity, competency)), None
    )
    return facts.CellTrace(activity, competency, tuple(sheets), moderated, required)


def _competency(competency: str, cut: int, cells: Iterable[facts.CellTrace]) -> facts.CompetencyTrace:
    total = count = 0
    complete = True
    for cell in cells:
        complete = complete and is_complete(cell)
        count += len(cell.sheets)
        total += sum(sheet.level if cell.moderated is None else cell.moderated for sheet in cell.sheets)
    # total / count >= cut, without dividing
    return facts.CompetencyTrace(competency, total, count, cut, total >= cut * count if complete else None)
