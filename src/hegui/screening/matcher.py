"""Searching many words at once: the one place that knows the automaton."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from daachorse import CharwiseDoubleArrayAhoCorasick

_WORD_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz_")
HEAD = 2
"""How many of a word's first characters are kept for a quick answer."""


class Hit(NamedTuple):
    """The word ``word`` (its index) at ``text[start:end]``."""

    start: int
    end: int
    word: int


class Matcher:
    """Finds every occurrence of every word, and the places where one may have begun.

    Words and texts are folded already. A *whole* word does not count where an ASCII letter, digit or
    underscore touches it; a Chinese character may.
    """

    def __init__(self, words: Iterable[str], *, whole: Iterable[str] = ()) -> None:
        """Build the automaton over distinct words that are not empty.

        Args:
            words: words that count wherever they stand; a word's index is its place here.
            whole: words that count only standing alone; numbered on after ``words``.
        """
        anywhere = list(words)
        self._words = [*anywhere, *whole]
        self._first_whole = len(anywhere)
        self._automaton = CharwiseDoubleArrayAhoCorasick(self._words) if self._words else None
        self._anywhere = _Prefixes(anywhere, proper=True)
        self._whole = _Prefixes(self._words[self._first_whole :], proper=False)
        self._heads = self._anywhere.heads | self._whole.heads
        self._longest = max(map(len, self._words), default=0)

    def hits(self, text: str, start: int) -> list[Hit]:
        """Every occurrence that begins at ``start`` or later, by place, the longer first."""
        if self._automaton is None:
            return []
        found = self._automaton.find_overlapping(text[start:] if start else text)
        if not found:
            return []
        hits = [
            Hit(begin + start, end + start, word)
            for begin, end, word in found
            if word < self._first_whole or _stands_alone(text, begin + start, end + start)
        ]
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.word))
        return hits

    def unfinished(self, text: str, start: int) -> int:
        """The first place from ``start`` on where a word may have begun that more text could complete."""
        end = len(text)
        for place in range(max(start, end - self._longest), end):
            if text[place : place + HEAD] in self._heads and self._begins_at(text, place):
                return place
        return end

    def _begins_at(self, text: str, place: int) -> bool:
        suffix = text[place:]
        return self._anywhere.contain(suffix) or (
            self._whole.contain(suffix) and not _touched(text, place - 1)
        )


class _Prefixes:
    """The prefixes of a set of words, without keeping each of them.

    The first characters are kept in sets, because almost every question is settled there; the rest is
    looked up among the sorted words.
    """

    def __init__(self, words: list[str], *, proper: bool) -> None:
        self._sorted = sorted(words)
        self.heads = frozenset(
            word[:length]
            for word in words
            for length in range(1, HEAD + 1)
            if len(word) > length or (len(word) == length and not proper)
        )
        self._proper = proper

    def contain(self, text: str) -> bool:
        """Whether ``text`` begins a word (is one, too, unless only proper prefixes are meant)."""
        if text[:HEAD] not in self.heads:
            return False
        if len(text) <= HEAD:
            return True
        # The words that begin with the text follow it directly, the text itself first.
        index = bisect_right(self._sorted, text)
        if not self._proper and index and self._sorted[index - 1] == text:
            return True
        return index < len(self._sorted) and self._sorted[index].startswith(text)


def _stands_alone(text: str, start: int, end: int) -> bool:
    return not _touched(text, start - 1) and not _touched(text, end)


def _touched(text: str, place: int) -> bool:
    return 0 <= place < len(text) and text[place] in _WORD_CHARACTERS
