"""MP4 and its kin box by box, with every place in the file by what it leads to."""

import bisect
import hashlib
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, labels_in_xmp, length

_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mfra", b"udta"}
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_NAME = re.compile(rb"(?:tc260:)?aigc", re.IGNORECASE)
_TELLTALE = re.compile(rb'\s*\{.*"(?:AIGC|ContentProducer)"', re.DOTALL)


class _Part(NamedTuple):
    """A box: its name, its place, and its content's."""

    kind: bytes
    start: int
    body: int
    end: int


def read_back(file: Stream) -> ReadBack:
    """Every label in metadata, and the digest of everything else.

    A place in the file counts by which box it is in, and how far from that one's start.
    """
    reading = _Movie(file)
    for part in reading.tops:
        reading.take(part)
    return ReadBack(labels=tuple(reading.labels), coded=reading.coded.hexdigest())


def _parts(file: Stream, position: int, end: int) -> Iterator[_Part]:
    while position + 8 <= end:
        file.seek(position)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = position + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body += 8
        stop = position + size if size else end
        if not body <= stop <= end:
            break
        yield _Part(kind, position, body, stop)
        position = stop
    if position < end:
        yield _Part(b"rest", position, position, end)


class _Movie:
    """What has been read of a file."""

    def __init__(self, file: Stream) -> None:
        self.file = file
        self.labels: list[str] = []
        self.coded = hashlib.sha256()
        self.tops = list(_parts(file, 0, length(file)))

    def take(self, part: _Part, outer: bytes = b"") -> None:
        """Read one box and what is in it."""
        if part.kind == b"meta" and outer != b"ilst":
            self._list(self._content(part))
        elif part.kind == b"XMP_" or (part.kind == b"uuid" and self._content(part, 16) == _XMP):
            self.labels += labels_in_xmp(self._content(part))
        elif outer == b"udta" and _NAME.fullmatch(part.kind):
            self.labels.append(self._content(part).decode("latin-1"))
        elif part.kind in {b"stco", b"co64"} or (part.kind == b"saio" and outer == b"stbl"):
            self._table(part)
        elif part.kind == b"tfhd":
            self._fragment(self._content(part))
        elif part.kind == b"tfra":
            self._fragments(self._content(part))
        elif part.kind == b"sidx":
            self._index(self._content(part), part.end)
        elif part.kind in _HOLDERS:
            self._holder(part)
        else:
            self.coded.update(b"%s%d" % (part.kind, part.end - part.body))
            self.file.seek(part.body)
            hash_next(self.file, part.end - part.body, self.coded)

    def _content(self, part: _Part, size: int = -1) -> bytes:
        self.file.seek(part.body)
        rest = part.end - part.body
        return self.file.read(rest if size < 0 else min(size, rest))

    def _holder(self, part: _Part) -> None:
        # User data that hold nothing but a label are no more than that label.
        mark = part.kind if part.kind != b"udta" else b""
        self.coded.update(mark)
        for inner in _parts(self.file, part.body, part.end):
            self.take(inner, part.kind)
        self.coded.update(mark)

    def _told(self, place: int) -> bytes:
        """A place by the number of the box it is in, and how far from its start."""
        number = bisect.bisect([top.start for top in self.tops], place) - 1
        return b"%d+%d " % (number, place - self.tops[number].start)

    def _table(self, part: _Part) -> None:
        body = self._content(part)
        wide = part.kind == b"co64" or (part.kind == b"saio" and body[0])
        start = 12 if part.kind == b"saio" and body[3] & 1 else 4
        (count,) = struct.unpack_from(">I", body, start)
        count = min(count, (len(body) - start - 4) // (8 if wide else 4))
        places = struct.unpack_from(f">{count}{'Q' if wide else 'I'}", body, start + 4)
        starts = [top.start for top in self.tops]
        tops = [bisect.bisect(starts, place) - 1 for place in places]
        told = [(top, place - starts[top]) for top, place in zip(tops, places, strict=True)]
        self.coded.update(b"places" + body[4:start] + repr(told).encode())

    def _fragment(self, body: bytes) -> None:
        if body[3] & 1:
            (base,) = struct.unpack_from(">Q", body, 8)
            body = body[:8] + self._told(base) + body[16:]
        self.coded.update(b"tfhd" + body)

    def _fragments(self, body: bytes) -> None:
        (widths,) = struct.unpack_from(">I", body, 8)
        rest = sum((widths >> shift & 3) + 1 for shift in (0, 2, 4))
        entry = struct.Struct(f">{'QQ' if body[0] else 'II'}{rest}s")
        (count,) = struct.unpack_from(">I", body, 12)
        self.coded.update(b"tfra" + body[:16])
        for time, place, numbers in entry.iter_unpack(body[16 : 16 + count * entry.size]):
            self.coded.update(b"%d " % time + self._told(place) + numbers)

    def _index(self, body: bytes, end: int) -> None:
        width = 8 if body[0] else 4
        first = int.from_bytes(body[12 + width : 12 + 2 * width], "big")
        self.coded.update(b"sidx" + body[: 12 + width] + self._told(end + first) + body[12 + 2 * width :])

    def _list(self, body: bytes) -> None:
        """A list of metadata: labels by name or by what they say, and every other item with its name."""
        full = b"" if body[4:8] == b"hdlr" else body[:4]
        children = dict(_flat(body[len(full) :]))
        handler = children.pop(b"hdlr", b"")
        keys = [key for _, key in _flat(children.pop(b"keys", b"")[8:])]
        others = []
        for kind, item in _flat(children.pop(b"ilst", b"")):
            number = int.from_bytes(kind, "big")
            keyed = handler[8:12] == b"mdta" and 0 < number <= len(keys)
            name = keys[number - 1] if keyed else kind
            values = dict(reversed(list(_flat(item))))
            free = values.get(b"name", b"")[4:] if kind == b"----" else b""
            value = values.get(b"data", b"")
            text = value[8:].decode("utf-16-be" if value[:4] == b"\0\0\0\2" else "latin-1", "replace")
            if _NAME.fullmatch((name if keyed else free).strip(b"\0 ")) or _TELLTALE.match(
                text.encode("latin-1", "replace")
            ):
                self.labels.append(text.strip("\0 \r\n\t"))
            else:
                others.append((name, item))
        if others or children:
            self.coded.update(repr((full, handler, others, children)).encode())


def _flat(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in a piece of memory: their kinds and contents."""
    while len(data) >= 8:  # noqa: PLR2004 - a header
        (size,) = struct.unpack_from(">I", data)
        yield data[4:8], data[8:size]
        data = data[max(size, 8) :]
