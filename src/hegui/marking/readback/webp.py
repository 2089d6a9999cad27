"""WebP as a stream of chunks."""

import hashlib
import struct

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, hash_rest, labels_in_xmp

_HEAD_BYTES = 10
_METADATA = (b"EXIF", b"VP8X")


def read_back(file: Stream) -> ReadBack:
    """Every label in an XMP chunk, and the digest of the picture's features and of all but metadata.

    The features are read from ``VP8X``, and from the bitstream where there is no such chunk: a file that
    was made an extended one must say the same as before.
    """
    labels: list[str] = []
    coded = hashlib.sha256()
    _, left, _ = struct.unpack("<4sI4s", file.read(12))
    left -= 4
    first = True
    while left > 0:
        kind, size = struct.unpack("<4sI", file.read(8))
        padding = size % 2 if left > 8 + size else 0
        left -= 8 + size + padding
        head = file.read(min(size, _HEAD_BYTES))
        if first:
            coded.update(_features(kind, head))
            first = False
        rest = size - len(head)
        if kind == b"XMP ":
            labels += labels_in_xmp(head + file.read(rest))
        elif kind in _METADATA:
            file.read(rest)
        else:
            coded.update(kind + struct.pack("<I", size) + head)
            hash_next(file, rest, coded)
        file.read(padding)
    coded.update(b"behind the RIFF file:")
    hash_rest(file, coded)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _features(kind: bytes, head: bytes) -> bytes:
    """Flags other than the one for XMP, and both sides, as ``VP8X`` has or would have them."""
    if kind == b"VP8X":
        return bytes([head[0] & ~4]) + head[1:]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 6)
        flags, width, height = 0, (width & 0x3FFF) - 1, (height & 0x3FFF) - 1
    else:
        (bits,) = struct.unpack_from("<I", head, 1)
        flags, width, height = bits >> 28 << 4 & 0x10, bits & 0x3FFF, bits >> 14 & 0x3FFF
    return struct.pack("<II", flags, width)[:7] + struct.pack("<I", height)[:3]
