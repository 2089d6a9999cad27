"""Folding: the one form in which words and texts are compared.

Each character folds onto one other character or onto none, whatever stands beside it: compatibility
forms, case and traditional characters become one, and characters that nobody sees vanish. A folded text
can therefore be made piece by piece, and every place in it has one place in the original.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING

from hegui.core import digest_bytes

if TYPE_CHECKING:
    import numpy as np

# Looking up a character that the table lacks costs more than finding it, so the table also holds the common
# ones that stay as they are: Latin to general punctuation, kana and CJK punctuation, hanzi, full width.
_COMMON = (range(0x2100), range(0x3000, 0x3100), range(0x4E00, 0xA000), range(0xFF00, 0xFFF0))
# A lone surrogate is not text, and no automaton reads it; it folds onto the replacement character.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_BEYOND_BMP = 0x10000
_POINTS = 0x110000
_GONE = 0xFFFFFFFF
# Which way is the fastest depends on the length, see ``benchmarks/screening.py``. In a line or less, the few
# different characters that change are replaced one after another, some thirty times as fast as looking up
# each; where too many differ, each is looked up after all. Blocks go through an array, piece by piece so
# that both stay in the processor's cache.
_BLOCK = 1_000
_PIECE = 1 << 15
_REPLACEMENTS = 8
_DISTANCE = 64

_Search = Callable[..., re.Match[str] | None]


class CharacterMap:
    """Maps each character onto one other or onto none, whatever stands beside it; mapping twice is once."""

    def __init__(self, table: Mapping[int, int | None], *, often: str = "") -> None:
        """Map by code points.

        Args:
            table: onto what; ``None`` makes a character vanish, and those that are not named stay.
            often: those that stand in nearly every line. Replacing them costs less than finding them.
        """
        self._table = table
        self._frequent = often

    def apply(self, text: str) -> str:
        """``text`` with every character mapped."""
        if len(text) >= _BLOCK:
            pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
            return "".join([self.points(piece).tobytes().decode("utf-32-le") for piece in pieces])
        changes, targets = self.changes, self._targets
        for known, folded in self._often:
            text = text.replace(known, folded)
        match = changes(text)
        replaced = 0
        while match is not None:
            character, start = match[0], match.start()
            if replaced > _REPLACEMENTS + start // _DISTANCE:
                return text.translate(self._with_common)
            target = targets.get(character)
            if target is None:
                match = changes(text, start + 1)
            else:
                text = text.replace(character, target)
                match = changes(text, start)
            replaced += 1
        return text

    def gaps(self, text: str) -> Sequence[int]:
        """Each character of ``text`` that vanishes, by the number of characters that stay before it."""
        return [match.start() - before for before, match in enumerate(self._vanishing.finditer(text))]

    def points(self, text: str) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
        """The code points of ``text`` with every character mapped."""
        import numpy as np  # noqa: PLC0415 - a command that scans nothing long should not pay for it

        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        # No point is too large; of all ways to look them up, this is the fastest.
        mapped = self._array.take(points, mode="wrap")
        return mapped[mapped != _GONE] if mapped.max(initial=0) == _GONE else mapped

    @cached_property
    def _often(self) -> Sequence[tuple[str, str]]:
        return [(character, self._targets[character]) for character in self._frequent]

    @cached_property
    def _with_common(self) -> Mapping[int, int | None]:
        return {point: point for span in _COMMON for point in span} | dict(self._table)

    @cached_property
    def _array(self) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
        import numpy as np  # noqa: PLC0415 - see above

        array = np.arange(_POINTS, dtype=np.uint32)
        array[list(self._table)] = [_GONE if to is None else to for to in self._table.values()]
        return array

    @cached_property
    def _targets(self) -> Mapping[str, str]:
        """What stands in place of each character that changes."""
        changing = ((point, target) for point, target in self._table.items() if target != point)
        return {chr(point): "" if target is None else chr(target) for point, target in changing}

    @cached_property
    def changes(self) -> _Search:
        """Finds the first character that changes; beyond the basic plane, any at all.

        An expression that names single characters there is many times slower on all others.
        """
        changed = [point for point, target in self._table.items() if target != point and point < _BEYOND_BMP]
        return re.compile(f"[{_character_class(changed)}\\U00010000-\\U0010ffff]").search

    @cached_property
    def _vanishing(self) -> re.Pattern[str]:
        gone = (point for point, target in self._table.items() if target is None)
        return re.compile(f"[{_character_class(gone)}]")


class Places:
    """The way back from a mapped text to its original."""

    __slots__ = ("_gaps",)

    def __init__(self, original: str, mapped: str, by: CharacterMap) -> None:
        """Lead back from ``mapped``, which ``by`` made of ``original``."""
        self._gaps = () if len(mapped) == len(original) else by.gaps(original)

    def __getitem__(self, index: int) -> int:
        """Where in the original the mapped character at ``index`` stands."""
        return index + bisect_right(self._gaps, index)


@cache
def folding() -> CharacterMap:
    """The map that folds."""
    return CharacterMap(_table(), often="，")


def fold(text: str) -> str:
    """``text`` in the form in which it is compared. Folding twice changes nothing."""
    if text.isascii() and text.isprintable():
        # Of these only capitals change, which needs no table.
        return text.lower()
    return folding().apply(text)


def fold_with_gaps(text: str) -> tuple[str, Sequence[int]]:
    """``text`` folded, and each character that vanished by the number of characters that stay before it."""
    folded = fold(text)
    return folded, () if len(folded) == len(text) else folding().gaps(text)


@cache
def fold_digest() -> str:
    """The digest of the fold table: part of what decides a finding."""
    return digest_bytes(_source())


def _table() -> dict[int, int | None]:
    table: dict[int, int | None] = dict(_SURROGATES)
    for line in _source().decode("ascii").splitlines():
        if line.startswith("#"):
            continue
        span, _, target = line.partition(" ")
        first, _, last = span.partition("-")
        points = range(int(first, 16), int(last or first, 16) + 1)
        if target:
            table.update(zip(points, range(int(target, 16), int(target, 16) + len(points)), strict=True))
        else:
            table.update(dict.fromkeys(points))
    return table


def _character_class(points: Iterable[int]) -> str:
    # Neighbours differ from their index in the sorted row by the same number.
    runs = groupby(enumerate(sorted(points)), key=lambda item: item[1] - item[0])
    spans = ([point for _, point in run] for _, run in runs)
    return "".join(f"\\U{span[0]:08x}-\\U{span[-1]:08x}" for span in spans)


def _source() -> bytes:
    return resources.files("hegui.screening").joinpath("data", "fold.txt").read_bytes()
