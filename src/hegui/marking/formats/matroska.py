"""Matroska and WebM: the label is a simple tag called AIGC, as the video guide TC260-PG-20257A says.

Nothing that is there moves. The tags with the label stand at the end of the segment, where they may grow,
and the list of what is where at its head, which has empty space behind it, leads to them. A live recording
has neither such a list nor cues: readers go through it from the front, and its tags stand before its first
cluster.
"""

import itertools
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking.candidates import LARGEST_PACKET, LARGEST_VALUE, Candidate, decoded, fault, names_label
from hegui.marking.formats import ebml
from hegui.marking.formats.ebml import Element
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.matroska import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_SEEK_HEAD = b"\x11\x4d\x9b\x74"
_SEEK = b"\x4d\xbb"
_SEEK_ID = b"\x53\xab"
_SEEK_POSITION = b"\x53\xac"
_CLUSTER = b"\x1f\x43\xb6\x75"
_CUES = b"\x1c\x53\xbb\x6b"
_TAGS = b"\x12\x54\xc3\x67"
_TAG = b"\x73\x73"
_TARGETS = b"\x63\xc0"
_SIMPLE_TAG = b"\x67\xc8"
_TAG_NAME = b"\x45\xa3"
_TAG_STRING = b"\x44\x87"
_CHECKSUM_BYTES = 6
_DEEPEST = 8


class _Tags(NamedTuple):
    """A list of tags without its labels: what is left in it, and how many labels there were."""

    element: Element
    kept: bytes
    labels: int


class _Segment(NamedTuple):
    """The segment: its element, where it ends, what it consists of, and its lists of tags."""

    element: Element
    end: int
    parts: list[Element]
    tags: list[_Tags]


class _Seek(NamedTuple):
    """An entry in a list of what is where: its bytes, what it leads to, and where that is in the segment."""

    raw: bytes
    name: bytes
    place: int


def _recognises(data: Buffer) -> bool:
    return data[: len(_EBML)] == _EBML


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _parts(data):
        if isinstance(item, Fault):
            yield item
        elif item.name == _TAGS:
            if item.end - item.body > LARGEST_PACKET:
                yield fault(item.start, zh="标签过长，没有读取", en="tags too long to be read")
            else:
                yield from _labels(data, item, 0)


def _labels(data: Buffer, parent: Element, depth: int) -> Iterator[Candidate | Fault]:
    """The labels in a list of tags, in a tag of it, or in a simple tag."""
    for item in ebml.inside(data, parent):
        if isinstance(item, Fault):
            yield item
        elif item.name in {_TAG, _SIMPLE_TAG} and depth < _DEEPEST:
            if item.name == _SIMPLE_TAG and _is_label(data, item):
                yield _candidate(data, item)
            yield from _labels(data, item, depth + 1)


def _candidate(data: Buffer, tag: Element) -> Candidate | Fault:
    value = _child(data, tag, _TAG_STRING)
    if len(value) > LARGEST_VALUE:
        return fault(tag.start, zh="标识的值过长", en="the value of a label is too long")
    return Candidate(value=decoded(value).strip("\0 \r\n\t"), carrier=Carrier.MATROSKA_TAG, offset=tag.start)


def _is_label(data: Buffer, tag: Element) -> bool:
    return names_label(decoded(_child(data, tag, _TAG_NAME)))


def _child(data: Buffer, parent: Element, name: bytes) -> bytes:
    """What the child called ``name`` holds; nothing where there is none."""
    for item in ebml.inside(data, parent):
        if isinstance(item, Element) and item.name == name:
            return ebml.content(data, item)
    return b""


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    segment = _segment(data)
    tag = _label_tag(label.bare())
    heads = [part for part in segment.parts if part.name == _SEEK_HEAD]
    home = _home(segment, seekable=bool(heads) or any(part.name == _CUES for part in segment.parts))
    if isinstance(home, Element):
        kept = next(tags.kept for tags in segment.tags if tags.element is home)
        splices = [Splice(home.start, home.end, _tags(kept + tag, data, home))]
        place = home.start
    else:
        splices = [Splice(home, home, ebml.made(_TAGS, tag))]
        place = home
    gone = set()
    for tags in segment.tags:
        if tags.labels and tags.element is not home:
            splices.append(_shrunk(data, tags))
            if not tags.kept:
                gone.add(tags.element.start - segment.element.body)
    if heads:
        splices += _led_to(data, segment, heads, place, gone)
    return (*splices, *_resized(segment, splices))


def _home(segment: _Segment, *, seekable: bool) -> Element | int:
    """The list of tags that may grow and takes the label, or the place for a new one."""
    last = segment.parts[-1]
    if last.name == _TAGS:
        return last
    first = next((part.start for part in segment.parts if part.name == _CLUSTER), segment.end)
    if seekable or first == segment.end:
        return segment.end
    before = (tags.element for tags in segment.tags if tags.element.start < first)
    return next(before, first)


def _tags(kept: bytes, data: Buffer, old: Element) -> bytes:
    """A list of tags in place of an old one, with a checksum if that had one."""
    if data[old.body : old.body + 1] == ebml.CHECKSUM:
        return ebml.made(_TAGS, _checked(kept))
    return ebml.made(_TAGS, kept)


def _checked(body: bytes) -> bytes:
    return ebml.made(ebml.CHECKSUM, zlib.crc32(body).to_bytes(4, "little")) + body


def _shrunk(data: Buffer, tags: _Tags) -> Splice:
    """The list of tags without its labels, and empty space for the rest, so that nothing moves."""
    start, end = tags.element.start, tags.element.end
    left = _tags(tags.kept, data, tags.element) if tags.kept else b""
    return Splice(start, end, left + ebml.void(end - start - len(left)))


def _label_tag(text: str) -> bytes:
    """A tag of the whole file: one without targets."""
    simple = ebml.made(_TAG_NAME, ELEMENT.encode()) + ebml.made(_TAG_STRING, text.encode())
    return ebml.made(_TAG, ebml.made(_TARGETS, b"") + ebml.made(_SIMPLE_TAG, simple))


def _resized(segment: _Segment, splices: list[Splice]) -> tuple[Splice, ...]:
    """What makes the segment say that it has grown; places in it count from where its content begins."""
    element = segment.element
    growth = sum(len(splice.data) - (splice.end - splice.start) for splice in splices)
    if not element.known or not growth:
        return ()
    new, width = element.end - element.body + growth, element.body - element.size
    width = width if ebml.fits(new, width) else ebml.LONGEST_NUMBER
    return (Splice(element.size, element.body, ebml.length(new, width)),)


def _led_to(
    data: Buffer, segment: _Segment, heads: list[Element], place: int, gone: set[int]
) -> list[Splice]:
    """What makes the list of what is where lead to the tags at ``place``, and no longer to those ``gone``.

    The list and the empty space behind it keep their length together. Where the entry does not fit, a second
    list before the tags takes all entries, and the first leads to it.
    """
    base = segment.element.body
    seeks = [seek for head in heads for seek in _seeks(data, head)]
    kept = [seek for seek in seeks if seek.name != _TAGS or seek.place not in gone]
    if len(kept) == len(seeks) and any(seek.name == _TAGS and seek.place == place - base for seek in seeks):
        return []
    first = heads[0]
    room = _room(segment, first)
    mine = b"".join(seek.raw for seek in _seeks(data, first) if seek.name != _TAGS or seek.place not in gone)
    checked = data[first.body : first.body + 1] == ebml.CHECKSUM
    for width in (8, 7, 4, 3, 2):
        fitting = _fitted(mine + _seek(_TAGS, place - base, width), room, checked=checked)
        if fitting is not None and (place - base).bit_length() <= 8 * width:
            return [Splice(first.start, first.start + room, fitting)]
    return _second_list(segment, first, room, kept, place)


def _second_list(segment: _Segment, first: Element, room: int, kept: list[_Seek], place: int) -> list[Splice]:
    base = segment.element.body
    length = 0
    second = b""
    # The list stands before the tags it leads to, so its own length counts.
    while len(second) != length or not second:
        length = len(second)
        entries = b"".join(seek.raw for seek in kept if seek.name != _SEEK_HEAD)
        second = ebml.made(_SEEK_HEAD, entries + _seek(_TAGS, place - base + length, ebml.LONGEST_NUMBER))
    width = ((place - base).bit_length() + 7) // 8
    fitting = _fitted(_seek(_SEEK_HEAD, place - base, width), room, checked=False)
    if fitting is None:
        # Not even one entry has room. The tags are where they should be; readers find them by going through.
        return []
    return [Splice(place, place, second), Splice(first.start, first.start + room, fitting)]


def _fitted(entries: bytes, room: int, *, checked: bool) -> bytes | None:
    """A list of what is where with empty space behind it, ``room`` bytes in all, or ``None`` if too long."""
    head = ebml.made(_SEEK_HEAD, _checked(entries) if checked else entries)
    rest = room - len(head)
    return None if rest < 0 or rest == 1 else head + ebml.void(rest)


def _room(segment: _Segment, head: Element) -> int:
    """The length of the list and of the empty space behind it."""
    following = itertools.takewhile(
        lambda part: part.name == ebml.VOID, (part for part in segment.parts if part.start > head.start)
    )
    return max((part.end for part in following), default=head.end) - head.start


def _seek(name: bytes, place: int, width: int) -> bytes:
    number = (place & (1 << 8 * width) - 1).to_bytes(width, "big")
    return ebml.made(_SEEK, ebml.made(_SEEK_ID, name) + ebml.made(_SEEK_POSITION, number))


def _seeks(data: Buffer, head: Element) -> Iterator[_Seek]:
    """Everything in a list but its checksum and empty space."""
    for item in map(_sound, ebml.inside(data, head)):
        if item.name not in {ebml.CHECKSUM, ebml.VOID}:
            place = int.from_bytes(_child(data, item, _SEEK_POSITION), "big")
            yield _Seek(data[item.start : item.end], _child(data, item, _SEEK_ID), place)


def _segment(data: Buffer) -> _Segment:
    outer = ebml.elements(data, 0, len(data))
    element = next((item for item in map(_sound, outer) if item.name == _SEGMENT), None)
    end = len(data) if element is None or not element.known else element.end
    parts = [] if element is None else [*map(_sound, ebml.elements(data, element.body, end))]
    if element is None or not parts:
        raise _malformed(len(data), "文件中没有内容", "it has no segment, or nothing in it")
    tags = [_unlabelled(data, part) for part in parts if part.name == _TAGS]
    return _Segment(element, end, parts, tags)


def _unlabelled(data: Buffer, element: Element) -> _Tags:
    if element.end - element.body > LARGEST_PACKET:
        raise _malformed(element.start, "标签过长", "the tags are too long")
    kept, labels = _without_labels(data, element, 0)
    body = data[element.body + _CHECKSUM_BYTES : element.end]
    if (
        data[element.body : element.body + 1] == ebml.CHECKSUM
        and data[element.body : element.body + _CHECKSUM_BYTES] != _checked(body)[:_CHECKSUM_BYTES]
    ):
        raise _malformed(element.start, "标签的校验值不符", "the checksum of the tags does not fit")
    return _Tags(element, kept, labels)


def _without_labels(data: Buffer, parent: Element, depth: int) -> tuple[bytes, int]:
    """What a list of tags or a tag holds besides labels and its checksum, and how many labels it holds."""
    kept = []
    labels = 0
    for item in map(_sound, ebml.inside(data, parent)):
        if item.name == _SIMPLE_TAG and _is_label(data, item):
            labels += 1
        elif item.name in {_TAG, _SIMPLE_TAG} and depth < _DEEPEST:
            body, inner = _without_labels(data, item, depth + 1)
            labels += inner
            # A tag that held labels only is of no more use.
            if not inner:
                kept.append(data[item.start : item.end])
            elif item.name == _SIMPLE_TAG or _SIMPLE_TAG in body:
                kept.append(ebml.made(item.name, body))
        elif item.name not in {ebml.CHECKSUM, ebml.VOID}:
            kept.append(data[item.start : item.end])
    return b"".join(kept), labels


def _sound(item: Element | Fault) -> Element:
    if isinstance(item, Fault):
        raise _malformed(item.offset, item.text.zh, item.text.en)
    return item


def _malformed(offset: int, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=MATROSKA.name, offset=offset, zh=zh, en=en)


def _parts(data: Buffer) -> Iterator[Element | Fault]:
    """The elements of the file and of its segments."""
    for item in ebml.elements(data, 0, len(data)):
        yield item
        if isinstance(item, Element) and item.name == _SEGMENT:
            yield from ebml.inside(data, item)


MATROSKA = Format(
    name="Matroska",
    suffixes=(".mkv", ".mka", ".mks", ".webm"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="matroska"),
    show=shown_in(demuxer="matroska", muxer="matroska"),
)
