"""JPEG: the label is the XMP packet in an ``APP1`` segment.

Read as well where products put it: the EXIF segment, and bare text in a segment of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking import exif, xmp
from hegui.marking.candidates import Candidate, decoded, fault
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.jpeg import read_back
from hegui.marking.splices import Buffer, Splice

_START = b"\xff\xd8\xff"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_MARKER_BYTES = 2
_LENGTH_BYTES = 2
_LARGEST_BODY = 0xFFFF - _LENGTH_BYTES
_FIRST_STANDALONE = 0xD0
_LAST_STANDALONE = 0xD9
_TEMPORARY = 0x01
_SCAN = 0xDA
_APP0 = 0xE0
_APP1 = 0xE1
_LAST_APP = 0xEF
_COMMENT = 0xFE


class PacketTooLong(InvalidInput):
    """An XMP packet that no JPEG segment can hold.

    Attributes:
        size: the packet's length in bytes.
    """

    def __init__(self, size: int) -> None:
        """Name the length and the limit."""
        limit = _LARGEST_BODY - len(_XMP)
        super().__init__(
            zh=f"加上标识后 XMP 数据包有 {size} 字节，JPEG 一段最多 {limit} 字节；请精简文件里已有的 XMP",
            en=f"with the label the XMP packet has {size} bytes, and a JPEG segment holds {limit}; "
            "shorten the XMP that is in the file",
        )
        self.size = size


class _Segment(NamedTuple):
    """One segment: its marker's second byte, and where it begins, where its content does, where it ends."""

    marker: int
    start: int
    body: int
    end: int


def _recognises(data: Buffer) -> bool:
    return data[: len(_START)] == _START


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _segments(data):
        if isinstance(item, Fault):
            yield item
            continue
        body = _metadata(data, item)
        if body.startswith(_XMP):
            yield from xmp.candidates(body[len(_XMP) :], offset=item.start)
        elif body.startswith(_EXIF):
            yield from exif.candidates(data, item.body + len(_EXIF), item.end, offset=item.start)
        elif _is_bare(body):
            text = decoded(body[body.index(b"{") :]).rstrip("\0 ")
            yield Candidate(value=text, carrier=Carrier.JPEG_SEGMENT, offset=item.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    splices = []
    home = len(_START) - 1
    written = False
    leading = True
    for item in _segments(data):
        if isinstance(item, Fault):
            raise MalformedFile(format_name=JPEG.name, offset=item.offset, zh=item.text.zh, en=item.text.en)
        body = _metadata(data, item)
        leading = leading and (item.marker == _APP0 or body.startswith(_EXIF))
        home = item.end if leading else home
        if body.startswith(_XMP):
            packet = body[len(_XMP) :]
            packet = xmp.unlabelled_packet(packet) if written else xmp.updated_packet(packet, label.bare())
            splices.append(Splice(item.start, item.end, _xmp_segment(packet)))
            written = True
        else:
            splices += _replaced(data, item, body)
    if not written:
        splices.append(Splice(home, home, _xmp_segment(xmp.new_packet(label.bare()))))
    return tuple(splices)


def _replaced(data: Buffer, segment: _Segment, body: bytes) -> list[Splice]:
    """What removes a label from places other than XMP: a file has one.

    Basis:
        GB-45438 6.1
    """
    if _is_bare(body):
        return [Splice(segment.start, segment.end, b"")]
    if not body.startswith(_EXIF):
        return []
    return list(exif.blanked(data, segment.body + len(_EXIF), segment.end))


def _metadata(data: Buffer, segment: _Segment) -> bytes:
    """The segment's content where it is one that may hold metadata, else nothing."""
    if _APP0 <= segment.marker <= _LAST_APP or segment.marker == _COMMENT:
        return data[segment.body : segment.end]
    return b""


def _is_bare(body: bytes) -> bool:
    head = body[:16].lstrip(b"\0 ").upper()
    word = ELEMENT.encode()
    return head.startswith((word + b"{", word + b"\0{", b'{"' + word))


def _segments(data: Buffer) -> Iterator[_Segment | Fault]:
    """The segments before the image data."""
    position = len(_START) - 1
    while data[position : position + 1] == b"\xff":
        marker = data[position + 1 : position + _MARKER_BYTES]
        if marker == b"\xff":  # a fill byte
            position += 1
            continue
        if not marker or _stands_alone(marker[0]):
            break
        body = position + _MARKER_BYTES + _LENGTH_BYTES
        length = int.from_bytes(data[position + _MARKER_BYTES : body], "big")
        end = position + _MARKER_BYTES + length
        if length < _LENGTH_BYTES or end > len(data):
            yield fault(position, zh="数据段的长度有误", en="the length of a segment is wrong")
            return
        yield _Segment(marker[0], position, body, end)
        if marker[0] == _SCAN:
            return
        position = end
    yield fault(position, zh="没有图像数据", en="there is no image data")


def _stands_alone(marker: int) -> bool:
    return marker in {0, _TEMPORARY} or _FIRST_STANDALONE <= marker <= _LAST_STANDALONE


def _xmp_segment(packet: bytes) -> bytes:
    body = _XMP + packet
    if len(body) > _LARGEST_BODY:
        raise PacketTooLong(len(packet))
    return bytes((0xFF, _APP1)) + (len(body) + _LENGTH_BYTES).to_bytes(2, "big") + body


JPEG = Format(
    name="JPEG",
    suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
)
