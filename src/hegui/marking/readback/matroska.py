"""Matroska and WebM element by element, with every place by what it leads to."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.readback.proof import Hash, ReadBack, Stream, hash_next, length

_SEGMENT = 0x18538067
_SEEK_HEAD = 0x114D9B74
_SEEK_ID = 0x53AB
_SEEK_POSITION = 0x53AC
_TAGS = 0x1254C367
_SIMPLE_TAG = 0x67C8
_TAG_NAME = 0x45A3
_TAG_STRING = 0x4487
_CUES = 0x1C53BB6B
_CUE_CLUSTER = 0xF1
_CLUSTER = 0x1F43B675
_VOID = 0xEC
_CHECKSUM = 0xBF
# A writer of labels makes the lists lead to its tags.
_LED_BY_WRITER = {"1254c367", "114d9b74"}
_UNCOUNTED = {_VOID, _CHECKSUM}


class _Part(NamedTuple):
    """An element: its identifier, its place, and its content's."""

    name: int
    start: int
    body: int
    end: int


def read_back(file: Stream) -> ReadBack:
    """Every label in a tag, and the digest of everything else.

    Empty space and the lists of what is where do not count by themselves: what counts is which kinds of
    elements such a list leads to, and that each cue leads to the same cluster.
    """
    labels: list[str] = []
    coded = hashlib.sha256()
    end = length(file)
    for outer in _parts(file, 0, end):
        if outer.name != _SEGMENT:
            _feed(coded, file, outer)
            continue
        coded.update(_missing(file, outer, end))
        parts = list(_parts(file, outer.body, outer.end))
        names = {part.start - outer.body: part.name for part in parts}
        clusters = [part.start - outer.body for part in parts if part.name == _CLUSTER]
        leads = set()
        for part in parts:
            if part.name == _TAGS:
                labels += _tags(coded, file, part)
            elif part.name == _SEEK_HEAD:
                leads |= _leads(file, part, names)
            elif part.name == _CUES:
                coded.update(repr(_cues(file, part, clusters)).encode())
            elif part.name not in _UNCOUNTED:
                _feed(coded, file, part)
        coded.update(repr(sorted(leads)).encode())
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _missing(file: Stream, segment: _Part, end: int) -> bytes:
    """By how much the length that the segment says differs from what there is of it."""
    file.seek(segment.start)
    _number(file)
    _, size, unknown = _number(file)
    return b"unknown" if unknown else b"%d" % (segment.body + size - end)


def _feed(sink: Hash, file: Stream, part: _Part) -> None:
    sink.update(b"%x:%d" % (part.name, part.end - part.body))
    file.seek(part.body)
    hash_next(file, part.end - part.body, sink)


def _number(file: Stream) -> tuple[int, int, bool]:
    """A number of one to eight bytes: with its mark, without it, and whether it stands for unknown."""
    first = file.read(1)
    if not first:
        return 0, 0, False
    width = 9 - first[0].bit_length()
    marked = int.from_bytes(first + file.read(width - 1), "big")
    plain = marked & (1 << 7 * width) - 1
    return marked, plain, plain == (1 << 7 * width) - 1


def _parts(file: Stream, position: int, end: int) -> Iterator[_Part]:
    """The elements up to ``end``; a cluster of unknown length ends at once, and its content follows it."""
    while position < end:
        file.seek(position)
        name, _, _ = _number(file)
        _, size, unknown = _number(file)
        body = file.tell()
        if not unknown:
            stop = min(body + size, end)
        elif name == _SEGMENT:
            stop = end
        else:
            stop = body
        yield _Part(name, position, body, stop)
        position = stop


def _content(file: Stream, part: _Part) -> bytes:
    file.seek(part.body)
    return file.read(max(part.end - part.body, 0))


def _tags(sink: Hash, file: Stream, tags: _Part) -> list[str]:
    """The labels in a list of tags; what else is in it counts, tag by tag."""
    labels = []
    targets = b""
    first = True
    for tag in _parts(file, tags.body, tags.end):
        if tag.name == _CHECKSUM and first:
            file.seek(tag.end)
            fits = zlib.crc32(file.read(tags.end - tag.end)) == int.from_bytes(_content(file, tag), "little")
            sink.update(b"" if fits else b"damaged")
        first = False
        if tag.name in _UNCOUNTED:
            continue
        others: list[object] = []
        for item in _parts(file, tag.body, tag.end):
            if item.name == _SIMPLE_TAG:
                found, rest = _simple(file, item)
                labels += found
                others += rest
            else:
                targets = _content(file, item)
        if others:
            sink.update(repr((targets, others)).encode())
    return labels


def _simple(file: Stream, tag: _Part) -> tuple[list[str], list[object]]:
    """The labels that a simple tag is or holds, and the rest of it."""
    label = _label(file, tag)
    if label is not None:
        return [label], []
    labels: list[str] = []
    rest: list[object] = []
    for item in _parts(file, tag.body, tag.end):
        if item.name == _SIMPLE_TAG:
            found, inner = _simple(file, item)
            labels += found
            rest += inner
        else:
            rest.append((item.name, _content(file, item)))
    return labels, [rest]


def _label(file: Stream, tag: _Part) -> str | None:
    values = {part.name: _content(file, part) for part in _parts(file, tag.body, tag.end)}
    name = values.get(_TAG_NAME, b"").strip(b"\0 ").upper()
    return values.get(_TAG_STRING, b"").decode("latin-1") if name in {b"AIGC", b"TC260:AIGC"} else None


def _leads(file: Stream, head: _Part, names: dict[int, int]) -> set[str]:
    """The kinds of elements that a list leads to, and which of its entries lead astray."""
    leads = set()
    for seek in _parts(file, head.body, head.end):
        if seek.name in _UNCOUNTED:
            continue
        values = {part.name: _content(file, part) for part in _parts(file, seek.body, seek.end)}
        name = values.get(_SEEK_ID, b"").hex()
        place = int.from_bytes(values.get(_SEEK_POSITION, b""), "big")
        right = names.get(place) == int(name or "0", 16)
        if name not in _LED_BY_WRITER:
            leads.add(name if right else f"{name} astray")
    return leads


def _cues(file: Stream, cues: _Part, clusters: list[int]) -> list[object]:
    """The content of the cues, with each cluster by its number in place of its place."""
    told: list[object] = []
    numbers = {place: number for number, place in enumerate(clusters)}
    for point in _parts(file, cues.body, cues.end):
        if point.name in _UNCOUNTED:
            continue
        for part in _parts(file, point.body, point.end):
            told.append((part.name, _content(file, part)) if part.end - part.body <= 8 else part.name)  # noqa: PLR2004 - a number
            for inner in _parts(file, part.body, part.end) if part.name == 0xB7 else ():  # noqa: PLR2004 - places on a track
                content = _content(file, inner)
                place = numbers.get(int.from_bytes(content, "big"), "astray")
                told.append((inner.name, place if inner.name == _CUE_CLUSTER else content))
    return told
