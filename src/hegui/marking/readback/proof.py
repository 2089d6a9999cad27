"""What a second parser reports."""

import html
from typing import NamedTuple, Protocol

_OPEN = "<TC260:AIGC"
_CLOSE = "</TC260:AIGC>"
_PIECE_BYTES = 1 << 20


class Stream(Protocol):
    """Bytes that are read one after another; a file, or a mapped one."""

    def read(self, size: int = -1, /) -> bytes:
        """The next ``size`` bytes, fewer at the end; all that are left if negative."""
        ...

    def seek(self, offset: int, /) -> object:
        """Go on from another place."""
        ...

    def tell(self) -> int:
        """Where the next bytes are read from."""
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
    """Read ``size`` bytes into a digest, in little memory; fewer where the file ends before."""
    while data := file.read(min(size, _PIECE_BYTES)):
        into.update(data)
        size -= len(data)


def hash_rest(file: Stream, into: Hash) -> None:
    """Read all that is left into a digest, in little memory."""
    while data := file.read(_PIECE_BYTES):
        into.update(data)


def labels_in_xmp(packet: bytes) -> list[str]:
    """The labels in an XMP packet, by string search."""
    parts = packet.decode("utf-8", "replace").split(_OPEN)[1:]
    return [html.unescape(part.partition(">")[2].partition(_CLOSE)[0]) for part in parts]
