"""The levels that assessors gave independently of each other, before moderation, and measures of them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from statistics import fmean
from typing import NamedTuple

import msgspec

from ledger.domain.states.candidacy import Candidacy
from projections.insight.agreement import Correlations, alpha, correlations, interval
from projections.insight.intervals import Interval, of_mean, wilson

ENOUGH = 10  # candidates, or units: with fewer, a figure says more about them than about the assessment


class Given(NamedTuple):
    """One level: who gave it to whom, in which cell."""

    candidacy_id: str
    activity: str
    competency: str
    assessor: str
    level: int


class Rate(msgspec.Struct, frozen=True):
    """How many of those with a complete assessment passed. ``incomplete`` are counted beside: missing is not zero."""

    passed: int
    total: int
    incomplete: int
    interval: Interval | None

    @property
    def is_enough(self) -> bool:
        return self.total >= ENOUGH


class Agreement(msgspec.Struct, frozen=True):
    """How far assessors agree in cells that several rated; the correlations are of their means by candidate.

    ``left_out`` candidates were not scored by the same assessors as most, and are not in the correlations.
    """

    cells: int
    ordinal: Fraction | None
    interval: Fraction | None
    correlations: Correlations | None
    left_out: int

    @property
    def is_enough(self) -> bool:
        return self.cells >= ENOUGH

    @property
    def are_correlations_enough(self) -> bool:
        return self.correlations is not None and self.correlations.targets >= ENOUGH


class Severity(msgspec.Struct, frozen=True):
    """By how much an assessor's levels lie above those of the others in the same cells; below 0, they are stricter.

    The unit is the candidate: levels of one candidate are no independent observations.
    """

    difference: float
    interval: Interval | None
    candidates: int
    cells: int

    @property
    def is_enough(self) -> bool:
        return self.candidates >= ENOUGH


def given(candidacy: Candidacy, one: Callable[[str], str]) -> Iterator[Given]:
    """Yields every revealed level of the sheets that count; ``one`` returns the id under which a human counts."""
    for sheet in candidacy.counting(one):
        for competency, level in sorted((sheet.levels or {}).items()):
            yield Given(candidacy.candidacy_id, sheet.activity, competency, one(sheet.assessor), level)


def rate(results: Iterable[bool | None]) -> Rate:
    """Returns the pass rate of some results, of which None is incomplete."""
    counted = Counter(results)
    total = counted[True] + counted[False]
    return Rate(counted[True], total, counted[None], wilson(counted[True], total))


def agreement(levels: Iterable[Given]) -> Agreement:
    """Returns how far the assessors of some levels agree."""
    cells = _cells(levels)
    units = [list(by.values()) for by in cells.values() if len(by) > 1]
    rows, left_out = _table(cells)
    return Agreement(len(units), alpha(units), alpha(units, interval), correlations(rows), left_out)


def severities(levels: Iterable[Given]) -> dict[str, Severity]:
    """Returns the severity of every assessor who rated a cell that another rated too, by id."""
    differences: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (candidacy_id, _, _), by in _cells(levels).items():
        for assessor, level in by.items():
            others = [other for colleague, other in by.items() if colleague != assessor]
            if others:
                differences[assessor][candidacy_id].append(level - fmean(others))
    return {
        assessor: Severity(
            difference=fmean(means := [fmean(found) for found in of_candidates.values()]),
            interval=of_mean(means),
            candidates=len(means),
            cells=sum(map(len, of_candidates.values())),
        )
        for assessor, of_candidates in sorted(differences.items())
    }


Cells = dict[tuple[str, str, str], dict[str, int]]


def _cells(levels: Iterable[Given]) -> Cells:
    """By candidate, activity and competency: the level that each assessor gave."""
    cells: Cells = defaultdict(dict)
    for row in levels:
        cells[row.candidacy_id, row.activity, row.competency][row.assessor] = row.level
    return cells


def _table(cells: Cells) -> tuple[list[list[Fraction]], int]:
    """A row for each candidate whom all of the most usual assessors scored: their means over the same cells.

    Returns how many candidates are left out beside.
    """
    of_candidates: dict[str, list[dict[str, int]]] = defaultdict(list)
    for (candidacy_id, _, _), by in cells.items():
        of_candidates[candidacy_id].append(by)
    teams = Counter(frozenset(name for by in found for name in by) for found in of_candidates.values())
    several = [each for each in teams if len(each) > 1]
    if not several:
        return [], len(of_candidates)
    _, _, team = max((teams[each], len(each), sorted(each)) for each in several)
    rows = []
    for found in of_candidates.values():
        shared = [by for by in found if by.keys() >= set(team)]
        if shared:
            rows.append([Fraction(sum(by[name] for by in shared), len(shared)) for name in team])
    return rows, len(of_candidates) - len(rows)
