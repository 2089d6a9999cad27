"""Changes to a file as replaced stretches of bytes, so that everything else stays as it was."""

import hashlib
import mmap
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

Buffer: TypeAlias = bytes | mmap.mmap
"""A file's bytes: in memory, or mapped where the file is large. Slices of either are ``bytes``."""

_PIECE_BYTES = 1 << 20
_MOST_RESIDENT = 32 << 20


class Mapped(mmap.mmap):
    """A large file, mapped; what has been read of it does not stay in memory.

    Without this a program that reads a film of 4 GB once would seem to need 4 GB.
    """

    _unforgotten = 0

    def __getitem__(self, key: slice) -> bytes:  # type: ignore[override]  # slices are all anybody takes
        """A stretch of the file."""
        data = super().__getitem__(key)
        self._forget(len(data))
        return data

    def read(self, size: int | None = None, /) -> bytes:
        """The next bytes of the file."""
        data = super().read(size)
        self._forget(len(data))
        return data

    def find(  # type: ignore[override]  # bytes are all anybody seeks
        self, sought: bytes, start: int = 0, end: int | None = None, /
    ) -> int:
        """Where ``sought`` begins, or -1."""
        stop = len(self) if end is None else min(end, len(self))
        # Windows overlap, so that nothing is missed between two of them.
        for window in range(start, max(stop, start + 1), _MOST_RESIDENT):
            place = super().find(sought, window, min(window + _MOST_RESIDENT + len(sought) - 1, stop))
            self._forget(_MOST_RESIDENT)
            if place >= 0:
                return place
        return -1

    def _forget(self, size: int) -> None:
        # Reading a byte maps its page and some around it, 4 KB and more.
        self._unforgotten += max(size, mmap.PAGESIZE)
        if self._unforgotten >= _MOST_RESIDENT:
            self.madvise(mmap.MADV_DONTNEED)
            self._unforgotten = 0


class Splice(NamedTuple):
    """The bytes from ``start`` up to ``end`` give way to ``data``."""

    start: int
    end: int
    data: bytes


def pieces(data: Buffer, splices: Iterable[Splice]) -> Iterator[bytes | memoryview]:
    """The changed file in pieces of bounded size, so that a large one needs little memory; nothing is copied.

    Args:
        data: the file as it was.
        splices: the changes, none overlapping another, in any order.
    """
    position = 0
    for splice in sorted(splices):
        yield from _stretch(data, position, splice.start)
        yield splice.data
        position = splice.end
    yield from _stretch(data, position, len(data))


def spliced(data: Buffer, splices: Iterable[Splice]) -> bytes:
    """The changed file as a whole."""
    return b"".join(pieces(data, splices))


def digest(data: Buffer) -> str:
    """The digest of a file's bytes, in constant memory: ``sha256:`` and 64 hexadecimal digits."""
    state = hashlib.sha256()
    for piece in pieces(data, ()):
        state.update(piece)
    return f"sha256:{state.hexdigest()}"


def _stretch(data: Buffer, start: int, end: int) -> Iterator[bytes | memoryview]:
    # A view of a mapped file would keep it open and its pages in memory.
    source = memoryview(data) if isinstance(data, bytes) else data
    for position in range(start, end, _PIECE_BYTES):
        yield source[position : min(position + _PIECE_BYTES, end)]
