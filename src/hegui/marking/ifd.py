"""Image file directories, which TIFF files consist of and EXIF blocks too."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.splices import Buffer

MOST_ENTRIES = 0xFFFF
"""Entries of one directory that are looked at at most."""

MOST_ENTRIES_IN_ALL = 1 << 18
"""Entries of all directories of a file that are looked at at most."""

_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_MARKS = {b"II*\0": ("<", False), b"MM\0*": (">", False), b"II+\0": ("<", True), b"MM\0+": (">", True)}
_MARK_BYTES = 4
_WIDE_SECOND_MARK = (8, 0)


class BrokenDirectory(ValueError):
    """A directory that is not where it should be, or not all of it.

    Attributes:
        offset: where it should begin.
    """

    def __init__(self, offset: int) -> None:
        """Say where it should begin."""
        super().__init__(offset)
        self.offset = offset


class DirectoryEntry(NamedTuple):
    """One entry of a directory.

    Attributes:
        tag: what the value means.
        kind: the type of the value.
        field: where the entry itself stands.
        start: where the value does; within the entry where it is short.
        size: the bytes of the value; 0 where the type is not known.
    """

    tag: int
    kind: int
    field: int
    start: int
    size: int


class Directory(NamedTuple):
    """A directory.

    Attributes:
        start: where it begins.
        entries: its entries.
        link: where the pointer to the next one stands.
        next: where the next one begins; 0 where there is none.
    """

    start: int
    entries: tuple[DirectoryEntry, ...]
    link: int
    next: int

    def entry(self, tag: int) -> DirectoryEntry | None:
        """The first entry with this tag."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


class Layout(NamedTuple):
    """How numbers are written in a block of directories.

    Attributes:
        base: where the block begins; its pointers count from there.
        end: where it ends.
        order: the byte order, as the struct module writes it.
        wide: whether places and counts have 64 bits.
    """

    base: int
    end: int
    order: str
    wide: bool

    @property
    def place(self) -> struct.Struct:
        """A place in the block, or a count of values."""
        return struct.Struct(self.order + ("Q" if self.wide else "I"))

    @property
    def number(self) -> struct.Struct:
        """The number of entries that a directory begins with."""
        return struct.Struct(self.order + ("Q" if self.wide else "H"))

    @property
    def entry(self) -> struct.Struct:
        """An entry of a directory: tag, type, count, and the value or its place."""
        return struct.Struct(self.order + ("HHQQ" if self.wide else "HHII"))

    @property
    def first_link(self) -> int:
        """Where the pointer to the first directory stands."""
        return self.base + (8 if self.wide else _MARK_BYTES)


def layout(data: Buffer, start: int, end: int) -> Layout | None:
    """How the block from ``start`` up to ``end`` is written; ``None`` where it is no such block."""
    mark = _MARKS.get(data[start : start + _MARK_BYTES])
    if mark is None:
        return None
    order, wide = mark
    second = data[start + _MARK_BYTES : start + 2 * _MARK_BYTES]
    if wide and second != struct.pack(order + "HH", *_WIDE_SECOND_MARK):
        return None
    return Layout(start, min(end, len(data)), order, wide)


def linked(data: Buffer, block: Layout, link: int) -> int:
    """Where the directory begins that the pointer at ``link`` names; 0 where it names none.

    Raises:
        BrokenDirectory: the pointer itself is cut off.
    """
    if not block.base < link <= block.end - block.place.size:
        raise BrokenDirectory(link)
    (offset,) = block.place.unpack_from(data, link)
    return block.base + int(offset) if offset else 0


def pointed(data: Buffer, block: Layout, entry: DirectoryEntry) -> int:
    """Where the directory begins that an entry points to; 0 where it points to none."""
    value = data[entry.start : entry.start + min(entry.size, block.place.size)]
    offset = int.from_bytes(value, "little" if block.order == "<" else "big")
    return block.base + offset if offset else 0


def numbers(data: Buffer, block: Layout, entry: DirectoryEntry) -> tuple[int, ...]:
    """The whole numbers that an entry holds; none where it holds something else, or is cut off."""
    code = _INTEGERS.get(entry.kind)
    value = data[entry.start : entry.start + entry.size]
    if code is None or len(value) < entry.size:
        return ()
    return struct.unpack(f"{block.order}{entry.size // _SIZES[entry.kind]}{code}", value)


def directory(data: Buffer, block: Layout, start: int) -> Directory:
    """The directory that begins at ``start``.

    Raises:
        BrokenDirectory: not all of it is within the block.
    """
    first = start + block.number.size
    if not block.base < start <= block.end - block.number.size:
        raise BrokenDirectory(start)
    (count,) = block.number.unpack_from(data, start)
    link = first + count * block.entry.size
    if count > MOST_ENTRIES or link > block.end:
        raise BrokenDirectory(start)
    entries = tuple(_entry(data, block, place) for place in range(first, link, block.entry.size))
    # In EXIF, some writers leave out the pointer to a next directory that there never is.
    following = linked(data, block, link) if link + block.place.size <= block.end else 0
    return Directory(start, entries, link, following)


def directories(data: Buffer, block: Layout) -> Iterator[Directory]:
    """The directories that follow one another, one for each page.

    Raises:
        BrokenDirectory: one is broken, or they never end.
    """
    seen: set[int] = set()
    entries = 0
    start = linked(data, block, block.first_link)
    while start:
        found = directory(data, block, start)
        entries += len(found.entries)
        if start in seen or entries > MOST_ENTRIES_IN_ALL or len(seen) > MOST_ENTRIES_IN_ALL:
            raise BrokenDirectory(start)
        seen.add(start)
        yield found
        start = found.next


def _entry(data: Buffer, block: Layout, field: int) -> DirectoryEntry:
    tag, kind, count, place = block.entry.unpack_from(data, field)
    size = count * _SIZES.get(kind, 0)
    inline = field + block.entry.size - block.place.size
    return DirectoryEntry(tag, kind, field, inline if size <= block.place.size else block.base + place, size)
