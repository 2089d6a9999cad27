"""A lexicon: folded forms, compiled for searching whole texts and texts that are not complete yet."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple, Self

import msgspec

from hegui.screening.fold import MappedText
from hegui.screening.matcher import LONG, MatcherKind, built, loaded
from hegui.screening.separation import LETTERS, MOST_SEPARATORS, Span, bare, baring, stands, ties
from hegui.screening.shelf import Shelf

_WORD_CHARACTERS = frozenset(LETTERS + "_")


class MatchMode(StrEnum):
    """Where a word counts."""

    EXACT = "exact"
    """Wherever it stands."""
    SEPARATED = "separated"
    """Likewise, and with up to four separators (spaces, asterisks, hyphens ...) at each place between its
    characters: ``炸*弹``, ``b o m b``. ASCII letters and digits at its edges must stand alone."""
    WHOLE_WORD = "whole_word"
    """Where no ASCII letter, digit or underscore touches it: ``rape``, but not in ``grapes``."""


class Spelling(NamedTuple):
    """One form in which something is found.

    ``text`` is folded and not empty; a separated one is not empty without its separators either.
    ``contexts`` are longer texts, folded, within which the form does not count. ``label`` says what is
    found.
    """

    text: str
    mode: MatchMode
    label: int
    contexts: tuple[str, ...] = ()


class Hit(NamedTuple):
    """Something found at ``text[start:end]``."""

    start: int
    end: int
    label: int


Context = tuple[str, str]
"""What precedes a form within a context, and the context from the form on."""


class _Sense(msgspec.Struct, frozen=True, array_like=True):
    """What a word stands for where none of ``contexts`` is around it; ``tied`` as :func:`ties` says."""

    labels: tuple[int, ...]
    contexts: tuple[Context, ...]
    tied: tuple[Span, ...]


class _Compiled(msgspec.Struct, frozen=True, array_like=True):
    """What a lexicon is made of, beside its automata.

    ``plain_senses`` and ``bare_senses`` hold the number of each word's senses: of the words that count
    anywhere and then the whole ones; of the separated ones. ``tails`` are the contexts from their forms on.
    """

    anywhere: Shelf
    whole: Shelf
    separated: Shelf
    tails: Shelf
    plain_senses: bytes
    bare_senses: bytes
    senses: list[tuple[_Sense, ...]]


class _Dumped(msgspec.Struct, frozen=True, array_like=True):
    compiled: _Compiled
    plain: list[bytes | None]
    bare: list[bytes | None]


class Lexicon:
    """Finds every occurrence of every form, and the places where one may have begun.

    What occurs at a place depends on the text from there on, and on no more characters before it than
    the contexts reach back, at least one.
    """

    def __init__(self, forms: Iterable[Spelling], *, kinds: Sequence[MatcherKind] = ()) -> None:
        """Compile.

        Args:
            forms: what to look for.
            kinds: the automaton to search with, and perhaps another one for long texts; the usual one
                where none is named.

        Raises:
            MatcherMissing: an automaton's package is not installed.
        """
        self._set_up(_compile(forms), kinds, plain=(), bare_ones=())

    @classmethod
    def load(cls, dump: bytes, *, kinds: Sequence[MatcherKind] = ()) -> Self:
        """The lexicon that ``dump`` was made from, with the same kinds of automata.

        Raises:
            ValueError: it is something else.
            MatcherMissing: an automaton's package is not installed.
        """
        dumped = msgspec.msgpack.decode(dump, type=_Dumped)
        lexicon = cls.__new__(cls)
        lexicon._set_up(dumped.compiled, kinds, plain=dumped.plain, bare_ones=dumped.bare)  # noqa: SLF001 - its own class
        return lexicon

    def dump(self) -> bytes:
        """The lexicon as bytes, which are loaded faster than compiled again."""
        dumped = _Dumped(self._compiled, self._plain.dump(), self._bare.dump())
        return msgspec.msgpack.encode(dumped)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process as bytes."""
        return _arrived, (self.dump(), self._kinds)

    def find(self, text: str, start: int) -> list[Hit]:
        """Every occurrence that begins at ``start`` or later, by place, the longer first."""
        found = self._plain.find(text[start:] if start else text)
        hits = list(self._counted(found, text, start)) if found else []
        if self._has_separated:
            hits += self._find_separated(text, start)
        if len(hits) > 1:
            hits.sort(key=_by_place)
        return hits

    def unfinished(self, text: str, start: int) -> int:
        """The first place from ``start`` on about which more text might still decide, or the text's end."""
        end = len(text)
        compiled = self._compiled
        anywhere, whole = compiled.anywhere.begins, compiled.whole.begins
        limit = end
        for place in range(max(start, end - self._longest), end):
            if (
                anywhere(text, place)
                or (whole(text, place) and not _is_touched(text, place, end))
                or (self._contexts and self._may_be_excused(text, place))
            ):
                limit = place
                break
        return self._unfinished_separated(text, start, limit) if self._has_separated else limit

    def _set_up(
        self,
        compiled: _Compiled,
        kinds: Sequence[MatcherKind],
        *,
        plain: Sequence[bytes | None],
        bare_ones: Sequence[bytes | None],
    ) -> None:
        self._compiled = compiled
        self._kinds = tuple(kinds) or (MatcherKind.usual(),)
        words = [*compiled.anywhere.words, *compiled.whole.words]
        self._first_whole = len(compiled.anywhere.words)
        self._plain = _Search(words, self._kinds, plain)
        self._bare = _Search(compiled.separated.words, self._kinds, bare_ones)
        self._plain_senses = array("I", compiled.plain_senses)
        self._bare_senses = array("I", compiled.bare_senses)
        self._has_separated = bool(compiled.separated.words)
        self._longest = max(map(len, [*words, *compiled.tails.words]), default=0)
        self._reach = max(map(len, compiled.separated.words), default=0) * (1 + MOST_SEPARATORS)
        self._contexts = {part for senses in compiled.senses for sense in senses for part in sense.contexts}

    def _counted(self, found: Iterable[tuple[int, int, int]], text: str, start: int) -> Iterator[Hit]:
        for found_begin, found_end, word in found:
            begin, end = found_begin + start, found_end + start
            if word >= self._first_whole and _is_touched(text, begin, end):
                continue
            for sense in self._compiled.senses[self._plain_senses[word]]:
                if not _is_excused(text, begin, sense.contexts):
                    for label in sense.labels:
                        yield Hit(begin, end, label)

    def _find_separated(self, text: str, start: int) -> Iterator[Hit]:
        mapped = MappedText(text[start:] if start else text, baring())
        for begin, end, word in self._bare.find(mapped.text):
            places = [mapped.place(index) + start for index in range(begin, end)]
            first, behind = places[0], places[-1] + 1
            contiguous = behind - first == len(places)
            for sense in self._compiled.senses[self._bare_senses[word]]:
                excused = contiguous and _is_excused(text, first, sense.contexts)
                if not excused and stands(text, places, sense.tied):
                    for label in sense.labels:
                        yield Hit(first, behind, label)

    def _unfinished_separated(self, text: str, start: int, limit: int) -> int:
        """The first place before ``limit`` where a word may have begun that separators part, or ``limit``."""
        shelf = self._compiled.separated
        begin = max(start, len(text) - self._reach)
        mapped = MappedText(text[begin:], baring())
        rest = mapped.text
        # Too many separators at one place end a word, so look back no farther than to the last such place.
        places: list[int] = []
        behind = len(text)
        for index in range(len(rest) - 1, -1, -1):
            place = begin + mapped.place(index)
            if behind - place > 1 + MOST_SEPARATORS:
                break
            places.append(place)
            behind = place
        decided_alone = bool(places) and places[0] < len(text) - 1
        for index, place in enumerate(reversed(places), len(rest) - len(places)):
            if place >= limit:
                break
            if (
                shelf.begins(rest, index)
                and not (decided_alone and not shelf.goes_on(rest[index:], waits=False))
                and not (rest[index] in LETTERS and place and text[place - 1] in LETTERS)
            ):
                return place
        return limit

    def _may_be_excused(self, text: str, place: int) -> bool:
        """Whether more text could make a context of what stands around ``place``."""
        if not self._compiled.tails.begins(text, place):
            return False
        rest = text[place:]
        return any(
            len(tail) > len(rest) and tail.startswith(rest) and text.endswith(before, 0, place)
            for before, tail in self._contexts
        )


class _Search:
    """The automata over one list of words: the first for any text, the last for long ones."""

    def __init__(self, words: list[str], kinds: Sequence[MatcherKind], dumps: Sequence[bytes | None]) -> None:
        self._matchers = [
            built(words, kind) if dump is None else loaded(words, kind, dump)
            for kind, dump in zip_longest(kinds, dumps)
            if words
        ]

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        return self._matchers[-1 if len(text) >= LONG else 0].find(text) if self._matchers else ()

    def dump(self) -> list[bytes | None]:
        return [matcher.dump() for matcher in self._matchers]


_Meanings = dict[str, dict[tuple[tuple[Context, ...], tuple[Span, ...]], dict[int, None]]]
"""For each word, the labels it stands for, apart by contexts and ties."""


def _compile(forms: Iterable[Spelling]) -> _Compiled:
    meanings: dict[MatchMode, _Meanings] = {mode: {} for mode in MatchMode}
    tails: set[str] = set()
    for text, mode, label, contexts in forms:
        parts = tuple(sorted({part for context in contexts for part in _parts(context, text)}))
        tails.update(tail for _, tail in parts)
        word, tied = (bare(text), ties(text)) if mode is MatchMode.SEPARATED else (text, ())
        meanings[mode].setdefault(word, {}).setdefault((parts, tied), {})[label] = None
    whole_words = meanings[MatchMode.WHOLE_WORD]
    anywhere = Shelf.of(meanings[MatchMode.EXACT])
    whole = Shelf.of(whole_words, waiting="".join({word[-1] for word in whole_words}))
    separated = Shelf.of(meanings[MatchMode.SEPARATED], waiting=LETTERS)
    senses: dict[tuple[_Sense, ...], int] = {}

    def numbers(shelf: Shelf, mode: MatchMode) -> bytes:
        meant = (
            tuple(_Sense(tuple(labels), *shared) for shared, labels in meanings[mode][word].items())
            for word in shelf.words
        )
        return array("I", [senses.setdefault(each, len(senses)) for each in meant]).tobytes()

    return _Compiled(
        anywhere=anywhere,
        whole=whole,
        separated=separated,
        tails=Shelf.of(tails),
        plain_senses=numbers(anywhere, MatchMode.EXACT) + numbers(whole, MatchMode.WHOLE_WORD),
        bare_senses=numbers(separated, MatchMode.SEPARATED),
        senses=list(senses),
    )


def _parts(context: str, form: str) -> Iterator[Context]:
    place = context.find(form)
    while place >= 0:
        yield context[:place], context[place:]
        place = context.find(form, place + 1)


def _arrived(dump: bytes, kinds: Sequence[MatcherKind]) -> Lexicon:
    return Lexicon.load(dump, kinds=kinds)


def _is_touched(text: str, start: int, end: int) -> bool:
    return (start > 0 and text[start - 1] in _WORD_CHARACTERS) or (
        end < len(text) and text[end] in _WORD_CHARACTERS
    )


def _is_excused(text: str, place: int, contexts: Iterable[Context]) -> bool:
    return any(text.startswith(tail, place) and text.endswith(before, 0, place) for before, tail in contexts)


def _by_place(hit: Hit) -> tuple[int, int, int]:
    return hit.start, -hit.end, hit.label
