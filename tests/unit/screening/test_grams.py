from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.grams import LONGEST, all_grams, condensed


def test_words_spread_out_or_disguised_read_like_any_others():
    assert condensed("炸 弹\n製\u200b造 ＡＢ") == condensed("炸弹制造ab") == "炸弹制造ab"


def test_grams_are_all_runs_of_up_to_four_characters():
    assert sorted(all_grams("abcde")) == sorted(
        ["a", "b", "c", "d", "e", "ab", "bc", "cd", "de", "abc", "bcd", "cde", "abcd", "bcde"]
    )
    assert list(all_grams("")) == []


@given(st.text(max_size=30))
def test_grams_occur_in_the_text(text):
    assert all(gram in text and 1 <= len(gram) <= LONGEST for gram in all_grams(text))
