import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from hegui.screening.quality import NothingToMeasure, Scored, measure, measure_group

rows = st.lists(
    st.builds(Scored, st.integers(0, 20).map(lambda n: n / 20), st.booleans()), min_size=2, max_size=60
).filter(lambda rows: len({row.unsafe for row in rows}) == 2)


@given(rows, st.sampled_from([0.2, 0.5, 0.75]))
def test_the_figures_are_those_of_scikit_learn(rows, threshold):
    quality = measure(rows, threshold=threshold)
    truth = [row.unsafe for row in rows]
    scores = [row.score for row in rows]
    found = [score >= threshold for score in scores]
    assert quality.accuracy == pytest.approx(metrics.accuracy_score(truth, found))
    assert quality.recall == pytest.approx(metrics.recall_score(truth, found))
    assert (quality.precision or 0.0) == pytest.approx(metrics.precision_score(truth, found, zero_division=0))
    assert quality.f1 == pytest.approx(metrics.f1_score(truth, found))
    assert quality.macro_f1 == pytest.approx(metrics.f1_score(truth, found, average="macro"))
    assert quality.auc == pytest.approx(metrics.roc_auc_score(truth, scores))
    assert quality.average_precision == pytest.approx(metrics.average_precision_score(truth, scores))
    assert quality.brier == pytest.approx(metrics.brier_score_loss(truth, scores))


@given(rows)
def test_the_reliability_table_holds_every_row_and_gives_the_error(rows):
    quality = measure(rows, threshold=0.5)
    assert sum(each.rows for each in quality.bins) == len(rows)
    assert sum(each.rows * each.mean_score for each in quality.bins) == pytest.approx(
        sum(r.score for r in rows)
    )
    assert quality.calibration_error <= 1
    assert all(each.low - 1e-9 <= each.mean_score <= each.high + 1e-9 for each in quality.bins)


def test_scores_that_are_true_have_no_error():
    rows = [Scored(0.25, unsafe=number % 4 == 0) for number in range(40)]
    assert measure(rows, threshold=0.5).calibration_error == pytest.approx(0)


def test_a_lower_threshold_finds_no_less_and_alarms_no_less():
    rows = [Scored(number / 50, unsafe=number % 3 == 0) for number in range(50)]
    curve = measure(rows, threshold=0.5).curve
    assert [point.recall for point in curve] == sorted((point.recall for point in curve), reverse=True)
    alarms = [point.false_alarms_per_10000 for point in curve]
    assert alarms == sorted(alarms, reverse=True)


def test_false_alarms_are_counted_on_ten_thousand_safe_rows():
    rows = [Scored(0.9, unsafe=True), *[Scored(0.9, unsafe=False)], *[Scored(0.1, unsafe=False)] * 3]
    quality = measure(rows, threshold=0.5)
    assert (quality.false_alarms, quality.false_alarms_per_10000) == (1, 2500)


def test_precision_is_unknown_where_nothing_is_found():
    quality = measure([Scored(0.1, unsafe=True), Scored(0.2, unsafe=False)], threshold=0.5)
    assert (quality.precision, quality.f1, quality.recall) == (None, 0.0, 0.0)


@pytest.mark.parametrize("rows", [[], [Scored(0.5, unsafe=True)], [Scored(0.5, unsafe=False)] * 3])
def test_one_kind_alone_cannot_be_measured(rows):
    with pytest.raises(NothingToMeasure):
        measure(rows, threshold=0.5)


def test_a_group_of_one_kind_has_one_rate():
    group = measure_group(
        "topic", "road", [Scored(0.9, unsafe=False), Scored(0.1, unsafe=False)], threshold=0.5
    )
    assert (group.accuracy, group.recall, group.false_alarm_rate) == (0.5, None, 0.5)
