"""Classifiers: how likely it is that a text shows a risk, from the short runs of characters in it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from hegui.core import BilingualText, Record
from hegui.screening.grams import condensed
from hegui.screening.matcher import MatcherKind, built
from hegui.screening.model_card import ModelCard

_MOST = 700.0  # beyond it `exp` overflows, and the likelihood is 0 or 1 anyway


class Target(Record):
    """Something a classifier tells.

    ``risk`` is one of the 31 (``A.2.e``) or a group of them (``A.2``); ``kind`` names it more closely. A text
    without any known gram has the log-odds ``bias``.
    """

    risk: str
    kind: str
    bias: float


class Weights(NamedTuple):
    """What each gram says for one target.

    Attributes:
        presence: added if a gram occurs; one for every gram.
        relative: added if a short gram occurs, by its share in the vector of all short grams that do; one for
            every gram of up to ``SHORT`` characters.
    """

    presence: Sequence[float]
    relative: Sequence[float]


class Parts(NamedTuple):
    """All that decides what a classifier says.

    Attributes:
        targets: what it tells.
        grams: every known gram, the shorter first.
        rarity: the inverse document frequency of each gram of up to ``SHORT`` characters.
        weights: for each target.
    """

    targets: Sequence[Target]
    grams: Sequence[str]
    rarity: Sequence[float]
    weights: Sequence[Weights]


class Clue(NamedTuple):
    """A gram that speaks for a target, and by how much (in log-odds)."""

    gram: str
    weight: float


class Classifier:
    """Judges texts by two sums over the grams that occur in them, trained together and made likelihoods.

    The first adds what each gram says; it knows much of a long text and little of a short one. In the second
    the short grams, weighed by their rarity, make a vector of length 1, so that all texts count alike.
    """

    def __init__(self, parts: Parts, card: ModelCard, *, digest: str) -> None:
        """Take what a model file holds, see :mod:`hegui.screening.classifier_file`.

        Args:
            parts: what decides.
            card: how it was made and how good it is.
            digest: of the model file.
        """
        self.parts = parts
        self.targets = tuple(parts.targets)
        self.card = card
        self.digest = digest
        self._find = built(parts.grams, MatcherKind.usual()).find
        self._few = len(parts.rarity)
        self._squares = [rarity * rarity for rarity in parts.rarity].__getitem__
        self._says = [
            (
                target.bias,
                list(each.presence).__getitem__,
                [
                    weight * rarity for weight, rarity in zip(each.relative, parts.rarity, strict=True)
                ].__getitem__,
            )
            for target, each in zip(parts.targets, parts.weights, strict=True)
        ]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.card.name

    def reason(self, text: str, target: int) -> BilingualText:
        """What it goes by in a text for one of its targets."""
        return in_words(self.clues(text, target))

    def likelihoods(self, text: str) -> list[float]:
        """For each target, how likely it is that the text shows it, from 0 to 1."""
        return [likelihood(log_odds) for log_odds in self.log_odds(text)]

    def log_odds(self, text: str) -> list[float]:
        """For each target, the logarithm of the odds that the text shows it."""
        present, short, length = self._seen(text)
        return [
            bias + sum(map(presence, present)) + sum(map(relative, short)) / length
            for bias, presence, relative in self._says
        ]

    def _seen(self, text: str) -> tuple[set[int], list[int], float]:
        """The grams that occur in a text; the short ones of them; the length of their vector."""
        present = {gram for _, _, gram in self._find(condensed(text))}
        few = self._few
        short = [gram for gram in present if gram < few]
        return present, short, math.sqrt(math.fsum(map(self._squares, short))) or 1.0

    def clues(self, text: str, target: int, *, most: int = 5) -> list[Clue]:
        """What speaks most for a target in a text: grams, each with all that the grams within it say.

        None of them is part of another.
        """
        present, short, length = self._seen(text)
        _, presence, relative = self._says[target]
        said = {self.parts.grams[gram]: presence(gram) for gram in present}
        for gram in short:
            said[self.parts.grams[gram]] += relative(gram) / length
        total = {whole: sum(weight for part, weight in said.items() if part in whole) for whole in said}
        chosen: list[Clue] = []
        for word, weight in sorted(total.items(), key=lambda item: (-item[1], item[0])):
            if weight <= 0 or len(chosen) == most:
                break
            if not any(word in clue.gram or clue.gram in word for clue in chosen):
                chosen.append(Clue(word, weight))
        return chosen


def likelihood(log_odds: float) -> float:
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(min(_MOST, max(-_MOST, -log_odds))))


def in_words(clues: Sequence[Clue]) -> BilingualText:
    """What a classifier went by."""
    zh = "、".join(f"“{clue.gram}”" for clue in clues) or "没有单独突出的片段"
    en = ", ".join(f"“{clue.gram}”" for clue in clues) or "nothing that stands out by itself"
    return BilingualText(zh=f"最重的片段：{zh}", en=f"what weighs most: {en}")
