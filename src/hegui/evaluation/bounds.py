"""Exact confidence bounds on a share (Clopper and Pearson 1934), without a numerics library."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

CONFIDENCE = Decimal("0.95")
"""One-sided: of a hundred such bounds, at least 95 lie on the right side of the true share."""

_DIGITS = Decimal("0.0001")
_HALVINGS = 60
_TINY = 1e-300
_CONVERGED = 1e-15
_MOST_TERMS = 100_000


def lower_bound(successes: int, trials: int) -> Decimal:
    """The share that the true one exceeds with :data:`CONFIDENCE`, rounded down to four digits.

    Args:
        successes: between 0 and ``trials``.
        trials: at least 1.
    """
    if successes == 0:
        return Decimal(0)
    share = _solve(successes, trials - successes + 1, 1 - float(CONFIDENCE))
    return Decimal(share).quantize(_DIGITS, ROUND_FLOOR)


def upper_bound(successes: int, trials: int) -> Decimal:
    """The share that the true one stays under with :data:`CONFIDENCE`, rounded up to four digits.

    Args:
        successes: between 0 and ``trials``.
        trials: at least 1.
    """
    if successes == trials:
        return Decimal(1)
    share = _solve(successes + 1, trials - successes, float(CONFIDENCE))
    return Decimal(share).quantize(_DIGITS, ROUND_CEILING)


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
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * share / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * share / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = _inverse(1 + term * d)
            c = 1 + term / c
            step *= c * d
        value *= step
        if abs(step - 1) < _CONVERGED:
            break
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
