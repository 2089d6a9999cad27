"""Exact confidence bounds on a share, without a numerics library.

They are those of Clopper and Pearson (1934); where the sample is a good part of all there is, those of the
hypergeometric distribution, which know that what was seen is not drawn again.
"""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CONFIDENCE = Decimal("0.95")
"""One-sided: of a hundred such bounds, at least 95 lie on the right side of the true share."""

_DIGITS = Decimal("0.0001")
_HALVINGS = 60
_TINY = 1e-300
_CONVERGED = 1e-15
_MOST_TERMS = 100_000
_PART = 20
"""A sample that is more than one part in so many of the population is drawn from something finite."""


def lower_bound(
    successes: int, trials: int, *, population: int | None = None, confidence: Decimal = CONFIDENCE
) -> Decimal:
    """The share that the true one exceeds with ``confidence``, rounded down to four digits.

    Args:
        successes: between 0 and ``trials``.
        trials: at least 1.
        population: how many there are in all, where the trials were drawn from them without putting back.
        confidence: between 0 and 1.
    """
    if successes == 0:
        return Decimal(0)
    if population is not None and trials * _PART > population:
        least = _least_good(successes, trials, population, 1 - float(confidence))
        return (Decimal(least) / population).quantize(_DIGITS, ROUND_FLOOR)
    share = _solve(successes, trials - successes + 1, 1 - float(confidence))
    return Decimal(share).quantize(_DIGITS, ROUND_FLOOR)


def upper_bound(
    successes: int, trials: int, *, population: int | None = None, confidence: Decimal = CONFIDENCE
) -> Decimal:
    """The share that the true one stays under with ``confidence``, rounded up to four digits.

    Args:
        successes: between 0 and ``trials``.
        trials: at least 1.
        population: how many there are in all, where the trials were drawn from them without putting back.
        confidence: between 0 and 1.
    """
    if population is not None and trials * _PART > population:
        least = _least_good(trials - successes, trials, population, 1 - float(confidence))
        return (Decimal(population - least) / population).quantize(_DIGITS, ROUND_CEILING)
    if successes == trials:
        return Decimal(1)
    share = _solve(successes + 1, trials - successes, float(confidence))
    return Decimal(share).quantize(_DIGITS, ROUND_CEILING)


def hypergeometric_tail(at_least: int, *, good: int, trials: int, population: int) -> float:
    """The chance of at least so many good ones among those drawn without putting back.

    Args:
        at_least: between 0 and ``trials``.
        good: how many of the population are good.
        trials: how many are drawn.
        population: how many there are.
    """
    bad = population - good
    first = max(at_least, trials - bad, 0)
    if first > min(trials, good):
        return 0.0
    term = math.exp(
        _log_choices(good, first) + _log_choices(bad, trials - first) - _log_choices(population, trials)
    )
    total = term
    for drawn in range(first, min(trials, good)):
        term *= (good - drawn) * (trials - drawn) / ((drawn + 1) * (bad - trials + drawn + 1))
        total += term
        if term < total * _CONVERGED:
            break
    return min(total, 1.0)


def _log_choices(of: int, chosen: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)


def _least_good(successes: int, trials: int, population: int, chance: float) -> int:
    """The least number of good ones with which so many successes have more than this chance."""
    low, high = successes, population - (trials - successes)
    while low < high:
        middle = (low + high) // 2
        # Up to the mean about one draw in two has as many: no need to sum.
        likely = successes * population <= trials * middle
        if (
            likely
            or hypergeometric_tail(successes, good=middle, trials=trials, population=population) > chance
        ):
            high = middle
        else:
            low = middle + 1
    return low


def incomplete_beta(share: float, a: int, b: int) -> float:
    """The regularised incomplete beta function, which is the chance of at least ``a`` successes.

    Args:
        share: the chance of one success, between 0 and 1.
        a: successes, at least 1.
        b: the other trials and one, at least 1; there are ``a + b - 1`` trials.
    """
    if share <= 0 or share >= 1:
        return float(share >= 1)
    # The fraction converges fast on one side of the mean; the other side is its mirror image.
    if share > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - share, b, a)
    logarithm = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(share) + b * math.log1p(-share)
    )
    return math.exp(logarithm) * _fraction(share, a, b) / a


def _fraction(share: float, a: int, b: int) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, _inverse(1 - (a + b) * share / (a + 1))
    value, step, m = d, 0.0, 0
    while abs(step - 1) >= _CONVERGED and m < _MOST_TERMS:
        m += 1
        even = m * (b - m) * share / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * share / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = _inverse(1 + term * d)
            c = 1 + term / c
            step *= c * d
        value *= step
    return value


def _inverse(value: float) -> float:
    return 1 / (value if abs(value) > _TINY else _TINY)


def _solve(a: int, b: int, chance: float) -> float:
    """The share at which :func:`incomplete_beta` is ``chance``; it grows with the share."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if incomplete_beta(middle, a, b) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2
