"""Languages are told by script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.joining import Joined
from hegui.corpus.languages import languages

KNOWN = [
    ("你好，世界", "zh"),
    ("中文里夹杂 English words 的句子也是中文", "zh"),
    ("これは日本語の文章です。漢字もある", "ja"),
    ("한국어 문장입니다", "ko"),
    ("The cat is on the mat and it is happy", "en"),
    ("El gato duerme sobre la mesa", "und-Latn"),
    ("Привет, мир", "und-Cyrl"),
    ("مرحبا بالعالم", "und-Arab"),
    ("བོད་སྐད་", "bo"),
    ("ᠮᠣᠩᠭᠣᠯ", "und-Mong"),
    ("12345 !?", "und"),
    ("𠀀𠀁", "zh"),
]


@pytest.mark.parametrize(("text", "language"), KNOWN)
def test_the_language_is_told(text, language):
    assert languages(Joined([text])) == [language]


def test_many_texts_are_told_at_once():
    assert languages(Joined([text for text, _ in KNOWN])) == [language for _, language in KNOWN]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_a_text_is_told_by_itself(texts):
    assert languages(Joined(texts)) == [languages(Joined([text]))[0] for text in texts]
