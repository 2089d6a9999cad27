"""A sieve: which parts of a long text could hold one of many words, told for all places at once.

An automaton takes one character after the other, and with many words nearly every step waits for memory. But
few pairs of characters begin a word, and few of those go on as one. Arrays tell that for a whole block in a
fraction of the time, and the automaton reads what is left.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from hegui.screening.fold import folding

Find: TypeAlias = Callable[[str], Sequence[tuple[int, int, int]]]
"""Every occurrence of every word: where it begins and ends, and which word it is."""

_Array: TypeAlias = npt.NDArray[Any]

# The upper bits of a sum of characters, each times an odd number without a pattern, are spread well.
_FACTORS = np.array([0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35], np.uint32)
_FIRST, _SECOND, _THIRD = _FACTORS
_AGAIN = np.uint32(0x27D4EB2F)
"""Times it, a hash makes another one, so that hardly ever two texts have both in common."""
_PAIR = 2
_BITS = 32
_LEAST_BITS, _MOST_BITS = 12, 20
_ROOM = 64
"""A table has room for so many times its words, as far as it stays in the processor's cache."""
_MOST_ALONE = 8
"""So many words of one character are looked for one by one."""
_DENSE_MATCHES = 16
_DENSE = 4
"""Where more than one in so many characters is left, it is faster to read all of them."""


class Block(str):  # noqa: SLOT000 - what is made once is kept in its dictionary
    """A long text that several sieves read: what is the same for all of them is made once.

    Attributes:
        places: for each sieve that reads it together with others, where a word of any of them may begin.
    """

    places: Mapping["Sieve", _Array] = MappingProxyType({})

    @classmethod
    def folded(cls, text: str) -> Self:
        """A text as :func:`fold` leaves it."""
        points = folding().points(text)
        block = cls(points.tobytes().decode("utf-32-le"))
        block.points = points
        return block

    @cached_property
    def points(self) -> _Array:
        """The code point of each character."""
        return _points(self)

    @cached_property
    def pairs(self) -> _Array:
        """The hash of each character with the next."""
        pairs: _Array = self.points[:-1] * _FIRST
        pairs += self.points[1:] * _SECOND
        return pairs


class Sieve:
    """Finds words in long texts, faster than an automaton where few are found.

    Attributes:
        words: what it finds.
        sifts: whether it does; too many words of one character are left to the automaton.
    """

    def __init__(self, words: Sequence[str], *, within: Find, throughout: Find) -> None:
        """Learn the words.

        Args:
            words: none is empty.
            within: finds them in the parts that are left, which are short.
            throughout: finds them in a whole text, where too much is left.
        """
        self.words = words
        self.sifts = sum(len(word) == 1 for word in words) <= _MOST_ALONE
        self._longest = max(map(len, words), default=0)
        self._within = within
        self._throughout = throughout

    @cached_property
    def _mesh(self) -> "_Mesh":
        return _Mesh.of(self.words)

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        """Every occurrence of every word."""
        if not self.sifts:
            return self._throughout(text)
        block = text if isinstance(text, Block) else Block(text)
        places = block.places.get(self)
        if places is None:
            places = self._mesh.places(block)
        if not len(places):
            return ()
        # Words that begin near one another are read together, so that each is found once.
        apart = np.flatnonzero(np.diff(places) >= self._longest)
        begins = places[np.append(0, apart + 1)]
        ends = places[np.append(apart, -1)] + self._longest
        if int((ends - begins).sum()) * _DENSE > len(text):
            return self._throughout(text)
        within = self._within
        return [
            (begin + start, begin + end, word)
            for begin, behind in zip(begins.tolist(), ends.tolist(), strict=True)
            for start, end, word in within(text[begin:behind])
        ]


class Sieves:
    """Sieves that read the same texts: where a word of any of them may begin is told once."""

    def __init__(self, sieves: Iterable[Sieve]) -> None:
        """Take those that sift."""
        self._sieves = [each for each in sieves if each.sifts]
        self._mesh = _Mesh.of([word for each in self._sieves for word in each.words])

    def block(self, text: str) -> Block:
        """A text, folded, that they are going to read."""
        block = Block.folded(text)
        block.places = dict.fromkeys(self._sieves, self._mesh.places(block))
        return block


@lru_cache(maxsize=4)
def together(*sieves: Sieve) -> Sieves:
    """:class:`Sieves`, made once for all who read with the same."""
    return Sieves(sieves)


def matches_between(pattern: re.Pattern[str], first: str, last: str, text: str) -> Iterable[re.Match[str]]:
    """Every match in a long text of an expression for one character that lies between two others.

    Args:
        pattern: the expression, with whatever it asks for before and behind the character.
        first: the least such character.
        last: the greatest.
        text: where to look.
    """
    points = (text if isinstance(text, Block) else Block(text)).points
    places = np.flatnonzero(points - np.uint32(ord(first)) <= ord(last) - ord(first))
    if len(places) * _DENSE_MATCHES > len(text):
        return pattern.finditer(text)
    return filter(None, (pattern.match(text, place) for place in places.tolist()))


class _Mesh(NamedTuple):
    """How words begin.

    Attributes:
        alone: those of one character.
        pairs: for each hash, whether two characters that have it begin a word.
        twos: for the second hash, whether they are one.
        threes: for both hashes, whether three characters that have them begin one.
        shift: makes a hash the number of its place in a table.
    """

    alone: Sequence[str]
    pairs: _Array
    twos: _Array
    threes: _Array
    shift: np.uint32

    @classmethod
    def of(cls, words: Collection[str]) -> Self:
        """Make the tables."""
        bits = min(max((_ROOM * len(words)).bit_length(), _LEAST_BITS), _MOST_BITS)
        shift = np.uint32(_BITS - bits)

        def marked(*hashes: _Array) -> _Array:
            table = np.zeros(1 << bits, np.bool_)
            for each in hashes:
                table[each >> shift] = True
            return table

        two = _hashes([word for word in words if len(word) == _PAIR])
        triples = _hashes([word[:3] for word in words if len(word) > _PAIR])

        return cls(
            alone=[word for word in words if len(word) == 1],
            pairs=marked(_hashes([word[:2] for word in words if len(word) >= _PAIR])),
            twos=marked(two * _AGAIN),
            threes=marked(triples, triples * _AGAIN),
            shift=shift,
        )

    def places(self, block: Block) -> _Array:
        """Where a word may begin, in order."""
        places = np.flatnonzero(self._marks(self.pairs, block.pairs))
        pairs = block.pairs.take(places)
        # Behind the last character anything may stand: what is no word is left to the automaton.
        triples = pairs + block.points.take(places + 2, mode="clip") * _THIRD
        go_on = self._marks(self.threes, triples) & self._marks(self.threes, triples * _AGAIN)
        places = places[go_on | self._marks(self.twos, pairs * _AGAIN)]
        for character in self.alone:
            if len(found := np.flatnonzero(block.points == ord(character))):
                places = np.union1d(places, found)
        return places

    def _marks(self, table: _Array, hashes: _Array) -> _Array:
        """What a table says of each hash."""
        # None is too large for it; of all ways to look them up, this is the fastest.
        return table.take(hashes >> self.shift, mode="wrap")


def _points(text: str) -> _Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))


def _hashes(beginnings: Sequence[str]) -> _Array:
    """Of texts of the same length: each of their characters times its number, added up."""
    if not beginnings:
        return np.zeros(0, np.uint32)
    points = _points("".join(beginnings)).reshape(len(beginnings), -1)
    hashes: _Array = (points * _FACTORS[: points.shape[1]]).sum(axis=1, dtype=np.uint32)
    return hashes
