"""What a format's reader hands over before anybody judges it."""

import zlib
from typing import NamedTuple

from hegui.core import BilingualText
from hegui.marking.model import ELEMENT, Carrier, Dialect, Fault, FieldValue

LARGEST_VALUE = 1 << 20
"""Bytes of one label value that are read at most; a real one has a few hundred."""

LARGEST_PACKET = 16 << 20
"""Bytes of one metadata packet that are read at most."""

MOST_PARTS = 1 << 20
"""Boxes, chunks, pages or elements of one file that are looked at at most; a real one has thousands."""

_NAMES = {ELEMENT.casefold(), f"tc260:{ELEMENT}".casefold()}


LARGEST_IN_ALL = 64 << 20
"""Bytes of metadata of one file that are read at most where structures may share them or are compressed."""


class Allowance:
    """How much more metadata of one file may be read: what is small can claim to be, or become, very much."""

    def __init__(self) -> None:
        """Begin with all that one file is allowed."""
        self._left = LARGEST_IN_ALL

    def covers(self, size: int) -> bool:
        """Whether ``size`` bytes more may be read."""
        return size <= self._left

    def takes(self, size: int) -> bool:
        """Whether ``size`` bytes more may be read; they count as read."""
        self._left -= size
        return self._left >= 0

    def expanded(self, data: bytes) -> bytes | None:
        """What zlib compressed; ``None`` where it is not all there, or more than may be read."""
        result, whole = self.begun(data, most=LARGEST_PACKET, wbits=zlib.MAX_WBITS)
        return result if whole else None

    def begun(self, data: bytes, *, most: int, wbits: int) -> tuple[bytes, bool]:
        """What zlib compressed, as far as it may be read, and whether that is all.

        Args:
            data: what was compressed.
            most: how many bytes are wanted at most.
            wbits: the envelope, as :func:`zlib.decompressobj` names it.
        """
        most = min(most, self._left)
        if most < 0:
            return b"", False
        expander = zlib.decompressobj(wbits)
        try:
            # One byte more, for nought would be without bound.
            result = expander.decompress(data, most + 1)
        except zlib.error:
            return b"", False
        whole = expander.eof and len(result) <= most
        result = result[:most]
        self.takes(len(result))
        return result, whole


class Candidate(NamedTuple):
    """A value that calls itself a label.

    Attributes:
        value: text that should be JSON, or fields where the carrier keeps them apart.
        carrier: where it stands.
        offset: the first byte of the structure that holds it, from the start of the file.
        dialect: how it is written, where the carrier alone tells; else its text will.
        untyped: the names of fields whose values were not text.
    """

    value: str | tuple[FieldValue, ...]
    carrier: Carrier
    offset: int
    dialect: Dialect | None = None
    untyped: tuple[str, ...] = ()


def fault(offset: int, *, zh: str, en: str) -> Fault:
    """Something unreadable at ``offset``."""
    return Fault(offset=offset, text=BilingualText(zh=zh, en=en))


def too_many(offset: int) -> Fault:
    """More parts than are looked at, up to ``offset``."""
    return fault(
        offset,
        zh=f"文件的组成部分超过 {MOST_PARTS} 个，其余没有读取",
        en=f"the file has more than {MOST_PARTS} parts, and the rest was not read",
    )


def decoded(data: bytes) -> str:
    """Text as the products in the field write it: UTF-8, and Latin-1 where it is not."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def names_label(name: str) -> bool:
    """Whether a key, a keyword or a description is one that labels stand under, in whatever case."""
    return name.strip("\0 ").casefold() in _NAMES
