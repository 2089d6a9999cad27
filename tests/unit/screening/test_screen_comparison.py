from hegui.screening import (
    DEFAULT_RULES,
    Action,
    ClassifierJudge,
    Cover,
    Direction,
    Keyword,
    KeywordBank,
    PersonalInformationKind,
    Rule,
    Screen,
    screen_difference,
)
from simulators.classifiers import classifier

BANK = KeywordBank([Keyword(text="笨蛋", risk="A.2.i", kind="insult", source="test")], name="test")
SCREEN = Screen(keywords=BANK)


def rule(**fields):
    return Rule(direction=Direction.OUTPUT, risk="pii", kind="email", **fields)


def changes(after, before=SCREEN):
    return [
        (
            each.direction,
            each.category.kind,
            each.before and each.before.action,
            each.after and each.after.action,
        )
        for each in screen_difference(before, after).decisions
    ]


def test_a_screen_differs_in_nothing_from_itself():
    found = screen_difference(SCREEN, Screen(keywords=BANK))
    assert (found.before, found.detectors, found.decisions) == (found.after, (), ())


def test_a_rule_changes_what_it_decides_where_it_decides():
    stricter = Screen(keywords=BANK, rules=(rule(action=Action.BLOCK), *DEFAULT_RULES))
    assert changes(stricter) == [("output", "email", "mask", "block")]
    assert screen_difference(SCREEN, stricter).detectors == ()


def test_another_cover_is_a_change_and_another_rule_to_the_same_effect_is_none():
    covered = Screen(keywords=BANK, rules=(rule(action=Action.MASK, cover=Cover.PART), *DEFAULT_RULES))
    (changed,) = screen_difference(SCREEN, covered).decisions
    assert (changed.before.cover, changed.after.cover) == (Cover.KIND, Cover.PART)
    assert changes(Screen(keywords=BANK, rules=(rule(action=Action.MASK), *DEFAULT_RULES))) == []


def test_what_is_not_looked_for_any_more_and_what_is_new_are_told():
    email = Screen(keywords=BANK, personal_information=[PersonalInformationKind.EMAIL])
    gone = changes(email)
    assert ("output", "mobile_phone", "mask", None) in gone
    assert "email" not in {kind for _, kind, _, _ in gone}
    assert ("output", "mobile_phone", None, "mask") in changes(SCREEN, before=email)
    (changed,) = screen_difference(SCREEN, email).detectors
    assert changed.name == "personal-information"
    assert None not in {changed.before, changed.after}


def test_a_judge_changes_only_the_directions_it_is_used_in():
    judged = Screen(
        keywords=BANK, judges=[ClassifierJudge(classifier(), directions=frozenset({Direction.INPUT}))]
    )
    assert changes(judged) == [("input", "insult", None, "block"), ("input", "insult", None, "allow")]
    assert [(each.name, each.before) for each in screen_difference(SCREEN, judged).detectors] == [
        ("classifier:insults", None)
    ]
