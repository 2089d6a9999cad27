import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.backtracking import grows, steps, steps_of_search, words_of

PATTERNS = (
    r"(?<![ab])(a|ab|[b-c])(?:b[^c]{0,2}?){1,3}c",
    r"a{1,3}(?: [ab]{1,2}){0,2}?(?=b|c)[bc]",
    r"a(?!b)(?:b|a\s){0,3}[^\n]{1,4}",
    r"[^b]{0,2}c?(?:ab){2}",
    r"(?>a|ab)(?:\b|c)\w?\W?",
    r"^[a\d]{0,2}$|\A\s.\Z|.{1,3}?$",
    re.compile(r"a.{0,2}?b", re.DOTALL),
)


@given(st.sampled_from(PATTERNS), st.text("abc1 \n", max_size=10), st.integers(0, 2))
def test_what_it_finds_is_what_re_finds(pattern, text, place):
    place = min(place, len(text))
    match = re.compile(pattern).match(text, place)
    assert steps(pattern, text, place)[1] == (match and match.end())


@pytest.mark.parametrize(
    ("pattern", "text", "looked_at"),
    [("abc", "abd", 3), ("a{0,9}b", "aaa", 8), ("(?:ab|bc|cd)", "cd", 4), ("a{0,9}?b", "aaab", 7)],
)
def test_every_look_at_a_character_counts(pattern, text, looked_at):
    assert steps(pattern, text)[0] == looked_at


@pytest.mark.parametrize(
    ("pattern", "unit", "more"),
    [
        ("a{0,999}b", "a", True),
        ("(?=.*b)a", "ca", True),
        ("(?:ab?){0,99}c", "ab", True),
        ("a{0,9}b", "a", False),
        ("a+", "a", False),
        (r"(?<=a)b|\Aa*", "a", False),
    ],
)
def test_what_backtracks_over_itself_is_seen_to(pattern, unit, more):
    assert grows(pattern, unit, longest=30) is more
    assert (steps_of_search(pattern, unit * 80) > 3 * steps_of_search(pattern, unit * 40)) is more


@pytest.mark.parametrize("pattern", [r"(a)\1", r"\Ba", re.compile("a", re.IGNORECASE)])
def test_what_is_not_known_is_said(pattern):
    with pytest.raises(NotImplementedError):
        steps(pattern, "aa", 1)


def test_a_search_goes_on_behind_each_match():
    assert steps_of_search("aa", "aaaab") == 2 + 2 + 1 + 1


def test_its_words_are_what_a_pattern_spells_out():
    assert words_of("ab(?:cd|[a-z]e)(?!f) ") == ["ab", "cd", "a", "z", "e", "f", " "]
