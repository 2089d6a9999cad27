from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.matcher import Hit, Matcher

words = st.text("ab弹", min_size=1, max_size=4)
texts = st.text("ab弹 ", max_size=20)


def naive(text, anywhere, whole):
    hits = []
    for number, word in enumerate([*anywhere, *whole]):
        for start in range(len(text) - len(word) + 1):
            end = start + len(word)
            around = text[start - 1 : start] + text[end : end + 1] if start else text[end : end + 1]
            alone = not any(character in "ab" for character in around)
            if text[start:end] == word and (number < len(anywhere) or alone):
                hits.append(Hit(start, end, number))
    return sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.word))


@given(st.lists(words, unique=True, max_size=6), st.lists(words, unique=True, max_size=4), texts)
def test_it_finds_what_a_naive_search_finds(anywhere, whole, text):
    assert Matcher(anywhere, whole=whole).hits(text, 0) == naive(text, anywhere, whole)


@given(st.lists(words, unique=True, max_size=6), st.lists(words, unique=True, max_size=4), texts, st.data())
def test_what_begins_at_a_place_does_not_depend_on_where_the_search_began(anywhere, whole, text, data):
    start = data.draw(st.integers(0, len(text)))
    matcher = Matcher(anywhere, whole=whole)
    assert matcher.hits(text, start) == [hit for hit in matcher.hits(text, 0) if hit.start >= start]


@given(st.lists(words, unique=True, max_size=6), st.lists(words, unique=True, max_size=4), texts, texts)
def test_more_text_changes_nothing_before_the_unfinished_place(anywhere, whole, text, more):
    matcher = Matcher(anywhere, whole=whole)
    limit = matcher.unfinished(text, 0)
    now = [hit for hit in matcher.hits(text, 0) if hit.start < limit]
    later = [hit for hit in matcher.hits(text + more, 0) if hit.start < limit]
    assert now == later


@given(st.lists(words, unique=True, min_size=1, max_size=6), st.lists(words, unique=True, max_size=4), texts)
def test_it_waits_only_where_some_text_would_complete_a_word(anywhere, whole, text):
    limit = Matcher(anywhere, whole=whole).unfinished(text, 0)
    rest = text[limit:]
    assert not rest or any(
        word.startswith(rest) and (word != rest or word in whole) for word in [*anywhere, *whole]
    )


def test_a_bank_without_words_finds_nothing():
    assert Matcher([]).hits("炸弹", 0) == []
    assert Matcher([]).unfinished("炸弹", 0) == 2


def test_a_chinese_character_does_not_touch_a_whole_word():
    matcher = Matcher([], whole=["rape"])
    assert matcher.hits("他说rape这个词", 0) == [Hit(2, 6, 0)]
    assert matcher.hits("grapes and rape_", 0) == []


def test_a_whole_word_that_is_touched_already_is_not_waited_for():
    matcher = Matcher([], whole=["rape"])
    assert matcher.unfinished("the rape", 0) == 4
    assert matcher.unfinished("the grape", 0) == 9
