"""Rates, intervals and measures of agreement are those of the literature, and do not depend on order."""

from fractions import Fraction
from math import comb
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.insight.agreement import alpha, correlations, interval
from projections.insight.intervals import f_quantile, incomplete_beta, of_mean, wilson
from projections.insight.ratings import ENOUGH, Given, agreement, rate, severities

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section C: 4 observers, 12 units; 0 is no value.
OBSERVERS = ("123321412000", "123322412503", "033323422510", "123324412510")
UNITS = [[int(level) for level in column if level != "0"] for column in zip(*OBSERVERS, strict=True)]
# Shrout and Fleiss, "Intraclass correlations" (1979), table 2: 6 targets, 4 judges.
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
UNITS_OF_LEVELS = st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=4), min_size=1, max_size=8)
TABLES = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.lists(st.integers(1, 5), min_size=k, max_size=k), min_size=2, max_size=6)
)


def fractions(rows: list[list[int]]) -> list[list[Fraction]]:
    return [[Fraction(value) for value in row] for row in rows]


def test_alpha_is_that_of_the_published_example() -> None:
    ordinal, intervals = alpha(UNITS), alpha(UNITS, interval)
    assert ordinal is not None
    assert intervals is not None
    assert (round(float(ordinal), 3), round(float(intervals), 3)) == (0.815, 0.849)


def test_the_correlations_are_those_of_the_published_example() -> None:
    """The value is that of Shrout and Fleiss; the interval that of the R package psych for their table."""
    found = correlations(fractions(JUDGED))
    assert found is not None
    assert (found.targets, found.raters) == (6, 4)
    assert (round(found.of_one.value, 2), round(found.of_all.value, 2)) == (0.29, 0.62)
    assert found.of_one.interval is not None
    assert found.of_all.interval is not None
    assert (round(found.of_one.interval.low, 3), round(found.of_one.interval.high, 3)) == (0.019, 0.761)
    assert (round(found.of_all.interval.low, 3), round(found.of_all.interval.high, 3)) == (0.071, 0.927)


@pytest.mark.parametrize(
    ("passed", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_rate_is_that_of_newcombe(passed: int, total: int, low: float, high: float) -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3."""
    found = wilson(passed, total)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("probability", "above", "below", "value"),
    [(0.95, 1, 10, 4.965), (0.95, 3, 8, 4.066), (0.975, 5, 15, 3.576), (0.975, 1, 1, 647.789), (0.95, 10, 120, 1.910)],
)
def test_quantiles_are_those_of_the_tables(probability: float, above: float, below: float, value: float) -> None:
    assert f_quantile(probability, above, below) == pytest.approx(value, abs=6e-4)


@settings(max_examples=50)
@given(st.integers(1, 60), st.integers(1, 60), st.fractions(0, 1, max_denominator=1000))
def test_the_incomplete_beta_function_is_the_sum_of_a_binomial(a: int, b: int, share: Fraction) -> None:
    """DLMF 8.17.5: for whole numbers it is the probability of ``a`` successes or more in ``a + b - 1`` trials."""
    trials = a + b - 1
    exact = sum(comb(trials, n) * share**n * (1 - share) ** (trials - n) for n in range(a, trials + 1))
    assert incomplete_beta(a, b, float(share)) == pytest.approx(float(exact), rel=1e-11, abs=1e-14)


@settings(max_examples=50)
@given(st.floats(0.001, 0.999), st.floats(1, 500), st.floats(1, 500))
def test_a_quantile_is_where_the_distribution_has_that_probability(p: float, above: float, below: float) -> None:
    value = f_quantile(p, above, below)
    share = above * value / (above * value + below)
    assert incomplete_beta(above / 2, below / 2, share) == pytest.approx(p, abs=1e-9)
    assert f_quantile(1 - p, below, above) == pytest.approx(1 / value, rel=1e-6)


def test_the_interval_of_a_mean_is_that_of_student() -> None:
    found = of_mean([1, 2, 3, 4, 5])  # 3 ± 2.776 · 1.5811 / √5
    assert found is not None
    assert (round(found.low, 3), round(found.high, 3)) == (1.037, 4.963)
    assert of_mean([1]) is None
    assert wilson(0, 0) is None


@given(UNITS_OF_LEVELS)
def test_alpha_of_perfect_agreement_is_one(units: list[list[int]]) -> None:
    agreed = [[unit[0]] * len(unit) for unit in units]
    differ = len({unit[0] for unit in units}) > 1
    for distance in (alpha(agreed), alpha(agreed, interval)):
        assert distance == (1 if differ else None)


@given(UNITS_OF_LEVELS, st.randoms(use_true_random=False))
def test_alpha_does_not_depend_on_order_or_on_which_end_is_best(units: list[list[int]], random: Random) -> None:
    mixed = [random.sample(unit, len(unit)) for unit in random.sample(units, len(units))]
    turned = [[6 - level for level in unit] for unit in units]
    assert alpha(units) == alpha(mixed) == alpha(turned)
    assert alpha(units, interval) == alpha(mixed, interval) == alpha(turned, interval)
    found = alpha(units)
    assert found is None or found <= 1


@given(UNITS_OF_LEVELS)
def test_units_that_one_assessor_rated_do_not_count(units: list[list[int]]) -> None:
    assert alpha(units) == alpha([*units, [5], []])


@settings(max_examples=25)
@given(TABLES, st.randoms(use_true_random=False))
def test_correlations_do_not_depend_on_order_and_lie_in_their_interval(rows: list[list[int]], random: Random) -> None:
    columns = random.sample(range(len(rows[0])), len(rows[0]))
    mixed = [[row[column] for column in columns] for row in random.sample(rows, len(rows))]
    found, other = correlations(fractions(rows)), correlations(fractions(mixed))
    assert (found is None) == (other is None)
    if found is not None and other is not None:
        assert found.of_one.value == other.of_one.value <= 1
        bounds = found.of_one.interval
        if bounds is not None:
            assert bounds.low - 1e-9 <= found.of_one.value <= bounds.high + 1e-9


@given(st.lists(st.integers(1, 5), min_size=2, max_size=6), st.integers(2, 4))
def test_correlations_of_perfect_agreement_are_one(levels: list[int], raters: int) -> None:
    found = correlations(fractions([[level] * raters for level in levels]))
    if len(set(levels)) == 1:
        assert found is None
    else:
        assert found is not None
        assert found.of_one.value == found.of_all.value == 1
        assert found.of_one.interval is not None
        assert found.of_one.interval.low == 1


def test_nothing_is_said_of_a_table_that_is_too_small() -> None:
    assert correlations([]) is None
    assert correlations(fractions([[1, 2]])) is None
    assert correlations(fractions([[1], [2]])) is None


@given(st.lists(st.sampled_from([True, False, None]), max_size=30))
def test_a_rate_counts_what_is_incomplete_beside(results: list[bool | None]) -> None:
    found = rate(results)
    assert found.passed + found.incomplete + results.count(False) == len(results)
    assert found.is_enough == (found.total >= ENOUGH)
    if found.interval is not None:
        assert 0 <= found.interval.low <= found.passed / found.total <= found.interval.high <= 1


def levels_of(rows: dict[str, tuple[int, ...]], assessors: str = "ab") -> list[Given]:
    """Levels by candidate, one of each assessor."""
    return [
        Given(candidate, "case", "skill", assessor, level)
        for candidate, levels in rows.items()
        for assessor, level in zip(assessors, levels, strict=True)
    ]


def test_severity_is_the_difference_from_the_others_by_candidate() -> None:
    found = severities(levels_of({"c1": (4, 3), "c2": (5, 3), "c3": (2, 2)}))
    assert (found["a"].difference, found["b"].difference) == (1.0, -1.0)
    assert (found["a"].candidates, found["a"].cells, found["a"].is_enough) == (3, 3, False)
    bounds = found["a"].interval
    assert bounds is not None
    assert bounds.low < 0 < 1 < bounds.high


def test_who_rated_alone_has_no_severity() -> None:
    assert severities([Given("c1", "case", "skill", "a", 4)]) == {}


def test_agreement_leaves_out_who_was_scored_by_others_and_counts_them() -> None:
    levels = [*levels_of({"c1": (4, 3), "c2": (5, 3), "c3": (2, 2)}), *levels_of({"c4": (1, 1)}, "cd")]
    found = agreement(levels)
    assert found.correlations is not None
    assert (found.cells, found.correlations.targets, found.left_out, found.is_enough) == (4, 3, 1, False)
    assert not found.are_correlations_enough
    alone = agreement([Given("c1", "case", "skill", "a", 4)])
    assert (alone.cells, alone.ordinal, alone.correlations, alone.left_out) == (0, None, None, 1)
