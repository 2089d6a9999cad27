"""Byte ranges of JSON Lines files, and the lines that belong to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hegui.core import Record

_CHUNK_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Shard(Record):
    """A part of one file: the lines whose first byte lies in ``[start, end)``.

    Attributes:
        path: the file.
        start: first byte.
        end: the byte after the last.
        text_field: the member of each line that holds the text.
        longest_bytes: a longer line is counted and named, but not read into memory.
    """

    path: str
    start: int
    end: int
    text_field: str
    longest_bytes: int


class FileLine(Record):
    """One line of a file.

    Attributes:
        offset: of its first byte in the file.
        length: in bytes, without the line feed.
        data: its bytes without the line feed; ``None`` where it is over-long.
    """

    offset: int
    length: int
    data: bytes | None


def shards(
    path: Path, *, size_bytes: int, text_field: str, shard_bytes: int, longest_bytes: int
) -> Iterator[Shard]:
    """Cut a file of ``size_bytes`` into shards of ``shard_bytes`` (the last may be smaller)."""
    for start in range(0, size_bytes, shard_bytes):
        yield Shard(
            path=str(path),
            start=start,
            end=min(start + shard_bytes, size_bytes),
            text_field=text_field,
            longest_bytes=longest_bytes,
        )


def lines(shard: Shard) -> Iterator[FileLine]:
    """The lines of ``shard``, in order, in memory bounded by its longest permitted line."""
    with Path(shard.path).open("rb") as file:
        position = _first_line(file, shard)
        while position < shard.end:
            line, after = _next_line(file, position, shard.longest_bytes)
            if line is None:
                return
            yield line
            position = after


def _first_line(file: BinaryIO, shard: Shard) -> int:
    """Where the first line that begins in the shard begins, or somewhere behind the shard."""
    if shard.start == 0:
        return 0
    # The line that holds the byte before the shard belongs to whoever holds its first byte.
    file.seek(shard.start - 1)
    position = shard.start - 1
    while position < shard.end:
        part = file.readline(min(_CHUNK_BYTES, shard.end - position))
        position += len(part)
        if not part or part.endswith(b"\n"):
            break
    return position


def _next_line(file: BinaryIO, position: int, longest_bytes: int) -> tuple[FileLine | None, int]:
    data = file.readline(longest_bytes + 1)
    if not data:
        return None, position
    if data.endswith(b"\n"):
        return _line(position, data[:-1]), position + len(data)
    if len(data) <= longest_bytes:  # the file ends without a line feed
        return _line(position, data), position + len(data)
    length = len(data)
    while part := file.readline(_CHUNK_BYTES):
        length += len(part)
        if part.endswith(b"\n"):
            return FileLine(offset=position, length=length - 1, data=None), position + length
    return FileLine(offset=position, length=length, data=None), position + length


def _line(position: int, data: bytes) -> FileLine:
    # Some editors put a byte order mark before the first line; it is no part of the document.
    content = data.removeprefix(_BYTE_ORDER_MARK) if position == 0 else data
    return FileLine(offset=position, length=len(data), data=content)
