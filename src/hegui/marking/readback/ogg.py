"""Ogg as packets, put together from pages as they come."""

import hashlib
import struct
import zlib

from hegui.marking.readback import comments
from hegui.marking.readback.proof import ReadBack, Stream

_HEADER = struct.Struct("<4sBBqIIIB")
_HEADERS = 3
# What a stream begins with, and how much of its second packet stands before the comments.
_CODECS = ((b"\x01vorbis", 7), (b"\x80theora", 7), (b"OpusHead", 8), (b"Speex   ", 0), (b"\x7fFLAC", 4))
_MIRROR = bytes(sum((byte >> bit & 1) << 7 - bit for bit in range(8)) for byte in range(256))


def read_back(file: Stream) -> ReadBack:
    """Every label in the comments of a stream, and the digest of all packets, each with where it ends.

    Of the pages themselves no more counts than that their numbers have no other gaps and that their
    checksums fit: comments may take more or fewer pages.
    """
    labels: list[str] = []
    coded = hashlib.sha256()
    packets: dict[int, list[bytes]] = {}
    counts: dict[int, int] = {}
    numbers: dict[int, int] = {}
    starts: dict[int, int] = {}
    while header := file.read(_HEADER.size):
        _, _, flags, granule, serial, number, checksum, segments = _HEADER.unpack(header)
        lacing = file.read(segments)
        body = file.read(sum(lacing))
        if _checksum(header, lacing, body) != checksum:
            coded.update(b"damaged %d" % number)
        if flags & 2:
            counts[serial] = 0
            packets.pop(serial, None)
            coded.update(b"stream %d" % serial)
        else:
            gap = number - numbers.get(serial, 0) & 0xFFFFFFFF
            coded.update(b"" if gap == 1 else b"gap %d" % gap)
        numbers[serial] = number
        position = 0
        for size in lacing:
            packets.setdefault(serial, []).append(body[position : position + size])
            position += size
            if size == 255:  # noqa: PLR2004 - the packet goes on
                continue
            packet = b"".join(packets.pop(serial))
            # A stream that begins nowhere has no headers.
            count = counts.get(serial, _HEADERS)
            if count == 0:
                starts[serial] = next((start for head, start in _CODECS if packet.startswith(head)), -1)
            elif count == 1 and starts[serial] >= 0:
                found, rest = comments.labels_and_rest(packet[starts[serial] :])
                labels += found
                packet = packet[: min(starts[serial], 1)] + rest
            counts[serial] = count + 1
            coded.update(struct.pack("<IQ", serial, len(packet)) + packet)
        if segments and lacing[-1] < 255 and counts[serial] > _HEADERS:  # noqa: PLR2004 - a packet ends
            coded.update(struct.pack("<qB", granule, flags & 4))
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _checksum(header: bytes, lacing: bytes, body: bytes) -> int:
    """The checksum of a page; zlib has the same polynomial, but reads every bit from the other side."""
    page = header[:22] + b"\0\0\0\0" + header[26:] + lacing + body
    value = zlib.crc32(page.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{value:032b}"[::-1], 2)
