"""MP3: tags, and sound between them."""

import hashlib

from hegui.marking.readback import id3
from hegui.marking.readback.proof import ReadBack, Stream, hash_next, length

_TAG_BYTES = 10
_ID3V1_BYTES = 128


def read_back(file: Stream) -> ReadBack:
    """Every label in a tag before or behind the sound, and the digest of other frames and of the sound."""
    labels: list[str] = []
    coded = hashlib.sha256()
    start = 0
    while size := id3.size_of(file.read(_TAG_BYTES)):
        file.seek(start)
        _take(file.read(size), labels, coded)
        start += size
    end = length(file)
    last = _trailing(file, end)
    file.seek(start)
    hash_next(file, end - start - last, coded)
    if last:
        tag = file.read(last)
        rest = tag[id3.size_of(tag[:_TAG_BYTES]) :]
        _take(tag, labels, coded)
        coded.update(rest)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _take(tag: bytes, labels: list[str], coded: "hashlib._Hash") -> None:
    found, rest = id3.labels_and_rest(tag)
    labels += found
    coded.update(rest)


def _trailing(file: Stream, end: int) -> int:
    """How many bytes from the end a tag with a footer begins, or 0 where there is none."""
    for behind in (0, _ID3V1_BYTES):
        if end >= behind + _TAG_BYTES:
            file.seek(end - behind - _TAG_BYTES)
            footer = file.read(_TAG_BYTES)
            if footer[:3] == b"3DI":
                return id3.size_of(b"ID3" + footer[3:]) + behind
    return 0
