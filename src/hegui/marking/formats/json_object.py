"""JSON as interfaces answer: the label is the field AIGC of the outermost object.

No guide was found that covers it. This is Hegui's own convention, the same as that of
:func:`hegui.marking.api_fields`: the file is then what Annex E shows, with the answer beside the label. Only
the outermost object is looked at, since what is further in may speak of other content. A file is written to
only where its name says that it is JSON or text: notebooks and models are JSON too, and a field more breaks
some.
"""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from hegui.marking.candidates import (
    LARGEST_VALUE,
    MOST_PARTS,
    Candidate,
    decoded,
    fault,
    names_label,
    too_many,
)
from hegui.marking.formats.characters import check_size, too_long
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.formats.text import SUFFIXES as TEXT_SUFFIXES
from hegui.marking.misplaced import JSON_CONVENTION
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.json_object import read_back
from hegui.marking.splices import Buffer, Splice

LARGEST_JSON = 32 << 20
"""Bytes of one file that are looked at at most: the second parser needs many times as much memory."""

_STRING = rb"\"(?:[^\"\\]++|\\.)*+\""
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?+\s*+\{(?=\s*+[\"}])")
_KEY = re.compile(rb"\s*+(" + _STRING + rb")\s*+:\s*+", re.DOTALL)
_SCALAR = re.compile(_STRING + rb"|[^\s\"{}\[\],:]++", re.DOTALL)
_BRACKET = re.compile(rb"(?:[^\"{}\[\]]++|" + _STRING + rb")*+([{}\[\]])", re.DOTALL)
_COMMA = re.compile(rb"\s*+,")
_CLOSED = re.compile(rb"\s*+\}")
_HEAD_BYTES = 1 << 12


class _Member(NamedTuple):
    """A field of the outermost object: its name, and where name and value stand."""

    name: str
    start: int
    value: int
    end: int


def _recognises(data: Buffer) -> bool:
    return _BEGIN.match(data[:_HEAD_BYTES]) is not None


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    head = data[:LARGEST_JSON]
    for item in _members(head):
        if isinstance(item, Fault):
            yield item if len(data) <= LARGEST_JSON else too_long(LARGEST_JSON)
        elif names_label(item.name):
            yield _label(head, item)


def _label(data: bytes, member: _Member) -> Candidate | Fault:
    value = data[member.value : member.end]
    if len(value) > LARGEST_VALUE:
        return fault(
            member.start, zh="AIGC 字段过大，没有读取", en="the field AIGC is too large, and was not read"
        )
    text = _text(value) if value.startswith(b'"') else decoded(value)
    return Candidate(value=text, carrier=Carrier.JSON_FIELD, offset=member.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    check_size(data, JSON.name, most=LARGEST_JSON)
    whole = data[:]
    members = _sound_members(whole)
    text = f'"{ELEMENT}":{label.bare()}'.encode()
    labels = [index for index, member in enumerate(members) if names_label(member.name)]
    if not labels:
        first = _BEGIN.match(whole).end()  # type: ignore[union-attr]  # it has members or none, so it begins
        if not members:
            return (Splice(first, first, text),)
        place = members[0].start
        return (Splice(place, place, text + b"," + whole[first:place]),)
    home = members[labels[0]]
    # A further one goes with the comma before it.
    others = (Splice(members[index - 1].end, members[index].end, b"") for index in labels[1:])
    return (Splice(home.start, home.end, text), *others)


def _sound_members(data: bytes) -> list[_Member]:
    """The fields of an object that is sound to its end.

    Raises:
        MalformedFile: it is not.
    """
    try:
        data.decode()
        msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedFile(format_name=JSON.name, offset=0, zh=str(error), en=str(error)) from error
    members = []
    for item in _members(data):
        if isinstance(item, Fault):
            raise MalformedFile(format_name=JSON.name, offset=item.offset, zh=item.text.zh, en=item.text.en)
        members.append(item)
    return members


def _members(data: bytes) -> Iterator[_Member | Fault]:
    """The fields of the outermost object, and what ends the reading before the end of the file."""
    begin = _BEGIN.match(data)
    place = begin.end() if begin else 0
    closed = _CLOSED.match(data, place)
    for _ in range(MOST_PARTS):
        if closed:
            break
        member = _member(data, place)
        yield member
        if isinstance(member, Fault):
            return
        closed = _CLOSED.match(data, member.end)
        comma = _COMMA.match(data, member.end)
        if not closed and not comma:
            yield fault(member.end, zh="对象没有结束", en="the object does not end")
            return
        place = comma.end() if comma else place
    if not closed:
        yield too_many(place)
    elif data[closed.end() :].strip():
        yield fault(closed.end(), zh="对象之后还有内容", en="there is more behind the object")


def _member(data: bytes, place: int) -> _Member | Fault:
    key = _KEY.match(data, place)
    end = _value_end(data, key.end()) if key else None
    if key is None or end is None:
        return fault(place, zh="字段不完整", en="a field is not complete")
    return _Member(_text(key[1]), key.start(1), key.end(), end)


def _value_end(data: bytes, place: int) -> int | None:
    """Where a value ends that begins at ``place``; ``None`` where it does not end, or has too many parts."""
    scalar = _SCALAR.match(data, place)
    if scalar:
        return scalar.end()
    depth = 0
    for _ in range(MOST_PARTS):
        bracket = _BRACKET.match(data, place)
        if bracket is None:
            return None
        place = bracket.end()
        depth += 1 if bracket[1] in b"{[" else -1
        if depth <= 0:
            return place if not depth else None
    return None


def _text(string: bytes) -> str:
    """What a string says; as it stands where it is none."""
    try:
        return str(msgspec.json.decode(string, type=str))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return decoded(string)


JSON = Format(
    name="JSON",
    suffixes=(".json",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    convention=JSON_CONVENTION,
    told_by_name=(".json", *TEXT_SUFFIXES),
)
