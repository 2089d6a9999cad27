import pytest

from hegui.screening.model import (
    Action,
    Category,
    Cover,
    Direction,
    Finding,
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
