"""JPEG: the label is the XMP packet in an ``APP1`` segment.

Read as well where products put it: the EXIF segment, and bare text in a segment of its own. What does not
fit into one segment of XMP goes on in an extended packet, cut into pieces that name its MD5; a label there is
read, and gives way to the one in the packet itself.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking import exif, xmp
from hegui.marking.candidates import LARGEST_PACKET, Allowance, Candidate, decoded, fault
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.jpeg import read_back
from hegui.marking.splices import Buffer, Splice

_START = b"\xff\xd8\xff"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENDED = b"http://ns.adobe.com/xmp/extension/\0"
_DIGEST_BYTES = 32
_NUMBER_BYTES = 4
_PIECE_HEAD_BYTES = len(_EXTENDED) + _DIGEST_BYTES + 2 * _NUMBER_BYTES
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


class _Piece(NamedTuple):
    """One piece of an extended packet: where in the packet it belongs, and the segment it stands in."""

    place: int
    segment: _Segment


class _Packet(NamedTuple):
    """An extended packet.

    Attributes:
        digest: its MD5, by which its pieces and the packet that it extends know it.
        size: how long it says it is.
        pieces: its pieces, in the order of the packet.
    """

    digest: bytes
    size: int
    pieces: tuple[_Piece, ...]

    @property
    def start(self) -> int:
        """Where its first piece begins in the file."""
        return self.pieces[0].segment.start


def _recognises(data: Buffer) -> bool:
    return data[: len(_START)] == _START


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    segments = []
    allowance = Allowance()
    for item in _segments(data):
        if isinstance(item, Fault):
            yield item
            continue
        segments.append(item)
        body = _metadata(data, item)
        if body.startswith(_XMP):
            yield from xmp.candidates(body[len(_XMP) :], offset=item.start)
        elif body.startswith(_EXIF):
            yield from exif.candidates(data, item.body + len(_EXIF), item.end, allowance, offset=item.start)
        elif _is_bare(body):
            text = decoded(body[body.index(b"{") :]).rstrip("\0 ")
            yield Candidate(value=text, carrier=Carrier.JPEG_SEGMENT, offset=item.start)
    for packet in _extended(data, segments):
        whole = _joined(data, packet, allowance)
        if isinstance(whole, Fault):
            yield whole
        else:
            yield from xmp.candidates(whole, offset=packet.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    segments = _sound_segments(data)
    allowance = Allowance()
    renamed, splices = _unlabelled(data, segments, allowance)
    home = len(_START) - 1
    written = False
    leading = True
    for item in segments:
        body = _metadata(data, item)
        leading = leading and (item.marker == _APP0 or body.startswith(_EXIF))
        home = item.end if leading else home
        if body.startswith(_XMP):
            packet = body[len(_XMP) :]
            for old, new in renamed.items():
                packet = packet.replace(old, new)
            packet = xmp.unlabelled_packet(packet) if written else xmp.updated_packet(packet, label.bare())
            splices.append(Splice(item.start, item.end, _xmp_segment(packet)))
            written = True
        else:
            splices += _replaced(data, item, body, allowance)
    if not written:
        splices.append(Splice(home, home, _xmp_segment(xmp.new_packet(label.bare()))))
    return tuple(splices)


def _unlabelled(
    data: Buffer, segments: list[_Segment], allowance: Allowance
) -> tuple[dict[bytes, bytes], list[Splice]]:
    """What takes labels out of extended packets, and by which digests these are known then.

    Basis:
        GB-45438 6.1
    """
    renamed, splices = {}, []
    for packet in _extended(data, segments):
        body = _joined(data, packet, allowance)
        if isinstance(body, Fault):
            raise _malformed(body)
        if any(isinstance(item, Candidate) for item in xmp.candidates(body, offset=0)):
            body = xmp.unlabelled_packet(body)
            digest = hashlib.md5(body, usedforsecurity=False).hexdigest().upper().encode()
            renamed[packet.digest] = digest
            first, *others = (piece.segment for piece in packet.pieces)
            splices.append(Splice(first.start, first.end, _pieces(digest, body)))
            splices += (Splice(item.start, item.end, b"") for item in others)
    return renamed, splices


def _extended(data: Buffer, segments: list[_Segment]) -> list[_Packet]:
    """The extended packets, in pieces."""
    found: dict[tuple[bytes, int], list[_Piece]] = {}
    for item in segments:
        head = data[item.body : min(item.body + _PIECE_HEAD_BYTES, item.end)]
        if item.marker == _APP1 and head.startswith(_EXTENDED) and len(head) == _PIECE_HEAD_BYTES:
            digest = head[len(_EXTENDED) : len(_EXTENDED) + _DIGEST_BYTES]
            size, place = (
                int.from_bytes(head[start : start + _NUMBER_BYTES], "big")
                for start in (_PIECE_HEAD_BYTES - 2 * _NUMBER_BYTES, _PIECE_HEAD_BYTES - _NUMBER_BYTES)
            )
            found.setdefault((digest, size), []).append(_Piece(place, item))
    return [_Packet(digest, size, tuple(sorted(pieces))) for (digest, size), pieces in found.items()]


def _joined(data: Buffer, packet: _Packet, allowance: Allowance) -> bytes | Fault:
    """An extended packet as a whole."""
    if packet.size > LARGEST_PACKET or not allowance.takes(packet.size):
        return fault(
            packet.start,
            zh="扩展 XMP 数据包过大，没有读取",
            en="the extended XMP is too large, and was not read",
        )
    body = bytearray()
    for piece in packet.pieces:
        if piece.place == len(body):
            body += data[piece.segment.body + _PIECE_HEAD_BYTES : piece.segment.end]
    if len(body) != packet.size:
        return fault(packet.start, zh="扩展 XMP 数据包不完整", en="the extended XMP is not all there")
    return bytes(body)


def _pieces(digest: bytes, body: bytes) -> bytes:
    """The segments of an extended packet."""
    largest = _LARGEST_BODY - _PIECE_HEAD_BYTES
    size = len(body).to_bytes(_NUMBER_BYTES, "big")
    return b"".join(
        _segment(
            _EXTENDED + digest + size + place.to_bytes(_NUMBER_BYTES, "big") + body[place : place + largest]
        )
        for place in range(0, len(body), largest)
    )


def _replaced(data: Buffer, segment: _Segment, body: bytes, allowance: Allowance) -> list[Splice]:
    """What removes a label from places other than XMP: a file has one.

    Basis:
        GB-45438 6.1
    """
    if _is_bare(body):
        return [Splice(segment.start, segment.end, b"")]
    if not body.startswith(_EXIF):
        return []
    return list(exif.blanked(data, segment.body + len(_EXIF), segment.end, allowance))


def _metadata(data: Buffer, segment: _Segment) -> bytes:
    """The segment's content where it is one that may hold metadata, else nothing."""
    if _APP0 <= segment.marker <= _LAST_APP or segment.marker == _COMMENT:
        return data[segment.body : segment.end]
    return b""


def _is_bare(body: bytes) -> bool:
    head = body[:16].lstrip(b"\0 ").upper()
    word = ELEMENT.encode()
    return head.startswith((word + b"{", word + b"\0{", b'{"' + word))


def _sound_segments(data: Buffer) -> list[_Segment]:
    segments = []
    for item in _segments(data):
        if isinstance(item, Fault):
            raise _malformed(item)
        segments.append(item)
    return segments


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
    if len(_XMP + packet) > _LARGEST_BODY:
        packet = xmp.unpadded(packet)
    if len(_XMP + packet) > _LARGEST_BODY:
        raise PacketTooLong(len(packet))
    return _segment(_XMP + packet)


def _segment(body: bytes) -> bytes:
    return bytes((0xFF, _APP1)) + (len(body) + _LENGTH_BYTES).to_bytes(2, "big") + body


def _malformed(item: Fault) -> MalformedFile:
    return MalformedFile(format_name=JPEG.name, offset=item.offset, zh=item.text.zh, en=item.text.en)


JPEG = Format(
    name="JPEG",
    suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
    watermark=True,
)
