"""FLAC: the label is the Vorbis comment AIGC, as the audio guide TC260-PG-202510A says."""

from collections.abc import Iterator
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking.candidates import MOST_PARTS, Allowance, Candidate, fault, too_many
from hegui.marking.formats import comments, id3
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.readback.flac import read_back
from hegui.marking.recording_label import heard_in, shown_in
from hegui.marking.splices import Buffer, Splice

_SIGNATURE = b"fLaC"
_HEADER_BYTES = 4
_LAST = 0x80
_INVALID = 0x7F
_COMMENTS = 4
_LARGEST_BLOCK = (1 << 24) - 1


class CommentsTooLong(InvalidInput):
    """Comments that no block of a FLAC file can hold.

    Attributes:
        size: their length in bytes.
    """

    def __init__(self, size: int) -> None:
        """Name the length and the limit."""
        super().__init__(
            zh=f"加上标识后注释有 {size} 字节，FLAC 一块最多 {_LARGEST_BLOCK} 字节；请精简已有的注释",
            en=f"with the label the comments have {size} bytes, and a FLAC block holds {_LARGEST_BLOCK}; "
            "shorten the comments that are in the file",
        )
        self.size = size


class _Block(NamedTuple):
    """One metadata block: its kind, whether it is the last one, its place, and its content's."""

    kind: int
    last: bool
    start: int
    body: int
    end: int


def _recognises(data: Buffer) -> bool:
    start = _signature(data)
    return data[start : start + len(_SIGNATURE)] == _SIGNATURE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    allowance = Allowance()
    for tag in id3.leading_tags(data):
        yield from id3.candidates(data, tag, allowance)
    for item in _blocks(data):
        if isinstance(item, Fault):
            yield item
        elif item.kind == _COMMENTS:
            parts = _comments(data, item)
            if parts is None:
                yield fault(item.start, zh="注释块已损坏", en="a block of comments is damaged")
            else:
                yield from comments.candidates(parts, offset=item.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    allowance = Allowance()
    splices = [
        Splice(tag.start, tag.end, id3.updated(data, tag, None, allowance))
        for tag in id3.leading_tags(data)
        if any(isinstance(item, Candidate) for item in id3.candidates(data, tag, allowance))
    ]
    first: _Block | None = None
    text: str | None = label.bare()
    for item in _blocks(data):
        if isinstance(item, Fault):
            raise _malformed(item.offset, item.text.zh, item.text.en)
        first = first or item
        if item.kind != _COMMENTS:
            continue
        parts = _comments(data, item)
        if parts is None:
            raise _malformed(item.start, "注释块已损坏", "a block of comments is damaged")
        if text is not None or comments.holds_label(parts):
            splices.append(Splice(item.start, item.end, _block(comments.updated(parts, text), item.last)))
        text = None
    if text is not None and first is not None:
        # The new block becomes the last one where the first was.
        kind = data[first.start] & ~_LAST
        splices.append(Splice(first.start, first.start + 1, bytes((kind,))))
        splices.append(Splice(first.end, first.end, _block(comments.new_block(text), first.last)))
    return tuple(splices)


def _malformed(offset: int, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=FLAC.name, offset=offset, zh=zh, en=en)


def _signature(data: Buffer) -> int:
    return max((tag.end for tag in id3.leading_tags(data)), default=0)


def _blocks(data: Buffer) -> Iterator[_Block | Fault]:
    position = _signature(data) + len(_SIGNATURE)
    for _ in range(MOST_PARTS):
        header = data[position : position + _HEADER_BYTES]
        body = position + _HEADER_BYTES
        end = body + int.from_bytes(header[1:], "big")
        if len(header) < _HEADER_BYTES or header[0] & ~_LAST == _INVALID or end > len(data):
            yield fault(position, zh="元数据块的长度有误", en="the length of a metadata block is wrong")
            return
        last = bool(header[0] & _LAST)
        yield _Block(header[0] & ~_LAST, last, position, body, end)
        if last:
            return
        position = end
    yield too_many(position)


def _comments(data: Buffer, block: _Block) -> comments.Comments | None:
    try:
        return comments.taken_apart(data[block.body : block.end])
    except comments.CommentsUnusable:
        return None


def _block(body: bytes, last: bool) -> bytes:  # noqa: FBT001 - the bit of the header
    if len(body) > _LARGEST_BLOCK:
        raise CommentsTooLong(len(body))
    return bytes((_COMMENTS | (_LAST if last else 0),)) + len(body).to_bytes(3, "big") + body


FLAC = Format(
    name="FLAC",
    suffixes=(".flac",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    listen=heard_in(demuxer="flac"),
    show=shown_in(demuxer="flac", muxer="flac"),
)
