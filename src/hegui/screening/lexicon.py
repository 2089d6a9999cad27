"""A lexicon: folded forms, compiled for searching whole texts and texts that are not complete yet."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple, Self

import msgspec

from hegui.screening.beginnings import Beginnings, Context, is_touched
from hegui.screening.fold import Places
from hegui.screening.matcher import LONG, MatcherKind, built, loaded
from hegui.screening.separation import LETTERS, Span, bare, baring, stands, ties
from hegui.screening.shelf import Shelf

if TYPE_CHECKING:
    from hegui.screening.sieve import Sieve

# How many characters are worth a glance, before searching them is faster.
_GLANCE = 12


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
    # Views, so that an automaton is copied once on its way from a file.
    compiled: _Compiled
    plain: list[memoryview | None]
    bare: list[memoryview | None]


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
    def load(cls, dump: bytes | memoryview, *, kinds: Sequence[MatcherKind] = ()) -> Self:
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

    @property
    def sieves(self) -> Sequence["Sieve"]:
        """What sifts a long text before it is searched for forms as they are written."""
        return self._plain.sieves

    def find(self, text: str, start: int) -> list[Hit]:
        """Every occurrence that begins at ``start`` or later, by place, the longer first."""
        searched = text[start:] if start else text
        found = self._short(searched) if len(searched) < LONG else self._long(searched)
        hits = list(self._counted(found, text, start)) if found else []
        if self._has_separated:
            hits += self._find_separated(text, searched)
        if len(hits) > 1:
            hits.sort(key=_by_place)
        return hits

    def read(self, text: str, start: int) -> tuple[list[Hit], int]:
        """What :meth:`find` and :meth:`unfinished` say.

        In a stream most pieces are decided at a glance: no two characters in them begin a form.
        """
        end = len(text)
        if end - start <= _GLANCE:
            seconds = self._seconds
            follow = ""
            for character in text[start:]:
                if character in follow or (behind := seconds.get(character, "")) is None:
                    break
                follow = behind
            else:
                if not follow:
                    return [], end
                if character in self._exact:
                    return [], end - 1
                return [], self.unfinished(text, end - 1)
        return self.find(text, start), self.unfinished(text, start)

    def unfinished(self, text: str, start: int) -> int:
        """The first place from ``start`` on about which more text might still decide, or the text's end."""
        return self._beginnings.unfinished(text, start)

    def withheld(self, text: str, start: int, labels: frozenset[int]) -> int:
        """The same for the forms with one of the labels alone."""
        beginnings = self._narrowed.get(labels)
        if beginnings is None:
            beginnings = self._narrowed[labels] = self._narrow(labels)
        return beginnings.unfinished(text, start)

    def _set_up(
        self,
        compiled: _Compiled,
        kinds: Sequence[MatcherKind],
        *,
        plain: Sequence[memoryview | None],
        bare_ones: Sequence[memoryview | None],
    ) -> None:
        self._compiled = compiled
        self._kinds = tuple(kinds) or (MatcherKind.usual(),)
        anywhere, whole, separated = compiled.anywhere, compiled.whole, compiled.separated
        self._first_whole = anywhere.count
        self._plain = _Search([anywhere, whole], self._kinds, plain)
        self._bare = _Search([separated], self._kinds, bare_ones)
        # A line of chat is searched in two microseconds: what stands between costs.
        self._short, self._long = self._plain.short, self._plain.long
        self._plain_senses = array("I", compiled.plain_senses)
        self._bare_senses = array("I", compiled.bare_senses)
        self._has_separated = separated.count > 0
        self._beginnings = Beginnings(
            anywhere=anywhere,
            whole=whole,
            separated=separated,
            tails=compiled.tails,
            contexts=(part for senses in compiled.senses for sense in senses for part in sense.contexts),
        )
        self._narrowed: dict[frozenset[int], Beginnings] = {}
        # For a glance: which pairs of characters may begin a form, and which characters are one.
        self._seconds = self._beginnings.seconds
        self._exact = anywhere.heads

    def _narrow(self, labels: frozenset[int]) -> Beginnings:
        """The beginnings of the forms with one of the labels."""
        compiled = self._compiled
        senses = [[s for s in several if not labels.isdisjoint(s.labels)] for several in compiled.senses]
        contexts = {part for several in senses for sense in several for part in sense.contexts}

        def narrowed(shelf: Shelf, numbers: Iterable[int]) -> Shelf:
            words = zip(shelf.words, numbers, strict=True)
            return Shelf.of((word for word, number in words if senses[number]), waiting=shelf.waiting)

        return Beginnings(
            anywhere=narrowed(compiled.anywhere, self._plain_senses[: self._first_whole]),
            whole=narrowed(compiled.whole, self._plain_senses[self._first_whole :]),
            separated=narrowed(compiled.separated, self._bare_senses),
            tails=Shelf.of(tail for _, tail in contexts),
            contexts=contexts,
        )

    def _counted(self, found: Iterable[tuple[int, int, int]], text: str, start: int) -> Iterator[Hit]:
        for found_begin, found_end, word in found:
            begin, end = found_begin + start, found_end + start
            if word >= self._first_whole and is_touched(text, begin, end):
                continue
            for sense in self._compiled.senses[self._plain_senses[word]]:
                if not _is_excused(text, begin, sense.contexts):
                    for label in sense.labels:
                        yield Hit(begin, end, label)

    def _find_separated(self, text: str, searched: str) -> Iterator[Hit]:
        """Every occurrence of a separated word within ``searched``, the end of ``text``."""
        without = bare(searched)
        if not (found := self._bare.find(without)):
            return
        start = len(text) - len(searched)
        way_back = Places(searched, without, baring())
        for begin, end, word in found:
            places = [way_back[index] + start for index in range(begin, end)]
            first, behind = places[0], places[-1] + 1
            contiguous = behind - first == len(places)
            for sense in self._compiled.senses[self._bare_senses[word]]:
                excused = contiguous and _is_excused(text, first, sense.contexts)
                if not excused and stands(text, places, sense.tied):
                    for label in sense.labels:
                        yield Hit(first, behind, label)


_Find = Callable[[str], Sequence[tuple[int, int, int]]]


class _Search:
    """The automata over one list of words: the first for any text, the last for long ones.

    Of long texts they read what a sieve leaves.
    """

    def __init__(
        self, shelves: Sequence[Shelf], kinds: Sequence[MatcherKind], dumps: Sequence[memoryview | None]
    ) -> None:
        words = any(shelf.count for shelf in shelves)
        self._shelves = shelves
        self._matchers = [
            built(self._words(), kind) if dump is None else loaded(kind, bytes(dump))
            for kind, dump in zip_longest(kinds, dumps)
            if words
        ]
        self.short: _Find = self._matchers[0].find if words else _nothing
        self.long: _Find = self._sifted if words else _nothing

    def _words(self) -> list[str]:
        return [word for shelf in self._shelves for word in shelf.words]

    def _sifted(self, text: str) -> Sequence[tuple[int, int, int]]:
        return self._sieve.find(text)

    @cached_property
    def _sieve(self) -> "Sieve":
        from hegui.screening.sieve import Sieve  # noqa: PLC0415 - who reads nothing long needs no arrays

        first, last = self._matchers[0], self._matchers[-1]
        return Sieve(self._words(), within=first.find, throughout=last.find)

    @property
    def sieves(self) -> Sequence["Sieve"]:
        return [self._sieve] if self._matchers else []

    def find(self, text: str) -> Sequence[tuple[int, int, int]]:
        return self.short(text) if len(text) < LONG else self.long(text)

    def dump(self) -> list[memoryview | None]:
        dumps = (matcher.dump() for matcher in self._matchers)
        return [None if dump is None else memoryview(dump) for dump in dumps]


def _nothing(_text: str) -> Sequence[tuple[int, int, int]]:
    return ()


class _Meaning(NamedTuple):
    """One thing that a word stands for."""

    label: int
    contexts: tuple[Context, ...]
    tied: tuple[Span, ...]


_Meanings = dict[str, tuple[_Meaning, ...]]
"""What each word stands for; nearly all words share theirs with many others."""


def _compile(forms: Iterable[Spelling]) -> _Compiled:
    meanings: dict[MatchMode, _Meanings] = {mode: {} for mode in MatchMode}
    tails: dict[str, None] = {}
    alike: dict[tuple[_Meaning, ...], tuple[_Meaning, ...]] = {}
    plain: dict[int, tuple[_Meaning, ...]] = {}
    for text, mode, label, contexts in forms:
        parts: tuple[Context, ...] = ()
        if contexts:
            parts = tuple(sorted({part for context in contexts for part in _parts(context, text)}))
            tails.update(dict.fromkeys(tail for _, tail in parts))
        word, tied = (bare(text), ties(text)) if mode is MatchMode.SEPARATED else (text, ())
        known = meanings[mode]
        before = known.get(word)
        if before is None and not parts and not tied:
            # Nearly every word: as often as there are words, an object less.
            known[word] = plain.get(label) or plain.setdefault(label, (_Meaning(label, (), ()),))
            continue
        meant = (*(before or ()), _Meaning(label, parts, tied))
        known[word] = alike.setdefault(meant, meant)
    exact, whole_words, parted = (
        meanings[mode] for mode in (MatchMode.EXACT, MatchMode.WHOLE_WORD, MatchMode.SEPARATED)
    )
    anywhere = Shelf.of(exact)
    whole = Shelf.of(whole_words, waiting="".join({word[-1] for word in whole_words}))
    separated = Shelf.of(parted, waiting=LETTERS)
    numbers: dict[tuple[_Meaning, ...], int] = {}

    def senses(shelf: Shelf, mode: MatchMode) -> bytes:
        meant = map(meanings[mode].__getitem__, shelf.words)
        return array("I", [numbers.setdefault(each, len(numbers)) for each in meant]).tobytes()

    return _Compiled(
        anywhere=anywhere,
        whole=whole,
        separated=separated,
        tails=Shelf.of(tails),
        plain_senses=senses(anywhere, MatchMode.EXACT) + senses(whole, MatchMode.WHOLE_WORD),
        bare_senses=senses(separated, MatchMode.SEPARATED),
        senses=list(map(_senses, numbers)),
    )


def _senses(meanings: Iterable[_Meaning]) -> tuple[_Sense, ...]:
    """The labels of a word, apart by contexts and ties."""
    labels: dict[tuple[tuple[Context, ...], tuple[Span, ...]], list[int]] = {}
    for label, contexts, tied in dict.fromkeys(meanings):
        labels.setdefault((contexts, tied), []).append(label)
    return tuple(_Sense(tuple(several), *shared) for shared, several in labels.items())


def _parts(context: str, form: str) -> Iterator[Context]:
    place = context.find(form)
    while place >= 0:
        yield context[:place], context[place:]
        place = context.find(form, place + 1)


def _arrived(dump: bytes, kinds: Sequence[MatcherKind]) -> Lexicon:
    return Lexicon.load(dump, kinds=kinds)


def _is_excused(text: str, place: int, contexts: Iterable[Context]) -> bool:
    return any(text.startswith(tail, place) and text.endswith(before, 0, place) for before, tail in contexts)


def _by_place(hit: Hit) -> tuple[int, int, int]:
    return hit.start, -hit.end, hit.label
