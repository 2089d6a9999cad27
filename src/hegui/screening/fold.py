"""Folding: the one form in which words and texts are compared.

Each character folds onto one other character or onto none, whatever stands beside it: compatibility
forms, case and traditional characters become one, and characters that nobody sees vanish. A folded text
can therefore be made piece by piece, and every place in it has one place in the original.
"""

from functools import cache
from importlib import resources

from hegui.core import Record, digest_bytes

# Looking up a character that the table lacks costs more than finding it, so the table also holds the common
# ones that stay as they are: Latin to general punctuation, kana and CJK punctuation, hanzi, full width.
_COMMON = (range(0x2100), range(0x3000, 0x3100), range(0x4E00, 0xA000), range(0xFF00, 0xFFF0))
# A lone surrogate is not text, and no automaton reads it; it folds onto the replacement character.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


class FoldedText(Record):
    """A text in the form in which it is compared.

    ``places[i]`` is where in the original the character ``text[i]`` stands; ``None`` where no character
    vanished, so that each stands where it stood.
    """

    text: str
    places: tuple[int, ...] | None

    def place(self, index: int) -> int:
        """Where in the original the folded character at ``index`` stands."""
        return index if self.places is None else self.places[index]


def fold(text: str) -> str:
    """``text`` in the form in which it is compared. Folding twice changes nothing."""
    return text.translate(_table())


def fold_with_places(text: str) -> FoldedText:
    """``text`` folded, with the way back to the original."""
    table = _table()
    folded = text.translate(table)
    if len(folded) == len(text):
        return FoldedText(text=folded, places=None)
    places = tuple(index for index, character in enumerate(text) if table.get(ord(character), 0) is not None)
    return FoldedText(text=folded, places=places)


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


def _source() -> bytes:
    return resources.files("hegui.screening").joinpath("data", "fold.txt").read_bytes()
