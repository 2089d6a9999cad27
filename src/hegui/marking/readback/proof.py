"""What a second parser reports."""

import html
from typing import Literal, NamedTuple, Protocol

_OPEN = "<TC260:AIGC"
_CLOSE = "</TC260:AIGC>"
_PIECE_BYTES = 1 << 20


class Stream(Protocol):
    """Bytes to read from; a file, or a mapped one."""

    def read(self, size: int = -1, /) -> bytes:
        """The next ``size`` bytes, fewer at the end; all that are left if negative."""
        ...

    def seek(self, position: int, whence: Literal[0, 1, 2] = ..., /) -> object:
        """Go to ``position``, counted from the start, from here (1) or from the end (2)."""
        ...

    def tell(self) -> int:
        """Where the next byte is read from."""
        ...


class ReadBack(NamedTuple):
    """A file as the second parser sees it.

    Attributes:
        labels: the text of each label, which should be JSON.
        coded: the digest of everything that is not metadata which a label may change.
    """

    labels: tuple[str, ...]
    coded: str


class Hash(Protocol):
    """A digest in the making."""

    def update(self, data: bytes, /) -> None:
        """Take more data."""
        ...


def hash_next(file: Stream, size: int, into: Hash) -> None:
    """Read ``size`` bytes into a digest, fewer where the file ends, in little memory."""
    while size > 0 and (data := file.read(min(size, _PIECE_BYTES))):
        into.update(data)
        size -= len(data)


def hash_rest(file: Stream, into: Hash) -> None:
    """Read all that is left into a digest, in little memory."""
    while data := file.read(_PIECE_BYTES):
        into.update(data)


def length(file: Stream) -> int:
    """How many bytes a file has; the place in it stays the same."""
    here = file.tell()
    file.seek(0, 2)
    end = file.tell()
    file.seek(here)
    return end


def labels_in_xmp(packet: bytes) -> list[str]:
    """The labels in an XMP packet, by string search."""
    parts = packet.decode("utf-8", "replace").split(_OPEN)[1:]
    return [html.unescape(part.partition(">")[2].partition(_CLOSE)[0]) for part in parts]
