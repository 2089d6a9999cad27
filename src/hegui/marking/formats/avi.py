"""AVI: the label is a chunk called AIGC in the list of information, as the video guide TC260-PG-20257A says.

Programs read that list only before the pictures, so it stands there. What follows moves, and every index
that counts from the start of the file is corrected: the old one behind the pictures, where a program filled
it so, and those of OpenDML, which every file of more than a gigabyte has.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from hegui.marking.candidates import MOST_PARTS, Candidate, fault
from hegui.marking.formats import riff
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Carrier, Fault, ImplicitLabel
from hegui.marking.readback.avi import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_RIFF = b"RIFF"
_AVI = b"AVI "
_FIRST = riff.HEADER_BYTES + riff.FORM_BYTES
_HEADERS = b"hdrl"
_STREAM = b"strl"
_PICTURES = b"movi"
_OLD_INDEX = b"idx1"
_NEW_INDEX = b"indx"
_OLD_ENTRY_BYTES = 16
_NEW_HEADER_BYTES = 24
_SUPER_ENTRY_BYTES = 16
_INDEX_OF_INDEXES = 0

_Moved: TypeAlias = Callable[[int], int]


class _Layout(NamedTuple):
    """The chunks of the file that matter here: those of its first RIFF chunk, and how long that one is."""

    chunks: list[riff.Chunk]
    headers: riff.Chunk
    pictures: riff.Chunk


def _recognises(data: Buffer) -> bool:
    return data[:4] == _RIFF and data[riff.HEADER_BYTES : _FIRST] == _AVI


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for chunk in _chunks(data):
        if isinstance(chunk, Fault):
            yield chunk
        elif riff.is_label(chunk):
            yield riff.candidate(data, chunk, Carrier.RIFF_ELSEWHERE)
        elif riff.is_information(data, chunk):
            for item in riff.inside(data, chunk):
                if isinstance(item, Fault):
                    yield item
                elif riff.is_label(item):
                    yield riff.candidate(data, item, Carrier.AVI_INFO)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    layout = _layout(data)
    text: bytes | None = riff.made(riff.LABEL, label.bare().encode() + b"\0")
    splices = []
    for chunk in layout.chunks:
        if riff.is_label(chunk):
            splices.append(Splice(chunk.start, chunk.stop, b""))
        elif riff.is_information(data, chunk):
            kept, labelled = riff.without_labels(data, chunk, AVI.name)
            leads = text is not None and chunk.start < layout.pictures.start
            if leads or labelled:
                items = kept + (text or b"") if leads else kept
                splices.append(Splice(chunk.start, chunk.stop, riff.information(items)))
            text = None if leads else text
    if text is not None:
        place = layout.headers.stop
        splices.append(Splice(place, place, riff.information(text)))
    moved = _moved(splices)
    # Two indexes may lead to the same place, which changes once.
    indexes = {splice.start: splice for splice in _indexes(data, layout, moved)}
    return (*splices, *indexes.values(), *riff.resized(data, 0, riff.growth(splices)))


def _moved(splices: list[Splice]) -> _Moved:
    """Where a byte of the file is after the changes."""
    shifts = [(splice.end, len(splice.data) - (splice.end - splice.start)) for splice in splices]
    return lambda place: place + sum(shift for end, shift in shifts if end <= place)


def _layout(data: Buffer) -> _Layout:
    chunks = riff.sound(_chunks(data), AVI.name)
    lists = {riff.form(data, chunk): chunk for chunk in reversed(chunks) if chunk.kind == riff.LIST}
    for name in (_HEADERS, _PICTURES):
        if name not in lists:
            word = name.decode()
            raise _malformed(_FIRST, f"没有 {word} 列表", f"it has no list {word}")
    return _Layout(chunks, lists[_HEADERS], lists[_PICTURES])


def _malformed(offset: int, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=AVI.name, offset=offset, zh=zh, en=en)


def _chunks(data: Buffer) -> Iterator[riff.Chunk | Fault]:
    """The chunks of the first RIFF chunk; those behind it hold more pictures only."""
    length = int.from_bytes(data[4 : riff.HEADER_BYTES], "little")
    end = len(data) if length in {0, riff.UNKNOWN} else riff.HEADER_BYTES + length
    yield from riff.chunks(data, _FIRST, min(end, len(data)))
    if end > len(data):
        yield fault(len(data), zh="文件比文件头所说的短", en="the file is shorter than its header says")


def _indexes(data: Buffer, layout: _Layout, moved: _Moved) -> Iterator[Splice]:
    for chunk in layout.chunks:
        if chunk.kind == _OLD_INDEX:
            yield from _old_index(data, chunk, layout.pictures, moved)
    for stream in riff.sound(riff.inside(data, layout.headers), AVI.name):
        if stream.kind == riff.LIST and riff.form(data, stream) == _STREAM:
            for chunk in riff.sound(riff.inside(data, stream), AVI.name):
                if chunk.kind == _NEW_INDEX:
                    yield from _new_index(data, chunk, moved)


def _old_index(data: Buffer, chunk: riff.Chunk, pictures: riff.Chunk, moved: _Moved) -> Iterator[Splice]:
    """The index behind the pictures, if its places count from the start of the file.

    By the rules they count from the name of the list of pictures, and then nothing changes; some programs
    count from the start of the file. The first entry tells which.
    """
    entries = data[chunk.body : chunk.end]
    first = int.from_bytes(entries[8:12], "little")
    name = entries[:4]
    if (
        not name
        or data[pictures.body + first : pictures.body + first + 4] == name
        or data[first : first + 4] != name
    ):
        return
    changed = bytearray(entries)
    for place in range(8, len(entries) - 7, _OLD_ENTRY_BYTES):
        old = int.from_bytes(entries[place : place + 4], "little")
        changed[place : place + 4] = (moved(old) & riff.UNKNOWN).to_bytes(4, "little")
    yield Splice(chunk.body, chunk.end, bytes(changed))


def _new_index(data: Buffer, chunk: riff.Chunk, moved: _Moved) -> Iterator[Splice]:
    """An index of OpenDML: of chunks, or of further indexes, which are among the pictures."""
    header = data[chunk.body : chunk.body + _NEW_HEADER_BYTES]
    if chunk.end - chunk.body < _NEW_HEADER_BYTES:
        raise _malformed(chunk.start, "索引不完整", "an index is cut off")
    if header[3] != _INDEX_OF_INDEXES:
        yield from _index_of_chunks(data, chunk.body, moved)
        return
    count = int.from_bytes(header[4:8], "little")
    first = chunk.body + _NEW_HEADER_BYTES
    if first + count * _SUPER_ENTRY_BYTES > chunk.end or count > MOST_PARTS:
        raise _malformed(chunk.start, "索引不完整", "an index is cut off")
    for entry in range(first, first + count * _SUPER_ENTRY_BYTES, _SUPER_ENTRY_BYTES):
        place = int.from_bytes(data[entry : entry + 8], "little")
        if b"ix" not in {data[place : place + 2], data[place + 2 : place + 4]}:
            raise _malformed(entry, "索引指向别处", "an index leads astray")
        yield Splice(entry, entry + 8, moved(place).to_bytes(8, "little"))
        yield from _index_of_chunks(data, place + riff.HEADER_BYTES, moved)


def _index_of_chunks(data: Buffer, body: int, moved: _Moved) -> Iterator[Splice]:
    """An index whose entries count from one place, which is all that has to change."""
    place = body + 12
    base = data[place : place + 8]
    if len(base) == 8:  # noqa: PLR2004 - a number of 64 bits
        yield Splice(place, place + 8, moved(int.from_bytes(base, "little")).to_bytes(8, "little"))


AVI = Format(
    name="AVI",
    suffixes=(".avi",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="avi"),
    show=shown_in(demuxer="avi", muxer="avi"),
)
