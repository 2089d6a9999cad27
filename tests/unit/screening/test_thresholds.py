import msgspec
import pytest

from hegui.screening import Direction, Level
from hegui.screening.thresholds import DEFAULT_THRESHOLDS, Threshold, as_json, level_of, levels

OUT = Direction.OUTPUT


def test_the_gravest_level_that_is_reached_counts():
    assert level_of(0.49, "A.2.e", OUT, DEFAULT_THRESHOLDS) is None
    assert level_of(0.5, "A.2.e", OUT, DEFAULT_THRESHOLDS) is Level.LOW
    assert level_of(0.95, "A.2.e", OUT, DEFAULT_THRESHOLDS) is Level.HIGH
    assert level_of(0.95, "A.2.e", OUT, reversed(DEFAULT_THRESHOLDS)) is Level.HIGH


def test_a_threshold_may_be_for_a_risk_and_a_direction():
    only = [Threshold(at_least=0.2, risk="A.2", direction=Direction.INPUT, level=Level.MEDIUM)]
    assert level_of(0.3, "A.2.e", Direction.INPUT, only) is Level.MEDIUM
    assert level_of(0.3, "A.2", Direction.INPUT, only) is Level.MEDIUM
    assert level_of(0.3, "A.2.e", OUT, only) is None
    assert level_of(0.3, "A.1.f", Direction.INPUT, only) is None


def test_every_level_is_told_once():
    assert levels([*DEFAULT_THRESHOLDS, Threshold(at_least=0.7)]) == [Level.LOW, Level.HIGH]


def test_digests_are_made_of_shares_as_text():
    assert as_json([Threshold(at_least=0.5)]) == [
        {"at_least": "0.5", "level": "high", "risk": "*", "direction": None}
    ]


@pytest.mark.parametrize("share", [0, 1.5, -1])
def test_a_share_lies_between_0_and_1(share):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"at_least": share}, Threshold)
