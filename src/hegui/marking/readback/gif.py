"""GIF as a stream, with the packet looked for by its trailer."""

import hashlib
from collections.abc import Iterator

from hegui.marking.readback.proof import ReadBack, Stream, hash_rest, labels_in_xmp


def read_back(file: Stream) -> ReadBack:
    """Every label in an XMP extension, and the digest of all else but the version in the signature."""
    labels: list[str] = []
    file.read(6)
    head = file.read(7)
    coded = hashlib.sha256(head)
    coded.update(file.read(_colours(head[4])))
    introducer = b""
    while introducer != b";":
        introducer = file.read(1)
        if introducer == b",":
            place = file.read(9)
            coded.update(introducer + place + file.read(_colours(place[8])) + file.read(1))
            for part in _parts(file):
                coded.update(part)
        elif introducer == b"!":
            kind, size = file.read(2)
            name = file.read(size)
            if (kind, name) == (0xFF, b"XMP DataXMP"):
                labels += labels_in_xmp(b"".join(_parts(file)))
                continue
            coded.update(bytes((kind, size)) + name)
            for part in _parts(file) if size else ():
                coded.update(part)
        elif introducer != b";":
            raise EOFError
    hash_rest(file, coded)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _parts(file: Stream) -> Iterator[bytes]:
    while size := file.read(1)[0]:
        yield bytes((size,)) + file.read(size)


def _colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
