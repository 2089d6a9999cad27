import pytest

from hegui.screening.detector import CONTEXT
from hegui.screening.keywords import Keyword, UnusableKeyword, check
from hegui.screening.lexicon import MatchMode

SEPARATED = MatchMode.SEPARATED


def keyword(text="炸弹", **fields):
    return Keyword(**({"text": text, "risk": "A.1.h", "kind": "test", "source": "test"} | fields))


@pytest.mark.parametrize(
    "usable",
    [
        keyword("炸 弹"),
        keyword("C4炸药", match=SEPARATED),
        keyword("★", match=MatchMode.EXACT),
        keyword(pinyin="zha dan", initials=True),
        keyword("毒", pinyin="du"),
        keyword(unless=("炸弹人", "原子炸彈")),
        keyword(unless=("好" * CONTEXT + "炸弹",)),
    ],
)
def test_a_word_that_can_be_found_is_taken(usable):
    check(usable)


@pytest.mark.parametrize(
    ("unusable", "reason"),
    [
        (keyword(""), "nothing is left"),
        (keyword(" "), "nothing is left"),
        (keyword("\u200b\u200d"), "nothing is left"),
        (keyword("炸\n弹"), "control characters"),
        (keyword("炸\x07弹"), "control characters"),
        (keyword("\ud800"), "control characters"),
        (keyword("炸弹 "), "white space"),
        (keyword(risk="A.9.z"), "no risk 'A.9.z'"),
        (keyword(risk="A.1"), "no risk 'A.1'"),
        (keyword("★-★", match=SEPARATED), "nothing but separators"),
        (keyword("炸-----弹", match=SEPARATED), "more than 4 separators"),
        (keyword(pinyin="zhà dàn"), "small letters"),
        (keyword(pinyin="ZHA DAN"), "small letters"),
        (keyword(pinyin="zha  dan"), "small letters"),
        (keyword(initials=True), "small letters"),
        (keyword("毒", pinyin="du", initials=True), "one letter is no word"),
        (keyword(unless=("炸弹",)), "no longer text that holds the word"),
        (keyword(unless=("炸蛋人",)), "no longer text that holds the word"),
        (keyword(unless=("炸弹人\x00",)), "control characters"),
        (keyword(unless=("好" * (CONTEXT + 1) + "炸弹",)), "characters before the word"),
    ],
)
def test_a_word_that_no_text_could_contain_is_refused(unusable, reason):
    with pytest.raises(UnusableKeyword, match=reason) as error:
        check(unusable)
    assert error.value.keyword == unusable


def test_latin_forms_are_the_syllables_together_and_apart_and_the_initials_if_asked_for():
    assert keyword().in_latin == ()
    assert keyword(pinyin="zha dan").in_latin == ("zhadan", "zha dan")
    assert keyword(pinyin="zha dan", initials=True).in_latin == ("zhadan", "zha dan", "zd")
