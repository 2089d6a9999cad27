"""Answers as people type them."""

import pytest

from hegui.core import BilingualText
from hegui.rulebook import Choice, FactDefinition, FactType, Unit
from hegui.scope.answers import parse_answer
from hegui.scope.model import InvalidFact

CHOICES = tuple(
    Choice(value=value, text=BilingualText(zh=zh, en=en))
    for value, zh, en in [("text", "文本", "text"), ("image", "图片", "images"), ("audio", "音频", "audio")]
)


def fact(kind: FactType) -> FactDefinition:
    return FactDefinition(
        name="fact",
        type=kind,
        unit=Unit.PERSONS if kind is FactType.INTEGER else None,
        label=BilingualText(zh="事", en="fact"),
        question=BilingualText(zh="？", en="?"),
        choices=CHOICES if kind in {FactType.CHOICE, FactType.CHOICES} else (),
    )


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FactType.BOOL, "是", True),
        (FactType.BOOL, " YES ", True),
        (FactType.BOOL, "n", False),
        (FactType.BOOL, "没有", False),
        (FactType.BOOL, "?", None),
        (FactType.INTEGER, "1,000,000", 1_000_000),
        (FactType.INTEGER, "100万", 1_000_000),
        (FactType.INTEGER, "1.5 万", 15_000),
        (FactType.INTEGER, "2亿", 200_000_000),
        (FactType.INTEGER, "0", 0),
        (FactType.INTEGER, "不知道", None),
        (FactType.CHOICE, "2", "image"),
        (FactType.CHOICE, "图片", "image"),
        (FactType.CHOICE, "Images", "image"),
        (FactType.CHOICE, "audio", "audio"),
        (FactType.CHOICES, "1, 3", ("text", "audio")),
        (FactType.CHOICES, "文本、图片、文本", ("text", "image")),
        (FactType.CHOICES, "无", ()),
        (FactType.CHOICES, "none", ()),
        (FactType.CHOICES, "unknown", None),
    ],
)
def test_an_answer_is_understood(kind, typed, value):
    answer = parse_answer(fact(kind), typed)
    assert (answer, type(answer)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "typed", "message"),
    [
        (FactType.BOOL, "maybe", "'maybe' is neither yes nor no"),
        (FactType.BOOL, "", "neither yes nor no"),
        (FactType.INTEGER, "many", "'many' is not a whole number"),
        (FactType.INTEGER, "1.5", "not a whole number"),
        (FactType.INTEGER, "Infinity", "not a whole number"),
        (FactType.INTEGER, "NaN", "not a whole number"),
        (FactType.INTEGER, "万", "not a whole number"),
        (FactType.INTEGER, "-1", "not a whole number from 0 on"),
        (FactType.CHOICE, "4", "the choices are text, image, audio"),
        (FactType.CHOICE, "imag", "did you mean image?"),
        (FactType.CHOICES, "text, sound", "the choices are text, image, audio"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_cure(kind, typed, message):
    with pytest.raises(InvalidFact, match=message.replace("?", r"\?")) as caught:
        parse_answer(fact(kind), typed)
    assert caught.value.fact == "fact"
    assert caught.value.text.zh != caught.value.text.en
