"""Recalibration: a classifier's likelihoods made true on texts of one's own, without training it again."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from hegui.core import InvalidInput
from hegui.screening.classifier import Classifier, Target, Weights, likelihood
from hegui.screening.classifier_file import encode_classifier
from hegui.screening.examples import Examples
from hegui.screening.model import ANY

_LEAST_OF_EACH = 20
_ROUNDS = 100
_EXACT = 1e-10
_STEADY = 1e-6


class NotCalibratable(InvalidInput):
    """The texts do not allow the likelihoods of a target to be set right.

    Attributes:
        risk: the target's risk.
    """

    def __init__(self, risk: str, *, zh: str, en: str) -> None:
        """Name the target and the reason."""
        super().__init__(zh=f"{risk} 无法校准：{zh}", en=f"{risk} cannot be calibrated: {en}")
        self.risk = risk


class _Line(NamedTuple):
    """New odds from old ones: ``slope * odds + offset``."""

    slope: float
    offset: float


def recalibrate(classifier: Classifier, data: Sequence[Examples]) -> bytes:
    """The classifier with likelihoods that are true on ``data`` (Platt's method).

    The order of texts by score stays as it was; only how sure the classifier says it is changes.

    Args:
        classifier: what to calibrate.
        data: a sample of the texts that it will read, labelled.

    Returns:
        The new model file.

    Raises:
        NotCalibratable: there are too few texts of a kind, the data do not name risks although the
            classifier tells several, or its scores say nothing about these texts.
    """
    rows = [row for each in data for row in each.rows]
    if len(classifier.targets) > 1 and any(ANY in row.risks for row in rows):
        raise NotCalibratable(
            "、".join(target.risk for target in classifier.targets),
            zh="数据只标了“不安全”，没有写明是哪一种风险",
            en="the data only say “unsafe”, not of which risk",
        )
    odds = [classifier.log_odds(row.text) for row in rows]
    targets: list[Target] = []
    weights: list[Weights] = []
    for number, (target, each) in enumerate(zip(classifier.targets, classifier.parts.weights, strict=True)):
        truth = [row.shows(target.risk) for row in rows]
        line = _line(target.risk, [odd[number] for odd in odds], truth)
        targets.append(msgspec.structs.replace(target, bias=line.slope * target.bias + line.offset))
        weights.append(
            Weights(
                [line.slope * weight for weight in each.presence],
                [line.slope * weight for weight in each.relative],
            )
        )
    files = (*classifier.card.calibrated_on, *(each.file for each in data))
    card = msgspec.structs.replace(classifier.card, calibrated_on=files)
    return encode_classifier(classifier.parts._replace(targets=targets, weights=weights), card)


def _line(risk: str, odds: Sequence[float], truth: Sequence[bool]) -> _Line:
    """The line under which the truth is likeliest, found by Newton's method."""
    shown = sum(truth)
    safe = len(truth) - shown
    if min(shown, safe) < _LEAST_OF_EACH:
        raise NotCalibratable(
            risk,
            zh=f"不安全 {shown} 条、安全 {safe} 条；每类至少要有 {_LEAST_OF_EACH} 条",
            en=f"{shown} unsafe and {safe} safe texts; at least {_LEAST_OF_EACH} of each are needed",
        )
    # Aiming a little short of 0 and 1 keeps the line finite where the scores part the kinds perfectly.
    high, low = (shown + 1) / (shown + 2), 1 / (safe + 2)
    aims = [high if each else low for each in truth]
    line = _Line(0.0, math.log(shown / safe))
    loss = _loss(line, odds, aims)
    for _ in range(_ROUNDS):
        step = _newton(line, odds, aims)
        nearer = next(_closer(line, step, loss, odds, aims), None)
        if nearer is None:
            break
        line, loss = nearer
    if line.slope <= 0:
        raise NotCalibratable(
            risk,
            zh="在这些文本上，分数与是否不安全无关，请重新训练",
            en="its scores say nothing about these texts; train it again",
        )
    return line


def _closer(
    line: _Line, step: _Line, loss: float, odds: Sequence[float], aims: Sequence[float]
) -> Iterator[tuple[_Line, float]]:
    """Where the whole step leads, or half of it, or a quarter …, as far as that is better."""
    share = 1.0
    while share > _EXACT:
        tried = _Line(line.slope - share * step.slope, line.offset - share * step.offset)
        found = _loss(tried, odds, aims)
        if found < loss - _EXACT:
            yield tried, found
        share /= 2


def _loss(line: _Line, odds: Sequence[float], aims: Sequence[float]) -> float:
    """How unlikely the aims are under the line (the negative logarithm)."""
    lifted = ((line.slope * odd + line.offset, aim) for odd, aim in zip(odds, aims, strict=True))
    return math.fsum(max(odd, 0.0) + math.log1p(math.exp(-abs(odd))) - aim * odd for odd, aim in lifted)


def _newton(line: _Line, odds: Sequence[float], aims: Sequence[float]) -> _Line:
    slope = offset = mixed = 0.0
    slopes = offsets = _STEADY
    for odd, aim in zip(odds, aims, strict=True):
        sure = likelihood(line.slope * odd + line.offset)
        wrong, doubt = sure - aim, sure * (1 - sure)
        slope += wrong * odd
        offset += wrong
        slopes += doubt * odd * odd
        offsets += doubt
        mixed += doubt * odd
    scale = slopes * offsets - mixed * mixed
    return _Line((offsets * slope - mixed * offset) / scale, (slopes * offset - mixed * slope) / scale)
