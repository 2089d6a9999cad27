"""RIFF: chunks within chunks, which WAV and AVI files are made of."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking.candidates import (
    LARGEST_VALUE,
    MOST_PARTS,
    Candidate,
    decoded,
    fault,
    names_label,
    too_many,
)
from hegui.marking.formats.format import MalformedFile
from hegui.marking.model import ELEMENT, Carrier, Fault
from hegui.marking.splices import Buffer, Splice

HEADER_BYTES = 8
FORM_BYTES = 4
"""Bytes of the name that the content of a file or a list begins with."""

UNKNOWN = 0xFFFFFFFF
"""The length that a chunk has where it is not known, or kept elsewhere."""

LIST = b"LIST"
INFO = b"INFO"
LABEL = ELEMENT.encode()

_LARGEST = UNKNOWN - 1


class RiffTooLarge(InvalidInput):
    """A file that would be too large for a format whose lengths have 32 bits."""

    def __init__(self, size: int) -> None:
        """Name the length."""
        super().__init__(
            zh=f"加上标识后有 {size} 字节，RIFF 的长度字段放不下；请改用 RF64（WAV）或 OpenDML（AVI）",
            en=f"with the label there are {size} bytes, more than a RIFF can say; use RF64 (WAV) or "
            "OpenDML (AVI)",
        )
        self.size = size


class Chunk(NamedTuple):
    """One chunk.

    Attributes:
        kind: its four characters.
        start: where it begins.
        body: where its content does.
        end: where its content ends.
        stop: where the next one begins: chunks of odd length are padded.
    """

    kind: bytes
    start: int
    body: int
    end: int
    stop: int


def chunks(data: Buffer, start: int, end: int, *, unknown: int | None = None) -> Iterator[Chunk | Fault]:
    """The chunks from ``start`` up to ``end``; a fault ends them.

    Args:
        data: the file.
        start: where the first begins.
        end: where the last has to end.
        unknown: the length of a chunk whose own is not known; to ``end`` if not given.
    """
    position = start
    for _ in range(MOST_PARTS):
        if position >= end:
            return
        header = data[position : position + HEADER_BYTES]
        body = position + HEADER_BYTES
        length = int.from_bytes(header[4:], "little")
        if length == UNKNOWN:
            length = end - body if unknown is None else unknown
        if len(header) < HEADER_BYTES or body + length > end:
            yield fault(position, zh="数据块超出文件末尾", en="a chunk reaches beyond the end of the file")
            return
        stop = min(body + length + length % 2, end)
        yield Chunk(header[:4], position, body, body + length, stop)
        position = stop
    yield too_many(position)


def form(data: Buffer, chunk: Chunk) -> bytes:
    """What a list is a list of."""
    return data[chunk.body : min(chunk.end, chunk.body + FORM_BYTES)]


def inside(data: Buffer, chunk: Chunk) -> Iterator[Chunk | Fault]:
    """The chunks in a list."""
    return chunks(data, chunk.body + FORM_BYTES, chunk.end)


def is_information(data: Buffer, chunk: Chunk) -> bool:
    """Whether a chunk is the list with the file's metadata."""
    return chunk.kind == LIST and form(data, chunk) == INFO


def is_label(chunk: Chunk) -> bool:
    """Whether a chunk's name is that of a label."""
    return names_label(chunk.kind.decode("latin-1"))


def candidate(data: Buffer, chunk: Chunk, carrier: Carrier) -> Candidate | Fault:
    """The label that a chunk holds."""
    if chunk.end - chunk.body > LARGEST_VALUE:
        return fault(chunk.start, zh="标识的值过长", en="the value of a label is too long")
    text = decoded(data[chunk.body : chunk.end]).strip("\0 \r\n\t")
    return Candidate(value=text, carrier=carrier, offset=chunk.start)


def made(kind: bytes, body: bytes) -> bytes:
    """A chunk, padded where its length is odd."""
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


def sound(items: Iterable[Chunk | Fault], format_name: str) -> list[Chunk]:
    """The chunks, if there is no fault among them.

    Raises:
        MalformedFile: there is one.
    """
    chunks = []
    for item in items:
        if isinstance(item, Fault):
            raise MalformedFile(format_name=format_name, offset=item.offset, zh=item.text.zh, en=item.text.en)
        chunks.append(item)
    return chunks


def without_labels(data: Buffer, chunk: Chunk, format_name: str) -> tuple[bytes, bool]:
    """What the list with a file's metadata holds besides labels, and whether it holds any.

    Raises:
        MalformedFile: the list is damaged.
    """
    items = sound(inside(data, chunk), format_name)
    kept = [made(item.kind, data[item.body : item.end]) for item in items if not is_label(item)]
    return b"".join(kept), len(kept) < len(items)


def information(items: bytes) -> bytes:
    """The list with a file's metadata."""
    return made(LIST, INFO + items)


def resized(data: Buffer, start: int, growth: int) -> tuple[Splice, ...]:
    """What makes the chunk that begins at ``start`` say that it has grown; nothing where it does not say.

    Raises:
        RiffTooLarge: it becomes longer than it can say.
    """
    field = start + FORM_BYTES
    length = int.from_bytes(data[field : field + 4], "little")
    # Who recorded without knowing how long wrote nothing or the largest number.
    if length in {0, UNKNOWN} or not growth:
        return ()
    if length + growth > _LARGEST:
        raise RiffTooLarge(length + growth)
    return (Splice(field, field + 4, (length + growth).to_bytes(4, "little")),)


def growth(splices: list[Splice]) -> int:
    """By how many bytes a file grows."""
    return sum(len(item.data) - (item.end - item.start) for item in splices)
