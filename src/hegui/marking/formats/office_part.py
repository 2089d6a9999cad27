"""Reading a part of an Office file as far as it is sound."""

from contextlib import suppress
from typing import Protocol
from xml.parsers import expat

_SEPARATOR = " "


class EndOfReading(Exception):
    """Nothing more of the part is read."""


class Reader(Protocol):
    """Takes what stands in a part, in its order; elements come by their names without namespaces.

    Whatever it raises as :class:`EndOfReading` ends the reading.
    """

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element's beginning."""

    def end(self, name: str) -> None:
        """Take its end."""

    def characters(self, text: str) -> None:
        """Take text, or a piece of it."""


def local_name(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(_SEPARATOR)[2]


def read_part(xml: bytes, reader: Reader) -> None:
    """Let ``reader`` take a part; of a damaged one, what stands before the damage.

    A document type ends the reading: no Office file has one, and entities would follow.
    """
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: reader.start(local_name(name), attributes)
    parser.EndElementHandler = lambda name: reader.end(local_name(name))
    parser.CharacterDataHandler = reader.characters
    with suppress(expat.ExpatError, EndOfReading):
        parser.Parse(xml, True)  # noqa: FBT003 - expat's signature


def _refuse(*_: object) -> None:
    raise EndOfReading
