"""A classifier as part of a screen."""

from collections.abc import Sequence
from typing import Protocol

from hegui.core import BilingualText, digest_value, to_json
from hegui.screening.classifier import Target
from hegui.screening.detector import Account
from hegui.screening.judging import Inquiry, ReleaseMode, Ruling
from hegui.screening.model import Category, Direction
from hegui.screening.passages import SENTENCES, Passage, Passages
from hegui.screening.thresholds import DEFAULT_THRESHOLDS, Threshold, as_json, level_of, levels

EVERYWHERE = frozenset(Direction)


class Likelihoods(Protocol):
    """Tells how likely a text shows something: a trained classifier, or a model of another make."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def digest(self) -> str:
        """The digest of all that decides what it says."""

    @property
    def targets(self) -> Sequence[Target]:
        """What it tells."""

    def likelihoods(self, text: str) -> Sequence[float]:
        """For each target, how likely it is that the text shows it, from 0 to 1."""

    def reason(self, text: str, target: int) -> BilingualText:
        """What it goes by in a text for one of its targets."""


class ClassifierJudge:
    """Judges passages by a trained classifier; see :class:`hegui.screening.judging.Judge`."""

    def __init__(
        self,
        classifier: Likelihoods,
        *,
        name: str | None = None,
        thresholds: Sequence[Threshold] = DEFAULT_THRESHOLDS,
        passages: Passages = SENTENCES,
        release: ReleaseMode = ReleaseMode.HOLD,
        directions: frozenset[Direction] = EVERYWHERE,
    ) -> None:
        """Take a classifier into use.

        Args:
            classifier: what scores the passages.
            name: the judge as findings name it; ``classifier:`` and the classifier's name if not given.
            thresholds: from which score on something is found.
            passages: what is read at a time.
            release: whether passages wait.
            directions: where it is used.
        """
        self.classifier = classifier
        self.name = name or f"classifier:{classifier.name}"
        self.passages = passages
        self.release = release
        self.directions = directions
        self._thresholds = tuple(thresholds)
        self.digest = digest_value(
            {
                "classifier": classifier.digest,
                "thresholds": as_json(self._thresholds),
                "passages": to_json(passages),
                "release": release,
                "directions": sorted(directions),
            }
        )

    @property
    def categories(self) -> Sequence[Category]:
        """Each target at each level."""
        return [
            Category(risk=target.risk, kind=target.kind, level=level)
            for target in self.classifier.targets
            for level in levels(self._thresholds)
        ]

    def inquiry(self, _passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """Nobody is asked."""
        del direction, prompt
        return None

    def rule(self, passage: Passage, direction: Direction) -> Sequence[Ruling]:
        """Every target whose score reaches a threshold."""
        ruled = []
        scores = self.classifier.likelihoods(passage.read)
        for target, score in zip(self.classifier.targets, scores, strict=True):
            level = level_of(score, target.risk, direction, self._thresholds)
            if level is not None:
                ruled.append(
                    Ruling(Category(risk=target.risk, kind=target.kind, level=level), round(score * 1000))
                )
        return ruled

    def account(self, matched: str, category: Category) -> Account:
        """What it went by in the passage itself, and the model."""
        told = [(target.risk, target.kind) for target in self.classifier.targets]
        reason = self.classifier.reason(matched, told.index((category.risk, category.kind)))
        return Account(pattern=reason, source=f"{self.classifier.name}, {self.classifier.digest}")
