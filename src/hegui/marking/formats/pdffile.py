"""Where the objects of a PDF are: its cross-references, old and new, in tables, streams or both.

Looked up is what is asked for; a file of a million objects is not read for the sake of three. The newest
section comes first, and each says where the one before it is.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple, TypeGuard

from hegui.marking.candidates import LARGEST_VALUE, Allowance
from hegui.marking.formats.cos import (
    BLANK,
    BrokenPdf,
    Dictionary,
    NumberedObject,
    Reference,
    Value,
    begins,
    expanded,
    numbered_at,
    stream_end,
    value_at,
)
from hegui.marking.splices import Buffer

HEADER = b"%PDF-"

LATEST_HEADER = 1024
"""Before this byte the header begins; some servers put something before it."""

FREE, IN_FILE, IN_STREAM = 0, 1, 2
"""What becomes of a number: not used, an object in the file, one in a stream of objects."""

_TAIL_BYTES = 4096
_BLANKS = b"\0\t\n\f\r "
_END = b"%%EOF"
_START = re.compile(rb"startxref%(blank)s++(\d{1,20})(?=%(blank)s)" % {b"blank": BLANK})
_TABLE = re.compile(rb"%(blank)s*+xref(?=%(blank)s)" % {b"blank": BLANK})
_RANGE = re.compile(rb"%(blank)s*+(\d{1,10})%(blank)s++(\d{1,10})%(blank)s++" % {b"blank": BLANK})
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])[ \r\n]{1,3}+")
_ALL_ROWS = re.compile(rb"(?:\d{10} \d{5} [nf][ \r\n]{1,3}+)*+")
_ROW_BLANKS = 3
_TRAILER = re.compile(rb"%(blank)s*+trailer" % {b"blank": BLANK})
_NUMBER = re.compile(rb"\d{1,20}+")
_MOST_SECTIONS = 4096
_LEAST_WIDTHS, _WIDEST = 3, 8
_PARSING = 8  # times dearer than reading


class ObjectPlace(NamedTuple):
    """What a cross-reference says of one number.

    Attributes:
        kind: ``FREE``, ``IN_FILE`` or ``IN_STREAM``.
        where: the byte the object begins at, or the number of the stream it stands in.
        which: its generation, or its place in the stream.
    """

    kind: int
    where: int
    which: int


_NOWHERE = ObjectPlace(FREE, 0, 0)


class _Range(NamedTuple):
    """Numbers that follow one another; ``start`` is where the row of the first one is."""

    first: int
    total: int
    start: int


class _Table:
    """Rows of text."""

    def __init__(self, data: Buffer, ranges: list[_Range], *, width: int, limit: int) -> None:
        self.ranges = ranges
        self._data, self._width, self._limit = data, width, limit

    def place(self, number: int) -> ObjectPlace | None:
        start = _row(self.ranges, number, self._width)
        if start is None:
            return None
        row = _ROW.match(self._data, start, self._limit)
        if row is None:
            raise _broken_table(start)
        return ObjectPlace(IN_FILE if row[3] == b"n" else FREE, int(row[1]), int(row[2]))

    def check(self) -> None:
        """Look at every row.

        Raises:
            BrokenPdf: one is broken.
        """
        for item in self.ranges:
            rows = _ALL_ROWS.match(self._data, item.start, self._limit)
            if rows is None or rows.end() < item.start + item.total * self._width - _ROW_BLANKS:
                raise _broken_table(item.start)


class _Rows:
    """The same as numbers, out of a stream."""

    def __init__(self, rows: bytes, ranges: list[_Range], widths: list[int]) -> None:
        self.ranges = ranges
        self._rows, self._widths = rows, widths

    def place(self, number: int) -> ObjectPlace | None:
        start = _row(self.ranges, number, sum(self._widths))
        if start is None:
            return None
        fields = []
        for width in self._widths:
            fields.append(int.from_bytes(self._rows[start : start + width], "big"))
            start += width
        if start > len(self._rows):
            return None
        return ObjectPlace(fields[0] if self._widths[0] else IN_FILE, fields[1], fields[2])


class ReferenceSection(NamedTuple):
    """One cross-reference section.

    Attributes:
        start: where it begins in the file.
        trailer: what it says of the file.
        main: its table, or its stream.
        hidden: the stream beside a table, for programs that know streams.
    """

    start: int
    trailer: Dictionary
    main: _Table | _Rows
    hidden: _Rows | None = None

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream and no table."""
        return isinstance(self.main, _Rows)

    @property
    def numbers(self) -> list[range]:
        """The numbers it tells of."""
        ranges = [*self.main.ranges, *(self.hidden.ranges if self.hidden is not None else ())]
        return [range(item.first, item.first + item.total) for item in ranges]

    def place(self, number: int) -> ObjectPlace | None:
        """What it says of a number; ``None`` where it says nothing.

        A number that only the hidden stream knows is marked as free in the table.
        """
        place = self.main.place(number)
        if self.hidden is not None and (place is None or place.kind == FREE):
            return self.hidden.place(number) or place
        return place


class Thing(NamedTuple):
    """An object, and where it was found.

    Attributes:
        value: the object; of a stream, its dictionary.
        source: what its places count in: the file, or what a stream of objects holds.
        offset: where it begins in the file, or where the stream does that holds it.
        stream: where its data begins; ``None`` where it is no stream.
        number: how references call it; 0 where it has no number.
        generation: how often its number was used before.
    """

    value: Value
    source: Buffer
    offset: int
    stream: int | None = None
    number: int = 0
    generation: int = 0


NULL = Thing(None, b"", 0)
"""What a reference to nothing leads to."""


class _Pack(NamedTuple):
    """A stream of objects: what it holds, where it is in the file, numbers and places of its objects."""

    content: bytes
    offset: int
    places: list[tuple[int, int]]


class PdfFile:
    """The objects of one file by their numbers.

    Attributes:
        data: the file.
        end: where it ends; an earlier state of it ends earlier.
        start: where the newest section is, as the file counts.
        base: what the file counts from: its header, or its first byte.
        sections: the cross-reference sections, the newest first; there is at least one.
    """

    def __init__(self, data: Buffer, end: int) -> None:
        """Find the cross-references.

        Args:
            data: the file.
            end: where to take it to end.

        Raises:
            BrokenPdf: they cannot be found, or one is broken.
        """
        self.data = data
        self.end = end
        self._allowance = Allowance()
        self._packs: dict[int, _Pack] = {}
        starts = list(_START.finditer(data, max(end - _TAIL_BYTES, 0), end))
        if not starts:
            raise BrokenPdf(
                end, zh="文件末尾没有交叉引用的位置", en="its end does not say where the cross-references are"
            )
        self.start = int(starts[-1][1])
        rest = data[starts[-1].end() : end].lstrip(_BLANKS)
        if not rest.startswith(_END) or b"obj" in rest:  # a newer state of the file is cut off
            raise BrokenPdf(starts[-1].end(), zh="文件没有在此结束", en="the file should end here")
        header = max(data[: LATEST_HEADER + len(HEADER)].find(HEADER), 0)
        self.base = next((base for base in (header, 0) if self._begins(base)), header)
        self.sections = list(self._sections(self.base + self.start))

    @property
    def trailer(self) -> Dictionary:
        """What the newest section says of the file."""
        return self.sections[0].trailer

    @cached_property
    def size(self) -> int:
        """A number that no object has, nor any higher one."""
        said = self.trailer.get("Size")
        numbers = [numbers.stop for section in self.sections for numbers in section.numbers]
        return max([*numbers, said if isinstance(said, int) else 1])

    def thing(self, value: Value) -> Thing:
        """What a value of the file is or leads to.

        Raises:
            BrokenPdf: the object is not where it should be.
        """
        if not isinstance(value, Reference):
            return Thing(value, self.data, 0)
        place = self._place(value.number)
        if place.kind == IN_STREAM:
            return self._in_stream(place, value.number)
        if place.kind != IN_FILE or not place.where:
            return NULL
        return self._at(place, value.number)

    def stream(self, thing: Thing) -> bytes:
        """The content of a stream.

        Raises:
            BrokenPdf: it is none, is encoded in a way not known here, wrongly, or is too large.
        """
        length = thing.value.get("Length") if isinstance(thing.value, Dictionary) else None
        if isinstance(length, Reference):
            # Never looked for in a stream of objects, which might be this one.
            place = self._place(length.number)
            length = self._at(place, length.number).value if place.kind == IN_FILE else None
        return self._content(thing, length)

    def check_tables(self) -> None:
        """Look at every row of every table, which is done before anything is written.

        Raises:
            BrokenPdf: one is broken.
        """
        for section in self.sections:
            if isinstance(section.main, _Table):
                section.main.check()

    def _content(self, thing: Thing, length: Value) -> bytes:
        if not isinstance(thing.value, Dictionary) or thing.stream is None:
            raise BrokenPdf(thing.offset, zh="此处应有一个流", en="a stream should be here")
        end = stream_end(self.data, thing.stream, length, self.end)
        self._spend(end - thing.stream, thing.offset)
        return expanded(thing.value, self.data[thing.stream : end], self._allowance, offset=thing.offset)

    def _place(self, number: int) -> ObjectPlace:
        places = (section.place(number) for section in self.sections)
        return next((place for place in places if place is not None), _NOWHERE)

    def _at(self, place: ObjectPlace, number: int) -> Thing:
        start = self.base + place.where
        found = self._numbered(start)
        if found.number != number:
            raise BrokenPdf(
                start,
                zh=f"此处应为 {number} 号对象，却是 {found.number} 号",
                en=f"object {number} should be here, and it is {found.number}",
            )
        return Thing(found.value, self.data, start, found.data, number, found.generation)

    def _numbered(self, start: int) -> NumberedObject:
        found = numbered_at(self.data, start, self.end)
        self._spend(_PARSING * (found.end - start), start)
        return found

    def _in_stream(self, place: ObjectPlace, number: int) -> Thing:
        """An object that stands in a stream of objects, behind a list of their numbers and places."""
        if place.where not in self._packs:
            self._packs[place.where] = self._pack(place.where)
        pack = self._packs[place.where]
        listed = pack.places[place.which : place.which + 1]
        if not listed or listed[0][0] != number:
            raise BrokenPdf(
                pack.offset, zh="对象流的目录有误", en="the list of a stream of objects is broken"
            )
        start = listed[0][1]
        value, end = value_at(pack.content, start, len(pack.content))
        self._spend(_PARSING * (end - start), pack.offset)
        return Thing(value, pack.content, pack.offset, number=number)

    def _pack(self, number: int) -> _Pack:
        place = self._place(number)
        thing = self._at(place, number) if place.kind == IN_FILE else NULL
        content = self.stream(thing)
        first = thing.value.get("First") if isinstance(thing.value, Dictionary) else None
        limit = first if isinstance(first, int) and 0 <= first <= min(len(content), LARGEST_VALUE) else 0
        numbers = [int(digits) for digits in _NUMBER.findall(content, 0, limit)]
        places = [(one, limit + other) for one, other in zip(numbers[::2], numbers[1::2], strict=False)]
        return _Pack(content, thing.offset, places)

    def _begins(self, base: int) -> bool:
        """Whether a section is where the end of the file says, counted from ``base``."""
        place = min(base + self.start, self.end)
        return bool(_TABLE.match(self.data, place, self.end)) or begins(self.data, place, self.end)

    def _sections(self, start: int) -> Iterator[ReferenceSection]:
        seen: set[int] = set()
        while True:
            if start in seen or len(seen) == _MOST_SECTIONS or not 0 <= start < self.end:
                raise BrokenPdf(
                    start, zh="交叉引用没有尽头，或不在文件内", en="the cross-references lead nowhere"
                )
            seen.add(start)
            section = self._section(start)
            yield section
            previous = section.trailer.get("Prev")
            if not previous:  # some writers say 0 where there is none
                return
            if not isinstance(previous, int):
                raise BrokenPdf(
                    start, zh="前一个交叉引用的位置有误", en="the place of an earlier section is none"
                )
            start = self.base + previous

    def _section(self, start: int) -> ReferenceSection:
        head = _TABLE.match(self.data, start, self.end)
        if head is None:
            rows, said = self._rows(start)
            return ReferenceSection(start, said, rows)
        table, end = self._table(head.end())
        word = _TRAILER.match(self.data, end, self.end)
        if word is None:
            raise _broken_table(end)
        trailer, end = value_at(self.data, word.end(), self.end)
        self._spend(_PARSING * (end - word.end()), start)
        if not isinstance(trailer, Dictionary):
            raise BrokenPdf(word.start(), zh="文件尾不是字典", en="the trailer is no dictionary")
        beside = trailer.get("XRefStm")
        hidden = self._rows(self.base + beside)[0] if isinstance(beside, int) else None
        return ReferenceSection(start, trailer, table, hidden)

    def _table(self, place: int) -> tuple[_Table, int]:
        """The table whose rows begin at a place, and where they end."""
        ranges: list[_Range] = []
        width = 0
        while found := _RANGE.match(self.data, place, self.end):
            first, count, start = int(found[1]), int(found[2]), found.end()
            row = _ROW.match(self.data, start, self.end) if count else None
            # All rows of a table are as long as its longest first one: a last one may lack its blank.
            width = max(width, row.end() - start if row is not None else 0)
            if count * max(width, 1) > self.end - start:
                raise _broken_table(place)
            ranges.append(_Range(first, count, start))
            self._spend(_PARSING * (start - place), place)
            place = start + count * width
        return _Table(self.data, ranges, width=width, limit=self.end), place

    def _rows(self, start: int) -> tuple[_Rows, Dictionary]:
        """The stream of cross-references at a place, and what it says of itself and of the file."""
        found = self._numbered(start)
        said = found.value if isinstance(found.value, Dictionary) else Dictionary((), start, start)
        rows = self._content(Thing(said, self.data, start, found.data), said.get("Length"))
        widths, index = said.get("W"), said.get("Index")
        index = [0, said.get("Size")] if index is None else index
        if (
            not _are_counts(widths)
            or not _are_counts(index)
            or len(widths) < _LEAST_WIDTHS
            or max(widths) > _WIDEST
            or said.get("Type") != "XRef"
        ):
            raise BrokenPdf(start, zh="交叉引用流有误", en="the stream of cross-references is broken")
        ranges, place = [], 0
        for first, count in zip(index[::2], index[1::2], strict=False):
            ranges.append(_Range(first, count, place))
            place += count * sum(widths)
        return _Rows(rows, ranges, widths), said

    def _spend(self, size: int, offset: int) -> None:
        if not self._allowance.takes(size):
            raise BrokenPdf(offset, zh="要读的内容过多，没有读完", en="there is too much to be read through")


def _broken_table(place: int) -> BrokenPdf:
    return BrokenPdf(place, zh="交叉引用表有误", en="the cross-reference table is broken")


def _row(ranges: list[_Range], number: int, width: int) -> int | None:
    """Where the row of a number is."""
    return next(
        (
            item.start + (number - item.first) * width
            for item in ranges
            if 0 <= number - item.first < item.total
        ),
        None,
    )


def _are_counts(value: Value) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(isinstance(item, int) and item >= 0 for item in value)
