"""HEIF by its items: what each consists of is looked up through the tables, as a viewer does."""

import hashlib
import itertools
import struct
from typing import Any

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, labels_in_xmp

_RDF = b"application/rdf+xml"
_METADATA = ("xmp", "exif")
_LARGEST = 1 << 24
_MOST_TIMES = 4  # that each byte is read: items may share what they consist of


def read_back(file: Stream) -> ReadBack:
    """Every label in an XMP item or box, and the digest of every other item, its properties and all boxes.

    Of places, only what stands there is part of the digest: pictures may move, and must not change.
    """
    walk = _Walk(file)
    return ReadBack(labels=tuple(walk.labels), coded=walk.coded.hexdigest())


class _Walk:
    """One reading."""

    def __init__(self, file: Stream) -> None:
        self._file = file
        self.labels: list[str] = []
        self.coded = hashlib.sha256()
        self._digests: dict[tuple[int, int], bytes] = {}
        file.seek(0, 2)
        self._size = file.tell()
        self._left = _MOST_TIMES * self._size
        for kind, start, end in self._boxes(0, self._size):
            if kind == b"meta":
                self._meta(start + 4, end)
            elif kind == b"moov":
                self._movie(start, end)
            elif kind == b"uuid" and self._at(start, 16).hex() == "be7acfcb97a942e89c71999491e3afac":
                self.labels += labels_in_xmp(self._at(start + 16, min(end - start, _LARGEST)))
            elif kind != b"mdat":
                self.coded.update(kind + self._digest(start, end - start))

    def _boxes(self, start: int, end: int) -> list[tuple[bytes, int, int]]:
        found = []
        while start < end:
            size, kind = struct.unpack(">I4s", self._at(start, 8))
            head = 8
            if size == 1:
                head, (size,) = 16, struct.unpack(">Q", self._at(start + 8, 8))
            size = size or end - start
            found.append((kind, start + head, start + size))
            start += size
        return found

    def _meta(self, start: int, end: int) -> None:
        parts = {kind: (first, last) for kind, first, last in self._boxes(start, end)}
        kinds = self._kinds(*parts[b"iinf"])
        store = parts.get(b"idat", (0, 0))[0]
        for number, method, extents in sorted(self._extents(*parts[b"iloc"])):
            kind = kinds.get(number, b"")
            moved = [(place + store * (method == 1), size) for place, size in extents]
            if kind == "xmp":
                self.labels += labels_in_xmp(b"".join(self._at(*extent) for extent in moved))
            elif kind not in _METADATA:
                content = b"".join(self._digest(*extent) if method < 2 else b"" for extent in moved)  # noqa: PLR2004 - the methods there are
                self.coded.update(struct.pack(">II", number, len(moved)) + content)
        for kind, (first, last) in sorted(parts.items()):
            if kind == b"iref":
                self._references(first, last, kinds)
            elif kind not in {b"iinf", b"iloc", b"idat"}:
                self.coded.update(kind + self._digest(first, last - first))
        self.coded.update(repr(sorted(item for item in kinds.items() if item[1] != "xmp")).encode())

    def _kinds(self, start: int, end: int) -> dict[int, Any]:
        """What each item is: the whole of its entry, but for metadata."""
        kinds: dict[int, Any] = {}
        skip = 6 if self._at(start, 1) == b"\0" else 8
        for _, first, last in self._boxes(start + skip, end):
            entry = self._at(first, min(last - first, _LARGEST))
            wide = entry[0] == 3  # noqa: PLR2004 - a version
            number = int.from_bytes(entry[4 : 8 if wide else 6], "big")
            kind = entry[10:14] if wide else entry[8:12]
            if _RDF in entry.lower():
                kinds[number] = "xmp"
            else:
                kinds[number] = "exif" if kind == b"Exif" else entry
        return kinds

    def _extents(self, start: int, end: int) -> list[tuple[int, int, list[tuple[int, int]]]]:
        table = self._at(start, end - start)
        version, sizes = table[0], [nibble for byte in table[4:6] for nibble in divmod(byte, 16)]
        numbers = iter(table[6:])

        def take(width: int) -> int:
            return int.from_bytes(bytes(itertools.islice(numbers, width)), "big")

        wide = 4 if version == 2 else 2  # noqa: PLR2004 - a version
        result = []
        for _ in range(take(wide)):
            number = take(wide)
            method = take(2) if version else 0
            elsewhere = take(2)
            base = take(sizes[2])
            extents = []
            for _ in range(take(2)):
                take(sizes[3] if version else 0)
                extents.append((base + take(sizes[0]), take(sizes[1])))
            result.append((number, 3 if elsewhere else method, extents))
        return result

    def _references(self, start: int, end: int, kinds: dict[int, Any]) -> None:
        wide = 2 + 2 * self._at(start, 1)[0]
        for kind, first, last in self._boxes(start + 4, end):
            number = int.from_bytes(self._at(first, wide), "big")
            if kinds.get(number) != "xmp":
                self.coded.update(kind + self._digest(first, last - first))

    def _movie(self, start: int, end: int) -> None:
        """Everything in a movie; of the places of its chunks, what stands there."""
        for kind, first, last in self._boxes(start, end):
            if kind in {b"trak", b"mdia", b"minf", b"stbl"}:
                self.coded.update(kind)
                self._movie(first, last)
            elif kind in {b"stco", b"co64"}:
                self._chunks(kind, first, self._sizes(start, end))
            else:
                self.coded.update(kind + self._digest(first, last - first))

    def _chunks(self, kind: bytes, first: int, sizes: list[int]) -> None:
        width = 4 if kind == b"stco" else 8
        (count,) = struct.unpack(">I", self._at(first + 4, 4))
        places = self._at(first + 8, count * width)
        for index, size in zip(range(count), sizes, strict=False):
            place = int.from_bytes(places[index * width : (index + 1) * width], "big")
            self.coded.update(self._digest(place, size))

    def _sizes(self, start: int, end: int) -> list[int]:
        """How long each chunk of a track is, by the sample tables."""
        tables = {kind: self._at(first, last - first) for kind, first, last in self._boxes(start, end)}
        common, count = struct.unpack_from(">II", tables[b"stsz"], 4)
        samples = [common] * count if common else list(struct.unpack_from(f">{count}I", tables[b"stsz"], 12))
        (runs,) = struct.unpack_from(">I", tables[b"stsc"], 4)
        rows = [struct.unpack_from(">II", tables[b"stsc"], 8 + 12 * run) for run in range(runs)]
        ends = [first for first, _ in rows[1:]] + [len(samples) + 1]
        sizes, taken = [], 0
        for (first, per_chunk), following in zip(rows, ends, strict=True):
            for _ in range(following - first):
                sizes.append(sum(samples[taken : taken + per_chunk]))
                taken += per_chunk
        return sizes

    def _digest(self, place: int, size: int) -> bytes:
        """The digest of a stretch of the file."""
        if (place, size) not in self._digests:
            state = hashlib.sha256(str(size).encode())
            self._left -= min(size, self._size)
            if self._left >= 0:
                self._file.seek(place)
                hash_next(self._file, size, state)
            self._digests[place, size] = state.digest()
        return self._digests[place, size]

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)
