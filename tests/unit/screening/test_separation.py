import unicodedata

import pytest

from hegui.screening.fold import fold
from hegui.screening.separation import SEPARATORS, bare, stands, ties, widest_gap


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_separator_is_folded_already_and_is_no_letter(separator):
    assert fold(separator) == separator
    assert unicodedata.category(separator)[0] in "PSZC"


@pytest.mark.parametrize("mark", fold("，。！？；：、…,!?;:()（）《》“”「」【】\n\r"))
def test_a_mark_that_ends_a_clause_a_line_or_a_title_is_no_separator(mark):
    assert mark not in SEPARATORS


def test_the_bare_text_is_the_text_without_separators():
    assert bare("炸 * 弹，b-o-m-b" * 200) == "炸弹，bomb" * 200


@pytest.mark.parametrize(
    ("word", "tied"),
    [("炸弹", ()), ("bomb", ((0, 4),)), ("c4炸药", ((0, 2),)), ("k 粉 ab", ((2, 4),)), ("a b", ())],
)
def test_characters_of_one_ascii_word_are_tied(word, tied):
    assert ties(word) == tied


@pytest.mark.parametrize(
    ("text", "places", "tied", "expected"),
    [
        ("炸弹", [0, 1], (), True),
        ("炸----弹", [0, 5], (), True),
        ("炸-----弹", [0, 6], (), False),
        ("a-b-c", [0, 2, 4], ((0, 3),), True),
        ("a-bc", [0, 2, 3], ((0, 3),), False),
        ("a-bc", [0, 2, 3], ((1, 3),), True),
        ("xa-b", [1, 3], (), False),
        ("a-bx", [0, 2], (), False),
        ("_a-b_", [1, 3], (), True),
        ("x炸-弹x", [1, 3], (), True),
    ],
)
def test_a_word_stands_where_its_gaps_and_its_edges_allow(text, places, tied, expected):
    assert stands(text, places, tied) is expected


def test_the_widest_gap_counts_separators_in_a_row():
    assert widest_gap("炸弹") == 0
    assert widest_gap("炸-弹 * 药") == 3
