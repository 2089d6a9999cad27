"""A shelf: sorted words, asked whether one of them begins where a text ends."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Self

import msgspec

_BETWEEN = "\0"
"""Stands between words that are kept in one text; no folded text holds it."""


class Shelf(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """Sorted words, and what settles most questions about their beginnings at once.

    ``joined`` is all ``count`` words in one text, which is loaded many times as fast as a list; the longest
    has ``longest`` characters, and ``alone`` are those of one character. ``heads`` holds, for the first
    character of each word that is longer or waits, the second characters. A word that ends in one of
    ``waiting`` waits for the character behind it.
    """

    joined: str
    count: int
    longest: int
    alone: str
    waiting: str
    heads: dict[str, str]

    @classmethod
    def of(cls, words: Iterable[str], *, waiting: str = "") -> Self:
        """Words that are folded and not empty."""
        ordered = sorted(dict.fromkeys(words))
        heads: defaultdict[str, set[str]] = defaultdict(set)
        alone = []
        for word in ordered:
            if len(word) > 1:
                heads[word[0]].add(word[1])
            else:
                alone.append(word)
                if word in waiting:
                    heads.setdefault(word, set())
        return cls(
            joined=_BETWEEN.join(ordered),
            count=len(ordered),
            longest=max(map(len, ordered), default=0),
            alone="".join(alone),
            waiting=waiting,
            heads={first: "".join(sorted(seconds)) for first, seconds in heads.items()},
        )

    @cached_property
    def words(self) -> list[str]:
        """The words, sorted."""
        return self.joined.split(_BETWEEN) if self.joined else []

    def begins(self, text: str, place: int) -> bool:
        """Whether more text could still decide about a word that begins at ``place``."""
        follow = self.heads.get(text[place])
        if follow is None:
            return False
        if place + 1 == len(text):
            return True
        return text[place + 1] in follow and self.goes_on(text[place:])

    def goes_on(self, text: str, *, waits: bool = True) -> bool:
        """Whether a word begins with ``text`` and is longer, or is it and waits for what follows."""
        words = self.words
        index = bisect_left(words, text)
        if index < len(words) and words[index] == text:
            if waits and text[-1] in self.waiting:
                return True
            # The words that begin with the text follow it directly.
            index += 1
        return index < len(words) and words[index].startswith(text)
