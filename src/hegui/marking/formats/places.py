"""Every number in a movie file that is a place in the file, and what it becomes when the file changes.

Tables of chunks, and of auxiliary information on samples, are in the ``moov`` box. A fragment may name the
place that its samples count from, an index at the end says where each fragment is, and one before them where
the first begins.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from hegui.marking.candidates import fault
from hegui.marking.formats.boxes import WAY_TO_TABLES, Box, descendants, encoded, inside, moved_chunks
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer, Splice

Moved: TypeAlias = Callable[[int], int]
"""Where a byte of the file is after the change."""

_FULL_BYTES = 4
_COUNT_BYTES = 4
_SHORT, _LONG = 4, 8
_NAMES_ITS_KIND = 1
_KIND_BYTES = 8
_NAMES_ITS_BASE = 1
_TRACK_BYTES = 4
_ITEM_PLACES = b"iloc"


def after(splices: Sequence[Splice]) -> Moved:
    """Where a byte of the file is after some changes."""
    shifts = [(item.end, len(item.data) - (item.end - item.start)) for item in splices]
    return lambda place: place + sum(shift for end, shift in shifts if end <= place)


def moved_places(
    data: Buffer, tops: Sequence[Box], movie: Box, moved: Moved, *, widen: bool
) -> Iterator[Splice | Fault]:
    """What makes every place in the file lead to where it did.

    Args:
        data: the file.
        tops: the boxes that the file consists of.
        movie: the ``moov`` box among them.
        moved: where a byte of the file is now.
        widen: whether tables of chunks of 32 bits become tables of 64.

    Raises:
        OffsetTooLarge: a number of 32 bits would have to point beyond 4 GiB.
    """
    yield from moved_chunks(data, movie, moved, widen=widen)
    for box in descendants(data, movie, WAY_TO_TABLES, {b"saio"}):
        yield from _auxiliary(data, box, moved) if isinstance(box, Box) else (box,)
    for top in tops:
        if top.kind == b"moof":
            for box in descendants(data, top, (b"traf",), {b"tfhd"}):
                yield from _fragment(data, box, moved) if isinstance(box, Box) else (box,)
        elif top.kind == b"mfra":
            for box in descendants(data, top, (), {b"tfra"}):
                yield from _fragments(data, box, moved) if isinstance(box, Box) else (box,)
        elif top.kind == b"sidx":
            yield from _index(data, top, moved)
        elif top.kind == b"meta":
            yield from _no_items(data, top)


def _auxiliary(data: Buffer, box: Box, moved: Moved) -> Iterator[Splice | Fault]:
    """Where auxiliary information on samples is, such as what is needed to decrypt them."""
    version, flags = _version(data, box)
    first = box.body + _FULL_BYTES + (_KIND_BYTES if flags & _NAMES_ITS_KIND else 0)
    width = _LONG if version else _SHORT
    yield from _table(data, box, moved, first=first, stride=width, width=width)


def _fragment(data: Buffer, box: Box, moved: Moved) -> Iterator[Splice | Fault]:
    """The place that the samples of a fragment count from, where it names one."""
    _, flags = _version(data, box)
    if flags & _NAMES_ITS_BASE:
        place = box.body + _FULL_BYTES + _TRACK_BYTES
        yield from _number(data, box, moved, place=place, width=_LONG)


def _fragments(data: Buffer, box: Box, moved: Moved) -> Iterator[Splice | Fault]:
    """Where the fragments are: entries of a time, a place, and three numbers whose widths are told."""
    version, _ = _version(data, box)
    count = box.body + _FULL_BYTES + _TRACK_BYTES + _SHORT
    widths = int.from_bytes(data[count - _SHORT : count], "big")
    width = _LONG if version else _SHORT
    rest = sum((widths >> shift & 3) + 1 for shift in (4, 2, 0))
    yield from _table(data, box, moved, first=count, stride=2 * width + rest, width=width, skipped=width)


def _index(data: Buffer, box: Box, moved: Moved) -> Iterator[Splice | Fault]:
    """Where the first fragment is, counted from the end of the index."""
    version, _ = _version(data, box)
    width = _LONG if version else _SHORT
    place = box.body + _FULL_BYTES + _TRACK_BYTES + _SHORT + width
    origin = moved(box.end)
    yield from _number(data, box, lambda offset: moved(box.end + offset) - origin, place=place, width=width)


def _no_items(data: Buffer, box: Box) -> Iterator[Fault]:
    """Pictures kept beside a movie are at places of their own, which nothing here corrects."""
    for item in inside(data, box, full=True):
        if isinstance(item, Box) and item.kind == _ITEM_PLACES:
            yield fault(
                item.start,
                zh="影片旁还存有图像，其位置无法更正",
                en="pictures are kept beside the movie, and their places cannot be corrected",
            )


def _table(
    data: Buffer, box: Box, moved: Moved, *, first: int, stride: int, width: int, skipped: int = 0
) -> Iterator[Splice | Fault]:
    """Numbers that follow their count at ``first``, one in each stretch of ``stride`` bytes."""
    start = first + _COUNT_BYTES
    count = int.from_bytes(data[first:start], "big")
    if start + count * stride > box.end:
        yield _cut_off(box)
        return
    for place in range(start + skipped, start + count * stride, stride):
        yield from _number(data, box, moved, place=place, width=width)


def _number(data: Buffer, box: Box, moved: Moved, *, place: int, width: int) -> Iterator[Splice | Fault]:
    if place + width > box.end:
        yield _cut_off(box)
        return
    old = int.from_bytes(data[place : place + width], "big")
    new = moved(old)
    if new != old:
        yield Splice(place, place + width, encoded(new, width))


def _version(data: Buffer, box: Box) -> tuple[int, int]:
    head = int.from_bytes(data[box.body : box.body + _FULL_BYTES], "big")
    return head >> 24, head & 0xFFFFFF


def _cut_off(box: Box) -> Fault:
    return fault(box.start, zh="位置表不完整", en="a table of places is cut off")
