from hegui.screening.examples import Example, Examples
from hegui.screening.measurement import Told, evaluate_detector
from simulators.classifiers import data_file

TOLD = [Told("A.2", "insult"), Told("A.1.f", "violence")]


def data(rows, *, groups=(), counter_speech=None):
    made = [Example(text, frozenset(risks), others) for text, risks, others in rows]
    return Examples(data_file(), made, [], groups, counter_speech)


def score(text):
    return [0.9 if "笨蛋" in text else 0.1, 0.9 if "打" in text else 0.1]


def test_a_text_counts_as_found_where_any_label_reaches_the_threshold():
    rows = [("笨蛋", "*", {}), ("打", "*", {}), ("天", "*", {}), ("好", (), {}), ("不打", (), {})]
    measured = evaluate_detector(score, TOLD, [data(rows)], threshold=0.5)
    assert (measured.overall.found, measured.overall.missed, measured.overall.false_alarms) == (2, 1, 1)
    assert measured.targets == ()


def test_labels_are_measured_by_themselves_where_the_data_name_risks():
    rows = [("笨蛋", ["A.2.e"], {}), ("天", ["A.2"], {}), ("打", ["A.1.f"], {}), ("好", (), {})]
    measured = evaluate_detector(score, TOLD, [data(rows)], threshold=0.5)
    insult, violence = measured.targets
    assert (insult.risk, insult.quality.found, insult.quality.missed) == ("A.2", 1, 1)
    assert (violence.risk, violence.quality.found, violence.quality.missed) == ("A.1.f", 1, 0)


def test_a_label_the_data_say_nothing_of_is_left_out():
    rows = [("笨蛋", ["A.2.e"], {}), ("好", (), {})]
    measured = evaluate_detector(score, TOLD, [data(rows)], threshold=0.5)
    assert [target.risk for target in measured.targets] == ["A.2"]


def test_groups_and_counter_speech_are_told_apart():
    rows = [
        ("笨蛋", "*", {"kind": "attack"}),
        ("别说笨蛋", (), {"kind": "counter"}),
        ("好", (), {"kind": "other"}),
        ("天", (), {}),
    ]
    held = data(rows, groups=["kind"], counter_speech=("kind", "counter"))
    measured = evaluate_detector(score, TOLD, [held], threshold=0.5)
    assert [(group.value, group.accuracy) for group in measured.groups] == [
        ("attack", 1.0),
        ("counter", 0.0),
        ("other", 1.0),
    ]
    assert measured.counter_speech.false_alarm_rate == 1.0
