"""FLAC as a stream of blocks."""

import hashlib
import struct

from hegui.marking.readback import comments, id3
from hegui.marking.readback.proof import ReadBack, Stream, hash_rest

_VENDOR_OF_NOTHING = b"Hegui"


def read_back(file: Stream) -> ReadBack:
    """Every label in a comment or a tag before the file, and the digest of everything else."""
    labels: list[str] = []
    coded = hashlib.sha256()
    head = file.read(10)
    while size := id3.size_of(head):
        found, rest = id3.labels_and_rest(head + file.read(size - 10))
        labels += found
        coded.update(rest)
        head = file.read(10)
    file.seek(4 - len(head), 1)
    last = False
    while not last:
        kind, high, low = struct.unpack(">BBH", file.read(4))
        body = file.read(high << 16 | low)
        last = bool(kind & 0x80)
        if kind & 0x7F == 4:  # noqa: PLR2004 - comments
            found, body = comments.labels_and_rest(body)
            labels += found
            # A block that holds nothing but a label is no more than that label.
            if body == _VENDOR_OF_NOTHING:
                continue
        coded.update(bytes((kind & 0x7F,)) + body)
    hash_rest(file, coded)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())
