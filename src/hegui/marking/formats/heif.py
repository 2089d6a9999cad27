"""HEIF, which HEIC and AVIF pictures are: the label is an XMP item that describes the primary picture.

The packet stands in an ``mdat`` box of its own, right behind the ``meta`` box that lists it. Everything
behind that moves, and so every place in the file that a table names is written anew.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking import exif, xmp
from hegui.marking.candidates import LARGEST_PACKET, Allowance, Candidate, fault
from hegui.marking.formats import items
from hegui.marking.formats.boxes import (
    UUID_BYTES,
    XMP_UUID,
    Box,
    OffsetTooLarge,
    boxes,
    encoded,
    inside,
    made,
    moved_chunks,
    resized,
)
from hegui.marking.formats.format import Format, MalformedFile, NoRoom
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.heif import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_BRANDS = {b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"avif", b"avis"}
_BRAND_BYTES = 4
_LONGEST_FTYP = 1 << 12
_EXIF_LEAD_BYTES = 4
_FRAGMENTS = {b"moof", b"mfra", b"sidx"}
_FRAME_BYTES = 1 << 12  # more than the boxes around a packet need
_REFERS = b"cdsc"


class FragmentedSequence(InvalidInput):
    """A sequence of pictures in fragments, whose tables Hegui does not write anew."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(
            zh="HEIF 图像序列是分片存放的，不能更新其中的索引；请先合并为不分片的文件，再加标识",
            en="the HEIF sequence is stored in fragments, and its index cannot be updated; join the "
            "fragments, then label",
        )


class _Packet(NamedTuple):
    """An item and the stretches of the file it consists of, in their order."""

    item: items.HeifItem
    stretches: tuple[tuple[int, int], ...]


class _File(NamedTuple):
    """A HEIF file as far as labels are concerned; ``sole`` is the ``mdat`` box right behind ``meta``."""

    top: list[Box]
    meta: Box
    parts: dict[bytes, Box]
    items: dict[int, items.HeifItem]
    table: items.Locations
    locations: dict[int, items.Location]
    primary: int
    sole: Box | None


def _recognises(data: Buffer) -> bool:
    if data[4:8] != b"ftyp":
        return False
    size = min(int.from_bytes(data[:4], "big"), _LONGEST_FTYP)
    brands = {data[place : place + _BRAND_BYTES] for place in range(8, size, _BRAND_BYTES) if place != 12}  # noqa: PLR2004 - the version of the first brand
    return data[8:12] in _BRANDS or bool(brands & {b"mif1", b"msf1"})


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for box in boxes(data, 0, len(data)):
        if isinstance(box, Fault):
            yield box
        elif _is_xmp_box(data, box):
            yield from xmp.candidates_at(data, box.body + UUID_BYTES, box.end, offset=box.start)
    try:
        file = _file(data)
        allowance = Allowance()
        for number, item in file.items.items():
            if item.is_xmp or item.is_exif:
                yield from _candidates(data, file, number, allowance)
    except items.BrokenItems as error:
        yield error.fault


def _candidates(data: Buffer, file: _File, number: int, allowance: Allowance) -> Iterator[Candidate | Fault]:
    packet = _packet(data, file, number)
    offset = packet.stretches[0][0] if packet.stretches else file.meta.start
    body = _content(data, packet)
    if body is None or not allowance.takes(len(body)):
        yield fault(
            offset,
            zh="元数据过大，或被压缩、加密，没有读取",
            en="metadata that is too large, compressed or encrypted was not read",
        )
    elif packet.item.is_xmp:
        yield from xmp.candidates(body, offset=offset)
    else:
        yield from exif.candidates(body, _exif_start(body), len(body), allowance, offset=offset)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    try:
        file = _sound_file(data)
        number = _home(data, file)
        splices = list(_replaced(data, file, home=number))
        if number is None:
            packet = xmp.new_packet(label.bare())
            number = _free_number(file)
            splices += _listed(data, file, number)
        else:
            packet = xmp.updated_packet(_usable(data, _packet(data, file, number)), label.bare())
            splices += _vacated(data, file, number)
        return tuple(_placed(data, file, splices, number=number, packet=packet))
    except items.BrokenItems as error:
        raise _malformed(error.fault) from error
    except OffsetTooLarge as error:
        raise NoRoom(HEIF.name) from error


def _placed(
    data: Buffer, file: _File, splices: list[Splice], *, number: int, packet: bytes
) -> Iterator[Splice]:
    """All changes: those already known, the packet in its box, and what makes all tables right again."""
    start = file.meta.end
    stop = file.sole.end if file.sole is not None and _holds(data, file, file.sole, number) else start
    store = Splice(start, stop, made(b"mdat", packet))
    absolute = items.absolute(file.table, len(data) + len(packet) + _FRAME_BYTES)
    table = file.parts[b"iloc"]
    # The table's length depends on how many items it lists, not on where they are.
    length = len(items.written(_located(absolute, number, place=0, length=len(packet))))
    meta = [*splices, Splice(table.start, table.end, bytes(length))]
    meta = [splice for splice in meta if file.meta.start <= splice.start < file.meta.end]
    growth = _growth(meta)
    everything = [*meta, store]

    def moved(place: int) -> int:
        return place + _growth([splice for splice in everything if splice.end <= place])

    place = start + growth + len(store.data) - len(packet)
    located = _located(_moved(absolute, moved), number, place=place, length=len(packet))
    yield from splices
    yield store
    yield Splice(table.start, table.end, items.written(located))
    if file.meta.endless:
        size = file.meta.end - file.meta.start + growth
        yield Splice(file.meta.start, file.meta.start + 4, encoded(size, 4))
    yield from resized(data, file.meta, growth)
    for box in file.top:
        if box.kind == b"moov":
            for item in moved_chunks(data, box, moved):
                if isinstance(item, Fault):
                    raise _malformed(item)
                yield item


def _moved(found: items.Locations, moved: Callable[[int], int]) -> items.Locations:
    """The same items where they are now."""
    return found._replace(
        all=tuple(
            item._replace(
                extents=tuple((index, moved(place), length) for index, place, length in item.extents)
            )
            if items.is_place(item)
            else item
            for item in found.all
        )
    )


def _located(found: items.Locations, number: int, *, place: int, length: int) -> items.Locations:
    """The same with one item at a place of its own."""
    home = items.Location(number, items.IN_FILE, 0, 0, ((0, place, length),))
    others = [item for item in found.all if item.number != number]
    index = next((i for i, item in enumerate(found.all) if item.number == number), len(others))
    others.insert(index, home)
    return found._replace(all=tuple(others))


def _holds(data: Buffer, file: _File, box: Box, number: int) -> bool:
    """Whether a box has nothing in it but one item."""
    return number in file.items and _packet(data, file, number).stretches == ((box.body, box.end),)


def _listed(data: Buffer, file: _File, number: int) -> Iterator[Splice]:
    """What makes the lists name one more packet, and say that it describes the primary picture."""
    names = file.parts[b"iinf"]
    links = file.parts.get(b"iref")
    new = items.with_item(data, names, number)
    reference = items.with_reference(data, links, number, file.primary)
    if links is None:
        yield Splice(names.start, names.end, new + reference)
    else:
        yield Splice(names.start, names.end, new)
        yield Splice(links.start, links.end, reference)


def _vacated(data: Buffer, file: _File, number: int) -> Iterator[Splice]:
    """What overwrites a packet where it was, unless it has a box of its own that is replaced."""
    if file.sole is None or not _holds(data, file, file.sole, number):
        for start, end in _packet(data, file, number).stretches:
            yield Splice(start, end, bytes(end - start))


def _replaced(data: Buffer, file: _File, *, home: int | None) -> Iterator[Splice]:
    """What takes labels out of EXIF and out of further packets, without moving anything.

    Basis:
        GB-45438 6.1
    """
    for number, item in file.items.items():
        if item.is_exif:
            packet = _packet(data, file, number)
            body = _content(data, packet) or b""
            blanks = exif.blanked(body, _exif_start(body), len(body), Allowance())
            yield from _overwritten(packet, spliced(body, blanks), body)
        elif item.is_xmp and number != home:
            packet = _packet(data, file, number)
            body = _usable(data, packet)
            yield from _overwritten(packet, xmp.unlabelled_packet(body).ljust(len(body)), body)
    for box in file.top:
        if _is_xmp_box(data, box):
            body = xmp.packet_at(data, box.body + UUID_BYTES, box.end)
            new = xmp.unlabelled_packet(body).ljust(len(body))
            if new != body:
                yield Splice(box.body + UUID_BYTES, box.end, new)


def _overwritten(packet: _Packet, new: bytes, old: bytes) -> Iterator[Splice]:
    """What puts other content of the same length in the place of an item."""
    if new == old:
        return
    position = 0
    for start, end in packet.stretches:
        yield Splice(start, end, new[position : position + end - start])
        position += end - start


def _home(data: Buffer, file: _File) -> int | None:
    """The packet that describes the primary picture; of several that might, the first."""
    links = file.parts.get(b"iref")
    about = items.references(data, links, _REFERS) if links is not None else {}
    packets = [number for number, item in file.items.items() if item.is_xmp]
    described = [number for number in packets if file.primary in about.get(number, ())]
    return next(iter(described or packets), None)


def _free_number(file: _File) -> int:
    taken = {*file.items, *file.locations}
    following = max(taken) + 1
    if following < 1 << 16:
        return following
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def _packet(data: Buffer, file: _File, number: int) -> _Packet:
    """Where an item stands.

    Raises:
        BrokenItems: it stands nowhere, or not in this file.
    """
    item = file.items[number]
    location = file.locations.get(number)
    if location is None or location.source or location.method not in {items.IN_FILE, items.IN_META}:
        raise items.BrokenItems(
            file.meta.start, zh="元数据项目的位置未知", en="where an item of metadata stands is not known"
        )
    base, limit = location.base, len(data)
    if location.method == items.IN_META:
        store = file.parts.get(b"idat")
        base, limit = (location.base + store.body, store.end) if store is not None else (0, 0)
    stretches = tuple((base + place, base + place + length) for _, place, length in location.extents)
    if any(end > limit for _, end in stretches):
        raise items.BrokenItems(
            file.meta.start, zh="元数据项目超出文件末尾", en="an item of metadata reaches beyond the end"
        )
    return _Packet(item, stretches)


def _content(data: Buffer, packet: _Packet) -> bytes | None:
    """What an item holds; ``None`` where that cannot be read."""
    size = sum(end - start for start, end in packet.stretches)
    if size > LARGEST_PACKET or packet.item.encoding or packet.item.protected:
        return None
    return b"".join(data[start:end] for start, end in packet.stretches)


def _usable(data: Buffer, packet: _Packet) -> bytes:
    body = _content(data, packet)
    if body is None:
        raise xmp.PacketUnusable(zh="它过大，或被压缩、加密", en="it is too large, compressed or encrypted")
    return body


def _exif_start(body: bytes) -> int:
    """Where the block begins: the item says so first, counting from behind that number."""
    return _EXIF_LEAD_BYTES + int.from_bytes(body[:_EXIF_LEAD_BYTES], "big")


def _is_xmp_box(data: Buffer, box: Box) -> bool:
    return box.kind == b"uuid" and data[box.body : box.body + UUID_BYTES] == XMP_UUID


def _sound_file(data: Buffer) -> _File:
    for box in boxes(data, 0, len(data)):
        if isinstance(box, Fault):
            raise _malformed(box)
        if box.kind in _FRAGMENTS:
            raise FragmentedSequence
    return _file(data)


def _file(data: Buffer) -> _File:
    """The file's lists.

    Raises:
        BrokenItems: one is missing or damaged.
    """
    top = [box for box in boxes(data, 0, len(data)) if isinstance(box, Box)]
    metas = [box for box in top if box.kind == b"meta"]
    if len(metas) != 1:
        raise items.BrokenItems(0, zh="应有且只有一个 meta 盒子", en="there should be one meta box")
    (meta,) = metas
    parts: dict[bytes, Box] = {}
    for box in inside(data, meta, full=True):
        if isinstance(box, Fault):
            raise items.BrokenItems(box.offset, zh=box.text.zh, en=box.text.en)
        if box.kind in parts:
            raise items.BrokenItems(box.start, zh="同一种盒子出现两次", en="a kind of box is there twice")
        parts[box.kind] = box
    missing = [kind.decode() for kind in (b"pitm", b"iinf", b"iloc") if kind not in parts]
    if missing:
        raise items.BrokenItems(
            meta.start, zh=f"缺少 {'、'.join(missing)} 盒子", en=f"no {' and no '.join(missing)} box"
        )
    behind = next((box for box in top if box.start == meta.end and box.kind == b"mdat"), None)
    table = items.locations(data, parts[b"iloc"])
    return _File(
        top,
        meta,
        parts,
        items.items(data, parts[b"iinf"]),
        table,
        {location.number: location for location in table.all},
        _primary(data, parts[b"pitm"]),
        behind,
    )


def _primary(data: Buffer, box: Box) -> int:
    version = data[box.body : box.body + 1]
    width = 4 if version > b"\0" else 2
    return int.from_bytes(data[box.body + 4 : min(box.body + 4 + width, box.end)], "big")


def _growth(splices: Sequence[Splice]) -> int:
    return sum(len(splice.data) - (splice.end - splice.start) for splice in splices)


def _malformed(item: Fault) -> MalformedFile:
    return MalformedFile(format_name=HEIF.name, offset=item.offset, zh=item.text.zh, en=item.text.en)


HEIF = Format(
    name="HEIF",
    suffixes=(".heic", ".heif", ".hif", ".avif", ".avifs"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
    watermark=True,
)
