import pytest

from hegui.screening import Keyword, KeywordBank, Screen
from hegui.screening.model import (
    Action,
    Category,
    Cover,
    Direction,
    Finding,
    MinorsClass,
    PersonalInformationKind,
    Rule,
)


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


def test_every_kind_of_personal_information_has_a_name():
    assert all(kind.text.zh and kind.text.en for kind in PersonalInformationKind)


def test_every_cover_has_a_name():
    assert all(cover.text.zh and cover.text.en for cover in Cover)


def test_findings_are_told_by_place_and_the_longer_first():
    spans = [(1, 2), (0, 1), (0, 3)]
    findings = [Finding(risk="pii", detector="t", kind="k", start=s, end=e, level="l") for s, e in spans]
    findings.sort(key=lambda finding: finding.order)
    assert [(finding.start, finding.end) for finding in findings] == [(0, 3), (0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("risk", "level", "is_personal"),
    [("pii", "sensitive", True), ("pii", "personal", True), ("pii", "low", False), ("A.1.f", "high", False)],
)
def test_a_finding_says_whether_it_is_somebodys(risk, level, is_personal):
    found = Finding(risk=risk, detector="t", kind="k", start=0, end=1, level=level)
    assert found.is_personal is is_personal


def test_what_may_affect_minors_is_not_among_any_and_has_rules_of_its_own():
    category = Category(risk=MinorsClass.CONDUCT, kind="smoking", level="high")
    any_rule, group, one = (
        Rule(direction=Direction.OUTPUT, risk=risk, action=Action.BLOCK) for risk in ("*", "M", "M.1")
    )
    assert [rule.fits(category) for rule in (any_rule, group, one)] == [False, True, True]


def test_words_that_may_affect_minors_are_looked_for_where_a_rule_names_them():
    word = Keyword(text="吸烟很酷", risk="M.1", kind="smoking", source="ours")
    screen = Screen(keywords=KeywordBank([word], name="test"))
    assert screen.scan("吸烟很酷") == ()
    minors = screen.under([Rule(direction=Direction.OUTPUT, risk="M", action=Action.BLOCK)])
    assert minors.examine("吸烟很酷").action is Action.BLOCK
    assert minors.scan("吸烟很酷", Direction.CORPUS) == ()
