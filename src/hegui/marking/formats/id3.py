"""ID3 tags, versions 2.2 to 2.4: labels in frames for text that users define.

MP3 files begin with such tags; other files of sound may carry one as well.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking import xmp
from hegui.marking.candidates import (
    LARGEST_VALUE,
    MOST_PARTS,
    Allowance,
    Candidate,
    decoded,
    fault,
    names_label,
)
from hegui.marking.model import ELEMENT, Carrier, Fault
from hegui.marking.splices import Buffer

HEADER_BYTES = 10
LARGEST_TAG = 64 << 20
"""Bytes of one tag that are read at most: cover pictures have a few."""

NEW_VERSION = 3

_MOST_TAGS = 16
_HEAD = b"ID3"
_FOOT = b"3DI"
_VERSIONS = range(2, 5)
_UNSYNCHRONISED = 0x80
_EXTENDED = 0x40
_FOOTER = 0x10
_SYNCSAFE = 4
_NO_SYNC = re.compile(rb"\xff(?=[\xe0-\xff\x00]|\Z)")
_FRAME_NAME = re.compile(rb"[A-Z][A-Z0-9]+")
_TEXT = {b"TXX", b"TXXX"}
_PRIVATE = b"PRIV"
_XMP_OWNER = b"XMP\0"
# What each encoding byte of a text stands for, and how wide its characters are at least.
_ENCODINGS = {0: ("latin-1", 1), 1: ("utf-16", 2), 2: ("utf-16-be", 2), 3: ("utf-8", 1)}


class _Flags(NamedTuple):
    """The bits of a frame's format flags in one version; 0 where the version has none."""

    compressed: int
    encrypted: int
    grouped: int
    unsynchronised: int
    measured: int


_FLAGS = {3: _Flags(0x80, 0x40, 0x20, 0, 0), 4: _Flags(0x08, 0x04, 0x40, 0x02, 0x01)}


class Tag(NamedTuple):
    """Where a tag is, and how it is written.

    Attributes:
        start: its first byte in the file.
        end: the byte behind it and its footer.
        version: 2, 3 or 4.
        flags: those of its header.
    """

    start: int
    end: int
    version: int
    flags: int


class _Frame(NamedTuple):
    """One frame: its name, its place in the tag's content, and its format flags."""

    name: bytes
    start: int
    body: int
    end: int
    flags: int


class _Frames(NamedTuple):
    """A tag taken apart; ``content`` has the frames' bytes, and ``padding`` counts the zeros behind them."""

    content: bytes
    frames: tuple[_Frame, ...]
    padding: int


class TagUnusable(ValueError):
    """A tag that cannot be taken apart; ``zh`` and ``en`` say why."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with it."""
        super().__init__(en)
        self.zh = zh
        self.en = en


def tag_at(data: Buffer, position: int) -> Tag | None:
    """The tag that begins at ``position``, or ``None`` where none does."""
    header = data[position : position + HEADER_BYTES]
    if len(header) < HEADER_BYTES or header[:3] != _HEAD or header[3] not in _VERSIONS:
        return None
    length = _syncsafe(header[6:])
    if length is None:
        return None
    footer = HEADER_BYTES if header[3] == _SYNCSAFE and header[5] & _FOOTER else 0
    return Tag(position, position + HEADER_BYTES + length + footer, header[3], header[5])


def leading_tags(data: Buffer, position: int = 0) -> Iterator[Tag]:
    """The tags that follow one another from ``position`` on, whole or cut off by the end of the file."""
    for _ in range(_MOST_TAGS):
        tag = tag_at(data, position)
        if tag is None:
            return
        yield tag
        position = tag.end


def trailing_tag(data: Buffer, end: int) -> Tag | None:
    """The tag that ends with a footer at ``end``, or ``None`` where none does."""
    footer = data[max(0, end - HEADER_BYTES) : end]
    if footer[:3] != _FOOT:
        return None
    length = _syncsafe(footer[6:])
    tag = None if length is None else tag_at(data, max(0, end - 2 * HEADER_BYTES - length))
    return tag if tag and tag.end == end else None


def candidates(
    data: Buffer, tag: Tag, allowance: Allowance, *, offset: int = 0
) -> Iterator[Candidate | Fault]:
    """The labels in a tag.

    Args:
        data: the file, or a part of it that the tag is in.
        tag: the tag.
        allowance: how much of the file may still be read.
        offset: where that part begins in the file.
    """
    place = offset + tag.start
    try:
        parts = _taken_apart(data, tag)
    except TagUnusable as error:
        yield fault(place, zh=error.zh, en=error.en)
        return
    for frame in parts.frames:
        value = _value(parts.content, frame, tag.version, allowance)
        if value is None:
            if frame.name in {*_TEXT, _PRIVATE}:
                yield fault(
                    place,
                    zh="一个文字帧是加密的、压缩有误或过大，没有读取",
                    en="a frame of text is encrypted, wrongly compressed or too large, and was not read",
                )
            continue
        if frame.name == _PRIVATE:
            if value.startswith(_XMP_OWNER):
                yield from xmp.candidates(value.removeprefix(_XMP_OWNER), offset=place)
            continue
        name, text = _texts(value)
        if not names_label(name):
            continue
        if len(text) > LARGEST_VALUE:
            yield fault(place, zh="标识的值过长", en="the value of a label is too long")
        else:
            yield Candidate(value=text.strip("\0 \r\n\t"), carrier=Carrier.ID3_TEXT, offset=place)


def updated(data: Buffer, tag: Tag, text: str | None, allowance: Allowance) -> bytes:
    """The tag with the label as its only one, or without one where ``text`` is ``None``.

    Other frames keep their bytes, and padding its length. An extended header is left out: it describes the
    tag as it was.

    Args:
        data: the file.
        tag: the tag in it.
        text: the label.
        allowance: how much of the file may still be read.

    Raises:
        TagUnusable: the tag cannot be taken apart, or would be too long.
        PacketUnusable: XMP in the tag holds a label and cannot be changed.
    """
    parts = _taken_apart(data, tag)
    kept = b"".join(_kept(parts.content, frame, tag.version, allowance) for frame in parts.frames)
    if text is not None:
        kept += _text_frame(text, tag.version)
    return _tag(kept + bytes(parts.padding), version=tag.version, flags=tag.flags & ~_EXTENDED)


def new_tag(text: str) -> bytes:
    """A tag of the version that most programs read, with the label in it."""
    return _tag(_text_frame(text, NEW_VERSION), version=NEW_VERSION, flags=0)


def _tag(content: bytes, *, version: int, flags: int) -> bytes:
    if version < _SYNCSAFE and flags & _UNSYNCHRONISED:
        content = _NO_SYNC.sub(b"\xff\0", content)
    if len(content) > LARGEST_TAG:
        raise TagUnusable(zh="加上标识后标签过长", en="with the label the tag is too long")
    rest = bytes((version, 0, flags)) + _as_syncsafe(len(content))
    footer = _FOOT + rest if version == _SYNCSAFE and flags & _FOOTER else b""
    return _HEAD + rest + content + footer


def _text_frame(text: str, version: int) -> bytes:
    # Encoding 0: a label is plain ASCII, which also needs no protection against false synchronisation.
    body = b"\0" + ELEMENT.encode() + b"\0" + text.encode()
    return _frame(b"TXX" if min(_VERSIONS) == version else b"TXXX", body, version)


def _frame(name: bytes, body: bytes, version: int) -> bytes:
    if version == min(_VERSIONS):
        return name + len(body).to_bytes(3, "big") + body
    size = _as_syncsafe(len(body)) if version == _SYNCSAFE else len(body).to_bytes(4, "big")
    return name + size + b"\0\0" + body


def _kept(content: bytes, frame: _Frame, version: int, allowance: Allowance) -> bytes:
    """A frame's bytes as they are, or what is left of them without a label."""
    value = _value(content, frame, version, allowance)
    if value is None:
        return content[frame.start : frame.end]
    if frame.name in _TEXT and names_label(_texts(value)[0]):
        return b""
    if frame.name == _PRIVATE and value.startswith(_XMP_OWNER):
        packet = value.removeprefix(_XMP_OWNER)
        # A packet that is not well-formed holds no label that anybody could read, and stays.
        if any(isinstance(item, Candidate) for item in xmp.candidates(packet, offset=0)):
            return _frame(frame.name, _XMP_OWNER + xmp.unlabelled_packet(packet), version)
    return content[frame.start : frame.end]


def _taken_apart(data: Buffer, tag: Tag) -> _Frames:
    if tag.end > len(data):
        raise TagUnusable(zh="ID3 标签超出文件末尾", en="an ID3 tag reaches beyond the end of the file")
    if tag.end - tag.start > LARGEST_TAG:
        raise TagUnusable(zh="ID3 标签过长，没有读取", en="an ID3 tag is too long and was not read")
    footer = HEADER_BYTES if tag.version == _SYNCSAFE and tag.flags & _FOOTER else 0
    content = data[tag.start + HEADER_BYTES : tag.end - footer]
    if tag.version < _SYNCSAFE and tag.flags & _UNSYNCHRONISED:
        content = content.replace(b"\xff\0", b"\xff")
    start = _extended_bytes(content, tag) if tag.flags & _EXTENDED else 0
    if start > len(content):
        raise TagUnusable(zh="ID3 标签的扩展头已损坏", en="the extended header of an ID3 tag is damaged")
    frames: list[_Frame] = []
    position = start
    while content[position : position + 1].strip(b"\0"):
        frame = _frame_at(content, position, tag.version)
        if frame is None:
            raise TagUnusable(zh="ID3 标签里的帧已损坏", en="a frame of an ID3 tag is damaged")
        if len(frames) == MOST_PARTS:
            raise TagUnusable(zh="ID3 标签里的帧过多", en="an ID3 tag has too many frames")
        frames.append(frame)
        position = frame.end
    return _Frames(content, tuple(frames), len(content) - position)


def _extended_bytes(content: bytes, tag: Tag) -> int:
    """The length of the extended header, which version 2.2 does not have: there the bit means compression."""
    if tag.version == min(_VERSIONS):
        raise TagUnusable(zh="ID3 2.2 标签是压缩的", en="the ID3 2.2 tag is compressed")
    if tag.version == _SYNCSAFE:
        length = _syncsafe(content[:4])
        return len(content) + 1 if length is None else length
    return int.from_bytes(content[:4], "big") + 4


def _frame_at(content: bytes, position: int, version: int) -> _Frame | None:
    letters = 3 if version == min(_VERSIONS) else 4
    header = 2 * letters if version == min(_VERSIONS) else HEADER_BYTES
    body = position + header
    name = content[position : position + letters]
    number = content[position + letters : position + 2 * letters]
    end = body + _frame_length(content, body, number, version)
    if not _FRAME_NAME.fullmatch(name) or end > len(content):
        return None
    return _Frame(name, position, body, end, int.from_bytes(content[position + 2 * letters : body], "big"))


def _frame_length(content: bytes, body: int, number: bytes, version: int) -> int:
    plain = int.from_bytes(number, "big")
    if version < _SYNCSAFE:
        return plain
    length = _syncsafe(number)
    # Some programs write the plain number where version 2.4 wants seven bits in each byte.
    if length is None or (length != plain and not _may_follow(content, body + length)):
        return plain
    return length


def _may_follow(content: bytes, position: int) -> bool:
    """Whether a frame, padding or the end of the tag is at ``position``."""
    name = content[position : position + 4]
    return not name.strip(b"\0") or _FRAME_NAME.fullmatch(name) is not None


def _value(content: bytes, frame: _Frame, version: int, allowance: Allowance) -> bytes | None:
    """What a text or a private frame holds; ``None`` for other frames and where it cannot be read."""
    if frame.name not in _TEXT and frame.name != _PRIVATE:
        return None
    value = content[frame.body : frame.end]
    flags = _FLAGS.get(version)
    if flags is None or not frame.flags & 0xFF:
        return value
    if frame.flags & flags.encrypted:
        return None
    if frame.flags & flags.unsynchronised:
        value = value.replace(b"\xff\0", b"\xff")
    compressed = frame.flags & flags.compressed
    # Version 2.3 gives the length of what was compressed, 2.4 the length of what was changed in any way.
    length_bytes = 4 if frame.flags & flags.measured or (compressed and version < _SYNCSAFE) else 0
    value = value[length_bytes + bool(frame.flags & flags.grouped) :]
    return allowance.expanded(value) if compressed else value


def _texts(value: bytes) -> tuple[str, str]:
    """The description and the text of a frame for text that users define."""
    encoding, width = _ENCODINGS.get(value[0] if value else 0, _ENCODINGS[0])
    body = value[1:]
    end = body.find(bytes(width))
    while end > 0 and end % width:
        end = body.find(bytes(width), end + 1)
    if end < 0:
        return "", ""
    description = body[:end].decode(encoding, "replace")
    text = body[end + width :]
    return description, decoded(text) if width == 1 else text.decode(encoding, "replace")


def _syncsafe(number: bytes) -> int | None:
    """A number with seven bits in each byte, or ``None`` where an eighth is set."""
    if any(byte & 0x80 for byte in number):
        return None
    value = 0
    for byte in number:
        value = value << 7 | byte
    return value


def _as_syncsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
