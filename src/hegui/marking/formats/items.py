"""Items: the pictures and the metadata that the ``meta`` box of a HEIF file lists, and where they stand."""

import re
import struct
from typing import NamedTuple

from hegui.marking.candidates import fault
from hegui.marking.formats.boxes import Box, encoded, inside, made
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer

IN_FILE = 0
"""The construction method of an item whose extents are places in the file."""

IN_META = 1
"""The construction method of an item whose extents are places in the ``idat`` box."""

XMP_TYPE = b"application/rdf+xml"

_MIME = b"mime"
_LARGEST_SHORT_ID = 0xFFFF
_INFE = re.compile(rb"(.{4})[^\0]*(?:\0([^\0]*)(?:\0([^\0]*))?)?", re.DOTALL)
_OLD_INFE = re.compile(rb"()[^\0]*(?:\0([^\0]*)(?:\0([^\0]*))?)?", re.DOTALL)
_LONGEST_INFE = 1 << 16
_OFFSET_BYTES = 4
_LONG_OFFSET_BYTES = 8


class BrokenItems(ValueError):
    """The lists of items are not what they should be.

    Attributes:
        fault: where, and why.
    """

    def __init__(self, offset: int, *, zh: str, en: str) -> None:
        """Say where and why."""
        super().__init__(en)
        self.fault: Fault = fault(offset, zh=zh, en=en)


class HeifItem(NamedTuple):
    """One item.

    Attributes:
        number: how the lists call it.
        kind: its four characters.
        content_type: what it is, where it is of kind ``mime``.
        encoding: how it is compressed, where it is of kind ``mime``.
        protected: whether it is encrypted.
    """

    number: int
    kind: bytes
    content_type: bytes
    encoding: bytes
    protected: bool

    @property
    def is_xmp(self) -> bool:
        """Whether it is an XMP packet."""
        return self.content_type.lower() == XMP_TYPE

    @property
    def is_exif(self) -> bool:
        """Whether it is an EXIF block."""
        return self.kind == b"Exif"


class Location(NamedTuple):
    """Where an item stands.

    Attributes:
        number: how the lists call it.
        method: what its places count from.
        source: 0 for this file, else which other one.
        base: what is added to each place.
        extents: its parts: an index, a place and a length each.
    """

    number: int
    method: int
    source: int
    base: int
    extents: tuple[tuple[int, int, int], ...]


class Locations(NamedTuple):
    """The ``iloc`` box.

    Attributes:
        version: its version.
        widths: the bytes of a place, a length, a base and an index.
        all: the items' locations.
    """

    version: int
    widths: tuple[int, int, int, int]
    all: tuple[Location, ...]


class _Reader:
    """Numbers one after another, up to the end of a box."""

    def __init__(self, data: Buffer, box: Box) -> None:
        self._data = data
        self._box = box
        self.place = box.body

    def number(self, width: int) -> int:
        """The next number of ``width`` bytes."""
        end = self.place + width
        if end > self._box.end:
            raise BrokenItems(
                self._box.start, zh="盒子（box）的内容不完整", en="the content of a box is cut off"
            )
        value = int.from_bytes(self._data[self.place : end], "big")
        self.place = end
        return value


def items(data: Buffer, box: Box) -> dict[int, HeifItem]:
    """The items that an ``iinf`` box lists, by number.

    Raises:
        BrokenItems: the list is cut off or contradicts itself.
    """
    reader = _Reader(data, box)
    version = reader.number(4) >> 24
    count = reader.number(4 if version else 2)
    found: dict[int, HeifItem] = {}
    for entry in inside(data, box._replace(body=reader.place)):
        if isinstance(entry, Fault):
            raise BrokenItems(entry.offset, zh=entry.text.zh, en=entry.text.en)
        item = _item(data, entry)
        found[item.number] = item
    if len(found) != count:
        raise BrokenItems(box.start, zh="项目清单的数目不符", en="the list of items has another length")
    return found


def with_item(data: Buffer, box: Box, number: int) -> bytes:
    """An ``iinf`` box with one more item, an XMP packet.

    Args:
        data: the file.
        box: the box as it is.
        number: the new item's.
    """
    reader = _Reader(data, box)
    head = reader.number(4)
    width = 4 if head >> 24 else 2
    count = reader.number(width)
    short = number <= _LARGEST_SHORT_ID
    # Hidden, so that nobody takes it for a picture; neither protected nor named.
    entry = (2 if short else 3).to_bytes(1, "big") + b"\0\0\1" + encoded(number, 2 if short else 4)
    entry += b"\0\0" + _MIME + b"\0" + XMP_TYPE + b"\0"
    body = encoded(head, 4) + encoded(count + 1, width) + data[reader.place : box.end] + made(b"infe", entry)
    return made(box.kind, body)


def with_reference(data: Buffer, box: Box | None, number: int, target: int) -> bytes:
    """An ``iref`` box that says of one more item what it describes.

    Args:
        data: the file.
        box: the box as it is; ``None`` where there is none.
        number: the item that describes.
        target: the item described.
    """
    if box is None:
        version = int(max(number, target) > _LARGEST_SHORT_ID)
        content = bytes((version, 0, 0, 0))
    else:
        content = data[box.body : box.end]
        version = content[0]
    width = 4 if version else 2
    reference = encoded(number, width) + b"\0\1" + encoded(target, width)
    return made(b"iref", content + made(b"cdsc", reference))


def references(data: Buffer, box: Box, kind: bytes) -> dict[int, tuple[int, ...]]:
    """What an ``iref`` box says: which items each item refers to in the way of ``kind``.

    Raises:
        BrokenItems: a reference is cut off.
    """
    reader = _Reader(data, box)
    width = 4 if reader.number(4) >> 24 else 2
    found = {}
    for entry in inside(data, box, full=True):
        if isinstance(entry, Fault):
            raise BrokenItems(entry.offset, zh=entry.text.zh, en=entry.text.en)
        if entry.kind == kind:
            numbers = _Reader(data, entry)
            source = numbers.number(width)
            count = numbers.number(2)
            found[source] = tuple(numbers.number(width) for _ in range(count))
    return found


def locations(data: Buffer, box: Box) -> Locations:
    """What an ``iloc`` box says.

    Raises:
        BrokenItems: it is cut off, or of a version that is not known.
    """
    reader = _Reader(data, box)
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index = index if version else 0
    if version > 2 or not {offset, length, base, index} <= {0, 4, 8}:  # noqa: PLR2004 - the versions there are
        raise BrokenItems(box.start, zh="iloc 的版本未知", en="the iloc box is of an unknown version")
    count = reader.number(4 if version == 2 else 2)  # noqa: PLR2004 - likewise
    found = []
    for _ in range(count):
        number = reader.number(4 if version == 2 else 2)  # noqa: PLR2004 - likewise
        method = reader.number(2) & 15 if version else IN_FILE
        source = reader.number(2)
        start = reader.number(base)
        extents = tuple(
            (reader.number(index), reader.number(offset), reader.number(length))
            for _ in range(reader.number(2))
        )
        found.append(Location(number, method, source, start, extents))
    return Locations(version, (offset, length, base, index), tuple(found))


def written(found: Locations) -> bytes:
    """An ``iloc`` box that says this.

    Raises:
        OffsetTooLarge: a number does not fit.
    """
    offset, length, base, index = found.widths
    wide = 4 if found.version == 2 else 2  # noqa: PLR2004 - the versions there are
    parts = [struct.pack(">BxxxBB", found.version, offset << 4 | length, base << 4 | index)]
    parts.append(encoded(len(found.all), wide))
    for item in found.all:
        parts.append(encoded(item.number, wide))
        parts += [encoded(item.method, 2)] if found.version else []
        parts += [encoded(item.source, 2), encoded(item.base, base), encoded(len(item.extents), 2)]
        for place in item.extents:
            parts += [
                encoded(number, width) for number, width in zip(place, (index, offset, length), strict=True)
            ]
    return made(b"iloc", b"".join(parts))


def absolute(found: Locations, size: int) -> Locations:
    """The same with room for places up to ``size``, and without bases.

    Bases save a few bytes. Programs that move such a file, to sign it for one, have been seen to add to a
    base of zero and to the place as well, and to write the places of other items over.
    """
    offset, length, _, index = found.widths
    needed = _OFFSET_BYTES if size < 1 << 8 * _OFFSET_BYTES else _LONG_OFFSET_BYTES
    return Locations(
        found.version,
        (max(offset, needed), max(length, _OFFSET_BYTES), 0, index),
        tuple(_without_base(item) for item in found.all),
    )


def is_place(item: Location) -> bool:
    """Whether the extents are places in the file itself."""
    return item.method == IN_FILE and not item.source


def _without_base(item: Location) -> Location:
    extents = tuple((index, item.base + place, length) for index, place, length in item.extents)
    return item._replace(base=0, extents=extents)


def _item(data: Buffer, box: Box) -> HeifItem:
    reader = _Reader(data, box)
    version = reader.number(4) >> 24
    number = reader.number(4 if version == 3 else 2)  # noqa: PLR2004 - the versions there are
    protected = bool(reader.number(2))
    match = (_INFE if version > 1 else _OLD_INFE).match(
        data[reader.place : min(box.end, reader.place + _LONGEST_INFE)]
    )
    if match is None:
        raise BrokenItems(box.start, zh="项目的说明不完整", en="what an item is, is cut off")
    kind = match[1] or _MIME
    content_type, encoding = (match[2] or b"", match[3] or b"") if kind == _MIME else (b"", b"")
    return HeifItem(number, kind, content_type, encoding, protected)
