"""GIF: the label is the XMP packet in an application extension.

The packet stands there as it is, not cut into sub-blocks of counted bytes; a trailer of 258 bytes behind it
brings readers that count back into step. Extensions came with the version of 1989: an older file says
afterwards that it is one of those.
"""

from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking import xmp
from hegui.marking.candidates import LARGEST_PACKET, Candidate, fault
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.gif import read_back
from hegui.marking.splices import Buffer, Splice

_OLD = b"GIF87a"
_NEW = b"GIF89a"
_HEADER_BYTES = 13
_FLAGS_PLACE = 10
_HAS_TABLE = 0x80
_TABLE_SIZE = 0x07
_IMAGE = 0x2C
_IMAGE_BYTES = 10
_IMAGE_FLAGS = 9
_EXTENSION = 0x21
_EXTENSION_BYTES = 2
_APPLICATION = 0xFF
_END = 0x3B
_XMP = b"\x0bXMP DataXMP"
_TRAILER = b"\x01" + bytes(range(0xFF, -1, -1)) + b"\0"


class _Block(NamedTuple):
    """One block: its kind, where it begins, where its sub-blocks do, where it ends.

    ``kind`` is the label of an extension, and the introducer of any other block.
    """

    kind: int
    start: int
    body: int
    end: int


def _recognises(data: Buffer) -> bool:
    return data[: len(_NEW)] in {_OLD, _NEW}


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _blocks(data):
        if isinstance(item, Fault):
            yield item
        elif _is_xmp(data, item):
            if _is_whole(data, item):
                yield from xmp.candidates_at(data, *_packet(item), offset=item.start)
            else:
                yield from xmp.candidates(_joined(data, item), offset=item.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    blocks = _sound_blocks(data)
    splices = [Splice(0, len(_OLD), _NEW)] if data[: len(_OLD)] == _OLD else []
    packets = [block for block in blocks if _is_xmp(data, block)]
    for block in packets:
        packet = xmp.packet_at(data, *_packet(block)) if _is_whole(data, block) else _joined(data, block)
        first = block is packets[0]
        packet = xmp.updated_packet(packet, label.bare()) if first else xmp.unlabelled_packet(packet)
        splices.append(Splice(block.start, block.end, _extension(packet)))
    if not packets:
        home = _home(blocks)
        splices.append(Splice(home, home, _extension(xmp.new_packet(label.bare()))))
    return tuple(splices)


def _home(blocks: list[_Block]) -> int:
    """Behind what describes the whole file, so that a repetition stays the first thing readers meet."""
    return next(block.start for block in blocks if block.kind != _APPLICATION)


def _extension(packet: bytes) -> bytes:
    return bytes((_EXTENSION, _APPLICATION)) + _XMP + packet + _TRAILER


def _is_xmp(data: Buffer, block: _Block) -> bool:
    return block.kind == _APPLICATION and data[block.body : block.body + len(_XMP)] == _XMP


def _is_whole(data: Buffer, block: _Block) -> bool:
    """Whether the packet stands in the file as it is; some programs cut it into sub-blocks all the same."""
    return data[block.end - len(_TRAILER) : block.end] == _TRAILER


def _packet(block: _Block) -> tuple[int, int]:
    return block.body + len(_XMP), block.end - len(_TRAILER)


def _joined(data: Buffer, block: _Block) -> bytes:
    """The packet out of sub-blocks; of one that is too large, as much as shows that it is not whole."""
    parts, place = [], block.body + len(_XMP)
    while (size := data[place]) and place - block.body < LARGEST_PACKET:
        parts.append(data[place + 1 : place + 1 + size])
        place += 1 + size
    return b"".join(parts)


def _sound_blocks(data: Buffer) -> list[_Block]:
    blocks = []
    for item in _blocks(data):
        if isinstance(item, Fault):
            raise MalformedFile(format_name=GIF.name, offset=item.offset, zh=item.text.zh, en=item.text.en)
        blocks.append(item)
    return blocks


def _blocks(data: Buffer) -> Iterator[_Block | Fault]:
    """The blocks behind the header, up to and with the one that ends the file."""
    position = _HEADER_BYTES + _table_bytes(data, _FLAGS_PLACE)
    while block := _block(data, position):
        yield block
        if block.kind == _END:
            return
        position = block.end
    yield fault(
        position, zh="没有结束标记，或数据块不完整", en="the file does not end, or a block is cut off"
    )


def _block(data: Buffer, start: int) -> _Block | None:
    """The block that begins at ``start``; ``None`` where none does, or where it is cut off."""
    introducer = data[start : start + 1]
    if introducer == bytes((_END,)):
        return _Block(_END, start, start + 1, start + 1)
    if introducer == bytes((_EXTENSION,)) and start + 1 < len(data):
        body = start + _EXTENSION_BYTES
        end = _behind_sub_blocks(data, body)
        return None if end is None else _Block(data[start + 1], start, body, end)
    if introducer == bytes((_IMAGE,)):
        # Behind the descriptor: its colours, and one byte about how the picture is coded.
        body = start + _IMAGE_BYTES + _table_bytes(data, start + _IMAGE_FLAGS) + 1
        end = _behind_sub_blocks(data, body)
        return None if end is None else _Block(_IMAGE, start, body, end)
    return None


def _behind_sub_blocks(data: Buffer, place: int) -> int | None:
    size = len(data)
    while place < size:
        length = data[place]
        place += 1 + length
        if not length:
            return place
    return None


def _table_bytes(data: Buffer, place: int) -> int:
    flags = data[place : place + 1] or b"\0"
    return 3 << (flags[0] & _TABLE_SIZE) + 1 if flags[0] & _HAS_TABLE else 0


GIF = Format(
    name="GIF",
    suffixes=(".gif",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
)
