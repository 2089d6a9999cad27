"""Boxes of the ISO base media file format, which HEIF, AVIF, MP4 and their kin are made of."""

from collections.abc import Callable, Container, Iterator
from typing import NamedTuple

from hegui.marking.candidates import MOST_PARTS, fault, too_many
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer, Splice

UUID_BYTES = 16
"""Bytes of the name that a box called ``uuid`` begins its content with."""

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The name of a ``uuid`` box that holds an XMP packet."""

WAY_TO_TABLES = (b"trak", b"mdia", b"minf", b"stbl")
"""The way from a ``moov`` box to the tables that say where its samples are."""

_HEADER_BYTES = 8
_LONG_HEADER_BYTES = 16
_FULL_BOX_BYTES = 4
_COUNT_BYTES = 4
_TO_THE_END = 0
_LONG = 1
_WIDE_TABLE = b"co64"
_CHUNK_TABLES = {b"stco": 4, _WIDE_TABLE: 8}


class Box(NamedTuple):
    """One box.

    Attributes:
        kind: its four characters.
        start: where it begins.
        body: where its content does, behind the header.
        end: where it ends.
        endless: whether it does not say how long it is, because it reaches to the end of the file.
    """

    kind: bytes
    start: int
    body: int
    end: int
    endless: bool = False


class OffsetTooLarge(ValueError):
    """A place in the file that a table has too few bytes for."""


def boxes(data: Buffer, start: int, end: int) -> Iterator[Box | Fault]:
    """The boxes from ``start`` up to ``end``; a fault ends them.

    Args:
        data: the file.
        start: where the first box begins.
        end: where the last one has to end: the end of the file, or of the box around them.
    """
    position = start
    for _ in range(MOST_PARTS):
        if position >= end:
            return
        box = _box(data, position, end)
        if box is None:
            yield fault(position, zh="盒子（box）的长度有误", en="the length of a box is wrong")
            return
        yield box
        position = box.end
    yield too_many(position)


def inside(data: Buffer, box: Box, *, full: bool = False) -> Iterator[Box | Fault]:
    """The boxes that ``box`` consists of.

    Args:
        data: the file.
        box: the box around them.
        full: whether a version and flags stand before the first.
    """
    return boxes(data, box.body + _FULL_BOX_BYTES * full, box.end)


def made(kind: bytes, body: bytes) -> bytes:
    """A box of less than 4 GiB."""
    return (len(body) + _HEADER_BYTES).to_bytes(4, "big") + kind + body


def resized(data: Buffer, box: Box, growth: int) -> tuple[Splice, ...]:
    """What makes the header of a box say that its content has grown.

    Args:
        data: the file.
        box: the box.
        growth: by how many bytes it grows; negative where it shrinks.

    Raises:
        OffsetTooLarge: the box has a short header and grows to 4 GiB or more.
    """
    if box.endless:
        return ()
    size = box.end - box.start + growth
    if data[box.start : box.start + 4] == _LONG.to_bytes(4, "big"):
        return (Splice(box.start + _HEADER_BYTES, box.start + _LONG_HEADER_BYTES, size.to_bytes(8, "big")),)
    return (Splice(box.start, box.start + 4, encoded(size, 4)),)


def encoded(number: int, width: int) -> bytes:
    """A number in ``width`` bytes.

    Raises:
        OffsetTooLarge: it needs more.
    """
    try:
        return number.to_bytes(width, "big")
    except OverflowError as error:
        raise OffsetTooLarge(number) from error


def moved_chunks(
    data: Buffer, movie: Box, moved: Callable[[int], int], *, widen: bool = False
) -> Iterator[Splice | Fault]:
    """What makes the tables of a ``moov`` box point to where the chunks of its tracks are now.

    Args:
        data: the file.
        movie: the ``moov`` box.
        moved: where a byte of the file is now.
        widen: whether tables of 32 bits become tables of 64, so that the boxes around them grow.

    Raises:
        OffsetTooLarge: a table of 32 bits would have to point beyond 4 GiB.
    """
    for table in descendants(data, movie, WAY_TO_TABLES, _CHUNK_TABLES):
        if isinstance(table, Fault):
            yield table
            continue
        width = _CHUNK_TABLES[table.kind]
        first = table.body + _FULL_BOX_BYTES + _COUNT_BYTES
        count = int.from_bytes(data[first - _COUNT_BYTES : first], "big")
        last = first + count * width
        if last > table.end:
            yield fault(table.start, zh="块偏移表不完整", en="a table of chunk offsets is cut off")
            continue
        entries = data[first:last]
        offsets = (entries[place : place + width] for place in range(0, len(entries), width))
        wide = max(_CHUNK_TABLES.values()) if widen else width
        new = b"".join(encoded(moved(int.from_bytes(offset, "big")), wide) for offset in offsets)
        if wide != width:
            yield Splice(table.start, table.end, made(_WIDE_TABLE, data[table.body : first] + new))
        elif new != entries:
            yield Splice(first, last, new)


def descendants(
    data: Buffer, box: Box, way: tuple[bytes, ...], kinds: Container[bytes]
) -> Iterator[Box | Fault]:
    """The boxes of some kinds at the end of a way through others.

    Args:
        data: the file.
        box: where the way begins.
        way: the kinds of the boxes on it, from the outside in.
        kinds: the kinds looked for in the last of them.
    """
    for item in inside(data, box):
        if isinstance(item, Fault):
            yield item
        elif way and item.kind == way[0]:
            yield from descendants(data, item, way[1:], kinds)
        elif not way and item.kind in kinds:
            yield item


def _box(data: Buffer, start: int, end: int) -> Box | None:
    header = data[start : start + _LONG_HEADER_BYTES]
    size = int.from_bytes(header[:4], "big")
    kind = header[4:_HEADER_BYTES]
    body = start + _HEADER_BYTES
    if size == _LONG:
        size = int.from_bytes(header[_HEADER_BYTES:], "big")
        body = start + _LONG_HEADER_BYTES
    endless = size == _TO_THE_END and end == len(data)
    stop = end if endless else start + size
    if len(kind) < len(b"kind") or not body <= stop <= end:
        return None
    return Box(kind, start, body, stop, endless)
