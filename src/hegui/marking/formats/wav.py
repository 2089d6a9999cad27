"""WAV: the label is a chunk called AIGC, as the audio guide TC260-PG-202510A says.

It stands before the samples: a label belongs to the head of a file, and a recording whose length was not
known when its header was written has no place behind them. Read as well: the list of information and an ID3
tag, where some programs put it.
"""

from collections.abc import Iterator

from hegui.marking.candidates import Allowance, Candidate, fault
from hegui.marking.formats import id3, riff
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Carrier, Fault, ImplicitLabel
from hegui.marking.readback.wav import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_SHORT = b"RIFF"
_LONG = {b"RF64", b"BW64"}
_WAVE = b"WAVE"
_FIRST = riff.HEADER_BYTES + riff.FORM_BYTES
_SAMPLES = b"data"
_LENGTHS = b"ds64"
_LENGTH_BYTES = 8
_TAGS = {b"id3 ", b"ID3 "}


def _recognises(data: Buffer) -> bool:
    return data[:4] in {_SHORT, *_LONG} and data[riff.HEADER_BYTES : _FIRST] == _WAVE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    allowance = Allowance()
    for chunk in _chunks(data):
        if isinstance(chunk, Fault):
            yield chunk
        elif riff.is_label(chunk):
            yield riff.candidate(data, chunk, Carrier.WAV_CHUNK)
        elif riff.is_information(data, chunk):
            for item in riff.inside(data, chunk):
                if isinstance(item, Fault):
                    yield item
                elif riff.is_label(item):
                    yield riff.candidate(data, item, Carrier.RIFF_ELSEWHERE)
        elif chunk.kind in _TAGS:
            body = _tag(data, chunk)
            tag = id3.tag_at(body, 0)
            if tag:
                yield from id3.candidates(body, tag, allowance, offset=chunk.body)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    chunks = riff.sound(_chunks(data), WAV.name)
    allowance = Allowance()
    splices = [splice for chunk in chunks for splice in _unlabelled(data, chunk, allowance)]
    place = next((chunk.start for chunk in chunks if chunk.kind == _SAMPLES), None)
    if place is None:
        raise MalformedFile(
            format_name=WAV.name, offset=len(data), zh="没有音频数据", en="there are no samples"
        )
    splices.append(Splice(place, place, riff.made(riff.LABEL, label.bare().encode())))
    growth = riff.growth(splices)
    if _is_long(data):
        field = _FIRST + riff.HEADER_BYTES
        length = int.from_bytes(data[field : field + _LENGTH_BYTES], "little") + growth
        splices.append(Splice(field, field + _LENGTH_BYTES, length.to_bytes(_LENGTH_BYTES, "little")))
    return (*splices, *riff.resized(data, 0, growth))


def _unlabelled(data: Buffer, chunk: riff.Chunk, allowance: Allowance) -> Iterator[Splice]:
    """What removes labels from a chunk: a file has one.

    Basis:
        GB-45438 6.1
    """
    if riff.is_label(chunk):
        yield Splice(chunk.start, chunk.stop, b"")
    elif riff.is_information(data, chunk):
        kept, labelled = riff.without_labels(data, chunk, WAV.name)
        if labelled:
            yield Splice(chunk.start, chunk.stop, riff.information(kept))
    elif chunk.kind in _TAGS:
        body = _tag(data, chunk)
        tag = id3.tag_at(body, 0)
        if tag and any(isinstance(item, Candidate) for item in id3.candidates(body, tag, allowance)):
            rest = id3.updated(body, tag, None, allowance) + body[tag.end :]
            yield Splice(chunk.start, chunk.stop, riff.made(chunk.kind, rest))


def _tag(data: Buffer, chunk: riff.Chunk) -> bytes:
    return data[chunk.body : min(chunk.end, chunk.body + id3.LARGEST_TAG)]


def _is_long(data: Buffer) -> bool:
    """Whether the file says its lengths in 64 bits, in a chunk that comes first."""
    return data[:4] in _LONG and data[_FIRST : _FIRST + 4] == _LENGTHS


def _chunks(data: Buffer) -> Iterator[riff.Chunk | Fault]:
    length = int.from_bytes(data[4 : riff.HEADER_BYTES], "little")
    samples: int | None = None
    if _is_long(data):
        lengths = _FIRST + riff.HEADER_BYTES
        length = int.from_bytes(data[lengths : lengths + _LENGTH_BYTES], "little")
        samples = int.from_bytes(data[lengths + _LENGTH_BYTES : lengths + 2 * _LENGTH_BYTES], "little")
    # Who records without knowing how long writes nothing or the largest number.
    known = length not in {0, riff.UNKNOWN}
    end = riff.HEADER_BYTES + length if known else len(data)
    yield from riff.chunks(data, _FIRST, min(end, len(data)), unknown=samples)
    if end > len(data):
        yield fault(len(data), zh="文件比文件头所说的短", en="the file is shorter than its header says")


WAV = Format(
    name="WAV",
    suffixes=(".wav", ".wave", ".rf64", ".bwf"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="wav"),
    show=shown_in(demuxer="wav", muxer="wav"),
)
