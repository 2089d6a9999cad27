"""FLV: the label is the property AIGC in the script tag onMetaData, as the guide TC260-PG-20257A says.

The same tag may hold the length of the file and the places of its key frames, which are corrected.
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hegui.marking.candidates import (
    LARGEST_PACKET,
    LARGEST_VALUE,
    MOST_PARTS,
    Candidate,
    decoded,
    fault,
    names_label,
    too_many,
)
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.flv import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice, spliced

_SIGNATURE = b"FLV\x01"
_LENGTH_BYTES = 4
_LARGEST_LENGTH = 0xFFFFFFFF
_TAG_BYTES = 11
_SCRIPT = 18
_KIND = 0x1F
_FILTERED = 0x20
_METADATA = b"onMetaData"
_LARGEST_TAG = (1 << 24) - 1

_NUMBER = 0
_BOOLEAN = 1
_STRING = 2
_OBJECT = 3
_NULL = 5
_UNDEFINED = 6
_REFERENCE = 7
_ARRAY_WITH_KEYS = 8
_ARRAY = 10
_DATE = 11
_LONG_STRING = 12
_FIXED_BYTES = {_NUMBER: 8, _BOOLEAN: 1, _NULL: 0, _UNDEFINED: 0, _REFERENCE: 2, _DATE: 10}
_LONGEST_STRING = 0xFFFF
_DEEPEST = 16
_END = b"\0\0\x09"
# A tag holds one picture or a few samples: there are many.
_MOST_TAGS = 8 * MOST_PARTS

_FILE_SIZE = "filesize"
# Properties, and the property within an object, that say where in the file something is.
_PLACES = {"lastkeyframelocation", "keyframes/filepositions"}


class _Tag(NamedTuple):
    """A script tag: where it begins, where its content does, where that ends, where the next tag begins."""

    start: int
    body: int
    end: int
    stop: int


class _Property(NamedTuple):
    """A property of onMetaData: its name with those of the objects around it, its place, and its value's."""

    path: str
    start: int
    value: int
    end: int


class _Metadata(NamedTuple):
    """onMetaData taken apart; ``number`` is where the number of its properties is, if it has one."""

    properties: tuple[_Property, ...]
    number: int | None
    end: int


class _Damaged(ValueError):
    """Script data that cannot be taken apart."""


def _recognises(data: Buffer) -> bool:
    return data[: len(_SIGNATURE)] == _SIGNATURE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for tag in _scripts(data):
        if isinstance(tag, Fault):
            yield tag
            continue
        body = data[tag.body : tag.end]
        try:
            metadata = _metadata(body)
        except _Damaged:
            yield fault(tag.start, zh="脚本数据已损坏", en="the script data is damaged")
            continue
        for item in _labels(metadata):
            yield _candidate(body, item, tag)


def _candidate(body: bytes, item: _Property, tag: _Tag) -> Candidate | Fault:
    text = _text(body, item.value)
    if text is None:
        return fault(tag.start, zh="标识的值不是文字", en="the value of a label is no text")
    if len(text) > LARGEST_VALUE:
        return fault(tag.start, zh="标识的值过长", en="the value of a label is too long")
    return Candidate(value=decoded(text).strip("\0 \r\n\t"), carrier=Carrier.FLV_METADATA, offset=tag.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    splices: list[Splice] = []
    text: str | None = label.bare()
    for tag in _scripts(data):
        if isinstance(tag, Fault):
            raise _malformed(tag.offset, tag.text.zh, tag.text.en)
        body = data[tag.body : tag.end]
        try:
            metadata = _metadata(body)
        except _Damaged as error:
            raise _malformed(tag.start, "脚本数据已损坏", "the script data is damaged") from error
        if text is not None or any(_labels(metadata)):
            splices += _changed(data, tag, body, metadata, text)
        text = None
    if text is not None:
        first = _first_tag(data)
        body = _amf_string(_METADATA) + bytes((_ARRAY_WITH_KEYS, 0, 0, 0, 1)) + _property(text) + _END
        header = bytes((_SCRIPT,)) + len(body).to_bytes(3, "big") + bytes(7)
        length = (_TAG_BYTES + len(body)).to_bytes(_LENGTH_BYTES, "big")
        splices.append(Splice(first, first, header + body + length))
    return tuple(splices)


def _changed(
    data: Buffer, tag: _Tag, body: bytes, metadata: _Metadata, text: str | None
) -> tuple[Splice, ...]:
    """The tag with its properties changed, its lengths, and the places it names moved on."""
    splices = [Splice(item.start, item.end, b"") for item in _labels(metadata)]
    fewer = len(splices)
    if text is not None:
        splices.append(Splice(metadata.end, metadata.end, _property(text)))
    growth = sum(len(item.data) - (item.end - item.start) for item in splices)
    if metadata.number is not None:
        count = int.from_bytes(body[metadata.number : metadata.number + 4], "big")
        # Some programs leave the number at 0 and count on the mark at the end.
        new = max(count - fewer + (text is not None), 0) if count else 0
        splices.append(Splice(metadata.number, metadata.number + 4, new.to_bytes(4, "big")))
    for item in metadata.properties:
        splices += _moved(body, item, growth, tag.stop)
    changed = spliced(body, splices)
    if len(changed) > _LARGEST_TAG:
        raise _malformed(tag.start, "加上标识后脚本数据过长", "with the label its script data is too long")
    told = int.from_bytes(data[tag.end : tag.stop], "big")
    # Some programs count otherwise than others here; whatever they count, it has grown.
    length = (told + growth & _LARGEST_LENGTH).to_bytes(_LENGTH_BYTES, "big")
    head = data[tag.start : tag.start + 1] + len(changed).to_bytes(3, "big") + data[tag.start + 4 : tag.body]
    return (Splice(tag.start, tag.stop, head + changed + length),)


def _moved(body: bytes, item: _Property, growth: int, behind: int) -> Iterator[Splice]:
    """The new value of a property that says where something is, or how long the file is."""
    if body[item.value] != _NUMBER or item.path not in {_FILE_SIZE, *_PLACES}:
        return
    place = item.value + 1
    (number,) = struct.unpack(">d", body[place : place + 8])
    if item.path == _FILE_SIZE or number >= behind:
        yield Splice(place, place + 8, struct.pack(">d", number + growth))


def _labels(metadata: _Metadata) -> Iterator[_Property]:
    return (item for item in metadata.properties if "/" not in item.path and names_label(item.path))


def _property(text: str) -> bytes:
    value = text.encode()
    name = ELEMENT.encode()
    written = (
        _amf_string(value)
        if len(value) <= _LONGEST_STRING
        else bytes((_LONG_STRING,)) + len(value).to_bytes(4, "big") + value
    )
    return len(name).to_bytes(2, "big") + name + written


def _amf_string(text: bytes) -> bytes:
    return bytes((_STRING,)) + len(text).to_bytes(2, "big") + text


def _text(body: bytes, position: int) -> bytes | None:
    width = {_STRING: 2, _LONG_STRING: 4}.get(body[position])
    if width is None:
        return None
    start = position + 1 + width
    return body[start : start + int.from_bytes(body[position + 1 : start], "big")]


def _malformed(offset: int, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=FLV.name, offset=offset, zh=zh, en=en)


def _first_tag(data: Buffer) -> int:
    """Where the first tag begins, behind the header and the length of no tag before."""
    return int.from_bytes(data[5:9], "big") + _LENGTH_BYTES


def _scripts(data: Buffer) -> Iterator[_Tag | Fault]:
    """The tags that hold onMetaData."""
    position = _first_tag(data)
    for _ in range(_MOST_TAGS):
        if position == len(data):
            return
        header = data[position : position + _TAG_BYTES]
        body = position + _TAG_BYTES
        end = body + int.from_bytes(header[1:4], "big")
        stop = end + _LENGTH_BYTES
        if len(header) < _TAG_BYTES or stop > len(data):
            yield fault(position, zh="标签（tag）超出文件末尾", en="a tag reaches beyond the end of the file")
            return
        # An encrypted script cannot be read, and is none.
        if header[0] & (_KIND | _FILTERED) == _SCRIPT and _is_metadata(data, body):
            if end - body > LARGEST_PACKET:
                yield fault(position, zh="脚本数据过长，没有读取", en="script data too long to be read")
            else:
                yield _Tag(position, body, end, stop)
        position = stop
    yield too_many(position)


def _is_metadata(data: Buffer, body: int) -> bool:
    name = _amf_string(_METADATA)
    return data[body : body + len(name)] == name


def _metadata(body: bytes) -> _Metadata:
    """The properties of onMetaData, at every depth.

    Raises:
        _Damaged: the script data ends too early, or holds what nobody knows.
    """
    properties: list[_Property] = []
    position = len(_amf_string(_METADATA))
    kind = body[position] if position < len(body) else _UNDEFINED
    if kind not in {_OBJECT, _ARRAY_WITH_KEYS}:
        raise _Damaged
    number = position + 1 if kind == _ARRAY_WITH_KEYS else None
    end = _value_end(body, position, "", properties.append, 0)
    return _Metadata(tuple(properties), number, end - len(_END))


def _value_end(body: bytes, position: int, path: str, found: Callable[[_Property], None], depth: int) -> int:
    """Where the value at ``position`` ends; every property and item in it is given to ``found``."""
    if position >= len(body) or depth > _DEEPEST:
        raise _Damaged
    kind, start = body[position], position + 1
    if kind in _FIXED_BYTES:
        end = start + _FIXED_BYTES[kind]
    elif kind in {_STRING, _LONG_STRING}:
        width = 2 if kind == _STRING else 4
        end = start + width + int.from_bytes(body[start : start + width], "big")
    elif kind == _OBJECT:
        end = _properties_end(body, start, path, found, depth)
    elif kind == _ARRAY_WITH_KEYS:
        end = _properties_end(body, start + 4, path, found, depth)
    elif kind == _ARRAY:
        end = start + 4
        for _ in range(int.from_bytes(body[start:end], "big")):
            following = _value_end(body, end, path, found, depth + 1)
            found(_Property(path, end, end, following))
            end = following
    else:
        raise _Damaged
    if end > len(body):
        raise _Damaged
    return end


def _properties_end(
    body: bytes, position: int, path: str, found: Callable[[_Property], None], depth: int
) -> int:
    while body[position : position + len(_END)] != _END:
        value = position + 2 + int.from_bytes(body[position : position + 2], "big")
        name = body[position + 2 : value].decode("latin-1")
        inner = f"{path}/{name}" if path else name
        end = _value_end(body, value, inner, found, depth + 1)
        found(_Property(inner, position, value, end))
        position = end
    return position + len(_END)


FLV = Format(
    name="FLV",
    suffixes=(".flv",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="flv"),
    show=shown_in(demuxer="flv", muxer="flv"),
)
