"""What a person blocked after illegal content was found."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import (
    RECURRENCE,
    Action,
    Direction,
    Keyword,
    KeywordBank,
    RecurrenceRule,
    Rule,
    Screen,
    UnusableKeyword,
    UnusableRecurrence,
)
from hegui.screening.recurrence import Recurrences, RepeatedTexts, text_digest

KEY = b"k" * 32
QUESTION = "请问，怎样炮制「甲乙丙丁」？"
ALLOW_ALL = tuple(Rule(direction=direction, risk="*", action=Action.ALLOW) for direction in Direction)


def rule(*, words=(), texts=(), incident="i", risk="A.1.f"):
    return RecurrenceRule.of(incident=incident, risk=risk, words=words, texts=texts, key=KEY)


def screen(*rules, **said):
    given = {"keywords": None, "personal_information": False, "rules": ALLOW_ALL}
    return Screen(**{**given, **said}, recurrences=Recurrences(rules, key=KEY))


def test_a_word_is_blocked_in_both_directions_whatever_else_is_declared():
    reading = screen(rule(words=["甲乙丙丁"]))
    for direction in (Direction.INPUT, Direction.OUTPUT):
        (found,) = reading.scan("说说 甲乙丙丁 吧", direction)
        assert (found.risk, found.kind, found.detector) == ("A.1.f", RECURRENCE, "recurrence:words")
        assert reading.action(found, direction) is Action.BLOCK
    assert reading.examine("说说甲乙丙丁吧", Direction.CORPUS).action is Action.ALLOW


@pytest.mark.parametrize(
    "same",
    [QUESTION, " 请问怎样炮制甲乙丙丁", "請問，怎樣炮製「甲乙丙丁」！！", "请\u200b问 怎样 炮制 甲-乙-丙-丁"],
)
def test_a_text_is_known_again_by_its_letters(same):
    reading = screen(rule(texts=[QUESTION]))

    (found,) = reading.scan(same, Direction.INPUT)
    assert (found.risk, found.kind, found.detector) == ("A.1.f", RECURRENCE, "recurrence:texts")
    assert reading.examine(same, Direction.INPUT).action is Action.BLOCK


@pytest.mark.parametrize("other", ["", "？！", "怎样炮制甲乙丙丁", QUESTION + "谢谢"])
def test_another_text_is_not_that_text(other):
    assert screen(rule(texts=[QUESTION])).scan(other, Direction.INPUT) == ()


def test_a_whole_text_is_compared_in_what_is_asked_only():
    reading = screen(rule(texts=[QUESTION]))
    assert reading.scan(QUESTION, Direction.OUTPUT) == ()
    # Nothing of an answer waits for it.
    assert reading.stream(Direction.OUTPUT).feed("你好").text == "你好"


def test_neither_the_rule_nor_its_digest_tells_the_text():
    made = rule(texts=[QUESTION])
    assert QUESTION not in repr(made)
    assert made.texts == (text_digest(QUESTION, KEY),)
    assert text_digest(QUESTION, b"x" * 32) != made.texts[0]


def test_the_same_is_the_same_rule_and_another_is_another():
    assert rule(words=["甲乙", "甲乙"], texts=[QUESTION]) == rule(
        words=["甲乙"], texts=[QUESTION, QUESTION + "。"]
    )
    assert rule(words=["甲乙"]).id != rule(words=["甲乙"], incident="j").id


@pytest.mark.parametrize("said", [{}, {"texts": ["？！"]}, {"words": ["甲"]}, {"words": ["甲。"]}])
def test_what_would_block_nothing_or_everything_is_refused(said):
    with pytest.raises(UnusableRecurrence):
        rule(**said)


def test_a_word_that_cannot_be_looked_for_is_refused():
    with pytest.raises(UnusableKeyword):
        rule(words=["甲\x00乙"])


def test_two_incidents_may_block_the_same():
    both = screen(
        rule(words=["甲乙"], texts=[QUESTION]),
        rule(words=["甲乙"], texts=[QUESTION], incident="j", risk="A.2.a"),
    )
    assert {found.risk for found in both.scan("甲乙", Direction.OUTPUT)} == {"A.1.f", "A.2.a"}
    assert both.examine(QUESTION, Direction.INPUT).action is Action.BLOCK


def test_other_rules_put_before_a_screens_own_do_not_undo_what_a_person_blocked():
    reading = screen(rule(words=["甲乙"])).under(ALLOW_ALL)
    assert reading.examine("甲乙", Direction.OUTPUT).action is Action.BLOCK


def test_a_screen_without_some_of_its_judges_is_the_screen_that_never_had_them():
    assert screen(rule(words=["甲乙"])).without({"absent"}).digest == screen(rule(words=["甲乙"])).digest


def test_what_a_person_blocked_is_part_of_the_screens_digest():
    plain = Screen(keywords=None)
    with_word, with_text = (
        Screen(keywords=None, recurrences=Recurrences([made], key=KEY))
        for made in (rule(words=["甲乙"]), rule(texts=[QUESTION]))
    )
    assert len({plain.digest, with_word.digest, with_text.digest}) == 3
    assert Screen(keywords=None, recurrences=None).digest == plain.digest


def test_only_what_a_person_blocked_can_be_asked_about_alone():
    bank = KeywordBank([Keyword(text="笨蛋", risk="A.2.i", kind="insult", source="t")], name="t")
    reading = screen(rule(texts=[QUESTION]), keywords=bank)

    assert Screen(keywords=bank).recalling is None
    assert reading.recalling.scan("笨蛋", Direction.INPUT) == ()
    assert len(reading.recalling.scan(QUESTION, Direction.INPUT)) == 1


def test_a_finding_is_explained():
    reading = screen(rule(texts=[QUESTION], words=["甲乙丙丁"]))
    word, text = sorted(reading.scan(QUESTION, Direction.INPUT), key=lambda found: found.start, reverse=True)

    assert reading.explain(word, QUESTION, Direction.INPUT).source == "recurrence: incident i"
    told = reading.explain(text, QUESTION, Direction.INPUT)
    assert "blocked before" in told.pattern.en
    assert told.rule.kind == RECURRENCE


def test_a_screen_with_recurrences_goes_to_other_processes():
    copied = pickle.loads(pickle.dumps(screen(rule(texts=[QUESTION], words=["甲乙"]))))  # noqa: S301 - our own bytes
    assert copied.examine(QUESTION, Direction.INPUT).action is Action.BLOCK


def test_nobody_is_asked_about_a_text():
    assert RepeatedTexts({}, key=KEY).inquiry(None, direction=Direction.INPUT, prompt="") is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_texts_are_the_same_only_by_their_letters(one, other):
    a, b = text_digest(one, KEY), text_digest(other, KEY)
    assert text_digest(f" {one}…{other}\n", KEY) == text_digest(one + other, KEY)
    if a == b and a:
        assert any(character.isalnum() for character in one)
