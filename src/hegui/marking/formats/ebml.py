"""EBML, the binary kin of XML that Matroska and WebM are written in."""

from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import MOST_PARTS, fault, too_many
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer

VOID = b"\xec"
CHECKSUM = b"\xbf"
LONGEST_NUMBER = 8

_LONGEST_NAME = 4
_SHORT_VOID = 126
_SHORT_VOID_HEADER = 2
_LONG_VOID_HEADER = 9
# Blocks of a recording are elements, and a live one has them all in a row.
_MOST_ELEMENTS = 8 * MOST_PARTS


class Element(NamedTuple):
    """One element.

    Attributes:
        name: its identifier.
        start: where it begins.
        size: where the field for its length does.
        body: where its content does.
        end: where it ends; the same as ``body`` where it does not say how long it is.
        known: whether it says how long it is.
    """

    name: bytes
    start: int
    size: int
    body: int
    end: int
    known: bool = True


def elements(data: Buffer, start: int, end: int) -> Iterator[Element | Fault]:
    """The elements from ``start`` up to ``end``; a fault ends them.

    One that does not say how long it is yields itself without content, and then what it holds.

    Args:
        data: the file.
        start: where the first begins.
        end: where the last has to end.
    """
    position = start
    for _ in range(_MOST_ELEMENTS):
        if position >= end:
            return
        element = _element(data, position, end)
        if element is None:
            yield fault(position, zh="元素的长度有误", en="the length of an element is wrong")
            return
        yield element
        position = element.end
    yield too_many(position)


def inside(data: Buffer, element: Element) -> Iterator[Element | Fault]:
    """The elements in an element."""
    return elements(data, element.body, element.end)


def content(data: Buffer, element: Element) -> bytes:
    """What an element holds."""
    return data[element.body : element.end]


def made(name: bytes, body: bytes) -> bytes:
    """An element, with its length in as few bytes as will do."""
    width = next(width for width in range(1, LONGEST_NUMBER + 1) if fits(len(body), width))
    return name + length(len(body), width) + body


def fits(number: int, width: int) -> bool:
    """Whether a length can be said in ``width`` bytes; all ones would mean that it is unknown."""
    return number < (1 << 7 * width) - 1


def length(number: int, width: int) -> bytes:
    """A length in ``width`` bytes."""
    return (number | 1 << 7 * width).to_bytes(width, "big")


def void(size: int) -> bytes:
    """Empty space of exactly ``size`` bytes, header included; there is none of a single byte."""
    if not size:
        return b""
    if size - _SHORT_VOID_HEADER <= _SHORT_VOID:
        return VOID + length(size - _SHORT_VOID_HEADER, 1) + bytes(size - _SHORT_VOID_HEADER)
    empty = size - _LONG_VOID_HEADER
    return VOID + length(empty, LONGEST_NUMBER) + bytes(empty)


def _element(data: Buffer, start: int, end: int) -> Element | None:
    head = data[start : min(end, start + _LONGEST_NAME + LONGEST_NUMBER)]
    name_bytes = _width(head[:1])
    size_bytes = _width(head[name_bytes : name_bytes + 1])
    size, body = start + name_bytes, start + name_bytes + size_bytes
    if not 0 < name_bytes <= _LONGEST_NAME or not size_bytes or body > end:
        return None
    number = int.from_bytes(head[name_bytes : name_bytes + size_bytes], "big") - (1 << 7 * size_bytes)
    if not fits(number, size_bytes):
        return Element(head[:name_bytes], start, size, body, body, known=False)
    if body + number > end:
        return None
    return Element(head[:name_bytes], start, size, body, body + number)


def _width(first: bytes) -> int:
    """How many bytes a number takes by its first, or 0 where there is none."""
    return LONGEST_NUMBER + 1 - first[0].bit_length() if first.strip(b"\0") else 0
