from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.shelf import Shelf

words = st.lists(st.text("ab弹", min_size=1, max_size=4), max_size=6)
texts = st.text("ab弹", min_size=1, max_size=6)


@given(words, texts, st.sampled_from(["", "a", "ab弹"]), st.data())
def test_a_word_begins_where_a_text_ends_if_it_is_longer_or_waits(words, text, waiting, data):
    place = data.draw(st.integers(0, len(text) - 1))
    rest = text[place:]
    expected = any(word.startswith(rest) and (len(word) > len(rest) or word[-1] in waiting) for word in words)
    assert Shelf.of(words, waiting=waiting).begins(text, place) is expected


@given(words, texts)
def test_only_longer_words_go_on_where_none_may_wait(words, text):
    expected = any(word.startswith(text) and len(word) > len(text) for word in words)
    assert Shelf.of(words, waiting="ab弹").goes_on(text, waits=False) is expected
