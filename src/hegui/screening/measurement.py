"""Measuring a detector on labelled texts: overall, by risk, by group, and on counter-speech."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from hegui.screening.examples import Example, Examples
from hegui.screening.model import ANY
from hegui.screening.model_card import ClassifierReport, TargetQuality
from hegui.screening.quality import GroupQuality, Scored, measure, measure_group

Score = Callable[[str], Sequence[float]]
"""For each of a detector's targets, how sure it is that a text shows it, from 0 to 1."""


class Told(NamedTuple):
    """What a detector tells: a risk or a group of risks, and what it is called more closely."""

    risk: str
    kind: str


def evaluate_detector(
    score: Score, told: Sequence[Told], data: Sequence[Examples], *, threshold: float
) -> ClassifierReport:
    """What ``score`` is worth on labelled texts it has not seen.

    Args:
        score: scores a text for each target.
        told: the targets.
        data: the texts.
        threshold: the score from which on a text counts as found.

    Raises:
        NothingToMeasure: there is not at least one unsafe and one safe text.
    """
    scores = [score(row.text) for each in data for row in each.rows]
    return report(scores, told, data, threshold=threshold)


def report(
    scores: Sequence[Sequence[float]], told: Sequence[Told], data: Sequence[Examples], *, threshold: float
) -> ClassifierReport:
    """The same for scores that are there already, in the order of the texts."""
    rows = list(chain.from_iterable(each.rows for each in data))
    highest = [Scored(max(each), row.unsafe) for each, row in zip(scores, rows, strict=True)]
    groups = dict.fromkeys(chain.from_iterable(each.groups for each in data))
    counter = next((each.counter_speech for each in data if each.counter_speech), None)
    return ClassifierReport(
        data=tuple(each.file for each in data),
        overall=measure(highest, threshold=threshold),
        targets=tuple(_targets(scores, told, rows, threshold)),
        groups=tuple(
            _group(name, value, highest, rows, threshold)
            for name in groups
            for value in sorted({row.others[name] for row in rows if name in row.others})
        ),
        counter_speech=_group(*counter, highest, rows, threshold) if counter else None,
    )


def _targets(
    scores: Sequence[Sequence[float]], told: Sequence[Told], rows: Sequence[Example], threshold: float
) -> list[TargetQuality]:
    """Each target by itself, as far as the data tell risks apart and have both kinds of rows."""
    if all(row.risks <= {ANY} for row in rows):
        return []
    found = []
    for number, target in enumerate(told):
        scored = [
            Scored(each[number], row.shows(target.risk)) for each, row in zip(scores, rows, strict=True)
        ]
        if 0 < sum(row.unsafe for row in scored) < len(scored):
            quality = measure(scored, threshold=threshold)
            found.append(TargetQuality(risk=target.risk, kind=target.kind, quality=quality))
    return found


def _group(
    name: str, value: str, scored: Sequence[Scored], rows: Sequence[Example], threshold: float
) -> GroupQuality:
    members = [each for each, row in zip(scored, rows, strict=True) if row.others.get(name) == value]
    return measure_group(name, value, members, threshold=threshold)
