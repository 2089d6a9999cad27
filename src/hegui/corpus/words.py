"""Which of many texts hold which words of a small list, all read at once. Pure."""

from collections.abc import Iterable

import numpy as np

from hegui.corpus.joining import Joined
from hegui.screening import Lexicon, MatchMode, Spelling


def lexicon_of(words: Iterable[tuple[str, int]]) -> Lexicon:
    """A lexicon of words, each with a number for what it stands for; no word holds a line's end."""
    return Lexicon(Spelling(word, MatchMode.EXACT, label) for word, label in words)


def words_in(joined: Joined, lexicon: Lexicon) -> set[tuple[int, int]]:
    """The index of each text that holds a word, with the number of the word.

    Capitals count as small letters.
    """
    # The only letter that becomes two when it is made small.
    hits = lexicon.find(joined.text.replace("İ", "i").lower(), 0)
    places = np.searchsorted(joined.begins, [hit.start for hit in hits], side="right") - 1
    return set(zip(places.tolist(), (hit.label for hit in hits), strict=True))
