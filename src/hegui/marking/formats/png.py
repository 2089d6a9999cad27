"""PNG: the label is the XMP packet in an ``iTXt`` chunk.

Read as well where products put it: ``tEXt``, ``zTXt`` and ``iTXt`` under the keyword AIGC, before or
after the image data, and the EXIF chunk.
"""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from hegui.marking import exif, xmp
from hegui.marking.candidates import LARGEST_PACKET, Candidate, decoded, fault
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.picture_label import show_on_picture
from hegui.marking.readback.png import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES = 8
_FRAME_BYTES = 12
_CHECKSUM_BYTES = 4
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_TEXT_KINDS = {b"tEXt", b"zTXt", b"iTXt"}
_INTERESTING = _TEXT_KINDS | {b"eXIf"}


class _Chunk(NamedTuple):
    """One chunk: its kind and where it begins, where its content does, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


class _Text(NamedTuple):
    """A text chunk taken apart; ``text`` is ``None`` where it could not be decompressed."""

    keyword: bytes
    text: bytes | None


def _recognises(data: Buffer) -> bool:
    return data[: len(_SIGNATURE)] == _SIGNATURE


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    for item in _chunks(data):
        if isinstance(item, Fault):
            yield item
        elif item.kind in _INTERESTING:
            yield from _labels(data, item)


def _labels(data: Buffer, chunk: _Chunk) -> Iterator[Candidate | Fault]:
    if chunk.kind == b"eXIf":
        yield from exif.candidates(data, chunk.body, chunk.end - _CHECKSUM_BYTES, offset=chunk.start)
        return
    body = _body(data, chunk)
    text = _text(chunk.kind, body)
    if not _is_label(text.keyword):
        return
    if not _checksum_holds(data, chunk):
        yield fault(chunk.start, zh="数据块的校验值不符", en="the checksum of the chunk does not fit")
    if text.text is None:
        yield fault(chunk.start, zh="压缩的文字无法解开", en="compressed text cannot be expanded")
    elif text.keyword == _XMP_KEYWORD:
        yield from xmp.candidates(text.text, offset=chunk.start)
    else:
        yield Candidate(
            value=decoded(text.text).strip("\0 \r\n\t"), carrier=Carrier.PNG_TEXT, offset=chunk.start
        )


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    chunks = _sound_chunks(data)
    splices = list(_replaced(data, chunks))
    packets = [
        (chunk, text)
        for chunk in chunks
        if chunk.kind in _TEXT_KINDS
        and (text := _text(chunk.kind, _body(data, chunk))).keyword == _XMP_KEYWORD
    ]
    if not packets:
        after_header = chunks[0].end
        splices.append(Splice(after_header, after_header, _xmp_chunk(xmp.new_packet(label.bare()))))
    for index, (chunk, text) in enumerate(packets):
        packet = _packet(chunk, text)
        packet = xmp.updated_packet(packet, label.bare()) if index == 0 else xmp.unlabelled_packet(packet)
        splices.append(Splice(chunk.start, chunk.end, _xmp_chunk(packet)))
    return tuple(splices)


def _replaced(data: Buffer, chunks: list[_Chunk]) -> Iterator[Splice]:
    """What removes labels from places other than XMP: a file has one.

    Basis:
        GB-45438 6.1
    """
    for chunk in chunks:
        if chunk.kind in _TEXT_KINDS:
            keyword = _text(chunk.kind, _body(data, chunk)).keyword
            if _is_label(keyword) and keyword != _XMP_KEYWORD:
                yield Splice(chunk.start, chunk.end, b"")
        elif chunk.kind == b"eXIf":
            body = _body(data, chunk)
            blanks = exif.blanked(body, 0, len(body))
            if blanks:
                yield Splice(chunk.start, chunk.end, _chunk(chunk.kind, spliced(body, blanks)))


def _packet(chunk: _Chunk, text: _Text) -> bytes:
    if text.text is None:
        raise xmp.PacketUnusable(
            zh=f"第 {chunk.start} 字节处的压缩内容无法解开",
            en=f"what is compressed at byte {chunk.start} cannot be expanded",
        )
    return text.text


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


def _text(kind: bytes, body: bytes) -> _Text:
    keyword, _, rest = body.partition(b"\0")
    if not _is_label(keyword):
        return _Text(keyword, b"")
    if kind == b"tEXt":
        return _Text(keyword, rest)
    if kind == b"zTXt":
        return _Text(keyword, _expanded(rest[1:]))
    # iTXt: compression flag and method, language, translated keyword, text.
    text = rest[2:].split(b"\0", 2)[-1]
    return _Text(keyword, _expanded(text) if rest[:1] == b"\1" else text)


def _is_label(keyword: bytes) -> bool:
    return keyword == _XMP_KEYWORD or keyword.upper() == ELEMENT.encode()


def _expanded(data: bytes) -> bytes | None:
    expander = zlib.decompressobj()
    try:
        text = expander.decompress(data, LARGEST_PACKET)
    except zlib.error:
        return None
    return text if expander.eof else None


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
)
