"""Holding a count against a rate that the rulebook asks for. Pure.

What is unknown is held against whoever is assessed: a verdict stands only if it would be the same whatever
the unknown were. Beside the share stands its exact confidence bound, which tells a pass from a pass by luck.
"""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from hegui.core import Record, Verdict, lower_bound, upper_bound
from hegui.rulebook.model import Comparison, Parameter

_DIGITS = Decimal("0.0001")
_UPWARDS = frozenset({Comparison.AT_LEAST, Comparison.MORE_THAN})


class Count(Record):
    """What was counted.

    Attributes:
        counted: those that count towards the share.
        of: those there are.
        unknown: those of them that nobody could tell, none of which is counted.
    """

    counted: int
    of: int
    unknown: int = 0

    @property
    def extremes(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest share there can be, whatever the unknown are."""
        return Fraction(self.counted, self.of), Fraction(self.counted + self.unknown, self.of)


class RateStanding(Record):
    """How a count stands to a rate.

    Attributes:
        share: the unknown held against whoever is assessed; ``None`` of nothing.
        bound: the exact one-sided 95 % confidence bound of the share on the rate's side.
        verdict: not assessed where the unknown could turn it, or of nothing.
        robustly_met: whether the bound meets the rate, too.
    """

    share: Decimal | None
    bound: Decimal | None
    verdict: Verdict
    robustly_met: bool


def stand(count: Count, *, rate: Parameter, population: int | None = None) -> RateStanding:
    """Hold a count against a rate.

    Args:
        count: what was counted.
        rate: the share that is asked for.
        population: how many there are in all, where those counted were drawn from them.
    """
    if not count.of:
        return RateStanding(share=None, bound=None, verdict=Verdict.NOT_ASSESSED, robustly_met=False)
    upwards = rate.comparison in _UPWARDS
    worst = count.counted if upwards else count.counted + count.unknown
    bound = (lower_bound if upwards else upper_bound)(worst, count.of, population=population)
    verdict = _verdict(count, rate)
    return RateStanding(
        share=(Decimal(worst) / count.of).quantize(_DIGITS, ROUND_FLOOR),
        bound=bound,
        verdict=verdict,
        robustly_met=verdict is Verdict.MET and rate.holds(bound),
    )


def _verdict(count: Count, rate: Parameter) -> Verdict:
    least, greatest = (rate.holds(share) for share in count.extremes)
    if least is not greatest:
        return Verdict.NOT_ASSESSED
    return Verdict.MET if least else Verdict.NOT_MET
