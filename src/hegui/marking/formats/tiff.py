"""TIFF, classic and 64-bit: the label is the XMP packet under tag 700 of the first directory.

Nothing that is in the file moves. A directory with one more entry is written behind everything else, and
the header points to it; the packet is the last thing in the file, so that the next label takes its place.
"""

import itertools
from collections.abc import Iterator

from hegui.marking import exif, ifd, xmp
from hegui.marking.candidates import Allowance, Candidate, fault
from hegui.marking.formats.format import Format, MalformedFile, NoRoom
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.tiff import read_back
from hegui.marking.splices import Buffer, Splice

_XMP = 700
_UNDEFINED = 7
_CLASSIC_LIMIT = 1 << 32
_ALIGNMENT = 8
_PICTURES = {273: 279, 324: 325, 513: 514}  # tags of places, and of lengths
_TOO_MUCH = fault(
    0, zh="各页的元数据过多，没有读完", en="the pages have more metadata than is read of one file"
)
_NO_HEADER = fault(0, zh="没有 TIFF 文件头", en="there is no TIFF header")


def _recognises(data: Buffer) -> bool:
    return ifd.layout(data, 0, len(data)) is not None


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    block = ifd.layout(data, 0, len(data))
    if block is None:
        yield _NO_HEADER
        return
    allowance = Allowance()
    try:
        for page in _pages(data, block):
            packet = page.entry(_XMP)
            if packet is not None:
                if not allowance.takes(packet.size):
                    yield _TOO_MUCH
                    return
                end = packet.start + packet.size
                yield from xmp.candidates_at(data, packet.start, end, offset=packet.start)
            for entry in exif.labelled_entries(data, block, page, allowance):
                yield exif.candidate(data, entry, offset=entry.start)
    except ifd.BrokenDirectory as error:
        yield _broken(error)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    block = ifd.layout(data, 0, len(data))
    if block is None:
        raise _malformed(_NO_HEADER)
    try:
        pages = list(_pages(data, block))
        # A label in EXIF or in another page's packet gives way to the new one: a file has one.
        allowance = Allowance()
        old = {entry for page in pages for entry in exif.labelled_entries(data, block, page, allowance)}
    except ifd.BrokenDirectory as error:
        raise _malformed(_broken(error)) from error
    for page in pages:
        _check(data, block, page)
    others = {entry for page in pages[1:] if (entry := page.entry(_XMP))}
    splices = {exif.blank(entry) for entry in old} | {_unlabelled(data, entry) for entry in others}
    packet = pages[0].entry(_XMP)
    if packet is None:
        return (*splices, *_added(data, block, pages[0], xmp.new_packet(label.bare())))
    updated = xmp.updated_packet(_packet(data, packet), label.bare())
    shared = packet.start in {entry.start for entry in others}
    return (*splices, *_replaced(data, block, packet, updated, shared=shared))


def _check(data: Buffer, block: ifd.Layout, page: ifd.Directory) -> None:
    """Refuse a page that is not all there: what is added behind the file would become a part of it."""
    size = len(data)
    whole = all(entry.start + entry.size <= size for entry in page.entries)
    for places, lengths in _PICTURES.items():
        found = [page.entry(places), page.entry(lengths)]
        values = [ifd.numbers(data, block, entry) for entry in found if entry is not None]
        whole = whole and all(sum(pair) <= size for pair in zip(*values, strict=False))
    if not whole:
        raise _malformed(fault(page.start, zh="图像数据超出文件末尾", en="a page reaches beyond the end"))


def _pages(data: Buffer, block: ifd.Layout) -> Iterator[ifd.Directory]:
    """The directories, of which there is at least one.

    Raises:
        BrokenDirectory: one is broken, or there is none.
    """
    yield ifd.directory(data, block, ifd.linked(data, block, block.first_link))
    yield from itertools.islice(ifd.directories(data, block), 1, None)


def _added(data: Buffer, block: ifd.Layout, page: ifd.Directory, packet: bytes) -> tuple[Splice, ...]:
    """What writes the first directory anew, with an entry for the packet, and the packet behind it."""
    end = len(data)
    start = end + -end % _ALIGNMENT
    entries = [data[entry.field : entry.field + block.entry.size] for entry in page.entries]
    index = next((i for i, entry in enumerate(page.entries) if entry.tag > _XMP), len(entries))
    place = start + block.number.size + (len(entries) + 1) * block.entry.size + block.place.size
    entries.insert(index, _entry(block, size=len(packet), place=place))
    following = page.next - block.base if page.next else 0
    new = block.number.pack(len(entries)) + b"".join(entries) + block.place.pack(following)
    link = block.place.pack(start)
    return (
        Splice(block.first_link, block.first_link + len(link), link),
        Splice(end, end, bytes(start - end) + new + packet),
    )


def _replaced(
    data: Buffer, block: ifd.Layout, entry: ifd.DirectoryEntry, packet: bytes, *, shared: bool
) -> tuple[Splice, ...]:
    """What puts a packet in the place of another, at the end of the file, and makes its entry say where."""
    end, stop = len(data), entry.start + entry.size
    place = entry.start if stop == end and not shared else end + end % 2
    pointing = Splice(
        entry.field, entry.field + block.entry.size, _entry(block, size=len(packet), place=place)
    )
    if place == entry.start:
        return pointing, Splice(place, end, packet)
    added = Splice(end, end, bytes(place - end) + packet)
    return (pointing, added) if shared else (pointing, added, Splice(entry.start, stop, bytes(entry.size)))


def _entry(block: ifd.Layout, *, size: int, place: int) -> bytes:
    if not block.wide and place + size > _CLASSIC_LIMIT:
        raise NoRoom(TIFF.name)
    return block.entry.pack(_XMP, _UNDEFINED, size, place)


def _unlabelled(data: Buffer, entry: ifd.DirectoryEntry) -> Splice:
    """The packet of another page without a label, and as long as before."""
    packet = xmp.unlabelled_packet(_packet(data, entry))
    return Splice(entry.start, entry.start + entry.size, packet.ljust(entry.size))


def _packet(data: Buffer, entry: ifd.DirectoryEntry) -> bytes:
    return xmp.packet_at(data, entry.start, entry.start + entry.size)


def _broken(error: ifd.BrokenDirectory) -> Fault:
    return fault(error.offset, zh="目录不完整", en="a directory is cut off")


def _malformed(item: Fault) -> MalformedFile:
    return MalformedFile(format_name=TIFF.name, offset=item.offset, zh=item.text.zh, en=item.text.en)


TIFF = Format(
    name="TIFF",
    suffixes=(".tif", ".tiff"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
    watermark=True,
)
