"""What people read on a sheet of an Office file: its cells, and what is printed above and below them."""

import re
from collections.abc import Sequence
from contextlib import suppress
from xml.parsers import expat

_SEPARATOR = " "
_PRINTED = {f"{which}{place}" for which in ("odd", "even", "first") for place in ("Header", "Footer")}
# What stands in a header beside words: fonts, sizes, colours, and fields such as the page's number.
_CODES = re.compile(r'&(?:"[^"]*"|K(?:[0-9A-F]{6}|\d\d[+-]\d{3})|\d{1,3}|[A-JL-Z])')
_LONGEST_NUMBER = 9
_SHARED, _OWN = "s", {"str", "inlineStr"}


class _Refused(Exception):
    """What stopped the reading."""


class _Walk:
    """Expat's events, as texts of those elements that are asked for; readings (of kana) are left out."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.cells: list[tuple[str, str]] = []
        self.printed: list[str] = []
        self._kind = ""
        self._parts: list[str] = []
        self._is_text = False
        self._aside = 0
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _refuse(self, *_: object) -> None:
        raise _Refused

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        self._aside += local == "rPh"
        if local in {"si", "c"} or local in _PRINTED:
            self._parts = []
            self._kind = attributes.get("t", "")
        self._is_text = local in _PRINTED or (local in {"t", "v"} and not self._aside)

    def _end(self, name: str) -> None:
        local = _local(name)
        self._is_text = False
        self._aside -= local == "rPh"
        if local == "si":
            self.strings.append("".join(self._parts))
        elif local == "c" and self._parts:
            self.cells.append((self._kind, "".join(self._parts)))
        elif local in _PRINTED:
            self.printed += _CODES.sub("\n", "".join(self._parts)).split("\n")

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._parts.append(text)


def shared_strings(xml: bytes) -> list[str]:
    """The texts that cells name by their numbers; of a damaged part those before the damage."""
    return _walked(xml).strings


def sheet_text(xml: bytes, strings: Sequence[str]) -> str:
    """What people read on one sheet, a line for each text; of a damaged one what stands before the damage.

    Args:
        xml: the sheet.
        strings: the texts that its cells name.
    """
    walk = _walked(xml)
    # Each text once: a million cells may name one of a megabyte.
    named = dict.fromkeys(
        value
        for kind, value in walk.cells
        if kind == _SHARED and len(value) <= _LONGEST_NUMBER and value.isdecimal()
    )
    shared = [strings[int(number)] for number in named if int(number) < len(strings)]
    own = [value for kind, value in walk.cells if kind in _OWN]
    return "\n".join([*walk.printed, *shared, *own])


def _local(name: str) -> str:
    return name.rpartition(_SEPARATOR)[2]


def _walked(xml: bytes) -> _Walk:
    walk = _Walk()
    with suppress(expat.ExpatError, _Refused):
        walk.parser.Parse(xml, True)  # noqa: FBT003 - expat's signature
    return walk
