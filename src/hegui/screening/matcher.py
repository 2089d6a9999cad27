"""Searching many words at once: the one place that knows the automata.

All of them find the same: every occurrence of every word, overlaps included. They differ in speed, in the
memory they take and in the machines they are built for, see ``docs/adr/0011-matching.md``.
"""

import importlib
import importlib.util
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, Self

import msgspec

from hegui.core import NotFound

LONG = 4_096
"""From how many characters on a text is long enough for what is only fast on long ones."""


class Match(NamedTuple):
    """The word ``word`` (its index) at ``text[start:end]``."""

    start: int
    end: int
    word: int


class Matcher(Protocol):
    """Finds every occurrence of every word."""

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        """Each occurrence as :class:`Match` names its parts, in any order; lone surrogates are no text."""

    def dump(self) -> bytes | None:
        """What :func:`loaded` makes the same again from; ``None`` where building is the only way."""


class MatcherKind(StrEnum):
    """An automaton by the package it comes from."""

    DAACHORSE = "daachorse"
    """The fastest that is fast on short texts too; there is none for Linux on ARM."""
    AHOCORASICK_RS = "ahocorasick_rs"
    """Half as fast, and there is one for nearly every machine."""
    HYPERSCAN = "hyperscan"
    """The fastest on long texts; takes seconds and much memory to build."""

    @property
    def installed(self) -> bool:
        """Whether the package is here."""
        return importlib.util.find_spec(self.value) is not None

    @classmethod
    def usual(cls) -> "MatcherKind":
        """The best that is installed for texts of any length."""
        return cls.DAACHORSE if cls.DAACHORSE.installed else cls.AHOCORASICK_RS


class MatcherMissing(NotFound):
    """The package that an automaton comes from is not installed.

    Attributes:
        kind: which one.
    """

    def __init__(self, kind: MatcherKind) -> None:
        """Name it and how to get it."""
        super().__init__(
            zh=f"没有安装 {kind.value}；请运行 pip install {kind.value}",
            en=f"{kind.value} is not installed; run pip install {kind.value}",
        )
        self.kind = kind


def built(words: Sequence[str], kind: MatcherKind) -> Matcher:
    """A matcher for words that are not empty; a word's index is its place among them.

    Raises:
        MatcherMissing: the package is not installed.
    """
    return _TYPES[kind].built(words)


def loaded(kind: MatcherKind, dumped: bytes) -> Matcher:
    """The matcher that ``dumped`` was made from.

    Raises:
        MatcherMissing: the package is not installed.
        ValueError: ``dumped`` is not what this release of the package makes.
    """
    return _TYPES[kind].loaded(dumped)


class _Daachorse:
    def __init__(self, automaton: Any) -> None:  # noqa: ANN401 - see `_package`
        self._automaton = automaton
        self.find: Callable[[str], Sequence[tuple[int, int, int]]] = automaton.find_overlapping

    @classmethod
    def built(cls, words: Sequence[str]) -> Self:
        return cls(_package(MatcherKind.DAACHORSE).CharwiseDoubleArrayAhoCorasick(words))

    @classmethod
    def loaded(cls, dumped: bytes) -> Self:
        return cls(_package(MatcherKind.DAACHORSE).CharwiseDoubleArrayAhoCorasick.deserialize(dumped))

    def dump(self) -> bytes | None:
        dumped: bytes = self._automaton.serialize()
        return dumped


class _AhoCorasickRs:
    def __init__(self, automaton: Any) -> None:  # noqa: ANN401 - see `_package`
        self._find = automaton.find_matches_as_indexes

    @classmethod
    def built(cls, words: Sequence[str]) -> Self:
        return cls(_package(MatcherKind.AHOCORASICK_RS).AhoCorasick(words, store_patterns=False))

    @classmethod
    def loaded(cls, dumped: bytes) -> Self:
        raise ValueError(f"nothing is ever dumped: {dumped[:20]!r}")

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        return [(start, end, word) for word, start, end in self._find(text, overlapping=True)]

    def dump(self) -> bytes | None:
        return None


class _Hyperscan:
    """The database tells where words end; how long each of them is, is kept beside it."""

    def __init__(self, database: Any, lengths: Sequence[int]) -> None:  # noqa: ANN401 - see `_package`
        self._database = database
        self._lengths = lengths
        # What a scan works in serves one scan at a time.
        self._space = threading.local()

    @classmethod
    def built(cls, words: Sequence[str]) -> Self:
        package = _package(MatcherKind.HYPERSCAN)
        database = package.Database(mode=package.HS_MODE_BLOCK)
        encoded = [word.encode() for word in words]
        database.compile(expressions=encoded, ids=list(range(len(encoded))), literal=True)
        return cls(database, list(map(len, words)))

    @classmethod
    def loaded(cls, dumped: bytes) -> Self:
        package = _package(MatcherKind.HYPERSCAN)
        lengths, database = msgspec.msgpack.decode(dumped, type=tuple[bytes, bytes])
        try:
            return cls(package.loadb(database, package.HS_MODE_BLOCK), array("I", lengths))
        except package.HyperscanError as error:
            raise ValueError(str(error)) from error

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        found: list[tuple[int, int]] = []

        def take(word: int, _start: int, end: int, _flags: int, _context: object) -> None:
            found.append((end, word))

        data = text.encode()
        # Hyperscan keeps no reference to `take`; the name here does.
        self._database.scan(data, match_event_handler=take, scratch=self._scratch())
        return list(self._in_characters(data, found))

    def _in_characters(self, data: bytes, found: list[tuple[int, int]]) -> Iterator[Match]:
        """Hyperscan tells the end of each occurrence, in bytes, in the order of their ends."""
        counted_bytes = counted = 0
        for end, word in found:
            counted += len(data[counted_bytes:end].decode())
            counted_bytes = end
            yield Match(counted - self._lengths[word], counted, word)

    def _scratch(self) -> object:
        scratch: object = getattr(self._space, "scratch", None)
        if scratch is None:
            scratch = self._space.scratch = _package(MatcherKind.HYPERSCAN).Scratch(self._database)
        return scratch

    def dump(self) -> bytes | None:
        database: bytes = _package(MatcherKind.HYPERSCAN).dumpb(self._database)
        return msgspec.msgpack.encode((array("I", self._lengths).tobytes(), database))


def _package(kind: MatcherKind) -> Any:  # noqa: ANN401 - they are written in other languages and have no types
    if not kind.installed:
        raise MatcherMissing(kind)
    return importlib.import_module(kind.value)


_TYPES: dict[MatcherKind, type[_Daachorse | _AhoCorasickRs | _Hyperscan]] = {
    MatcherKind.DAACHORSE: _Daachorse,
    MatcherKind.AHOCORASICK_RS: _AhoCorasickRs,
    MatcherKind.HYPERSCAN: _Hyperscan,
}
