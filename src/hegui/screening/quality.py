"""How good a detector is: what it finds and misses, what it finds wrongly, whether its scores are true."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from hegui.core import InvalidInput, Record

_BINS = 10
_POINTS = 19
_PER = 10_000


class NothingToMeasure(InvalidInput):
    """There are no rows, or none of one kind, so that there is nothing to say."""

    def __init__(self, *, rows: int, unsafe: int) -> None:
        """Say what there is."""
        super().__init__(
            zh=f"共 {rows} 行，其中不安全 {unsafe} 行；两类都要有才能评测",
            en=f"there are {rows} rows, {unsafe} of them unsafe; both kinds are needed to measure",
        )


class Scored(NamedTuple):
    """One row: how sure the detector is, from 0 to 1, and what is true."""

    score: float
    unsafe: bool


class Point(Record):
    """What a threshold would bring; ``precision`` is ``None`` where nothing reaches it."""

    threshold: float
    precision: float | None
    recall: float
    false_alarms_per_10000: float


class Bin(Record):
    """The rows with scores from ``low`` to ``high``: how sure the detector was, and how many are unsafe."""

    low: float
    high: float
    rows: int
    mean_score: float
    share_unsafe: float


class GroupQuality(Record):
    """The rows that have ``value`` in ``column``.

    ``recall`` is ``None`` where the group holds nothing unsafe, ``false_alarm_rate`` where nothing safe.
    """

    column: str
    value: str
    rows: int
    unsafe: int
    accuracy: float
    recall: float | None
    false_alarm_rate: float | None


class Quality(Record):
    """What was measured on some rows at one threshold.

    Attributes:
        rows: how many there are; ``unsafe`` of them are.
        threshold: the score from which on a row counts as found.
        found: true positives.
        missed: false negatives.
        false_alarms: false positives.
        accuracy: the share of rows judged rightly.
        precision: the share of what was found that is unsafe; ``None`` where nothing was found.
        recall: the share of what is unsafe that was found.
        f1: the harmonic mean of both.
        macro_f1: the mean of the F1 of unsafe and of safe rows.
        false_alarms_per_10000: false alarms on so many safe rows.
        auc: the chance that an unsafe row has a higher score than a safe one.
        average_precision: the area under the curve of precision over recall.
        calibration_error: the expected difference between score and truth, over ten bins (ECE).
        brier: the mean squared difference between score and truth.
        bins: the reliability table behind ``calibration_error``.
        curve: other thresholds.
    """

    rows: int
    unsafe: int
    threshold: float
    found: int
    missed: int
    false_alarms: int
    accuracy: float
    precision: float | None
    recall: float
    f1: float
    macro_f1: float
    false_alarms_per_10000: float
    auc: float
    average_precision: float
    calibration_error: float
    brier: float
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]


def measure(scored: Iterable[Scored], *, threshold: float) -> Quality:
    """What the scores are worth at ``threshold``.

    Raises:
        NothingToMeasure: there is not at least one unsafe and one safe row.
    """
    rows = sorted(scored, reverse=True)
    unsafe = sum(row.unsafe for row in rows)
    safe = len(rows) - unsafe
    if not unsafe or not safe:
        raise NothingToMeasure(rows=len(rows), unsafe=unsafe)
    found, false_alarms = _reaching(rows, threshold)
    bins = _bins(rows)
    wrong = (unsafe - found) + false_alarms
    f1 = _f1(found, wrong)
    return Quality(
        rows=len(rows),
        unsafe=unsafe,
        threshold=threshold,
        found=found,
        missed=unsafe - found,
        false_alarms=false_alarms,
        accuracy=1 - wrong / len(rows),
        precision=_share(found, found + false_alarms),
        recall=found / unsafe,
        f1=f1,
        macro_f1=(f1 + _f1(safe - false_alarms, wrong)) / 2,
        false_alarms_per_10000=_PER * false_alarms / safe,
        auc=_auc(rows, unsafe=unsafe, safe=safe),
        average_precision=_average_precision(rows, unsafe=unsafe),
        calibration_error=sum(each.rows * abs(each.mean_score - each.share_unsafe) for each in bins)
        / len(rows),
        brier=sum((row.score - row.unsafe) ** 2 for row in rows) / len(rows),
        bins=bins,
        curve=tuple(_point(rows, step / (_POINTS + 1), unsafe, safe) for step in range(1, _POINTS + 1)),
    )


def measure_group(column: str, value: str, scored: Sequence[Scored], *, threshold: float) -> GroupQuality:
    """What the scores are worth on one group of rows, of one kind or both."""
    unsafe = sum(row.unsafe for row in scored)
    safe = len(scored) - unsafe
    found, false_alarms = _reaching(scored, threshold)
    return GroupQuality(
        column=column,
        value=value,
        rows=len(scored),
        unsafe=unsafe,
        accuracy=(found + safe - false_alarms) / len(scored),
        recall=_share(found, unsafe),
        false_alarm_rate=_share(false_alarms, safe),
    )


def _reaching(rows: Iterable[Scored], threshold: float) -> tuple[int, int]:
    """How many unsafe and how many safe rows reach the threshold."""
    reached = [row.unsafe for row in rows if row.score >= threshold]
    return sum(reached), len(reached) - sum(reached)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f1(right: int, wrong: int) -> float:
    return 2 * right / (2 * right + wrong) if right else 0.0


def _point(rows: Sequence[Scored], threshold: float, unsafe: int, safe: int) -> Point:
    found, false_alarms = _reaching(rows, threshold)
    return Point(
        threshold=threshold,
        precision=_share(found, found + false_alarms),
        recall=found / unsafe,
        false_alarms_per_10000=_PER * false_alarms / safe,
    )


def _bins(rows: Sequence[Scored]) -> tuple[Bin, ...]:
    numbered = ((min(int(row.score * _BINS), _BINS - 1), row) for row in rows)
    made = []
    for number, members in groupby(sorted(numbered), key=lambda item: item[0]):
        kept = [row for _, row in members]
        made.append(
            Bin(
                low=number / _BINS,
                high=(number + 1) / _BINS,
                rows=len(kept),
                mean_score=sum(row.score for row in kept) / len(kept),
                share_unsafe=sum(row.unsafe for row in kept) / len(kept),
            )
        )
    return tuple(made)


def _ties(rows: Sequence[Scored]) -> Iterable[tuple[int, int]]:
    """Unsafe and safe rows of each score, the highest score first."""
    for _, members in groupby(rows, key=lambda row: row.score):
        kept = [row.unsafe for row in members]
        yield sum(kept), len(kept) - sum(kept)


def _auc(rows: Sequence[Scored], *, unsafe: int, safe: int) -> float:
    won = 0.0
    above = 0
    for tied_unsafe, tied_safe in _ties(rows):
        won += tied_safe * (above + tied_unsafe / 2)
        above += tied_unsafe
    return won / (unsafe * safe)


def _average_precision(rows: Sequence[Scored], *, unsafe: int) -> float:
    area = 0.0
    found = false_alarms = 0
    for tied_unsafe, tied_safe in _ties(rows):
        found += tied_unsafe
        false_alarms += tied_safe
        area += tied_unsafe / unsafe * found / (found + false_alarms)
    return area
