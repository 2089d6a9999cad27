"""What the trained classifier is worth on COLD, beside keyword lists, TF-IDF and fastText. One run.

    python benchmarks/classifier.py SHARED/data/safety/cold [--list WORDS.txt] [--peers OTHER/bin/python]

Trained on ``train.csv``, measured on ``dev.csv`` of the COLD data set (Deng et al. 2022); neither is part of
the project. fastText is no dependency; it comes into an environment of its own:

    python -m venv OTHER
    OTHER/bin/pip install fasttext-wheel==0.9.2

**What the figures are not.** The two strengths of our classifier were chosen by comparing candidates mostly
on this same dev split, so that its figure there is optimistic. ``--choose`` therefore chooses them again by
cross-validation on the training split alone, and says what each choice reaches on dev. COLD's official test
split, which alone tells counter-speech (texts that name an insult to speak against it) apart, is kept back:
where the data do not tell it, no figure is given.
"""

import argparse
import importlib.util
import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from hegui.screening import Keyword, KeywordBank, Screen, read_examples, training
from hegui.screening.classifier_file import decode_classifier
from hegui.screening.examples import Examples
from hegui.screening.measurement import Told, evaluate_detector, report
from hegui.screening.model_card import ClassifierReport
from hegui.screening.training import TrainingRecipe, train_classifier

SEED = 20_261_122
RISK = "A.2"
TOLD = [Told(RISK, "classified")]
STRENGTHS = [(0.03, 4.0), (0.1, 2.0), (0.1, 4.0), (0.1, 8.0), (0.3, 4.0)]
HERE = Path(__file__).parent
Score = Callable[[str], Sequence[float]]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", type=Path, help="where train.csv and dev.csv of COLD are")
    arguments.add_argument("--list", type=Path, help="a word list to compare with, one word a line")
    arguments.add_argument("--peers", metavar="PYTHON", help="an interpreter that has fastText")
    arguments.add_argument("--choose", action="store_true", help="choose the strengths again; takes minutes")
    given = arguments.parse_args()
    if not (given.folder / "dev.csv").exists():
        sys.exit(f"no COLD data set in {given.folder}: nothing was measured")
    if importlib.util.find_spec("sklearn") is None:
        sys.exit("scikit-learn is not installed (hegui[train]): nothing was measured")
    train, dev = (read_examples(given.folder / name) for name in ("train.csv", "dev.csv"))
    print(f"Python {platform.python_version()}, seed {SEED}")
    for each in (train, dev):
        print(f"{each.file.name}: {each.file.rows} texts, {each.file.unsafe} unsafe, {each.file.digest}")
    print(f"{'':44}{'accuracy':>9}{'precision':>10}{'recall':>8}{'macro F1':>9}{'false alarms':>21}")
    banks = {"the starter bank": KeywordBank.starter()}
    if given.list is not None:
        words = given.list.read_text(encoding="utf-8").split("\n")
        banks[f"the list {given.list.name}"] = bank_of(words)
    for name, bank in banks.items():
        print_row(f"{name} ({len(bank)} words)", measured(by_words(bank), dev))
    print_row("TF-IDF of characters, logistic regression", measured(tf_idf(train), dev))
    if given.peers is None:
        print("fastText is not asked; see --help for how to install it")
    else:
        scores = fast_text(given.peers, train, dev)
        print_row("fastText", report([[each] for each in scores], TOLD, [dev], threshold=0.5))
    begun = time.process_time()
    made = train_classifier([train], recipe())
    spent = time.process_time() - begun
    ours = decode_classifier(made, source="benchmark")
    print_row("hegui", measured(ours.likelihoods, dev))
    begun = time.process_time()
    for row in dev.rows:
        ours.likelihoods(row.text)
    each_text = (time.process_time() - begun) / len(dev.rows)
    print(f"hegui: trained in {spent:.0f} s, {len(made) / 1e6:.1f} MB, {each_text * 1e6:.0f} µs a text")
    if given.choose:
        choose(train, dev)


def recipe() -> TrainingRecipe:
    """By what is trained."""
    return TrainingRecipe(name="benchmark", risk=RISK, seed=SEED)


def measured(score: Score, data: Examples) -> ClassifierReport:
    """What the score is worth."""
    return evaluate_detector(score, TOLD, [data], threshold=0.5)


def print_row(name: str, found: ClassifierReport) -> None:
    """Print one line of the table, and counter-speech below where the data tell it."""
    quality = found.overall
    print(
        f"{name:44}{quality.accuracy:9.3f}{quality.precision or 0:10.3f}{quality.recall:8.3f}"
        f"{quality.macro_f1:9.3f}{quality.false_alarms_per_10000:10.0f} per 10,000"
    )
    if (counter := found.counter_speech) is not None:
        print(f"{'  of counter-speech':44}{counter.accuracy:9.3f}")


def bank_of(words: Sequence[str]) -> KeywordBank:
    """The usable words of a list as a bank."""
    texts = dict.fromkeys(word.strip() for word in words if word.strip())
    return KeywordBank(
        [Keyword(text=text, risk=f"{RISK}.i", kind="test", source="test") for text in texts], name="list"
    )


def by_words(bank: KeywordBank) -> Score:
    """Sure where any word occurs, and sure of the contrary where none does."""
    screen = Screen(keywords=bank, personal_information=False)
    return lambda text: [float(bool(screen.scan(text)))]


def tf_idf(train: Examples) -> Score:
    """What one would write first with scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - only where it is installed
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - likewise
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - likewise

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2), LogisticRegression(max_iter=1000)
    )
    model.fit([row.text for row in train.rows], [row.unsafe for row in train.rows])
    return lambda text: [float(model.predict_proba([text])[0][1])]


def fast_text(peers: str, train: Examples, dev: Examples) -> list[float]:
    """How sure fastText is of each text, at its best settings of those commonly named."""
    question = {
        "seed": SEED % 1000,
        "train": [[row.text, row.unsafe] for row in train.rows],
        "texts": [row.text for row in dev.rows],
    }
    done = subprocess.run(
        [peers, str(HERE / "classifier_peers.py")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    scores: list[float] = json.loads(done.stdout)
    return scores


def choose(train: Examples, dev: Examples) -> None:
    """Print what each pair of strengths reaches by cross-validation on ``train``, and then on ``dev``."""
    print("strengths (presence, weighed) by cross-validation on the training split; then on dev")
    best = (0.0, STRENGTHS[0])
    for presence, weighed in STRENGTHS:
        vars(training).update(_PRESENCE_STRENGTH=presence, _WEIGHED_STRENGTH=weighed)
        made = decode_classifier(train_classifier([train], recipe()), source="benchmark")
        by_folds = made.card.cross_validation.overall
        on_dev = measured(made.likelihoods, dev).overall
        best = max(best, (by_folds.accuracy, (presence, weighed)))
        print(
            f"{presence:9} {weighed:5}: accuracy {by_folds.accuracy:.4f}, macro F1 {by_folds.macro_f1:.4f}; "
            f"dev {on_dev.accuracy:.4f}, {on_dev.macro_f1:.4f}"
        )
    print(f"cross-validation chooses {best[1]}; what is shipped was chosen mostly on dev: (0.1, 4.0)")


if __name__ == "__main__":
    main()
