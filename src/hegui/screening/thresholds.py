"""Thresholds: from which score on a judge's ruling counts, and how gravely."""

from collections.abc import Iterable, Sequence
from typing import Annotated

import msgspec

from hegui.core import Json, Record
from hegui.screening.keywords import Level
from hegui.screening.model import ANY, Direction, concerns

_GRAVITY = tuple(Level)


class Threshold(Record):
    """From which score on something is found, and of what level it is then.

    Attributes:
        at_least: the score, from 0 to 1.
        level: ``low`` is recorded, not acted upon, under the default rules.
        risk: a risk, a group of risks, or ``*``.
        direction: where it counts; everywhere if not said.
    """

    at_least: Annotated[float, msgspec.Meta(gt=0, le=1)]
    level: Level = Level.HIGH
    risk: str = ANY
    direction: Direction | None = None


DEFAULT_THRESHOLDS = (
    # As likely as not is worth a note; acting on it would stop many harmless texts.
    Threshold(at_least=0.5, level=Level.LOW),
    Threshold(at_least=0.9, level=Level.HIGH),
)


def level_of(score: float, risk: str, direction: Direction, thresholds: Iterable[Threshold]) -> Level | None:
    """The gravest level that a score reaches; ``None`` where it reaches none."""
    reached = (
        threshold.level
        for threshold in thresholds
        if score >= threshold.at_least
        and threshold.direction in {None, direction}
        and concerns(threshold.risk, risk)
    )
    return max(reached, key=_GRAVITY.index, default=None)


def levels(thresholds: Iterable[Threshold]) -> Sequence[Level]:
    """Every level that thresholds may give."""
    return sorted({threshold.level for threshold in thresholds}, key=_GRAVITY.index)


def as_json(thresholds: Iterable[Threshold]) -> Json:
    """Thresholds as digests are made of them: shares as text."""
    return [
        {**msgspec.to_builtins(threshold), "at_least": str(threshold.at_least)} for threshold in thresholds
    ]
