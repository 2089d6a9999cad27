import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hegui.screening.fold import fold
from hegui.screening.matcher import MatcherKind, built
from hegui.screening.sieve import Block, Sieve, matches_between, together

letters = "ab弹𝐁é"
words = st.lists(st.text(letters, min_size=1, max_size=5), unique=True, min_size=1, max_size=12)
texts = st.builds(str.join, st.sampled_from(["", "。", "。" * 40]), st.lists(st.text(letters, max_size=8)))


def naive(text, words):
    return sorted(
        (start, start + len(word), number)
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word, start)
    )


def unwanted(_text):
    raise AssertionError


def sieve(words, *, within=None, throughout=None):
    find = built(words, MatcherKind.usual()).find
    return Sieve(words, within=within or find, throughout=throughout or find)


@given(words, texts)
def test_it_finds_what_a_naive_search_finds(words, text):
    assert sorted(sieve(words).find(text)) == naive(text, words)


@given(words, texts)
def test_a_block_is_read_as_the_text_that_it_is(words, text):
    assert sieve(words).find(Block(text)) == sieve(words).find(text)


@given(st.text(st.characters(codec=None) | st.sampled_from("Ａ乾，\u200b\ud800😀")))
@example("")
@example("\u200b")
def test_a_folded_block_is_the_folded_text(text):
    block = Block.folded(text)
    assert block == fold(text)
    assert block.points.tolist() == [*map(ord, block)]


@given(words, words, texts)
def test_sieves_that_read_together_find_what_each_finds_alone(some, others, text):
    both = sieve(some), sieve(others)
    block = together(*both).block(text)
    assert [sorted(each.find(block)) for each in both] == [naive(block, some), naive(block, others)]
    assert sorted(sieve(others).find(block)) == naive(block, others)


def test_a_text_is_sifted_once_for_sieves_that_read_together():
    rare, common = sieve(["炸弹"]), sieve(list("一二三四五六七八九"), within=unwanted)
    assert together(rare, common) is together(rare, common)
    block = together(rare, common).block("天" * 90 + "炸弹")
    assert [len(places) for places in block.places.values()] == [1]
    assert "_mesh" not in vars(rare) | vars(common)
    assert rare.find(block) == [(90, 92, 0)]
    assert common.find(block) == []
    assert "_mesh" not in vars(rare) | vars(common)


def test_only_what_may_hold_a_word_is_read_by_the_automaton():
    words = ["炸弹", "@", "自制炸药", "自制火药"]
    read = []

    def within(text):
        read.append(text)
        return built(words, MatcherKind.usual()).find(text)

    text = "天" * 50 + "炸弹" + "地" * 50 + "自制玩具" + "人" * 50 + "@自制火药" + "和" * 50
    assert sorted(sieve(words, within=within, throughout=unwanted).find(text)) == naive(text, words)
    assert read == ["炸弹地地", "@自制火药"]


def test_a_word_at_the_very_end_is_found_and_what_only_begins_there_is_not():
    words = ["炸弹", "弹药库"]
    for text in ("天" * 50 + "炸弹", "天" * 50 + "炸弹药", "天" * 50 + "炸"):
        assert sorted(sieve(words).find(text)) == naive(text, words)


@pytest.mark.parametrize(
    ("words", "text"),
    [(["炸弹", "弹药库"], "炸弹药库" * 9), (list("一二三四五六七八九"), "天" * 90 + "一")],
    ids=["where much is left", "where many words have one character"],
)
def test_the_whole_text_is_read(words, text):
    assert sorted(sieve(words, within=unwanted).find(text)) == naive(text, words)


@pytest.mark.parametrize("text", ["天1地2" + "人" * 40, "1234567", "人" * 40, "", "天" * 40 + "1"])
def test_matches_between_two_characters_are_those_of_the_expression(text):
    pattern = re.compile("[0-9](?=([地2])|(7?$))")
    found = [(match.span(), match.lastindex) for match in matches_between(pattern, "0", "9", text)]
    assert found == [(match.span(), match.lastindex) for match in pattern.finditer(text)]
