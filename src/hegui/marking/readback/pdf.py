"""PDF from its end: cross-references word by word, objects as the stretches between their places."""

import bisect
import hashlib
import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, labels_in_xmp, length

_BLANK = b"\0\t\n\f\r "
_WORD = re.compile(
    rb"(?P<skip>[\0\t\n\f\r ]+|%[^\r\n]*)|<<|>>|[\[\]]|\(|<[^<>]*>"
    rb"|/[^\0\t\n\f\r ()<>\[\]{}/%]*|[^\0\t\n\f\r ()<>\[\]{}/%]+"
)
_OBJECT = re.compile(rb"[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj")
_RANGE = re.compile(rb"[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+(\d+)(?=[\0\t\n\f\r ])")
_ROW = re.compile(rb"[\0\t\n\f\r ]*(\d+) (\d+) ([nf])")
_STREAM = re.compile(rb"stream(?:\r\n|\r|\n)?")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\n": ""}
_WINDOW = 1 << 16
_LONGEST = 1 << 20
_LARGEST = 1 << 24

_Words = tuple[bytes, ...]
_Entries = dict[bytes, _Words]


def read_back(file: Stream) -> ReadBack:
    """Every label in the information dictionary or the document's packet, and the digest of all else.

    All else are the objects that the file refers to, byte by byte, where they are, and which is the root;
    of the information dictionary, its other entries.
    """
    walk = _Walk(file)
    return ReadBack(labels=tuple(walk.labels), coded=walk.coded.hexdigest())


class _Place(NamedTuple):
    """What a cross-reference says of a number: 1 a byte of the file, 2 a stream of objects, else nothing."""

    kind: int
    where: int
    which: int


class _Walk:
    """One reading."""

    def __init__(self, file: Stream) -> None:
        self._file = file
        self._size = length(file)
        self.labels: list[str] = []
        self.coded = hashlib.sha256()
        self._digests: dict[int, bytes] = {}
        start = int(self._at(max(self._size - _WINDOW, 0), _WINDOW).rpartition(b"startxref")[2].split()[0])
        header = self._at(0, 1 << 10).find(b"%PDF-")
        self._base = header if header > 0 and self._is_section(header + start) else 0
        self._places: dict[int, _Place] = {}
        self._sections: set[int] = set()
        self._bounds = {self._size}
        self._shared: set[int] = set()
        trailer = self._chain(self._base + start)
        self._bounds |= self._sections
        self._stops = sorted(self._bounds)
        self._bounds.clear()
        information = self._information(trailer.get(b"/Info", ()))
        packet = self._packet(trailer[b"/Root"])
        self._hash_objects({number for number in (_number(trailer.get(b"/Info", ())), packet) if number})
        self.coded.update(b" ".join((*trailer[b"/Root"], b"|", *information)))

    def _is_section(self, place: int) -> bool:
        head = self._at(place, 64)
        return head.lstrip(_BLANK).startswith(b"xref") or _OBJECT.match(head) is not None

    def _chain(self, start: int) -> _Entries:
        """Collect all places, the newer first; return what the newest section says of the file."""
        newest: _Entries = {}
        place: int | None = start
        while place is not None:
            self._sections.add(place)
            if self._at(place, 64).lstrip(_BLANK).startswith(b"xref"):
                trailer = self._table(place)
            else:
                trailer = self._rows(place)
            newest = newest or trailer
            previous = int(trailer.get(b"/Prev", (b"0",))[0])
            place = self._base + previous if previous else None
        return newest

    def _table(self, start: int) -> _Entries:
        rows = self._until(start, b"trailer")
        free: dict[int, _Place] = {}
        place = rows.index(b"xref") + len(b"xref")
        while match := _RANGE.match(rows, place):
            first, count = int(match[1]), int(match[2])
            place = match.end()
            for number in range(first, first + count):
                row = _ROW.match(rows, place)
                if row is None:
                    raise EOFError(number)
                place = row.end()
                if row[3] == b"n":
                    self._take(number, _Place(1, int(row[1]), int(row[2])))
                else:
                    free[number] = _Place(0, 0, 0)
        trailer, _ = _dictionary(self._at(start + len(rows), _LONGEST))
        if b"/XRefStm" in trailer:
            hidden = self._base + int(trailer[b"/XRefStm"][0])
            self._sections.add(hidden)
            self._rows(hidden)
        for number, nothing in free.items():
            self._take(number, nothing)
        return trailer

    def _rows(self, start: int) -> _Entries:
        said, rows = _stream(self._until(start, b"endstream"))
        widths = [int(word) for word in said[b"/W"][1:-1]]
        index = [int(word) for word in said.get(b"/Index", (b"[", b"0", *said[b"/Size"], b"]"))[1:-1]]
        position = 0
        for first, count in zip(index[::2], index[1::2], strict=True):
            for number in range(first, first + count):
                if position + sum(widths) > len(rows):
                    break
                fields = []
                for width in widths:
                    fields.append(int.from_bytes(rows[position : position + width], "big"))
                    position += width
                self._take(number, _Place(fields[0] if widths[0] else 1, *fields[1:3]))
        return said

    def _take(self, number: int, place: _Place) -> None:
        self._places.setdefault(number, place)
        if place.kind == 1:
            start = self._base + place.where
            if start in self._bounds:
                self._shared.add(start)
            self._bounds.add(start)

    def _information(self, value: _Words) -> _Words:
        """Take the labels out of the information dictionary; return what else is in it."""
        entries, _ = _dictionary(self._object(value))
        rest: list[bytes] = []
        for key, words in entries.items():
            if _plain(key).upper() in {b"/AIGC", b"/TC260:AIGC"}:
                number = _number(words)
                text = self._object(words).partition(b"obj")[2] if number else words[0]
                self.labels.append(_text(next(iter(_words(text)))[0]))
            else:
                rest += [key, *words]
        return tuple(rest)

    def _packet(self, root: _Words) -> int | None:
        """Take the labels out of the document's packet; return its number."""
        entries, _ = _dictionary(self._object(root))
        reference = entries.get(b"/Metadata", ())
        whole = self._object(reference)
        if b"stream" in whole:
            self.labels += labels_in_xmp(_stream(whole)[1])
        return _number(reference)

    def _object(self, value: _Words) -> bytes:
        """The bytes of an object, from its head on, and of a value that stands where it is meant."""
        number = _number(value)
        if number is None:
            return b" ".join(value)
        place = self._places.get(number, _Place(0, 0, 0))
        if place.kind == 1 and place.where:
            start = self._base + place.where
            return self._at(start, min(self._stop(start) - start, _LARGEST))
        if place.kind == 2:  # noqa: PLR2004 - in a stream
            said, content = _stream(self._object((b"%d" % place.where, b"0", b"R")))
            first = int(said[b"/First"][0])
            listed = content[:first].split()[: 2 * int(said[b"/N"][0])]  # there may be a comment behind
            numbers = [int(word) for word in listed]
            starts = dict(zip(numbers[::2], numbers[1::2], strict=True))
            return b"obj " + content[first + starts[number] :][:_LONGEST]
        return b""

    def _stop(self, start: int) -> int:
        """Where the next thing begins that any cross-reference knows."""
        return self._stops[bisect.bisect_right(self._stops, start)] if start < self._size else start

    def _hash_objects(self, without: set[int]) -> None:
        for number, place in sorted(self._places.items()):
            start = self._base + place.where
            if number in without or place.kind not in {1, 2} or (place.kind == 1 and start in self._sections):
                continue
            self.coded.update(b"%d %d %d " % (number, place.kind, place.which))
            self.coded.update(self._digest(start) if place.kind == 1 and place.where else b"%d" % place.where)

    def _digest(self, start: int) -> bytes:
        """The digest of an object; blanks behind it are nobody's."""
        if start not in self._digests:
            stop = self._stop(start)
            while stop > start:
                window = self._at(max(start, stop - _WINDOW), min(_WINDOW, stop - start))
                kept = len(window.rstrip(_BLANK))
                stop -= len(window) - kept
                if kept:
                    break
            state = hashlib.sha256()
            self._file.seek(start)
            hash_next(self._file, stop - start, state)
            if start not in self._shared:
                return state.digest()
            # Many numbers may lead to one place, and that must not be read again for each.
            self._digests[start] = state.digest()
        return self._digests[start]

    def _until(self, start: int, word: bytes) -> bytes:
        """What stands from a place up to a word, and the word."""
        found, size = b"", _WINDOW
        while word not in found:
            if start + size // 2 > self._size + _WINDOW:
                raise EOFError(word.decode())
            found = self._at(start, size)
            size *= 2
        return found[: found.index(word) + len(word)]

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)


def _words(text: bytes) -> Iterator[tuple[bytes, int]]:
    """The words of an object, each with the place where it ends."""
    place = 0
    while match := _WORD.match(text, place):
        start, place = match.span()
        if match["skip"] is None:
            if match[0] == b"(":
                place = _text_end(text, place)
            yield text[start:place], place


def _text_end(text: bytes, place: int) -> int:
    depth = 1
    while depth:
        character = text[place : place + 1]
        if not character:
            raise EOFError(text[:20].decode("latin-1"))
        depth += (character == b"(") - (character == b")")
        place += 2 if character == b"\\" else 1
    return place


def _dictionary(text: bytes) -> tuple[_Entries, int]:
    """The entries of the first dictionary in a text, and where it ends; none where there is none."""
    entries: dict[bytes, list[bytes]] = {}
    depth = 0
    value: list[bytes] | None = None
    for word, end in _words(text):
        closes = word in {b">>", b"]"}
        depth -= closes
        if closes and not depth:
            return {key: tuple(words) for key, words in entries.items()}, end
        if depth == 1 and word.startswith(b"/") and value != []:
            value = entries.setdefault(word, [])
            value.clear()
        elif depth and value is not None:
            value.append(word)
        depth += word in {b"<<", b"["}
    return {}, 0


def _stream(text: bytes) -> tuple[_Entries, bytes]:
    """What a stream says of itself, and what it holds."""
    said, end = _dictionary(text)
    start = _STREAM.search(text, end)
    if start is None:
        raise EOFError("stream")
    data = text[start.end() :]
    if not set(said.get(b"/Filter", ())) - {b"[", b"]"}:
        size = said.get(b"/Length", (b"",))
        return said, data[: int(size[0])] if len(size) == 1 else data.rpartition(b"endstream")[0]
    expander = zlib.decompressobj()
    content = expander.decompress(data, _LARGEST)
    parameters, _ = _dictionary(b" ".join(said.get(b"/DecodeParms", ())))
    if int(parameters.get(b"/Predictor", (b"1",))[0]) < 10:  # noqa: PLR2004 - the first of PNG's
        return said, content
    columns = int(parameters.get(b"/Columns", (b"1",))[0])
    table = np.frombuffer(content, np.uint8, len(content) // (columns + 1) * (columns + 1))
    kinds, rows = np.split(table.reshape(-1, columns + 1), [1], axis=1)
    if not kinds.any() or (kinds == 2).all():  # noqa: PLR2004 - each row from the one above
        return said, (np.add.accumulate(rows, axis=0, dtype=np.uint8) if kinds.any() else rows).tobytes()
    above = np.zeros(columns, np.uint8)
    result = bytearray()
    for kind, row in zip(kinds.ravel().tolist(), rows, strict=True):
        above = (row, np.add.accumulate(row, dtype=np.uint8), row + above)[kind]
        result += above.tobytes()
    return said, bytes(result)


def _number(value: _Words) -> int | None:
    """The number of the object that a value leads to."""
    return int(value[0]) if len(value) == 3 and value[2] == b"R" else None  # noqa: PLR2004 - 7 0 R


def _plain(name: bytes) -> bytes:
    return re.sub(rb"#(..)", lambda match: bytes.fromhex(match[1].decode()), name)


def _text(word: bytes) -> str:
    if word.startswith(b"<"):
        return bytes.fromhex(word[1:-1].decode()).decode("latin-1")
    text = word[1:-1].decode("latin-1")
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text, flags=re.DOTALL)
