"""The objects of a PDF as they stand in its bytes: numbers, names, texts, arrays, dictionaries, streams.

What is read keeps its place, so that the rest of a dictionary can be copied as it stands. Nothing here
follows a reference: where objects are is the matter of :mod:`hegui.marking.formats.pdffile`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np

from hegui.marking.candidates import LARGEST_VALUE, Allowance, fault
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer

BLANK = rb"[\0\t\n\f\r ]"
"""What stands between two words, as a regular expression."""

_DEEPEST = 64
_TOKEN = re.compile(
    rb"(?:%(blank)s++|%%[^\r\n]*+)*+(?:"
    rb"(?P<reference>(\d{1,10})%(blank)s++(\d{1,5})%(blank)s++R(?![^\0\t\n\f\r \[\]()<>/%%{}]))"
    rb"|(?P<number>[+-]?[\d.]{1,40}+)"
    rb"|/(?P<name>[^\0\t\n\f\r \[\]()<>/%%{}]*+)"
    rb"|(?P<dictionary><<)|(?P<closed>>>)|(?P<array>\[)|(?P<ended>\])"
    rb"|<(?P<digits>[\0\t\n\f\r 0-9A-Fa-f]*+)>|(?P<text>\()|(?P<word>true|false|null))" % {b"blank": BLANK}
)
_TEXT_PART = re.compile(rb"[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))|\r\n?", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_HEAD = re.compile(rb"%(blank)s*+(\d{1,10})%(blank)s++(\d{1,5})%(blank)s++obj" % {b"blank": BLANK})
_STREAM = re.compile(rb"(?:%(blank)s++|%%[^\r\n]*+)*+stream(?:\r\n|\n|\r)?" % {b"blank": BLANK})
_STREAM_END = re.compile(rb"%(blank)s*+endstream" % {b"blank": BLANK})
_WORDS = {b"true": True, b"false": False, b"null": None}
_SPECIAL = re.compile(rb"[()\\]")

_FLATE = ("FlateDecode", "Fl")
_FIRST_PNG_PREDICTOR = 10
_SUB, _UP = 1, 2
_SIZES = (("BitsPerComponent", 8), ("Colors", 1), ("Columns", 1))
_BYTE_BITS = 8


class BrokenPdf(ValueError):
    """Something in a PDF is not what it should be.

    Attributes:
        fault: where, and why.
    """

    def __init__(self, offset: int, *, zh: str, en: str) -> None:
        """Say where and why."""
        super().__init__(en)
        self.fault: Fault = fault(offset, zh=zh, en=en)


class Name(str):
    """A name, without its stroke."""

    __slots__ = ()


class Reference(NamedTuple):
    """Where another object is asked for."""

    number: int
    generation: int


class CosEntry(NamedTuple):
    """One entry of a dictionary: ``start`` is where its key begins, ``end`` where its value ends."""

    key: str
    value: "Value"
    start: int
    end: int


class Dictionary(NamedTuple):
    """A dictionary with its brackets. Keys should differ; where they do not, the last counts."""

    entries: tuple[CosEntry, ...]
    start: int
    end: int

    def get(self, key: str) -> "Value":
        """What stands under a key; ``None`` where nothing does."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), None)


Value: TypeAlias = "bool | int | float | bytes | Name | Reference | list[Value] | Dictionary | None"
"""An object; a text is ``bytes``."""


class NumberedObject(NamedTuple):
    """An object with a number.

    Attributes:
        number: how references call it.
        generation: how often the number was used before.
        value: the object; of a stream, its dictionary.
        data: the stream's first byte; ``None`` where it is no stream.
        end: where the reading ended.
    """

    number: int
    generation: int
    value: Value
    data: int | None
    end: int


def value_at(data: Buffer, place: int, limit: int) -> tuple[Value, int]:
    """The object that begins at a place, and where it ends.

    Args:
        data: the file, or the content of an object stream.
        place: where to begin.
        limit: where the bytes end.

    Raises:
        BrokenPdf: there is none, or it is longer than any that is read.
    """
    reader = _Reader(data, place, min(limit, place + LARGEST_VALUE))
    return reader.value(0), reader.place


def begins(data: Buffer, place: int, limit: int) -> bool:
    """Whether an object with a number begins at a place."""
    return _HEAD.match(data, place, limit) is not None


def numbered_at(data: Buffer, place: int, limit: int) -> NumberedObject:
    """The object with a number that begins at a place.

    Raises:
        BrokenPdf: there is none.
    """
    head = _HEAD.match(data, place, limit) if 0 <= place < limit else None
    if head is None:
        raise BrokenPdf(place, zh="此处应有一个对象", en="an object should begin here")
    value, end = value_at(data, head.end(), limit)
    stream = _STREAM.match(data, end, limit) if isinstance(value, Dictionary) else None
    start = None if stream is None else stream.end()
    return NumberedObject(int(head[1]), int(head[2]), value, start, start or end)


def stream_end(data: Buffer, start: int, length: Value, limit: int) -> int:
    """Where a stream ends: where its length says, or, if that is wrong, where the word for it stands.

    Raises:
        BrokenPdf: it does not end.
    """
    if isinstance(length, int) and 0 <= length <= limit - start:
        end = start + length
        if _STREAM_END.match(data, end, limit):
            return end
    end = data.find(b"endstream", start, limit)
    if end < 0:
        raise BrokenPdf(start, zh="流没有结束", en="a stream does not end")
    return end


def expanded(dictionary: Dictionary, data: bytes, allowance: Allowance, *, offset: int) -> bytes:
    """The content of a stream.

    Args:
        dictionary: what the stream says of itself.
        data: its bytes.
        allowance: how much may still be read.
        offset: where it stands.

    Raises:
        BrokenPdf: it is encoded in a way not known here, wrongly, or becomes too large.
    """
    filters, parameters = _listed(dictionary.get("Filter")), _listed(dictionary.get("DecodeParms"))
    if "F" in {entry.key for entry in dictionary.entries} or filters not in (
        [],
        *([name] for name in _FLATE),
    ):
        raise BrokenPdf(
            offset, zh="流的编码方式不认识", en="a stream is encoded in a way that is not read here"
        )
    if not filters:
        return data
    result = allowance.expanded(data)
    if result is None:
        raise BrokenPdf(
            offset,
            zh="压缩的流无法解开，或过大",
            en="a compressed stream cannot be expanded, or becomes too large",
        )
    return _unpredicted(result, parameters[0], offset) if parameters else result


def escaped(text: bytes) -> bytes:
    """The text as a literal one."""
    return b"(" + _SPECIAL.sub(rb"\\\g<0>", text) + b")"


class _Reader:
    """One reading of one object."""

    def __init__(self, data: Buffer, place: int, limit: int) -> None:
        self._data = data
        self.place = place
        self._limit = limit

    def value(self, depth: int) -> Value:
        kind, match = self._token()
        if kind in {"dictionary", "array"} and depth == _DEEPEST:
            raise self._broken()
        if kind == "dictionary":
            return self._dictionary(match.start(kind), depth + 1)
        if kind == "array":
            return self._array(depth + 1)
        return self._single(kind, match)

    def _single(self, kind: str, match: re.Match[bytes]) -> Value:
        if kind == "reference":
            return Reference(int(match[2]), int(match[3]))
        if kind == "number":
            return self._number(match[kind])
        if kind == "name":
            return _name(match[kind])
        if kind == "digits":
            return _from_digits(match[kind])
        if kind == "text":
            return self._text()
        if kind == "word":
            return _WORDS[match[kind]]
        raise self._broken()

    def _token(self) -> tuple[str, re.Match[bytes]]:
        match = _TOKEN.match(self._data, self.place, self._limit)
        if match is None:
            raise self._broken()
        self.place = match.end()
        return str(match.lastgroup), match

    def _dictionary(self, start: int, depth: int) -> Dictionary:
        entries: list[CosEntry] = []
        while True:
            kind, match = self._token()
            if kind == "closed":
                return Dictionary(tuple(entries), start, self.place)
            if kind != "name":
                raise self._broken()
            key = match.start(kind) - 1
            value = self.value(depth)
            entries.append(CosEntry(_name(match[kind]), value, key, self.place))

    def _array(self, depth: int) -> list[Value]:
        values: list[Value] = []
        while True:
            here = self.place
            if self._token()[0] == "ended":
                return values
            self.place = here
            values.append(self.value(depth))

    def _number(self, digits: bytes) -> int | float:
        try:
            return float(digits) if b"." in digits else int(digits)
        except ValueError:
            raise self._broken() from None

    def _text(self) -> bytes:
        start, depth = self.place, 1
        while depth:
            match = _TEXT_PART.match(self._data, self.place, self._limit)
            end = self.place if match is None else match.end()
            mark = self._data[end : min(end + 1, self._limit)]
            if mark not in {b"(", b")"}:
                raise self._broken()
            depth += 1 if mark == b"(" else -1
            self.place = end + 1
        return _ESCAPE.sub(_unescaped, self._data[start : self.place - 1])

    def _broken(self) -> BrokenPdf:
        return BrokenPdf(self.place, zh="对象的写法有误", en="an object is not written as one")


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, character = match.groups()
    if octal is not None:
        return bytes((int(octal, 8) & 0xFF,))
    if character is None:
        return b"\n"
    return b"" if character in {b"\n", b"\r", b"\r\n"} else _ESCAPED.get(character, character)


def _name(text: bytes) -> Name:
    return Name(_NAME_ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), text).decode("latin-1"))


def _from_digits(digits: bytes) -> bytes:
    packed = b"".join(digits.translate(None, b"\0").split()).decode()
    return bytes.fromhex(packed + "0" * (len(packed) % 2))


def _listed(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _unpredicted(data: bytes, parameters: Value, offset: int) -> bytes:
    """The rows that were written as their difference from the row above, or from the byte before."""
    predictor = parameters.get("Predictor") if isinstance(parameters, Dictionary) else None
    if not isinstance(parameters, Dictionary) or predictor in {None, 1}:
        return data
    sizes = [_size(parameters.get(key), default) for key, default in _SIZES]
    if not isinstance(predictor, int) or predictor < _FIRST_PNG_PREDICTOR or 0 in sizes:
        raise _not_predicted(offset)
    pixel = -(-sizes[0] * sizes[1] // _BYTE_BITS)
    length = -(-sizes[0] * sizes[1] * sizes[2] // _BYTE_BITS)
    rows = np.frombuffer(data, np.uint8, len(data) // (length + 1) * (length + 1)).reshape(-1, length + 1)
    kinds, rows = rows[:, 0], rows[:, 1:]
    if not kinds.any():
        return rows.tobytes()
    if (kinds == _UP).all():
        return np.cumsum(rows, axis=0, dtype=np.uint8).tobytes()
    if len(data) > LARGEST_VALUE:
        raise _not_predicted(offset)
    return b"".join(_one_by_one(kinds.tolist(), rows.tobytes(), length, pixel, offset))


def _one_by_one(kinds: list[int], data: bytes, length: int, pixel: int, offset: int) -> Iterator[bytes]:
    """Rows of different kinds, which is slow."""
    above = bytes(length)
    for index, kind in enumerate(kinds):
        row = data[index * length : (index + 1) * length]
        if kind == _UP:
            row = bytes((one + other) & 0xFF for one, other in zip(row, above, strict=True))
        elif kind == _SUB:
            row = _summed(row, pixel)
        elif kind:
            raise _not_predicted(offset)
        yield row
        above = row


def _summed(row: bytes, pixel: int) -> bytes:
    result = bytearray(row)
    for place in range(pixel, len(result)):
        result[place] = (result[place] + result[place - pixel]) & 0xFF
    return bytes(result)


def _size(value: Value, default: int) -> int:
    if value is None:
        return default
    return value if isinstance(value, int) and 0 < value <= LARGEST_VALUE else 0


def _not_predicted(offset: int) -> BrokenPdf:
    return BrokenPdf(
        offset, zh="流的预测方式不认识", en="a stream is predicted in a way that is not read here"
    )
