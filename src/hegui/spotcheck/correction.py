"""What a screen's count of unsafe documents amounts to once its errors are reckoned with. Pure.

People have looked at documents drawn at random, and the screen has looked at the same ones: so we know how
often it finds what is there and clears what is not. Rogan and Gladen (1978) turn the share that it found in
everything into an estimate of the true one. Its interval reckons with the errors being estimates themselves:
each of the two is bounded exactly with 97.5 % confidence, and the interval holds the estimates over all pairs
within their bounds.
"""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from hegui.core import Record, lower_bound, upper_bound

_DIGITS = Decimal("0.0001")
_EACH = Decimal("0.975")
"""Two bounds that fail one time in forty each fail together at most one time in twenty."""


class ErrorCorrection(Record):
    """The errors of a screen, and the share of unsafe documents that they leave likely.

    Attributes:
        failing: documents that fail, as people have settled.
        found: those of them that the screen found unsafe.
        passing: documents that pass.
        cleared: those of them that the screen found nothing in.
        apparent: the share of everything that the screen found unsafe; decimal text.
        corrected: the estimate of the true share; ``None`` where there is none, because nothing failed or
            the screen tells no better than chance.
        least: the lower end of the interval; ``None`` likewise.
        greatest: its upper end; ``None`` likewise.
    """

    failing: int
    found: int
    passing: int
    cleared: int
    apparent: str
    corrected: str | None
    least: str | None
    greatest: str | None


def correct(judged: Iterable[tuple[bool, bool]], *, unsafe: int, scanned: int) -> ErrorCorrection:
    """Correct what a screen found in everything by what it got wrong in the sample.

    Args:
        judged: of each document of the sample whether it fails, and whether the screen found it unsafe.
        unsafe: how many of all documents the screen found unsafe.
        scanned: how many it looked at; at least 1.
    """
    judged = list(judged)
    failing = sum(fails for fails, _ in judged)
    found = sum(fails and flagged for fails, flagged in judged)
    passing = len(judged) - failing
    cleared = sum(not fails and not flagged for fails, flagged in judged)
    apparent = Fraction(unsafe, scanned)
    corrected = least = greatest = None
    if failing and passing and Fraction(found, failing) + Fraction(cleared, passing) > 1:
        corrected = _true(apparent, Fraction(found, failing), Fraction(cleared, passing), unknown=Fraction(1))
        highest, lowest = (
            Fraction(bound(found, failing, confidence=_EACH)) for bound in (upper_bound, lower_bound)
        )
        surest, loosest = (
            Fraction(bound(cleared, passing, confidence=_EACH)) for bound in (upper_bound, lower_bound)
        )
        # The share grows with specificity and falls with sensitivity, within its range.
        least = _true(apparent, highest, loosest, unknown=Fraction(0))
        greatest = _true(apparent, lowest, surest, unknown=Fraction(1))
    return ErrorCorrection(
        failing=failing,
        found=found,
        passing=passing,
        cleared=cleared,
        apparent=_decimal(apparent, ROUND_HALF_EVEN),
        corrected=None if corrected is None else _decimal(corrected, ROUND_HALF_EVEN),
        least=None if least is None else _decimal(least, ROUND_FLOOR),
        greatest=None if greatest is None else _decimal(greatest, ROUND_CEILING),
    )


def _true(apparent: Fraction, sensitivity: Fraction, specificity: Fraction, *, unknown: Fraction) -> Fraction:
    """The estimate of Rogan and Gladen; ``unknown`` where such a screen would tell nothing."""
    better = sensitivity + specificity - 1
    if better <= 0:
        return unknown
    return min(max((apparent + specificity - 1) / better, Fraction(0)), Fraction(1))


def _decimal(share: Fraction, rounding: str) -> str:
    return str((Decimal(share.numerator) / share.denominator).quantize(_DIGITS, rounding))
