"""Lines of files: in byte ranges, packed or not, in any encoding."""

import gzip
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from io import BufferedReader, BytesIO
from itertools import accumulate
from operator import add
from typing import NamedTuple, Protocol

from hegui.corpus.formats.document import Compression
from hegui.corpus.formats.packages import package

_CHUNK_BYTES = 1 << 20
AT_ONCE = 1 << 17
"""So much of a plain file is read at once: what is done with it stays in the processor's cache."""
UNPACKED_AT_ONCE = 1 << 13
"""Of other files less: where they are damaged, as much before the damage may be lost."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before the first line of UTF-8."""

WHOLE = (1 << 53) - 1
"""The end of a range that holds all of a file: the greatest number that JSON holds exactly."""


class FileLine(NamedTuple):
    """One line of a file.

    Attributes:
        offset: of its first byte in the file.
        length: in bytes, without the line feed.
        data: its bytes without the line feed; ``None`` where it is over-long.
    """

    offset: int
    length: int
    data: bytes | None


class LineRun(NamedTuple):
    """Lines that follow one another.

    Attributes:
        offset: of the first byte in the file.
        contents: the bytes of each, with its line feed; ``None`` where it is over-long.
        lengths: of each, without the line feed.
    """

    offset: int
    contents: Sequence[bytes | None]
    lengths: Sequence[int]

    @property
    def offsets(self) -> list[int]:
        """Of the first byte of each line."""
        return list(map(add, accumulate(self.lengths, initial=self.offset), range(len(self.lengths))))

    @property
    def known(self) -> Sequence[bytes] | None:
        """The bytes of each line, where none is over-long."""
        known = [each for each in self.contents if each is not None]
        return known if len(known) == len(self.contents) else None

    def lines(self) -> Iterator[FileLine]:
        """Each by itself."""
        for offset, length, data in zip(self.offsets, self.lengths, self.contents, strict=True):
            yield FileLine(offset, length, None if data is None else data.removesuffix(b"\n"))


class Readable(Protocol):
    """What can be read from its beginning to its end."""

    def read1(self, size: int, /) -> bytes:
        """The next bytes, about ``size`` of them at most; none at the end."""


class _Recoded:
    """Any file of characters as UTF-8."""

    def __init__(self, file: BufferedReader, encoding: str) -> None:
        self._file = file
        self._decode = getincrementaldecoder(encoding)().decode

    def read1(self, size: int, /) -> bytes:
        while data := self._file.read1(size):
            if text := self._decode(data):
                return text.encode("utf-8", "surrogatepass")
        return self._decode(b"", final=True).encode("utf-8", "surrogatepass")


def unpacked(file: BufferedReader, compression: Compression) -> BufferedReader:
    """``file`` as it was before it was packed; several packed parts in a row are read as one.

    Raises:
        PackageMissing: there is nothing here that unpacks it.
    """
    if compression is Compression.GZIP:
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]  # it reads as any other file
    if compression is Compression.ZSTANDARD:
        zstandard = package("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
        return BufferedReader(zstandard.ZstdFile(file))
    return file


def recoded(file: BufferedReader, encoding: str | None) -> Readable:
    """``file`` in UTF-8, where all of it is in another encoding."""
    return file if encoding is None else _Recoded(file, encoding)


def lines(file: Readable, *, longest_bytes: int, start: int = 0, end: int = WHOLE) -> Iterator[FileLine]:
    """The lines whose first byte lies in ``[start, end)``, each by itself; see :func:`line_runs`."""
    for run in line_runs(file, longest_bytes=longest_bytes, start=start, end=end):
        yield from run.lines()


def line_runs(
    file: Readable,
    *,
    longest_bytes: int,
    start: int = 0,
    end: int = WHOLE,
    at_once: int = UNPACKED_AT_ONCE,
) -> Iterator[LineRun]:
    """The lines whose first byte lies in ``[start, end)``, in memory bounded by the longest permitted line.

    Args:
        file: at its beginning; one that can seek where ``start`` is not 0.
        longest_bytes: a longer line is named, but not read into memory.
        start: first byte.
        end: the byte after the last.
        at_once: how much of the file is read at once.
    """
    position = _first_line(file, start, end) if start else 0  # type: ignore[arg-type]  # only files are cut
    begun: list[bytes] = []
    length = 0  # of the line that has begun; where it is over-long, nothing else is known of it
    while position < end:
        piece = file.read1(at_once)
        behind = piece.rfind(b"\n") + 1
        if behind or not piece:
            if length > longest_bytes:
                first = piece.find(b"\n") + 1
                length += max(0, first - 1)
                yield LineRun(position, [None], [length])
                position += length + 1
                data = piece[first:behind]
            else:
                data = b"".join((*begun, piece[:behind]))
            if data and position < end:
                yield _run(position, _cut(data, end - position), longest_bytes)
            position += len(data)
            begun, length = [], 0
        if not piece:
            return
        length += len(piece) - behind
        begun.append(piece[behind:])
        if length > longest_bytes:
            begun.clear()


def _first_line(file: BufferedReader, start: int, end: int) -> int:
    """Where the first line that begins in the range begins, or somewhere behind the range."""
    # The line that holds the byte before the range belongs to whoever holds its first byte.
    file.seek(start - 1)
    position = start - 1
    while position < end:
        part = file.readline(min(_CHUNK_BYTES, end - position))
        position += len(part)
        if not part or part.endswith(b"\n"):
            break
    return position


def _cut(data: bytes, end: int) -> bytes:
    """The lines that begin before ``end``."""
    behind = data.find(b"\n", end - 1) + 1 if end <= len(data) else 0
    return data[:behind] if behind else data


def _run(offset: int, data: bytes, longest_bytes: int) -> LineRun:
    found = BytesIO(data).readlines()  # five times as fast as to split them
    lengths = [len(line) - 1 for line in found]
    if not data.endswith(b"\n"):
        lengths[-1] += 1
    # Some editors put a byte order mark before the first line; it is no part of the document.
    if offset == 0:
        found[0] = found[0].removeprefix(BYTE_ORDER_MARK)
    if max(lengths) <= longest_bytes:
        return LineRun(offset, found, lengths)
    known = zip(found, lengths, strict=True)
    return LineRun(offset, [None if length > longest_bytes else each for each, length in known], lengths)
