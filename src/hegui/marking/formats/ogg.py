"""Ogg with Vorbis, Opus, FLAC, Speex or Theora: the label is the comment AIGC.

So says the audio guide, TC260-PG-202510A. Each stream in the file has comments of its own; the first one
takes the label. The pages that hold its comments are made anew, and where their number changes, the pages
behind them are renumbered: each has a checksum over its number.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_PACKET, MOST_PARTS, Candidate, fault, too_many
from hegui.marking.formats import comments
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.readback.ogg import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_CAPTURE = b"OggS"
_HEADER_BYTES = 27
_NUMBER = 18
_CHECKSUM = 22
_TABLE = 26
_CONTINUED = 1
_FIRST = 2
_LONGEST_SEGMENT = 255
_MOST_SEGMENTS = 255
_NOTHING_ENDS = b"\xff" * 8
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL = 0xFFFFFFFF

_SIGNATURE_BYTES = 8
# How the first packet of a stream begins, and what stands before the comments in its second.
_PREFIXES = {
    b"\x01vorbis": b"\x03vorbis",
    b"\x80theora": b"\x81theora",
    b"OpusHead": b"OpusTags",
    b"Speex   ": b"",
}
_FLAC = b"\x7fFLAC"
# A FLAC block begins with its kind and three bytes of length.
_FLAC_PREFIX_BYTES = 4


class _Page(NamedTuple):
    """One page: its place, and what its header says."""

    start: int
    body: int
    end: int
    flags: int
    granule: bytes
    serial: bytes
    number: int
    lacing: bytes


class _Comments(NamedTuple):
    """The comments of one stream.

    Attributes:
        pages: the pages they stand on; they begin the first of them.
        segments: how many segments of the last page are theirs.
        prefix: what stands before the comments in their packet.
        parts: the comments.
        flac: whether ``prefix`` ends with the length of the comments.
    """

    pages: tuple[_Page, ...]
    segments: int
    prefix: bytes
    parts: comments.Comments
    flac: bool


class _Opening:
    """A stream whose comments are still being put together, page by page."""

    def __init__(self, signature: bytes) -> None:
        self.signature = signature
        self.pages: list[_Page] = []
        self.packet = bytearray()

    def take(self, data: Buffer, page: _Page) -> _Comments | Fault | None:
        """Add a page; return the comments once they are whole, and a fault where they never will be."""
        self.pages.append(page)
        segments = next(
            (index + 1 for index, length in enumerate(page.lacing) if length < _LONGEST_SEGMENT), None
        )
        length = sum(page.lacing[:segments])
        self.packet += data[page.body : page.body + length]
        if len(self.packet) > LARGEST_PACKET:
            return fault(self.pages[0].start, zh="注释过长，没有读取", en="comments too long to be read")
        return None if segments is None else self._whole(segments)

    def _whole(self, segments: int) -> _Comments | Fault:
        packet = bytes(self.packet)
        flac = self.signature.startswith(_FLAC)
        prefix = packet[:_FLAC_PREFIX_BYTES] if flac else _prefix(self.signature)
        damaged = fault(self.pages[0].start, zh="注释已损坏", en="the comments are damaged")
        if not packet.startswith(prefix):
            return damaged
        try:
            parts = comments.taken_apart(packet[len(prefix) :])
        except comments.CommentsUnusable:
            return damaged
        return _Comments(tuple(self.pages), segments, prefix, parts, flac)


def _recognises(data: Buffer) -> bool:
    return data[: len(_CAPTURE)] == _CAPTURE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _streams(data):
        if isinstance(item, Fault):
            yield item
            continue
        start = item.pages[0].start
        if comments.holds_label(item.parts) and not all(_checksum_holds(data, page) for page in item.pages):
            yield fault(start, zh="数据页的校验值不符", en="the checksum of a page does not fit")
        yield from comments.candidates(item.parts, offset=start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    splices: list[Splice] = []
    text: str | None = label.bare()
    for item in _streams(data):
        if isinstance(item, Fault):
            raise _malformed(item.offset, item.text.zh, item.text.en)
        if text is not None or comments.holds_label(item.parts):
            splices += _changed(data, item, text)
        text = None
    if text is not None:
        raise _malformed(0, "没有可以写注释的音轨", "it has no stream with comments")
    return tuple(splices)


def _changed(data: Buffer, item: _Comments, text: str | None) -> Iterator[Splice]:
    if not all(_checksum_holds(data, page) for page in item.pages):
        raise _malformed(item.pages[0].start, "数据页的校验值不符", "the checksum of a page does not fit")
    block = comments.updated(item.parts, text)
    prefix = item.prefix
    if item.flac:
        prefix = prefix[:1] + len(block).to_bytes(_FLAC_PREFIX_BYTES - 1, "big")
    made = _paged(data, item, prefix + block)
    first, *others = item.pages
    yield Splice(first.start, first.end, b"".join(made))
    for page in others:
        yield Splice(page.start, page.end, b"")
    growth = len(made) - len(item.pages)
    if growth:
        yield from _renumbered(data, item.pages[-1], growth)


def _paged(data: Buffer, item: _Comments, packet: bytes) -> list[bytes]:
    """The pages with ``packet`` in place of the comments; what else is on the last page follows it."""
    first, last = item.pages[0], item.pages[-1]
    full, remainder = divmod(len(packet), _LONGEST_SEGMENT)
    lacing = bytes((_LONGEST_SEGMENT,)) * full + bytes((remainder,)) + last.lacing[item.segments :]
    content = packet + data[last.body + sum(last.lacing[: item.segments]) : last.end]
    made: list[bytes] = []
    flags = first.flags & _CONTINUED
    position = 0
    for start in range(0, len(lacing), _MOST_SEGMENTS):
        table = lacing[start : start + _MOST_SEGMENTS]
        ending = last.flags & ~_CONTINUED if start + _MOST_SEGMENTS >= len(lacing) else 0
        whole = any(segment < _LONGEST_SEGMENT for segment in table)
        page = _Page(
            start=0,
            body=0,
            end=0,
            flags=flags | ending,
            granule=last.granule if whole else _NOTHING_ENDS,
            serial=first.serial,
            number=first.number + len(made),
            lacing=table,
        )
        made.append(_page(page, content[position : position + sum(table)]))
        position += sum(table)
        flags = _CONTINUED if table[-1] == _LONGEST_SEGMENT else 0
    return made


def _page(page: _Page, body: bytes) -> bytes:
    head = _CAPTURE + bytes((0, page.flags)) + page.granule + page.serial
    number = (page.number & _ALL).to_bytes(4, "little")
    table = bytes((len(page.lacing),)) + page.lacing
    checksum = _checksum(head + number + bytes(4) + table + body)
    return head + number + checksum + table + body


def _renumbered(data: Buffer, last: _Page, growth: int) -> Iterator[Splice]:
    """The later pages of the same stream with their new numbers and checksums."""
    for page in _pages(data, last.end):
        if isinstance(page, Fault) or page.serial != last.serial:
            continue
        if page.flags & _FIRST:
            return
        if not _checksum_holds(data, page):
            raise _malformed(page.start, "数据页的校验值不符", "the checksum of a page does not fit")
        number = (page.number + growth & _ALL).to_bytes(4, "little")
        whole = (
            data[page.start : page.start + _NUMBER] + number + bytes(4) + data[page.start + _TABLE : page.end]
        )
        yield Splice(page.start + _NUMBER, page.start + _TABLE, number + _checksum(whole))


def _malformed(offset: int, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=OGG.name, offset=offset, zh=zh, en=en)


def _streams(data: Buffer) -> Iterator[_Comments | Fault]:
    """The comments of every stream of the file, those of later links of a chain too."""
    opening: dict[bytes, _Opening] = {}
    for page in _pages(data, 0):
        if isinstance(page, Fault):
            yield page
        elif page.flags & _FIRST:
            signature = data[page.body : min(page.end, page.body + _SIGNATURE_BYTES)]
            opening.pop(page.serial, None)
            if signature.startswith((*_PREFIXES, _FLAC)):
                opening[page.serial] = _Opening(signature)
        elif page.serial in opening:
            result = opening[page.serial].take(data, page)
            if result is not None:
                del opening[page.serial]
                yield result
    if opening:
        yield fault(len(data), zh="文件在注释之前结束", en="the file ends before its comments")


def _prefix(signature: bytes) -> bytes:
    return next(prefix for start, prefix in _PREFIXES.items() if signature.startswith(start))


def _pages(data: Buffer, position: int) -> Iterator[_Page | Fault]:
    for _ in range(MOST_PARTS):
        if position == len(data):
            return
        header = data[position : position + _HEADER_BYTES]
        table = position + _HEADER_BYTES
        lacing = data[table : table + header[_TABLE]] if len(header) == _HEADER_BYTES else b""
        body = table + len(lacing)
        end = body + sum(lacing)
        if (
            header[:4] != _CAPTURE
            or len(header) < _HEADER_BYTES
            or len(lacing) < header[_TABLE]
            or end > len(data)
        ):
            yield fault(position, zh="数据页不完整或已损坏", en="a page is cut off or damaged")
            return
        yield _Page(
            start=position,
            body=body,
            end=end,
            flags=header[5],
            granule=header[6:14],
            serial=header[14:_NUMBER],
            number=int.from_bytes(header[_NUMBER:_CHECKSUM], "little"),
            lacing=lacing,
        )
        position = end
    yield too_many(position)


def _checksum_holds(data: Buffer, page: _Page) -> bool:
    whole = data[page.start : page.start + _CHECKSUM] + bytes(4) + data[page.start + _TABLE : page.end]
    return data[page.start + _CHECKSUM : page.start + _TABLE] == _checksum(whole)


def _checksum(page: bytes) -> bytes:
    """The checksum of Ogg: zlib's, but with every byte and the result read from the other end, and from zero.

    A table in Python would be a hundred times slower.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED), _ALL) ^ _ALL
    # The mirror image of the bits, whose bytes in the order of the file are the mirrored bytes.
    return mirrored.to_bytes(4, "big").translate(_REVERSED)


OGG = Format(
    name="Ogg",
    suffixes=(".ogg", ".oga", ".opus", ".ogv", ".spx"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="ogg"),
    show=shown_in(demuxer="ogg", muxer="ogg"),
)
