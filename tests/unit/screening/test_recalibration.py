import pytest

from hegui.screening import recalibration
from hegui.screening.classifier import Target, Weights
from hegui.screening.classifier_file import decode_classifier
from hegui.screening.quality import Scored, measure
from hegui.screening.recalibration import NotCalibratable, recalibrate
from simulators.classifiers import PARTS, classifier, data_file, labelled

# Three in four of the texts with 坏 are unsafe, half of those with 坏 and 好, one in ten of the others.
SAMPLE = labelled(
    *[("坏" + "。" * number, "A.2" if number % 4 else "") for number in range(80)],
    *[("坏好" + "。" * number, "A.2" if number % 2 else "") for number in range(60)],
    *[("天" + "。" * number, "" if number % 10 else "A.2") for number in range(100)],
)


def scored(made):
    return [Scored(made.likelihoods(row.text)[0], row.unsafe) for row in SAMPLE.rows]


def test_likelihoods_become_true_and_keep_their_order():
    before = classifier()
    after = decode_classifier(recalibrate(before, [SAMPLE]), source="test")
    was, is_now = measure(scored(before), threshold=0.5), measure(scored(after), threshold=0.5)
    assert is_now.calibration_error < 0.06 < was.calibration_error
    assert is_now.auc == was.auc


def test_the_card_says_on_what_it_was_calibrated():
    after = decode_classifier(recalibrate(classifier(), [SAMPLE]), source="test")
    assert after.card.calibrated_on == (data_file(),)
    assert after.digest != classifier().digest
    twice = decode_classifier(recalibrate(after, [SAMPLE]), source="test")
    assert len(twice.card.calibrated_on) == 2
    assert [row.score for row in scored(twice)] == pytest.approx(
        [row.score for row in scored(after)], abs=1e-4
    )


def test_scores_that_part_the_kinds_perfectly_stay_finite():
    sample = labelled(*[("笨蛋", "A.2")] * 30, *[("天", "")] * 30)
    after = decode_classifier(recalibrate(classifier(), [sample]), source="test")
    assert after.likelihoods("笨蛋")[0] == pytest.approx(31 / 32, abs=1e-3)
    assert after.likelihoods("天")[0] == pytest.approx(1 / 32, abs=1e-3)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("笨蛋", "A.2")] * 19 + [("天", "")] * 30, "19 unsafe and 30 safe texts"),
        ([("天", "A.2")] * 30 + [("笨蛋", "")] * 30, "its scores say nothing"),
    ],
)
def test_texts_that_do_not_allow_it_are_refused(rows, message):
    with pytest.raises(NotCalibratable, match=message):
        recalibrate(classifier(), [labelled(*rows)])


def test_several_labels_need_texts_that_name_risks():
    parts = PARTS._replace(
        targets=[*PARTS.targets, Target(risk="A.1.f", kind="violence", bias=0.0)],
        weights=[*PARTS.weights, Weights([0.0] * 4, [0.0] * 3)],
    )
    with pytest.raises(NotCalibratable, match="not of which risk"):
        recalibrate(classifier(parts=parts), [labelled(("笨蛋", "*"))])


def test_it_ends_after_so_many_rounds_whatever_is_left_to_gain(monkeypatch):
    exact = decode_classifier(recalibrate(classifier(), [SAMPLE]), source="test")
    monkeypatch.setattr(recalibration, "_ROUNDS", 1)
    rough = decode_classifier(recalibrate(classifier(), [SAMPLE]), source="test")
    assert rough.digest != exact.digest
    assert measure(scored(rough), threshold=0.5).auc == measure(scored(exact), threshold=0.5).auc
