"""What people read on a sheet of an Office file: its cells, and what is printed above and below them."""

import re
from collections.abc import Sequence

from hegui.marking.formats.office_part import read_part

_PRINTED = {f"{which}{place}" for which in ("odd", "even", "first") for place in ("Header", "Footer")}
# What stands in a header beside words: fonts, sizes, colours, and fields such as the page's number.
_CODES = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|\d{1,3}|[A-JL-Z])')
_LONGEST_NUMBER = 9
_SHARED, _OWN = "s", {"str", "inlineStr"}


class _Sheet:
    """The texts of those elements that are asked for; readings (of kana) are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.cells: list[tuple[str, str]] = []
        self.printed: list[str] = []
        self._kind = ""
        self._parts: list[str] = []
        self._is_text = False
        self._aside = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note which element texts are of, and where readings begin."""
        self._aside += name == "rPh"
        if name in {"si", "c"} or name in _PRINTED:
            self._parts = []
            self._kind = attributes.get("t", "")
        self._is_text = name in _PRINTED or (name in {"t", "v"} and not self._aside)

    def end(self, name: str) -> None:
        """Keep what an element said."""
        self._is_text = False
        self._aside -= name == "rPh"
        if name == "si":
            self.strings.append("".join(self._parts))
        elif name == "c" and self._parts:
            self.cells.append((self._kind, "".join(self._parts)))
        elif name in _PRINTED:
            self.printed += _CODES.sub("\n", "".join(self._parts)).split("\n")

    def characters(self, text: str) -> None:
        """Take text where text is asked for."""
        if self._is_text:
            self._parts.append(text)


def shared_strings(xml: bytes) -> list[str]:
    """The texts that cells name by their numbers; of a damaged part those before the damage."""
    return _read(xml).strings


def sheet_text(xml: bytes, strings: Sequence[str]) -> str:
    """What people read on one sheet, a line for each text; of a damaged one what stands before the damage.

    Args:
        xml: the sheet.
        strings: the texts that its cells name.
    """
    sheet = _read(xml)
    # Each text once: a million cells may name one of a megabyte.
    named = dict.fromkeys(
        value
        for kind, value in sheet.cells
        if kind == _SHARED and len(value) <= _LONGEST_NUMBER and value.isdecimal()
    )
    shared = [strings[int(number)] for number in named if int(number) < len(strings)]
    own = [value for kind, value in sheet.cells if kind in _OWN]
    return "\n".join([*sheet.printed, *shared, *own])


def _read(xml: bytes) -> _Sheet:
    sheet = _Sheet()
    read_part(xml, sheet)
    return sheet
