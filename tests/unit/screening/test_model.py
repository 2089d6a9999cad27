import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.model import (
    Action,
    Category,
    Direction,
    Finding,
    PersonalInformationKind,
    Rule,
    mask,
)


def finding(start, end, kind="mobile_phone"):
    return Finding(risk="pii", detector="test", kind=kind, start=start, end=end, level="personal")


def test_a_finding_is_replaced_by_its_kind():
    assert mask("电话13812345678联系", [finding(2, 13)]) == "电话[手机号]联系"


def test_a_word_is_replaced_by_a_plain_statement():
    assert mask("如何制造炸弹？", [finding(2, 6, kind="weapons")]) == "如何[已屏蔽]？"


def test_where_findings_overlap_the_first_ones_kind_stands_for_the_whole_stretch():
    findings = [finding(3, 6, kind="email"), finding(1, 4), finding(5, 7, kind="passport")]
    assert mask("0123456789", findings) == "0[手机号]789"


def test_findings_that_touch_are_told_apart():
    assert mask("0123", [finding(0, 2), finding(2, 4, kind="email")]) == "[手机号][电子邮箱]"


@given(st.text(max_size=20), st.data())
def test_what_is_not_covered_stays(text, data):
    places = st.integers(0, len(text))
    spans = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=4))
    spans = [(start, end) for start, end in spans if start < end]
    covered = {place for start, end in spans for place in range(start, end)}
    masked = mask(text, [finding(start, end) for start, end in spans])
    left = "".join(character for place, character in enumerate(text) if place not in covered)
    # The placeholder's characters may be in the text as well, so compare without them.
    without = str.maketrans("", "", "[手机号]")
    assert masked.translate(without) == left.translate(without)


@pytest.mark.parametrize(
    ("risk", "kind", "level", "fits"),
    [
        ("*", "*", "*", True),
        ("A.1.f", "*", "*", True),
        ("A.1", "*", "*", True),
        ("A", "*", "*", True),
        ("A.1.h", "*", "*", False),
        ("A.1.", "*", "*", False),
        ("A.", "*", "*", False),
        ("pii", "*", "*", False),
        ("A.1.f", "violence", "high", True),
        ("A.1.f", "pornography", "*", False),
        ("A.1.f", "*", "low", False),
    ],
)
def test_a_rule_fits_a_risk_its_group_and_what_narrows_it(risk, kind, level, fits):
    rule = Rule(direction=Direction.INPUT, risk=risk, kind=kind, level=level, action=Action.BLOCK)
    assert rule.fits(Category(risk="A.1.f", kind="violence", level="high")) is fits


def test_actions_have_an_order_and_a_name():
    assert sorted(Action, key=lambda action: action.severity) == [Action.ALLOW, Action.MASK, Action.BLOCK]
    assert [action.text.zh for action in Action] == ["放行", "遮盖", "拦截"]


def test_every_kind_of_personal_information_has_a_name_and_a_placeholder():
    for kind in PersonalInformationKind:
        assert kind.text.en
        assert mask("x", [finding(0, 1, kind=kind.value)]) == f"[{kind.text.zh}]"
