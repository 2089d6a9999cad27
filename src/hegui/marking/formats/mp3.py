"""MP3: the label is a frame for user-defined text, described as AIGC, in the ID3 tag.

So says the audio guide, TC260-PG-202510A. A file without a tag gets one of version 2.3.
"""

from collections.abc import Iterator

from hegui.marking.candidates import Allowance, Candidate
from hegui.marking.formats import id3
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.readback.mp3 import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_ID3V1_BYTES = 128
_MOST_PADDING = 4096
_HEADER_BYTES = 4
_SYNC = 0xFFE00000
_LAYER_3 = 1
_MPEG_1 = 3
_MPEG_2 = 2
_MPEG_2_5 = 0
# kbit/s; number 0 stands for any other rate, number 15 for none.
_MPEG_1_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_OTHER_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {
    _MPEG_1: (44_100, 48_000, 32_000),
    _MPEG_2: (22_050, 24_000, 16_000),
    _MPEG_2_5: (11_025, 12_000, 8_000),
}


def _recognises(data: Buffer) -> bool:
    start = max((tag.end for tag in id3.leading_tags(data)), default=0)
    head = data[start : start + _MOST_PADDING]
    # Some programs leave zeros between the tag and the sound.
    position = start + len(head) - len(head.lstrip(b"\0"))
    length = _frame_bytes(data, position)
    if length is None:
        return False
    following = data[position + length : position + length + _HEADER_BYTES]
    return not length or len(following) < _HEADER_BYTES or _frame_bytes(data, position + length) is not None


def _frame_bytes(data: Buffer, position: int) -> int | None:
    """The length of the frame of sound at ``position``, 0 where it does not say, or ``None`` for no frame."""
    header = int.from_bytes(data[position : position + _HEADER_BYTES], "big")
    version = header >> 19 & 3
    rate, sample_rate = header >> 12 & 15, header >> 10 & 3
    if header & _SYNC != _SYNC or header >> 17 & 3 != _LAYER_3 or version not in _SAMPLE_RATES:
        return None
    rates = _MPEG_1_RATES if version == _MPEG_1 else _OTHER_RATES
    if rate >= len(rates) or sample_rate >= len(_SAMPLE_RATES[version]):
        return None
    factor = 144_000 if version == _MPEG_1 else 72_000
    padding = header >> 9 & 1
    return factor * rates[rate] // _SAMPLE_RATES[version][sample_rate] + padding if rate else 0


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    allowance = Allowance()
    for tag in _tags(data):
        yield from id3.candidates(data, tag, allowance)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    splices = []
    text: str | None = label.bare()
    allowance = Allowance()
    for tag in _tags(data):
        leads = tag.start == 0
        if leads or any(isinstance(item, Candidate) for item in id3.candidates(data, tag, allowance)):
            splices.append(
                Splice(tag.start, tag.end, _updated(data, tag, text if leads else None, allowance))
            )
    if id3.tag_at(data, 0) is None:
        splices.append(Splice(0, 0, id3.new_tag(label.bare())))
    return tuple(splices)


def _updated(data: Buffer, tag: id3.Tag, text: str | None, allowance: Allowance) -> bytes:
    try:
        return id3.updated(data, tag, text, allowance)
    except id3.TagUnusable as error:
        raise MalformedFile(format_name=MP3.name, offset=tag.start, zh=error.zh, en=error.en) from error


def _tags(data: Buffer) -> Iterator[id3.Tag]:
    """The tags before the sound, and one behind it, which may stand before a tag of version 1."""
    tags = list(id3.leading_tags(data))
    yield from tags
    end = len(data)
    if data[max(0, end - _ID3V1_BYTES) : end][:3] == b"TAG":
        end -= _ID3V1_BYTES
    last = id3.trailing_tag(data, end)
    if last and last not in tags:
        yield last


MP3 = Format(
    name="MP3",
    suffixes=(".mp3",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="mp3"),
    show=shown_in(demuxer="mp3", muxer="mp3"),
)
