"""Small lists of words, looked for in many texts at once."""

from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.joining import Joined
from hegui.corpus.words import lexicon_of, words_in

WORDS = ["ab", "版权", "©", "i"]
LEXICON = lexicon_of((word, label) for label, word in enumerate(WORDS))


@given(st.lists(st.text(alphabet="abAB版权©İI\n ", max_size=12), max_size=6))
def test_each_text_is_read_as_if_alone(texts):
    found = words_in(Joined(texts), LEXICON)
    small = [text.replace("İ", "i").lower() for text in texts]
    assert found == {
        (index, label) for index, text in enumerate(small) for label, word in enumerate(WORDS) if word in text
    }
