"""TIFF by its pointers: directories first, then every stretch they point at, each once."""

import hashlib
import struct

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, labels_in_xmp

_BYTES = dict(enumerate((0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)))
_DIRECTORIES = (330, 34665, 34853, 40965)
_DATA = {273: 279, 324: 325, 513: 514}
_XMP = 700
_TEXTS = (270, 37510)
_DEEPEST = 8


def read_back(file: Stream) -> ReadBack:
    """Every label in a packet or a text of EXIF, and the digest of all other values and of the pictures.

    Where a value stands is part of the digest, except for packets: nothing else may move.
    """
    return _Walk(file).result()


class _Walk:
    """One reading."""

    def __init__(self, file: Stream) -> None:
        self._file = file
        head = file.read(16)
        order = "<" if head[:2] == b"II" else ">"
        wide = head[2:4] in (b"+\0", b"\0+")
        self._count, self._entry, self._place = (
            struct.Struct(order + kind) for kind in (("Q", "HHQ8s", "Q") if wide else ("H", "HHI4s", "I"))
        )
        self._order = order
        self._labels: list[str] = []
        self._coded = hashlib.sha256(head[:4])
        self._stretches: set[tuple[int, int]] = set()
        (first,) = self._place.unpack_from(head, 8 if wide else 4)
        self._chain(first)

    def result(self) -> ReadBack:
        """What was found, after reading what the directories point at."""
        position = 0
        for start, end in sorted(self._stretches):
            self._file.seek(max(start, position))
            hash_next(self._file, end - max(start, position), self._coded)
            position = max(end, position)
        return ReadBack(labels=tuple(self._labels), coded=self._coded.hexdigest())

    def _chain(self, start: int, depth: int = 0) -> None:
        while start and depth < _DEEPEST:
            start = self._directory(start, depth)
            self._coded.update(b"next")

    def _directory(self, start: int, depth: int) -> int:
        self._file.seek(start)
        (count,) = self._count.unpack(self._file.read(self._count.size))
        rows = [self._entry.unpack(self._file.read(self._entry.size)) for _ in range(count)]
        following = self._file.read(self._place.size)
        numbers = {}
        for tag, kind, length, field in rows:
            size = length * _BYTES.get(kind, 0)
            (place,) = self._place.unpack(field)
            inline = size <= len(field)
            if tag == _XMP:
                self._labels += labels_in_xmp(self._at(place, size))
            elif tag in _TEXTS:
                value = field if inline else self._at(place, size)
                self._labels += (
                    [value.decode("latin-1")] if b"AIGC" in value.replace(b"\0", b"").upper() else []
                )
            else:
                self._coded.update(struct.pack("<HHQ8s", tag, kind, length, field))
                if not inline:
                    self._stretches.add((place, place + size))
            if tag in (*_DIRECTORIES, *_DATA, *_DATA.values()):
                numbers[tag] = self._numbers(kind, field[:size] if inline else self._at(place, size))
        for tag, sizes in _DATA.items():
            pairs = zip(numbers.get(tag, ()), numbers.get(sizes, ()), strict=False)
            self._stretches |= {(place, place + size) for place, size in pairs}
        for tag in _DIRECTORIES:
            for place in numbers.get(tag, ()):
                self._chain(place, depth + 1)
        return int(self._place.unpack(following)[0]) if len(following) == self._place.size else 0

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)

    def _numbers(self, kind: int, value: bytes) -> list[int]:
        code = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}.get(kind)
        width = struct.calcsize(code) if code else 1
        return (
            [
                number
                for (number,) in struct.iter_unpack(self._order + code, value[: len(value) // width * width])
            ]
            if code
            else []
        )
