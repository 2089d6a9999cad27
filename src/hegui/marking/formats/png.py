"""PNG: the label is the XMP packet in an ``iTXt`` chunk.

Read as well where products put it: ``tEXt``, ``zTXt`` and ``iTXt`` under the keyword AIGC, before or
after the image data, and the EXIF chunk.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking import exif, xmp
from hegui.marking.candidates import Allowance, Candidate, decoded, fault
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.png import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 8
_FRAME_BYTES = 12
_CHECKSUM_BYTES = 4
_KEYWORD_BYTES = 80  # with the zero behind it
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_TEXT_KINDS = {b"tEXt", b"zTXt", b"iTXt"}
_INTERESTING = _TEXT_KINDS | {b"eXIf"}


class _Chunk(NamedTuple):
    """One chunk: its kind and where it begins, where its content does, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def _recognises(data: Buffer) -> bool:
    return data[: len(_SIGNATURE)] == _SIGNATURE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    allowance = Allowance()
    for item in _chunks(data):
        if isinstance(item, Fault):
            yield item
        elif item.kind in _INTERESTING:
            yield from _labels(data, item, allowance)


def _labels(data: Buffer, chunk: _Chunk, allowance: Allowance) -> Iterator[Candidate | Fault]:
    if chunk.kind == b"eXIf":
        yield from exif.candidates(
            data, chunk.body, chunk.end - _CHECKSUM_BYTES, allowance, offset=chunk.start
        )
        return
    keyword = _keyword(data, chunk)
    if not _is_label(keyword):
        return
    text = _text(data, chunk, allowance)
    if not _checksum_holds(data, chunk):
        yield fault(chunk.start, zh="数据块的校验值不符", en="the checksum of the chunk does not fit")
    if text is None:
        yield fault(
            chunk.start, zh="文字无法解压，或过大", en="text cannot be expanded, or is too large to be read"
        )
    elif keyword == _XMP_KEYWORD:
        yield from xmp.candidates(text, offset=chunk.start)
    else:
        yield Candidate(value=decoded(text).strip("\0 \r\n\t"), carrier=Carrier.PNG_TEXT, offset=chunk.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    chunks = _sound_chunks(data)
    splices = list(_replaced(data, chunks))
    packets = [
        chunk for chunk in chunks if chunk.kind in _TEXT_KINDS and _keyword(data, chunk) == _XMP_KEYWORD
    ]
    allowance = Allowance()
    if not packets:
        after_header = chunks[0].end
        splices.append(Splice(after_header, after_header, _xmp_chunk(xmp.new_packet(label.bare()))))
    for index, chunk in enumerate(packets):
        packet = _packet(data, chunk, allowance)
        packet = xmp.updated_packet(packet, label.bare()) if index == 0 else xmp.unlabelled_packet(packet)
        splices.append(Splice(chunk.start, chunk.end, _xmp_chunk(packet)))
    return tuple(splices)


def _replaced(data: Buffer, chunks: list[_Chunk]) -> Iterator[Splice]:
    """What removes labels from places other than XMP: a file has one.

    Basis:
        GB-45438 6.1
    """
    allowance = Allowance()
    for chunk in chunks:
        if chunk.kind in _TEXT_KINDS:
            keyword = _keyword(data, chunk)
            if _is_label(keyword) and keyword != _XMP_KEYWORD:
                yield Splice(chunk.start, chunk.end, b"")
        elif chunk.kind == b"eXIf":
            body = _body(data, chunk)
            blanks = exif.blanked(body, 0, len(body), allowance)
            if blanks:
                yield Splice(chunk.start, chunk.end, _chunk(chunk.kind, spliced(body, blanks)))


def _packet(data: Buffer, chunk: _Chunk, allowance: Allowance) -> bytes:
    text = _text(data, chunk, allowance)
    if text is None:
        raise xmp.PacketUnusable(
            zh=f"第 {chunk.start} 字节处的内容无法解压，或过大",
            en=f"what is compressed at byte {chunk.start} cannot be expanded, or is too large",
        )
    return text


def _sound_chunks(data: Buffer) -> list[_Chunk]:
    chunks = []
    for item in _chunks(data):
        if isinstance(item, Fault):
            raise MalformedFile(format_name=PNG.name, offset=item.offset, zh=item.text.zh, en=item.text.en)
        chunks.append(item)
    return chunks


def _chunks(data: Buffer) -> Iterator[_Chunk | Fault]:
    position = len(_SIGNATURE)
    size = len(data)
    while position + _FRAME_BYTES <= size:
        length = int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + _HEADER_BYTES]
        end = position + _FRAME_BYTES + length
        if end > size:
            yield fault(position, zh="数据块超出文件末尾", en="a chunk reaches beyond the end of the file")
            return
        yield _Chunk(kind, position, position + _HEADER_BYTES, end)
        if kind == b"IEND":
            return
        position = end
    yield fault(position, zh="文件在 IEND 之前结束", en="the file ends before its IEND chunk")


def _body(data: Buffer, chunk: _Chunk) -> bytes:
    return data[chunk.body : chunk.end - _CHECKSUM_BYTES]


def _checksum_holds(data: Buffer, chunk: _Chunk) -> bool:
    return zlib.crc32(data[chunk.start + 4 : chunk.end - _CHECKSUM_BYTES]) == int.from_bytes(
        data[chunk.end - _CHECKSUM_BYTES : chunk.end], "big"
    )


def _keyword(data: Buffer, chunk: _Chunk) -> bytes:
    end = min(chunk.body + _KEYWORD_BYTES, chunk.end - _CHECKSUM_BYTES)
    return data[chunk.body : end].partition(b"\0")[0]


def _text(data: Buffer, chunk: _Chunk, allowance: Allowance) -> bytes | None:
    """The text of a text chunk; ``None`` where it cannot be expanded, or is more than may be read."""
    if not allowance.takes(chunk.end - chunk.body):
        return None
    rest = _body(data, chunk).partition(b"\0")[2]
    if chunk.kind == b"tEXt":
        return rest
    if chunk.kind == b"zTXt":
        return allowance.expanded(rest[1:])
    # iTXt: compression flag and method, language, translated keyword, text.
    text = rest[2:].split(b"\0", 2)[-1]
    return allowance.expanded(text) if rest[:1] == b"\1" else text


def _is_label(keyword: bytes) -> bool:
    return keyword == _XMP_KEYWORD or keyword.upper() == ELEMENT.encode()


def _xmp_chunk(packet: bytes) -> bytes:
    # No compression, no language, no translated keyword, as the XMP specification asks.
    return _chunk(b"iTXt", _XMP_KEYWORD + b"\0\0\0\0\0" + packet)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


PNG = Format(
    name="PNG",
    suffixes=(".png", ".apng"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=show_on_picture,
    watermark=True,
)
