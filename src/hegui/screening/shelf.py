"""A shelf: sorted words, asked whether one of them begins where a text ends."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Self

import msgspec

_HEAD = 2


class Shelf(msgspec.Struct, frozen=True, array_like=True):
    """Sorted words, and what settles most questions about their beginnings at once.

    ``heads`` holds, for the first character of each word that is longer, the second characters of those
    that are longer still. A word that ends in one of ``waiting`` waits for the character behind it and
    counts as longer than it is.
    """

    words: list[str]
    waiting: str
    heads: dict[str, str]

    @classmethod
    def of(cls, words: Iterable[str], *, waiting: str = "") -> Self:
        """Words that are not empty."""
        ordered = sorted(set(words))
        heads: defaultdict[str, set[str]] = defaultdict(set)
        for word in ordered:
            length = len(word) + (word[-1] in waiting)
            if length > _HEAD:
                heads[word[0]].add(word[1])
            elif length == _HEAD:
                heads.setdefault(word[0], set())
        return cls(ordered, waiting, {first: "".join(sorted(seconds)) for first, seconds in heads.items()})

    def begins(self, text: str, place: int) -> bool:
        """Whether more text could still decide about a word that begins at ``place``."""
        follow = self.heads.get(text[place])
        if follow is None:
            return False
        length = len(text) - place
        if length == 1:
            return True
        return text[place + 1] in follow and (length == _HEAD or self.goes_on(text[place:]))

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
