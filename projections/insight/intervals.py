"""Intervals of 95 %: of a proportion, of a mean, and the quantile of the F distribution that others need."""

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, stdev

import msgspec

CONFIDENCE = 0.95
_TOLERANCE = 1e-20  # of the square of what is left
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


class Interval(msgspec.Struct, frozen=True):
    """The two ends of an interval, both included."""

    low: float
    high: float


def wilson(passed: int, total: int) -> Interval | None:
    """Returns the score interval of a proportion (Wilson 1927); None of nothing. It never leaves 0 to 1."""
    if not total:
        return None
    share, square = passed / total, _Z**2
    middle = share + square / (2 * total)
    half = _Z * sqrt(share * (1 - share) / total + square / (4 * total**2))
    scale = 1 + square / total
    low = 0.0 if passed == 0 else (middle - half) / scale
    return Interval(low, 1.0 if passed == total else (middle + half) / scale)


def of_mean(values: Sequence[float]) -> Interval | None:
    """Returns the t interval of a mean; None of fewer than two values."""
    if len(values) < 2:
        return None
    # The square of a t with v degrees of freedom is an F with 1 and v.
    half = sqrt(f_quantile(CONFIDENCE, 1, len(values) - 1)) * stdev(values) / sqrt(len(values))
    return Interval(fmean(values) - half, fmean(values) + half)


def f_quantile(probability: float, above: float, below: float) -> float:
    """Returns the value that an F variate with these degrees of freedom stays under with a probability."""
    from mpmath import betainc, findroot  # when it is needed: most commands compute no interval

    def beyond(share: float) -> float:
        return float(betainc(above / 2, below / 2, 0, share, regularized=True)) - probability

    share = float(findroot(beyond, (0, 1), solver="pegasus", tol=_TOLERANCE, verify=False))
    return below * share / (above * (1 - share)) if share < 1 else float("inf")
