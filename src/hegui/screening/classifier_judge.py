"""A classifier as part of a screen."""

from collections.abc import Sequence

from hegui.core import digest_value, to_json
from hegui.screening.classifier import Classifier, in_words
from hegui.screening.detector import Account
from hegui.screening.judging import Inquiry, ReleaseMode, Ruling
from hegui.screening.model import Category, Direction
from hegui.screening.passages import SENTENCES, Passage, Passages
from hegui.screening.thresholds import DEFAULT_THRESHOLDS, Threshold, as_json, level_of, levels

EVERYWHERE = frozenset(Direction)


class ClassifierJudge:
    """Judges passages by a trained classifier; see :class:`hegui.screening.judging.Judge`."""

    def __init__(
        self,
        classifier: Classifier,
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
        self.name = name or f"classifier:{classifier.card.name}"
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
        """The grams that weigh most in the passage itself, and the model file."""
        told = [(target.risk, target.kind) for target in self.classifier.targets]
        clues = self.classifier.clues(matched, told.index((category.risk, category.kind)))
        return Account(
            pattern=in_words(clues), source=f"{self.classifier.card.name}, {self.classifier.digest}"
        )
