"""WAV as a stream of chunks."""

import hashlib
import struct

from hegui.marking.readback import id3
from hegui.marking.readback.proof import ReadBack, Stream, hash_next, length

_UNKNOWN = 0xFFFFFFFF


def read_back(file: Stream) -> ReadBack:
    """Every label in a chunk, the list of information or a tag, and the digest of everything else.

    The length in the head of the file counts by how much it differs from the file's.
    """
    labels: list[str] = []
    coded = hashlib.sha256()
    end = length(file)
    name, size, form = struct.unpack("<4sI4s", file.read(12))
    coded.update(name + form + str(size if size == _UNKNOWN else size - end).encode())
    samples = _UNKNOWN
    while len(header := file.read(8)) == 8:  # noqa: PLR2004 - a header
        kind, size = struct.unpack("<4sI", header)
        if kind == b"ds64":
            body = file.read(size)
            whole, samples = struct.unpack_from("<QQ", body)
            coded.update(b"%d" % (whole - end) + body[8:])
        elif kind == b"AIGC":
            labels.append(file.read(size + size % 2).rstrip(b"\0").decode("latin-1"))
        elif kind == b"LIST":
            labels += _list(file.read(size + size % 2)[:size], coded)
        elif kind.lower() == b"id3 ":
            found, rest = id3.labels_and_rest(file.read(size + size % 2))
            labels += found
            coded.update(rest)
        else:
            size = samples if size == _UNKNOWN else size
            coded.update(header)
            hash_next(file, size + size % 2, coded)
    coded.update(header)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _list(body: bytes, coded: "hashlib._Hash") -> list[str]:
    coded.update(body[:4])
    if body[:4] != b"INFO":
        coded.update(body[4:])
        return []
    labels = []
    position = 4
    while position + 8 <= len(body):
        kind, size = struct.unpack_from("<4sI", body, position)
        item = body[position + 8 : position + 8 + size]
        position += 8 + size + size % 2
        if kind.upper() == b"AIGC":
            labels.append(item.rstrip(b"\0").decode("latin-1"))
        else:
            coded.update(kind + item)
    return labels
