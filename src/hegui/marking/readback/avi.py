"""AVI: chunks in order, and every index by what it leads to."""

import hashlib
import struct
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.readback.proof import Hash, ReadBack, Stream, hash_next, length

_OLD_ENTRY = struct.Struct("<4sIII")
_NEW_HEADER = struct.Struct("<HBBI")


class _Part(NamedTuple):
    """A chunk: its name, that of the list it is, and its content's place."""

    kind: bytes
    form: bytes
    start: int
    end: int


def read_back(file: Stream) -> ReadBack:
    """Every label in the list of information or a chunk, and the digest of everything else.

    Places in an index count from the list of pictures, wherever that is in the file.
    """
    end = length(file)
    labels: list[str] = []
    coded = hashlib.sha256()
    name, size, form = struct.unpack("<4sI4s", file.read(12))
    coded.update(name + form + b"%d" % (size - end))
    parts = list(_parts(file, 12, end))
    pictures = next(part.start for part in parts if part.form == b"movi")
    places = sorted({place for part in parts if part.form == b"hdrl" for place in _places(file, part)})
    for part in parts:
        file.seek(part.start)
        if part.kind.upper() == b"AIGC":
            labels.append(_text(file.read(part.end - part.start)))
        elif part.form == b"INFO":
            for item in _parts(file, part.start + 4, part.end):
                file.seek(item.start)
                body = file.read(item.end - item.start)
                if item.kind.upper() == b"AIGC":
                    labels.append(_text(body))
                else:
                    coded.update(item.kind + body)
        elif part.kind == b"idx1":
            coded.update(_old_index(file, part, pictures))
        else:
            coded.update(part.kind + b"%d" % (part.end - part.start))
            _feed(coded, file, part, places, pictures)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _text(body: bytes) -> str:
    return body.rstrip(b"\0").decode("latin-1")


def _parts(file: Stream, position: int, end: int) -> Iterator[_Part]:
    while position + 8 <= end:
        file.seek(position)
        kind, size = struct.unpack("<4sI", file.read(8))
        form = file.read(4) if kind in {b"LIST", b"RIFF"} else b""
        stop = min(position + 8 + size, end)
        yield _Part(kind, form, position + 8, stop)
        position += 8 + size + size % 2


def _places(file: Stream, headers: _Part) -> Iterator[int]:
    """Where the numbers of 64 bits stand that are places in the file, in all indexes of OpenDML."""
    for stream in _parts(file, headers.start + 4, headers.end):
        if stream.form != b"strl":
            continue
        for part in _parts(file, stream.start + 4, stream.end):
            if part.kind == b"indx":
                file.seek(part.start)
                _, _, of_chunks, count = _NEW_HEADER.unpack(file.read(8))
                if of_chunks:
                    yield part.start + 12
                    continue
                for entry in range(part.start + 24, part.start + 24 + 16 * count, 16):
                    file.seek(entry)
                    yield entry
                    yield struct.unpack("<Q", file.read(8))[0] + 20


def _old_index(file: Stream, part: _Part, pictures: int) -> bytes:
    """The entries with their places counted from the list of pictures."""
    entries = list(_OLD_ENTRY.iter_unpack(file.read((part.end - part.start) // 16 * 16)))
    if entries:
        file.seek(pictures + entries[0][2])
        from_pictures = file.read(4) == entries[0][0]
        file.seek(entries[0][2])
        from_start = not from_pictures and file.read(4) == entries[0][0]
        shift = pictures if from_start else 0
        entries = [(kind, flags, place - shift & 0xFFFFFFFF, size) for kind, flags, place, size in entries]
    return b"".join(_OLD_ENTRY.pack(*entry) for entry in entries)


def _feed(sink: Hash, file: Stream, part: _Part, places: list[int], pictures: int) -> None:
    """Take in a chunk, and each place in it by how far it is from the pictures."""
    file.seek(part.start)
    for place in places:
        if part.start <= place < part.end:
            hash_next(file, place - file.tell(), sink)
            (number,) = struct.unpack("<Q", file.read(8))
            sink.update(b"%d" % (number - pictures))
    hash_next(file, part.end - file.tell(), sink)
