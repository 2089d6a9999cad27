"""MP4, MOV and M4A: the label is the key AIGC in the metadata of the ``moov`` box's user data.

So say the video and audio guides, TC260-PG-20257A and TC260-PG-202510A: ``moov.udta.meta``, the key in
``keys`` and the value in ``ilst``. Where such a list is, the label is added to it; beside a list of iTunes it
gets one of its own. What follows the ``moov`` box moves, and every place that the file names is corrected.

Read as well where products put it: in lists of other boxes, in items without a key, in XMP.
"""

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from hegui.core import InvalidInput
from hegui.marking import xmp
from hegui.marking.candidates import LARGEST_PACKET, LARGEST_VALUE, Candidate, decoded, fault, names_label
from hegui.marking.formats import itemlist, places
from hegui.marking.formats.boxes import (
    UUID_BYTES,
    XMP_UUID,
    Box,
    OffsetTooLarge,
    boxes,
    inside,
    made,
    moved_chunks,
    resized,
)
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.formats.itemlist import ItemList, ListDamaged
from hegui.marking.model import Carrier, Fault, ImplicitLabel
from hegui.marking.readback.mp4 import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_FILE_TYPE = b"ftyp"
_MOVIE = b"moov"
_TRACK = b"trak"
_USER_DATA = b"udta"
_META = b"meta"
_UUID = b"uuid"
_XMP = b"XMP_"
_COMPRESSED = b"cmov"
_CONTAINERS = {_MOVIE, _TRACK, _USER_DATA, b"mdia", b"minf", b"stbl"}
_FIRST_OF_OLD_FILES = {_MOVIE, b"mdat", b"wide", b"free", b"skip"}
_QUICKTIME = {b"qt  "}
_SOUND = {b"M4A ", b"M4B ", b"M4P "}
# Files of the same make that are pictures.
_PICTURES = {
    b"mif1", b"mif2", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs",
    b"avif", b"avis", b"avci", b"avcs", b"jpeg", b"jpgs", b"miaf",
}  # fmt: skip
_END_OF_USER_DATA = bytes(4)

_T = TypeVar("_T")


class MovieTooLarge(InvalidInput):
    """A movie whose places would no longer fit the numbers that say them."""

    def __init__(self) -> None:
        """Say which."""
        super().__init__(
            zh="加上标识后，文件里以 32 位记录的分片位置超出 4 GiB；请用 64 位索引重新封装后再加标识",
            en="with the label, fragments lie beyond 4 GiB, which an index of 32 bits cannot say; write the "
            "file anew with an index of 64 bits, then label it",
        )


class _Place(NamedTuple):
    """A box that may hold labels; ``at_home`` where the guide wants the label."""

    box: Box
    at_home: bool


class _Edit(NamedTuple):
    """A change, and a byte in the innermost box that grows by it."""

    splice: Splice
    anchor: int


def _recognises(data: Buffer) -> bool:
    kind, brand = data[4:8], data[8:12]
    if kind == _FILE_TYPE:
        return brand not in _PICTURES
    # Before there were file types, files began with any of these boxes.
    return kind in _FIRST_OF_OLD_FILES and isinstance(next(boxes(data, 0, len(data)), None), Box)


def _brand(data: Buffer) -> bytes:
    return data[8:12] if data[4:8] == _FILE_TYPE else b"qt  "


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _places(data):
        if isinstance(item, Fault):
            yield item
        elif item.box.kind == _META:
            yield from _listed(data, item)
        elif item.box.kind in {_XMP, _UUID}:
            yield from xmp.candidates(_packet(data, item.box), offset=item.box.start)
        else:
            yield _literal(data, item.box)


def _listed(data: Buffer, place: _Place) -> Iterator[Candidate | Fault]:
    try:
        items = itemlist.taken_apart(data, place.box)
    except ListDamaged as error:
        yield error.fault
        return
    yield from itemlist.candidates(items, at_home=place.at_home)


def _literal(data: Buffer, box: Box) -> Candidate | Fault:
    """A label in a box of its own name."""
    if box.end - box.body > LARGEST_VALUE:
        return fault(box.start, zh="标识的值过长", en="the value of a label is too long")
    text = decoded(data[box.body : box.end]).strip("\0 \r\n\t")
    return Candidate(value=text, carrier=Carrier.MP4_ELSEWHERE, offset=box.start)


def _packet(data: Buffer, box: Box) -> bytes:
    start = box.body + (UUID_BYTES if box.kind == _UUID else 0)
    return data[start : min(box.end, start + LARGEST_PACKET)]


def _places(data: Buffer) -> Iterator[_Place | Fault]:
    """Every box that may hold labels."""
    for item in boxes(data, 0, len(data)):
        if isinstance(item, Fault):
            yield item
        elif item.kind == _MOVIE:
            yield from _inner_places(data, item)
        elif item.kind == _META or _is_xmp(data, item):
            yield _Place(item, at_home=False)


def _inner_places(data: Buffer, outer: Box, *, home: bool = False) -> Iterator[_Place | Fault]:
    """Those in the ``moov`` box, in a track, or in the user data of either; ``home`` is the movie's."""
    movie = outer.kind == _MOVIE
    for item in inside(data, outer):
        if isinstance(item, Fault):
            if not _ends_user_data(data, outer, item):
                yield item
        elif movie and item.kind == _TRACK:
            yield from _inner_places(data, item)
        elif item.kind == _USER_DATA and outer.kind != _USER_DATA:
            yield from _inner_places(data, item, home=movie)
        elif item.kind == _META:
            yield _Place(item, at_home=home)
        elif item.kind == _COMPRESSED:
            yield fault(
                item.start, zh="影片头是压缩的，没有读取", en="a compressed movie header was not read"
            )
        elif outer.kind == _USER_DATA and (item.kind == _XMP or names_label(item.kind.decode("latin-1"))):
            yield _Place(item, at_home=False)


def _ends_user_data(data: Buffer, outer: Box, item: Fault) -> bool:
    """Whether a fault is none: old user data may end with four zeros in place of a box."""
    return outer.kind == _USER_DATA and data[item.offset : outer.end] == _END_OF_USER_DATA


def _is_xmp(data: Buffer, box: Box) -> bool:
    return box.kind == _UUID and data[box.body : box.body + UUID_BYTES] == XMP_UUID


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    tops = [_sound(item) for item in boxes(data, 0, len(data))]
    movie = next((box for box in tops if box.kind == _MOVIE), None)
    if movie is None:
        raise _malformed(fault(len(data), zh="没有 moov", en="it has no moov box"))
    edits = _edits(data, movie, label.bare())
    try:
        return _moved(data, tops, movie, edits, widen=False)
    except OffsetTooLarge:
        pass
    try:
        return _moved(data, tops, movie, edits, widen=True)
    except OffsetTooLarge as error:
        raise MovieTooLarge from error


def _moved(
    data: Buffer, tops: list[Box], movie: Box, edits: list[_Edit], *, widen: bool
) -> tuple[Splice, ...]:
    """The edits, with every box around them resized and every place in the file corrected."""
    if widen:
        # How long the tables become is known before what they say.
        tables = moved_chunks(data, movie, lambda place: place, widen=True)
        growing = [*edits, *(_Edit(splice, splice.start) for splice in map(_sound, tables))]
    else:
        growing = edits
    corrections: list[Splice] = []
    first = min(edit.splice.start for edit in growing)
    if any(box.start >= first for box in tops if box is not movie):
        moved = places.after([edit.splice for edit in growing])
        corrections += map(_sound, places.moved_places(data, tops, movie, moved, widen=widen))
    return (*(edit.splice for edit in edits), *corrections, *_sizes(data, movie, growing))


def _sizes(data: Buffer, movie: Box, edits: list[_Edit]) -> Iterator[Splice]:
    growth: dict[Box, int] = {}
    for splice, anchor in edits:
        for box in _around(data, movie, anchor):
            growth[box] = growth.get(box, 0) + len(splice.data) - (splice.end - splice.start)
    for box, more in growth.items():
        if more:
            yield from resized(data, box, more)


def _around(data: Buffer, box: Box, anchor: int) -> Iterator[Box]:
    """The boxes of boxes that a byte is in, from the outside in."""
    if box.kind in _CONTAINERS and box.start <= anchor < box.end:
        yield box
        for item in inside(data, box):
            if isinstance(item, Box):
                yield from _around(data, item, anchor)


def _edits(data: Buffer, movie: Box, text: str) -> list[_Edit]:
    """What makes the label the movie's only one."""
    edits: list[_Edit] = []
    at_home = False
    for item in _places(data):
        place = _sound(item)
        box = place.box
        if box.kind == _META:
            items = _items(data, box)
            leads = place.at_home and items.handler == itemlist.KEYED and not at_home
            at_home = at_home or leads
            if leads or items.labelled:
                edits.append(_replaced(box, _updated(data, items, text if leads else None)))
        elif box.kind in {_XMP, _UUID}:
            packet = _packet(data, box)
            if any(isinstance(label, Candidate) for label in xmp.candidates(packet, offset=0)):
                name = data[box.body : box.end - len(packet)]
                edits.append(_replaced(box, made(box.kind, name + xmp.unlabelled_packet(packet))))
        else:
            edits.append(_replaced(box, b""))
    if not at_home:
        edits.append(_new_list(data, movie, text))
    return edits


def _replaced(box: Box, new: bytes) -> _Edit:
    return _Edit(Splice(box.start, box.end, new), box.start)


def _new_list(data: Buffer, movie: Box, text: str) -> _Edit:
    """A list of its own for the label, behind what the user data hold already."""
    items = itemlist.new_list(text)
    for item in inside(data, movie):
        if isinstance(item, Box) and item.kind == _USER_DATA:
            end = item.end
            for child in inside(data, item):
                # Four zeros that end old user data stay the last.
                end = child.end if isinstance(child, Box) else child.offset
            return _Edit(Splice(end, end, items), item.start)
    return _Edit(Splice(movie.end, movie.end, made(_USER_DATA, items)), movie.start)


def _items(data: Buffer, box: Box) -> ItemList:
    try:
        return itemlist.taken_apart(data, box)
    except ListDamaged as error:
        raise _malformed(error.fault) from error


def _updated(data: Buffer, items: ItemList, text: str | None) -> bytes:
    try:
        return itemlist.updated(data, items, text)
    except ListDamaged as error:
        raise _malformed(error.fault) from error


def _sound(item: _T | Fault) -> _T:
    if isinstance(item, Fault):
        raise _malformed(item)
    return item


def _malformed(found: Fault) -> MalformedFile:
    return MalformedFile(format_name=MP4.name, offset=found.offset, zh=found.text.zh, en=found.text.en)


MP4 = Format(
    name="MP4",
    suffixes=(".mp4", ".m4v", ".3gp", ".3g2", ".f4v"),
    recognises=lambda data: _recognises(data) and _brand(data) not in _QUICKTIME | _SOUND,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="mov"),
    show=shown_in(demuxer="mov", muxer="mp4"),
)
MOV = dataclasses.replace(
    MP4,
    name="MOV",
    suffixes=(".mov", ".qt"),
    recognises=lambda data: _recognises(data) and _brand(data) in _QUICKTIME,
    show=shown_in(demuxer="mov", muxer="mov"),
)
M4A = dataclasses.replace(
    MP4,
    name="M4A",
    suffixes=(".m4a", ".m4b"),
    recognises=lambda data: _recognises(data) and _brand(data) in _SOUND,
    show=shown_in(demuxer="mov", muxer="ipod"),
)
