"""Folding: the one form in which words and texts are compared.

Each character folds onto one other character or onto none, whatever stands beside it: compatibility
forms, case and traditional characters become one, and characters that nobody sees vanish. A folded text
can therefore be made piece by piece, and every place in it has one place in the original.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from importlib import resources
from itertools import groupby

from hegui.core import Record, digest_bytes

# Looking up a character that the table lacks costs more than finding it, so the table also holds the common
# ones that stay as they are: Latin to general punctuation, kana and CJK punctuation, hanzi, full width.
_COMMON = (range(0x2100), range(0x3000, 0x3100), range(0x4E00, 0xA000), range(0xFF00, 0xFFF0))
# A lone surrogate is not text, and no automaton reads it; it folds onto the replacement character.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_BEYOND_BMP = 0x10000
# Replacing one character throughout a text is some thirty times as fast as translating each by the table,
# so that a text in which few different ones change is folded by replacements. In shorter pieces, and where
# different ones follow too closely (traditional text), the table is faster.
_WORTH_A_LOOK = 24
_REPLACEMENTS = 8
_DISTANCE = 64


class FoldedText(Record):
    """A text in the form in which it is compared.

    ``gaps`` names each character that vanished by the number of characters that stayed before it. Where
    none vanished, each character stands where it stood.
    """

    text: str
    gaps: tuple[int, ...]

    def place(self, index: int) -> int:
        """Where in the original the folded character at ``index`` stands."""
        return index + bisect_right(self.gaps, index) if self.gaps else index


def fold(text: str) -> str:
    """``text`` in the form in which it is compared. Folding twice changes nothing."""
    table = _table()
    if len(text) < _WORTH_A_LOOK or text.isascii():
        return text.translate(table)
    changing = _changing().search
    match = changing(text)
    replaced = 0
    while match is not None:
        character, start = match.group(), match.start()
        if replaced > _REPLACEMENTS + start // _DISTANCE:
            return text.translate(table)
        replacement = character.translate(table)
        if replacement == character:
            match = changing(text, start + 1)
        else:
            text = text.replace(character, replacement)
            match = changing(text, start)
        replaced += 1
    return text


def fold_with_places(text: str) -> FoldedText:
    """``text`` folded, with the way back to the original."""
    folded = fold(text)
    if len(folded) == len(text):
        return FoldedText(text=folded, gaps=())
    vanishing = enumerate(_vanishing().finditer(text))
    return FoldedText(text=folded, gaps=tuple(match.start() - before for before, match in vanishing))


@cache
def fold_digest() -> str:
    """The digest of the fold table: part of what decides a finding."""
    return digest_bytes(_source())


@cache
def _table() -> dict[int, int | None]:
    table: dict[int, int | None] = {point: point for span in _COMMON for point in span}
    table.update(_SURROGATES)
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


@cache
def _changing() -> re.Pattern[str]:
    """Any character that folding changes; beyond the basic plane, any at all.

    An expression that names single characters there is many times slower on all others.
    """
    changed = [point for point, target in _table().items() if target != point and point < _BEYOND_BMP]
    return re.compile(f"[{_character_class(changed)}\\U00010000-\\U0010ffff]")


@cache
def _vanishing() -> re.Pattern[str]:
    gone = (point for point, target in _table().items() if target is None)
    return re.compile(f"[{_character_class(gone)}]")


def _character_class(points: Iterable[int]) -> str:
    # Neighbours differ from their index in the sorted row by the same number.
    runs = groupby(enumerate(sorted(points)), key=lambda item: item[1] - item[0])
    spans = ([point for _, point in run] for _, run in runs)
    return "".join(f"\\U{span[0]:08x}-\\U{span[-1]:08x}" for span in spans)


def _source() -> bytes:
    return resources.files("hegui.screening").joinpath("data", "fold.txt").read_bytes()
