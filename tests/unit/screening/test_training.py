import sys

import numpy as np
import pytest

from hegui.screening.classifier_file import decode_classifier
from hegui.screening.examples import read_examples
from hegui.screening.grams import condensed
from hegui.screening.measurement import Told, evaluate_detector
from hegui.screening.training import (
    TooFewTexts,
    TrainingMissing,
    TrainingRecipe,
    WhichRisk,
    _fit,
    _look,
    _programs,
    train_classifier,
    training_steps,
)
from simulators.examples import as_csv, rows

RECIPE = TrainingRecipe(name="insults", risk="A.2", seed=7, licence="made up")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "train.csv"
    path.write_text(as_csv(rows()), encoding="utf-8")
    return read_examples(path)


@pytest.fixture(scope="module")
def model(data):
    return train_classifier([data], RECIPE, others=[data])


def test_a_classifier_learns_to_tell_the_texts_apart(data, model):
    made = decode_classifier(model, source="test")
    assert made.card.cross_validation.overall.accuracy > 0.94  # one target in twenty-five is wrong
    assert made.likelihoods("他说你是个笨蛋")[0] > 0.8
    assert made.likelihoods("他说今天天气很好")[0] < 0.2


def test_the_same_data_and_seed_give_the_same_file_and_another_seed_another(data, model):
    assert train_classifier([data], RECIPE, others=[data]) == model
    assert train_classifier([data], RECIPE._replace(seed=8), others=[data]) != model


def test_the_file_scores_as_the_trained_models_do(data):
    """What scikit-learn computes over matrices is what the file computes over grams."""
    programs = _programs()
    texts = [condensed(row.text) for row in data.rows]
    sight = _look(texts, programs)
    with programs.threads(limits=1):
        fitted = _fit(sight, [row.unsafe for row in data.rows], 7, programs, lambda _: None)
    made = decode_classifier(train_classifier([data], RECIPE), source="test")
    kept = {gram: number for number, gram in enumerate(made.parts.grams)}
    dropped = np.array([gram not in kept for gram in sight.grams])
    presence = np.array(fitted.weights.presence)
    presence[dropped] = 0.0  # long grams that say little are left out of the file
    expected = sight.presence @ presence + sight.weighed @ np.array(fitted.weights.relative) + fitted.bias
    scored = [made.log_odds(row.text)[0] for row in data.rows]
    assert np.abs(1 / (1 + np.exp(-expected)) - 1 / (1 + np.exp(-np.array(scored)))).max() < 1e-6


def test_the_card_says_what_was_done_with_what(data, model):
    card = decode_classifier(model, source="test").card
    assert (card.name, card.seed, card.licence, card.folds) == ("insults", 7, "made up", 5)
    assert card.data == (data.file,)
    assert card.versions["scikit-learn"]
    assert card.cross_validation.seen_in_training is None
    (measured,) = card.evaluations
    assert measured.seen_in_training == len(data.rows)
    assert {group.value for group in measured.groups} == {"shop", "road"}
    assert card.grams <= card.grams_seen


def test_what_the_card_says_of_other_data_is_what_the_file_scores(data, model):
    made = decode_classifier(model, source="test")
    told = [Told(target.risk, target.kind) for target in made.targets]
    again = evaluate_detector(made.likelihoods, told, [data], threshold=0.5)
    assert again.overall == made.card.evaluations[0].overall


def test_progress_is_told_step_by_step(data):
    told = []
    train_classifier([data], RECIPE, advance=told.append)
    assert sum(told) == training_steps([data], RECIPE) == 6


def by_risk(tmp_path, wanted):
    """The texts of `rows`, the unsafe ones labelled with the risks in turn."""
    table = rows()
    unsafe = 0
    for row in table:
        if row["label"] == "1":
            row["label"] = wanted[unsafe % len(wanted)]
            row["text"] = row["label"] + row["text"]
            unsafe += 1
    path = tmp_path / "risks.csv"
    path.write_text(as_csv(table), encoding="utf-8")
    return read_examples(path)


def test_each_risk_with_enough_texts_is_a_label_of_its_own(tmp_path):
    data = by_risk(tmp_path, ["A.2.e", "A.1.f"])
    made = decode_classifier(
        train_classifier([data], TrainingRecipe(name="risks", kind="learnt")), source="test"
    )
    assert [(target.risk, target.kind) for target in made.targets] == [
        ("A.1.f", "learnt"),
        ("A.2.e", "learnt"),
    ]
    first, second = made.likelihoods("A.2.e笨蛋")
    assert second > 0.5 > first
    assert [target.risk for target in made.card.cross_validation.targets] == ["A.1.f", "A.2.e"]


def test_a_risk_with_too_few_texts_is_left_out_and_said_to_be(tmp_path):
    data = by_risk(tmp_path, ["A.2.e"] * 60 + ["A.1.f"])
    card = decode_classifier(train_classifier([data], TrainingRecipe(name="risks")), source="test").card
    assert card.left_out == {"A.1.f": 4}


def test_unsafe_texts_of_no_named_risk_need_one(data):
    with pytest.raises(WhichRisk, match="--risk"):
        train_classifier([data], TrainingRecipe(name="x"))


def test_too_few_texts_are_refused(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text(as_csv(rows()[280:292]), encoding="utf-8")
    with pytest.raises(TooFewTexts) as caught:
        train_classifier([read_examples(path)], RECIPE)
    assert (caught.value.unsafe, caught.value.safe) == (4, 8)


def test_without_scikit_learn_people_are_told_how_to_get_it(data, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(TrainingMissing, match=r"pip install 'hegui\[train\]'"):
        train_classifier([data], RECIPE)


@pytest.mark.slow
def test_on_the_public_benchmark_it_beats_the_plain_baseline(shared_data):
    """COLD: trained on its train split, measured on dev, where TF-IDF with logistic regression has .894."""
    folder = shared_data / "data" / "safety" / "cold"
    if not folder.is_dir():
        pytest.skip(f"no folder {folder}: the data set COLD is not there")
    made = decode_classifier(
        train_classifier(
            [read_examples(folder / "train.csv")],
            TrainingRecipe(name="cold", risk="A.2"),
            others=[read_examples(folder / "dev.csv")],
        ),
        source="test",
    )
    (measured,) = made.card.evaluations
    assert measured.overall.accuracy > 0.91
    assert measured.overall.auc > 0.96
    assert measured.overall.calibration_error < 0.03
