"""Vorbis comments, by struct."""

import struct


def labels_and_rest(block: bytes) -> tuple[list[str], bytes]:
    """The labels among the comments of a block, and everything else in it but the number of comments."""
    (vendor,) = struct.unpack_from("<I", block)
    rest = bytearray(block[4 : 4 + vendor])
    (count,) = struct.unpack_from("<I", block, 4 + vendor)
    position = 8 + vendor
    labels = []
    for _ in range(count):
        (size,) = struct.unpack_from("<I", block, position)
        comment = block[position + 4 : position + 4 + size]
        position += 4 + size
        name, _, value = comment.partition(b"=")
        if name.strip().upper() in {b"AIGC", b"TC260:AIGC"}:
            labels.append(value.decode("latin-1"))
        else:
            rest += comment + b"\0"
    return labels, bytes(rest) + block[position:]
