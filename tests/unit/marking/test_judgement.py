import json

import pytest

from hegui.core import Verdict
from hegui.marking import Carrier, ExplicitMark, PlatformVerdict
from hegui.marking.candidates import Candidate, fault
from hegui.marking.judgement import conformity, file_deviations, platform_verdict
from hegui.marking.reading import found

MARK = ExplicitMark(start=0, text="【本内容由人工智能生成】")
FAULT = fault(7, zh="坏了", en="broken")


def read(label, value):
    text = json.dumps({"AIGC": {**label.fields(), "Label": value}})
    return found(Candidate(value=text, carrier=Carrier.PNG_TEXT, offset=33))


@pytest.mark.parametrize(
    ("values", "marks", "faults", "verdict"),
    [
        (["1"], [], [], PlatformVerdict.CONFIRMED),
        (["2"], [], [], PlatformVerdict.POSSIBLE),
        (["3"], [], [], PlatformVerdict.SUSPECTED),
        (["AIGC"], [], [FAULT], PlatformVerdict.CONFIRMED),
        (["what"], [], [], PlatformVerdict.SUSPECTED),
        (["3", "2"], [MARK], [], PlatformVerdict.POSSIBLE),
        (["3", "2", "1"], [], [], PlatformVerdict.CONFIRMED),
        ([], [MARK], [FAULT], PlatformVerdict.SUSPECTED),
        ([], [], [FAULT], PlatformVerdict.INCONCLUSIVE),
        ([], [], [], PlatformVerdict.NONE_FOUND),
    ],
)
def test_the_strongest_statement_decides(label, values, marks, faults, verdict):
    assert platform_verdict([read(label, value) for value in values], marks, faults) is verdict


def test_a_file_without_a_label_is_not_assessed():
    assert conformity([], []) is Verdict.NOT_ASSESSED


def test_one_conforming_label_meets_the_standard(label):
    labels = [read(label, "1")]
    assert conformity(labels, file_deviations(labels)) is Verdict.MET


def test_a_deviating_label_does_not(label):
    labels = [read(label, "AIGC")]
    assert conformity(labels, file_deviations(labels)) is Verdict.NOT_MET


def test_two_labels_do_not_although_each_conforms(label):
    labels = [read(label, "1"), read(label, "1")]
    (deviation,) = file_deviations(labels)
    assert (deviation.clause, deviation.binding) == ("6.1 c", True)
    assert conformity(labels, file_deviations(labels)) is Verdict.NOT_MET


def test_a_watermark_alone_is_a_trace_and_confirms_nothing(label):
    assert platform_verdict([], [], [FAULT], watermark=True) is PlatformVerdict.SUSPECTED
    assert platform_verdict([read(label, "2")], [], [], watermark=True) is PlatformVerdict.POSSIBLE
