"""What a second parser reports."""

import html
from typing import NamedTuple, Protocol

_OPEN = "<TC260:AIGC"
_CLOSE = "</TC260:AIGC>"


class Stream(Protocol):
    """Bytes that are read from beginning to end; a file, or a mapped one."""

    def read(self, size: int = -1, /) -> bytes:
        """The next ``size`` bytes, fewer at the end; all that are left if negative."""
        ...


class ReadBack(NamedTuple):
    """A file as the second parser sees it.

    Attributes:
        labels: the text of each label, which should be JSON.
        coded: the digest of everything that is not metadata which a label may change.
    """

    labels: tuple[str, ...]
    coded: str


def labels_in_xmp(packet: bytes) -> list[str]:
    """The labels in an XMP packet, by string search."""
    parts = packet.decode("utf-8", "replace").split(_OPEN)[1:]
    return [html.unescape(part.partition(">")[2].partition(_CLOSE)[0]) for part in parts]
