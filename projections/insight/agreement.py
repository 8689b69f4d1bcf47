"""How far assessors agree: Krippendorff's alpha of levels, and intraclass correlations of means.

Alpha is exact, in fractions. Sources: Krippendorff, "Computing Krippendorff's alpha-reliability" (2011); Shrout and
Fleiss, "Intraclass correlations" (1979); McGraw and Wong (1996) for the interval.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from math import isfinite, lcm

import msgspec

from projections.insight.intervals import CONFIDENCE, Interval, f_quantile

Distance = Callable[[Counter[int], int, int], int]
"""The squared difference of two levels, given how often each level was given; alpha does not depend on its scale."""


def interval(_: Counter[int], one: int, other: int) -> int:
    """Levels are numbers, and a step is a step."""
    return (one - other) ** 2


def ordinal(given: Counter[int], one: int, other: int) -> int:
    """Levels are only in order: two differ by how many of the given levels lie between them, here twice as many."""
    low, high = sorted((one, other))
    between = sum(count for level, count in given.items() if low <= level <= high)
    return (2 * between - given[low] - given[high]) ** 2


def alpha(units: Iterable[Sequence[int]], distance: Distance = ordinal) -> Fraction | None:
    """Returns Krippendorff's alpha of the levels that each unit was given, in any order.

    Units with fewer than two levels tell nothing. None where all levels are the same: without any difference, nothing
    shows whether assessors would agree on one.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    given = Counter(level for unit in pairable for level in unit)
    pairs = Counter((one, other, len(unit)) for unit in pairable for one, other in permutations(unit, 2))
    apart = {(one, other): distance(given, one, other) for one, other in permutations(given, 2)}
    observed = defaultdict[int, int](int)  # by the size of the unit
    for (one, other, size), count in pairs.items():
        observed[size] += count * apart.get((one, other), 0)
    within = sum((Fraction(found, size - 1) for size, found in observed.items()), Fraction())
    expected = sum(given[one] * given[other] * squared for (one, other), squared in apart.items())
    return None if not expected else 1 - (given.total() - 1) * within / expected


class Correlation(msgspec.Struct, frozen=True):
    """An intraclass correlation with its interval; None where the data leave it open."""

    value: float
    interval: Interval | None


class Correlations(msgspec.Struct, frozen=True):
    """ICC(2,1) ``of_one`` rater and ICC(2,k) ``of_all``, by absolute agreement of ``raters`` on ``targets``."""

    of_one: Correlation
    of_all: Correlation
    targets: int
    raters: int


def correlations(rows: Sequence[Sequence[Fraction]]) -> Correlations | None:
    """Returns the two-way random intraclass correlations of a full table, a row for each target.

    None of a table with fewer than two rows or columns, or in which nothing differs.
    """
    n, k = len(rows), len(rows[0]) if rows else 0
    if n < 2 or k < 2:
        return None
    scale = lcm(*(value.denominator for row in rows for value in row))
    table = [[int(value * scale) for value in row] for row in rows]
    # Sums of squares, times n * k: correlations do not depend on the scale, and whole numbers are exact and fast.
    total = sum(map(sum, table)) ** 2
    of_rows = n * sum(sum(row) ** 2 for row in table)
    of_columns = k * sum(sum(column) ** 2 for column in zip(*table, strict=True))
    of_cells = n * k * sum(value**2 for row in table for value in row)
    between_rows, between_columns = Fraction(of_rows - total, n - 1), Fraction(of_columns - total, k - 1)
    residual = Fraction(of_cells - of_rows - of_columns + total, (n - 1) * (k - 1))
    spread = between_rows + (k - 1) * residual + Fraction(k, n) * (between_columns - residual)
    if not spread:
        return None
    one = (between_rows - residual) / spread
    bounds = _bounds(one, between_rows, between_columns, residual, n, k)
    return Correlations(
        of_one=Correlation(float(one), bounds),
        of_all=Correlation(
            _stepped_up(float(one), k),
            bounds and Interval(_stepped_up(bounds.low, k), _stepped_up(bounds.high, k)),
        ),
        targets=n,
        raters=k,
    )


def _bounds(
    one: Fraction, between_rows: Fraction, between_columns: Fraction, residual: Fraction, n: int, k: int
) -> Interval | None:
    """The interval of ICC(2,1), with the degrees of freedom after Satterthwaite."""
    if one == 1:
        return Interval(1.0, 1.0)
    rows, columns, rest = map(float, (between_rows, between_columns, residual))
    a = float(k * one / (n * (1 - one)))
    b = float(1 + k * one * (n - 1) / (n * (1 - one)))
    scale = (a * columns) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1))
    freedom = (a * columns + b * rest) ** 2 / scale if scale else 0.0
    if freedom < 1:  # too little differs to say how far
        return None
    tail = (1 + CONFIDENCE) / 2
    below, above = f_quantile(tail, n - 1, freedom), f_quantile(tail, freedom, n - 1)
    others = k * columns + (k * n - k - n) * rest
    low = n * (rows - below * rest) / (below * others + n * rows)
    high = n * (above * rows - rest) / (others + n * above * rows)
    return Interval(low, high) if isfinite(low) and isfinite(high) else None


def _stepped_up(single: float, k: int) -> float:
    """Spearman and Brown: the reliability of a mean of ``k`` from that of one."""
    divisor = 1 + (k - 1) * single
    return k * single / divisor if divisor else float("-inf")
