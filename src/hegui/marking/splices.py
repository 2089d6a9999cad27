"""Changes to a file as replaced stretches of bytes, so that everything else stays as it was."""

import hashlib
import mmap
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

Buffer: TypeAlias = bytes | mmap.mmap
"""A file's bytes: in memory, or mapped where the file is large. Slices of either are ``bytes``."""

_PIECE_BYTES = 1 << 20


class Splice(NamedTuple):
    """The bytes from ``start`` up to ``end`` give way to ``data``."""

    start: int
    end: int
    data: bytes


def pieces(data: Buffer, splices: Iterable[Splice]) -> Iterator[bytes]:
    """The changed file in pieces of bounded size, so that a large one needs little memory.

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


def _stretch(data: Buffer, start: int, end: int) -> Iterator[bytes]:
    for position in range(start, end, _PIECE_BYTES):
        yield data[position : min(position + _PIECE_BYTES, end)]
