"""WebP: the label is the XMP packet in a chunk called ``XMP``.

Only the extended kind of file has such a chunk. A simple one, which is a bitstream and nothing else, is
made an extended one: it gets a ``VP8X`` chunk that says what the bitstream says already.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking import exif, xmp
from hegui.marking.candidates import Allowance, Candidate, fault
from hegui.marking.formats import riff
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.webp import read_back
from hegui.marking.splices import Buffer, Splice

_FIRST = riff.HEADER_BYTES + riff.FORM_BYTES
_EXTENDED = b"VP8X"
_LOSSY = b"VP8 "
_LOSSLESS = b"VP8L"
_XMP = b"XMP "
_EXIF = b"EXIF"
_EXIF_MARK = b"Exif\0\0"

_HAS_XMP = 0x04
_HAS_ALPHA = 0x10
_EXTENDED_BYTES = 10
_LOSSY_HEAD = re.compile(rb"...\x9d\x01\x2a(..)(..)", re.DOTALL)
_LOSSLESS_HEAD = re.compile(rb"\x2f(....)", re.DOTALL)
_HEAD_BYTES = 10
_SIDE_BITS = 14
_SIDE_MASK = (1 << _SIDE_BITS) - 1


class _Canvas(NamedTuple):
    """What an extended file says of its picture; ``width`` and ``height`` in pixels."""

    width: int
    height: int
    alpha: bool


def _recognises(data: Buffer) -> bool:
    return data[:4] == b"RIFF" and data[riff.HEADER_BYTES : _FIRST] == b"WEBP"


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    allowance = Allowance()
    for item in _chunks(data):
        if isinstance(item, Fault):
            yield item
        elif item.kind == _XMP:
            yield from xmp.candidates_at(data, item.body, item.end, offset=item.start)
        elif item.kind == _EXIF:
            yield from exif.candidates(data, _exif_start(data, item), item.end, allowance, offset=item.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    chunks = riff.sound(_chunks(data), WEBP.name)
    splices = [_extension(data, chunks[0])]
    packets = [chunk for chunk in chunks if chunk.kind == _XMP]
    for chunk in packets:
        packet = xmp.packet_at(data, chunk.body, chunk.end)
        first = chunk is packets[0]
        packet = xmp.updated_packet(packet, label.bare()) if first else xmp.unlabelled_packet(packet)
        splices.append(Splice(chunk.start, chunk.stop, riff.made(_XMP, packet)))
    if not packets:
        last = chunks[-1]
        missing = bytes((last.stop - last.body) % 2)  # some writers leave out the last byte of padding
        splices.append(Splice(last.stop, last.stop, missing + riff.made(_XMP, xmp.new_packet(label.bare()))))
    for chunk in chunks:
        if chunk.kind == _EXIF:  # a label there gives way to the one in XMP: a file has one
            splices += exif.blanked(data, _exif_start(data, chunk), chunk.end, Allowance())
    splices += riff.resized(data, 0, riff.growth(splices))
    return tuple(splices)


def _extension(data: Buffer, first: riff.Chunk) -> Splice:
    """What makes the file an extended one that announces its XMP."""
    if first.kind == _EXTENDED:
        if first.end - first.body < _EXTENDED_BYTES:
            raise _malformed(fault(first.start, zh="VP8X 数据块过短", en="the VP8X chunk is too short"))
        flags = data[first.body] | _HAS_XMP
        return Splice(first.body, first.body + 1, bytes((flags,)))
    canvas = _canvas(data, first)
    body = b"".join(
        (
            (_HAS_XMP | _HAS_ALPHA * canvas.alpha).to_bytes(4, "little"),
            (canvas.width - 1).to_bytes(3, "little"),
            (canvas.height - 1).to_bytes(3, "little"),
        )
    )
    return Splice(first.start, first.start, riff.made(_EXTENDED, body))


def _canvas(data: Buffer, bitstream: riff.Chunk) -> _Canvas:
    """What the bitstream of a simple file says of the picture."""
    head = data[bitstream.body : min(bitstream.end, bitstream.body + _HEAD_BYTES)]
    if bitstream.kind == _LOSSY and (match := _LOSSY_HEAD.match(head)):
        width, height = (int.from_bytes(side, "little") & _SIDE_MASK for side in match.groups())
        if width and height:
            return _Canvas(width, height, alpha=False)
    if bitstream.kind == _LOSSLESS and (match := _LOSSLESS_HEAD.match(head)):
        bits = int.from_bytes(match[1], "little")
        width, height = (bits >> shift & _SIDE_MASK for shift in (0, _SIDE_BITS))
        return _Canvas(width + 1, height + 1, alpha=bool(bits >> 2 * _SIDE_BITS & 1))
    raise _malformed(fault(bitstream.start, zh="没有图像数据", en="there is no image data"))


def _exif_start(data: Buffer, chunk: riff.Chunk) -> int:
    # Some writers repeat the mark that EXIF has in a JPEG.
    marked = data[chunk.body : chunk.body + len(_EXIF_MARK)] == _EXIF_MARK
    return chunk.body + len(_EXIF_MARK) * marked


def _chunks(data: Buffer) -> Iterator[riff.Chunk | Fault]:
    """The chunks of the file, at least one; other data may stand behind the RIFF file and is left alone."""
    end = riff.HEADER_BYTES + int.from_bytes(data[4 : riff.HEADER_BYTES], "little")
    if _FIRST < end <= len(data):
        yield from riff.chunks(data, _FIRST, end)
        return
    yield from riff.chunks(data, _FIRST, len(data))
    yield fault(4, zh="RIFF 的长度与文件不符", en="the length of the RIFF does not fit the file")


def _malformed(item: Fault) -> MalformedFile:
    return MalformedFile(format_name=WEBP.name, offset=item.offset, zh=item.text.zh, en=item.text.en)


WEBP = Format(
    name="WebP",
    suffixes=(".webp",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
    watermark=True,
)
