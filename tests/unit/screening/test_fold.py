import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.fold import Places, fold, fold_digest, folding

ROOT = Path(__file__).parents[3]

texts = st.text(
    st.characters(codec=None) | st.sampled_from("炸彈製造ＡＢｃ１２³㎡ﬁß\u200b\u00ad\ufe0f\ufeff")
)


def places(text):
    """Where in the text each of its folded characters stands."""
    folded = fold(text)
    way_back = Places(text, folded, folding())
    return [way_back[index] for index in range(len(folded))]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("製造炸彈", "制造炸弹"),
        ("炸\u200b弹", "炸弹"),
        ("炸\ufe0f弹", "炸弹"),
        ("\ufeffBomb", "bomb"),
        ("ＢＯＭＢ　１２３", "bomb 123"),
        ("①②³", "123"),
        ("Ⓕⓤⓒⓚ", "fuck"),
        ("𝐁𝐨𝐦𝐛", "bomb"),
        ("a\x00b\x1bc", "abc"),
        ("行\n\t尾", "行\n\t尾"),
        ("㍿ﬁß", "㍿ﬁß"),
    ],
)
def test_a_text_folds_as_expected(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize("character", [chr(point) for point in range(128)])
def test_each_ascii_character_folds_alone_as_among_others(character):
    assert fold(character) + "制" == fold(character + "製")


def test_a_lone_surrogate_folds_onto_the_replacement_character():
    assert fold("a\ud800b") == "a\ufffdb"


# Long enough for replacements instead of the table, with few or many different characters that change.
ordinary = st.sampled_from(
    ["今天天气很好我们一起去公园散步吧顺便买点水果，", "very well then, and off they went", "\n" * 70]
)
longer = st.lists(
    ordinary | texts | st.sampled_from(["😀", "𝐁", "\ufeff", "製造", "：", "\ud800"]), max_size=40
)


@given(longer.map("".join))
def test_a_long_text_folds_as_its_characters_do_one_by_one(text):
    assert fold(text) == "".join(map(fold, text))
    assert places(text) == [index for index, character in enumerate(text) if fold(character)]


@pytest.mark.parametrize(
    "text", ["这是一些繁體字與簡體字混雜的長長長長的句子後面還有許多別的東西要說" * 9, "😀，" * 500]
)
def test_a_text_in_which_much_changes_folds_as_its_characters_do(text):
    assert fold(text) == "".join(map(fold, text))


@given(texts)
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(texts, texts)
def test_a_text_can_be_folded_piece_by_piece(one, other):
    assert fold(one + other) == fold(one) + fold(other)


@given(texts)
def test_each_folded_character_comes_from_the_character_at_its_place(text):
    for place, character in zip(places(text), fold(text), strict=True):
        assert fold(text[place]) == character


@given(texts)
def test_places_rise_and_leave_out_only_what_vanishes(text):
    found = places(text)
    assert found == sorted(set(found))
    assert all(fold(text[index]) == "" for index in set(range(len(text))) - set(found))


def test_the_table_is_what_its_script_writes(tmp_path):
    written = tmp_path / "fold.txt"
    packaged = (ROOT / "src/hegui/screening/data/fold.txt").read_text(encoding="ascii")
    made_with = f"Unicode {unicodedata.unidata_version} "
    if made_with not in packaged:
        pytest.skip(f"this Python knows {made_with.strip()}; the table was made with another")
    pytest.importorskip("opencc_pyo3", reason="opencc-pyo3 has no wheel for this platform")
    subprocess.run([sys.executable, ROOT / "scripts/build_fold_table.py", written], check=True)
    assert written.read_text(encoding="ascii") == packaged


def test_the_table_has_a_digest():
    assert fold_digest().startswith("sha256:")
