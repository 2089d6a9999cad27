"""Training classifiers. The only module that needs scikit-learn; what it makes is read without it.

Two linear models look at the same grams: one at which occur, each weighed beforehand by how much more often
it occurs in unsafe texts than in safe ones (naive Bayes, as in Wang and Manning 2012); one at the same as a
vector of length 1, weighed by rarity. Each text is also judged by models that have not seen it
(cross-validation), and on those judgements rest the weights of the two, and the likelihoods: a score of 0.8
is meant to be right eight times in ten on texts like those trained on.
"""

import math
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import Any, NamedTuple

import msgspec

from hegui.core import InvalidInput, NotFound
from hegui.screening.classifier import Parts, Target, Weights, likelihood
from hegui.screening.classifier_file import decode_classifier, encode_classifier
from hegui.screening.examples import Examples
from hegui.screening.grams import SHORT, all_grams, condensed
from hegui.screening.matcher import MatcherKind, built
from hegui.screening.measurement import Told, evaluate_detector, report
from hegui.screening.model import ANY
from hegui.screening.model_card import ModelCard

Advance = Callable[[int], None]
"""Told how many more steps are done."""

_Matrix = Any  # numpy arrays and scipy matrices: both come from an extra that need not be installed

_FOLDS = 5
_LEAST_OF_EACH = 10
_LEAST_TEXTS = 2
# Chosen by comparing candidates on COLD, mostly on its dev split: figures on that split are optimistic. By
# cross-validation on its training split alone, these and four pairs around them lie between 0.913 and 0.915
# (``benchmarks/classifier.py --choose``), which is no reason to choose others.
_PRESENCE_STRENGTH = 0.1
_WEIGHED_STRENGTH = 4.0
_LONG_GRAMS_KEPT = 0.3
_THRESHOLD = 0.5


class TrainingMissing(NotFound):
    """scikit-learn is not installed."""

    def __init__(self) -> None:
        """Say how to get it."""
        super().__init__(
            zh="训练需要 scikit-learn；请运行 pip install 'hegui[train]'（使用训练好的分类器不需要）",
            en="training needs scikit-learn; run pip install 'hegui[train]' "
            "(using a trained classifier does not)",
        )


class TooFewTexts(InvalidInput):
    """There are not enough texts of a kind to learn from.

    Attributes:
        unsafe: how many are unsafe.
        safe: how many are safe.
    """

    def __init__(self, *, unsafe: int, safe: int) -> None:
        """Say how many there are and how many are needed."""
        super().__init__(
            zh=f"不安全 {unsafe} 条、安全 {safe} 条；每类至少要有 {_LEAST_OF_EACH} 条才能训练",
            en=f"there are {unsafe} unsafe and {safe} safe texts; "
            f"training needs at least {_LEAST_OF_EACH} of each",
        )
        self.unsafe = unsafe
        self.safe = safe


class WhichRisk(InvalidInput):
    """The data only say "unsafe", and nobody said of what."""

    def __init__(self) -> None:
        """Ask for it."""
        super().__init__(
            zh="数据只标了“不安全”，没有写明风险；请用 --risk 给出（如 A.2 或 A.2.e）",
            en="the data only say “unsafe”, not of which risk; give one with --risk (as A.2 or A.2.e)",
        )


class TrainingRecipe(NamedTuple):
    """What a classifier is trained by, besides the data.

    Attributes:
        name: what people call it; findings say it.
        risk: what texts show that are only labelled unsafe.
        kind: what the targets are called more closely.
        seed: what the division of the data depends on.
        licence: of the data, as the trainer states it.
    """

    name: str
    risk: str | None = None
    kind: str = "classified"
    seed: int = 0
    licence: str = "not stated"


def train_classifier(
    data: Sequence[Examples],
    recipe: TrainingRecipe,
    *,
    others: Sequence[Examples] = (),
    advance: Advance = lambda _: None,
) -> bytes:
    """Train a classifier and measure it; the same data, recipe and programs give the same bytes.

    Args:
        data: what to train on.
        recipe: by what.
        others: further data to measure it on, which it does not see before.
        advance: told about each of :func:`training_steps`.

    Returns:
        The model file.

    Raises:
        TrainingMissing: scikit-learn is not installed.
        TooFewTexts: there is not enough to learn from.
        WhichRisk: texts are only labelled unsafe, and the recipe names no risk.
    """
    programs = _programs()
    truths, left_out = _truths(data, recipe)
    texts = [condensed(row.text) for each in data for row in each.rows]
    sight = _look(texts, programs)
    # Several threads add up in another order each time, and on a busy machine they wait for one another.
    with programs.threads(limits=1):
        fitted = [_fit(sight, truth, recipe.seed, programs, advance) for truth in truths.values()]
    targets = [
        Target(risk=risk, kind=recipe.kind, bias=each.bias) for risk, each in zip(truths, fitted, strict=True)
    ]
    weights = [each.weights for each in fitted]
    kept = _kept(sight, weights)
    parts = Parts(
        targets=targets,
        grams=[sight.grams[number] for number in kept],
        rarity=sight.rarity,
        weights=[Weights([each.presence[number] for number in kept], each.relative) for each in weights],
    )
    told = [Told(target.risk, target.kind) for target in targets]
    scores = [
        [likelihood(each) for each in row] for row in zip(*(each.unseen for each in fitted), strict=True)
    ]
    card = ModelCard(
        name=recipe.name,
        seed=recipe.seed,
        folds=_FOLDS,
        grams=len(kept),
        grams_seen=len(sight.grams),
        licence=recipe.licence,
        versions=_versions(),
        data=tuple(each.file for each in data),
        cross_validation=report(scores, told, data, threshold=_THRESHOLD),
        left_out=left_out,
    )
    # What is measured is what the file holds.
    made = decode_classifier(encode_classifier(parts, card), source=recipe.name)
    known = set(texts)
    evaluations = []
    for each in others:
        measured = evaluate_detector(made.likelihoods, told, [each], threshold=_THRESHOLD)
        repeated = sum(condensed(row.text) in known for row in each.rows)
        evaluations.append(msgspec.structs.replace(measured, seen_in_training=repeated))
    return encode_classifier(parts, msgspec.structs.replace(card, evaluations=tuple(evaluations)))


def training_steps(data: Sequence[Examples], recipe: TrainingRecipe) -> int:
    """How many steps :func:`train_classifier` tells."""
    truths, _ = _truths(data, recipe)
    return len(truths) * (_FOLDS + 1)


def _truths(data: Sequence[Examples], recipe: TrainingRecipe) -> tuple[dict[str, list[bool]], dict[str, int]]:
    """For each risk to be learnt, which texts show it; and the risks that too few do."""
    rows = [row for each in data for row in each.rows]
    counts = Counter(risk for row in rows for risk in row.risks)
    if ANY in counts and recipe.risk is None:
        raise WhichRisk
    named = {risk: recipe.risk if risk == ANY and recipe.risk else risk for risk in counts}
    truths = {
        risk: [any(named[each] == risk for each in row.risks) for row in rows]
        for risk in sorted(set(named.values()))
    }
    enough = {risk: truth for risk, truth in truths.items() if sum(truth) >= _LEAST_OF_EACH}
    safe = sum(not row.risks for row in rows)
    if not enough or safe < _LEAST_OF_EACH:
        raise TooFewTexts(unsafe=len(rows) - safe, safe=safe)
    return enough, {risk: sum(truth) for risk, truth in truths.items() if risk not in enough}


class _Sight(NamedTuple):
    """What the two models see of the texts, one row for each."""

    grams: Sequence[str]
    rarity: Sequence[float]
    presence: _Matrix
    weighed: _Matrix


class _Fitted(NamedTuple):
    """Both models as one for one target, and the log-odds of each text by models that had not seen it."""

    bias: float
    weights: Weights
    unseen: Sequence[float]


def _look(texts: Sequence[str], programs: "_Programs") -> _Sight:
    np = programs.numpy
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(all_grams(text)))
    grams = sorted((gram for gram, count in seen.items() if count >= _LEAST_TEXTS), key=lambda g: (len(g), g))
    find = built(grams, MatcherKind.usual()).find
    begins, numbers = [0], []
    for text in texts:
        numbers += sorted({gram for _, _, gram in find(text)})
        begins.append(len(numbers))
    shape = (len(texts), len(grams))
    presence = programs.sparse.csr_matrix((np.ones(len(numbers)), numbers, begins), shape=shape)
    few = sum(len(gram) <= SHORT for gram in grams)
    rarity = [1 + math.log((1 + len(texts)) / (1 + seen[gram])) for gram in grams[:few]]
    weighed = presence[:, :few].multiply(rarity).tocsr()
    return _Sight(grams, rarity, presence, programs.normalize(weighed))


def _fit(sight: _Sight, truth: Sequence[bool], seed: int, programs: "_Programs", advance: Advance) -> _Fitted:
    np = programs.numpy
    shown = np.array(truth)
    every = np.arange(len(truth))
    unseen = np.zeros((len(truth), 2))
    folds = programs.folds(n_splits=_FOLDS, shuffle=True, random_state=seed)
    for learn, judge in folds.split(every, shown):
        for column, (seeing, model) in enumerate(_models(sight, shown, learn, programs)):
            unseen[judge, column] = seeing[judge] @ model.weights + model.bias
        advance(1)
    # Hardly any strength: two numbers and an offset need no restraint.
    both = programs.regression(C=1e6, max_iter=1000).fit(unseen, shown)
    (by_presence, by_weight), offset = both.coef_[0], both.intercept_[0]
    presence, weighed = (model for _, model in _models(sight, shown, every, programs))
    advance(1)
    return _Fitted(
        bias=float(by_presence * presence.bias + by_weight * weighed.bias + offset),
        weights=Weights((by_presence * presence.weights).tolist(), (by_weight * weighed.weights).tolist()),
        unseen=(unseen @ both.coef_[0] + offset).tolist(),
    )


class _Linear(NamedTuple):
    weights: _Matrix
    bias: float


def _models(
    sight: _Sight, shown: _Matrix, learn: _Matrix, programs: "_Programs"
) -> Sequence[tuple[_Matrix, _Linear]]:
    """Each view of the texts with the model that learnt it from the rows ``learn``."""
    np = programs.numpy
    rows, truth = sight.presence[learn], shown[learn]
    unsafe = 1 + np.asarray(rows[truth].sum(axis=0)).ravel()
    safe = 1 + np.asarray(rows[~truth].sum(axis=0)).ravel()
    speaks = np.log((unsafe / unsafe.sum()) / (safe / safe.sum()))
    first = programs.regression(C=_PRESENCE_STRENGTH, max_iter=1000)
    first.fit(rows.multiply(speaks).tocsr(), truth)
    second = programs.regression(C=_WEIGHED_STRENGTH, max_iter=1000).fit(sight.weighed[learn], truth)
    return (
        (sight.presence, _Linear(first.coef_[0] * speaks, first.intercept_[0])),
        (sight.weighed, _Linear(second.coef_[0], second.intercept_[0])),
    )


def _kept(sight: _Sight, weights: Sequence[Weights]) -> list[int]:
    """The numbers of the grams that the model file holds: all short ones, and the long ones that say most."""
    few = len(sight.rarity)
    said = {
        number: max(abs(each.presence[number]) for each in weights) for number in range(few, len(sight.grams))
    }
    most = sorted(said, key=lambda number: (-said[number], number))
    return [*range(few), *sorted(most[: round(len(most) * _LONG_GRAMS_KEPT)])]


class _Programs(NamedTuple):
    """The parts of numpy, scipy, scikit-learn and threadpoolctl (which comes with it) that training needs."""

    numpy: Any
    sparse: Any
    normalize: Any
    folds: Any
    regression: Any
    threads: Any


def _programs() -> _Programs:
    try:
        import numpy as np  # noqa: PLC0415 - only who trains needs it
        from scipy import sparse  # noqa: PLC0415 - likewise
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - likewise
        from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - likewise
        from sklearn.preprocessing import normalize  # noqa: PLC0415 - likewise
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise TrainingMissing from error
    return _Programs(np, sparse, normalize, StratifiedKFold, LogisticRegression, threadpool_limits)


def _versions() -> dict[str, str]:
    return {
        "Python": platform.python_version(),
        **{name: metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")},
    }
