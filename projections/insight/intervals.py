"""Intervals of 95 %: of a proportion, of a mean, and the quantile of the F distribution that others need."""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist, fmean, stdev

import msgspec

CONFIDENCE = 0.95
_TOLERANCE = 1e-13  # of a quantile
_LEAST = 1e-17  # of a sum, which a smaller term does not change
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
    a, b, low, high = above / 2, below / 2, 0.0, 1.0
    share = a / (a + b)
    while low < share < high:
        excess = incomplete_beta(a, b, share) - probability
        low, high = (share, high) if excess < 0 else (low, share)
        density = exp(_log_front(a, b, share)) / (share * (1 - share))
        found = share - excess / density if density else low  # Newton; what leaves the bracket halves it instead
        found = found if low < found < high else (low + high) / 2
        if abs(found - share) <= _TOLERANCE * share * (1 - share):
            break
        share = found
    return below * share / (above * (1 - share)) if share < 1 else float("inf")


def incomplete_beta(a: float, b: float, share: float) -> float:
    """Returns the regularized incomplete beta function, for a share from 0 to 1."""
    if share in (0, 1):
        return float(share)
    if share > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - share)  # DLMF 8.17.4, where the series below converges slowly
    # DLMF 8.17.8: no term is below 0, so nothing cancels.
    total = term = 1.0
    number = 0
    while term > total * _LEAST:
        term *= share * (a + b + number) / (a + 1 + number)
        total, number = total + term, number + 1
    return exp(_log_front(a, b, share)) * total / a


def _log_front(a: float, b: float, share: float) -> float:
    return lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(share) + b * log1p(-share)
