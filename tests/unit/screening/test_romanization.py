import importlib.util

import pytest

from hegui.screening.keywords import Keyword, check
from hegui.screening.romanization import PinyinMissing, with_pinyin


def word(text, **fields):
    return Keyword(**({"text": text, "risk": "A.1.h", "kind": "test", "source": "test"} | fields))


def test_words_of_hanzi_get_their_pinyin_and_others_stay_as_they_are():
    words = [
        word("炸彈"),
        word("绿色"),
        word("毒"),
        word("K粉"),
        word("bomb"),
        word("子弹", pinyin="zi dan"),
        word("银行行长"),
    ]
    romanized = with_pinyin(words, initials=True)
    assert [(each.pinyin, each.initials) for each in romanized] == [
        ("zha dan", True),
        ("lv se", True),
        ("", False),
        ("", False),
        ("", False),
        ("zi dan", False),
        ("yin hang hang zhang", True),
    ]
    for each in romanized:
        check(each)
    assert with_pinyin([word("炸弹")])[0].initials is False


def test_a_character_that_the_dictionary_does_not_know_leaves_the_word_without():
    assert with_pinyin([word("炸\u9fa6")])[0].pinyin == ""


def test_without_the_dictionary_its_cure_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PinyinMissing, match=r"pip install 'hegui\[pinyin\]'"):
        with_pinyin([word("炸弹")])
