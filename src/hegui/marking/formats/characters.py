"""Text files as characters that all take the same number of bytes: a place in one is a place in the other.

Markup is ASCII. In UTF-8, GB 18030 and the encodings of Europe, a byte below 128 that markup uses is never
part of another character; there every byte counts as a character. Where a mark at the head says UTF-16, every
unit of two bytes does.
"""

import codecs
import re
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking.candidates import fault
from hegui.marking.model import Fault
from hegui.marking.splices import Buffer

LARGEST_TEXT = 64 << 20
"""Bytes of one text file that are looked at at most."""

_LATIN = "latin-1"
_MARKS = {
    codecs.BOM_UTF8: (_LATIN, 1),
    codecs.BOM_UTF16_LE: ("utf-16-le", 2),
    codecs.BOM_UTF16_BE: ("utf-16-be", 2),
}
_BEYOND = re.compile("[\U00010000-\U0010ffff]")


class TextTooLarge(InvalidInput):
    """A text file of more bytes than are looked at."""

    def __init__(self, format_name: str, size: int, most: int) -> None:
        """Name both sizes."""
        super().__init__(
            zh=f"{format_name} 文件有 {size} 字节，超过 {most} 字节；没有改动，请拆分后再加标识",
            en=f"the {format_name} file has {size} bytes, more than {most}; nothing was changed, "
            "split it, then label",
        )


class Characters(NamedTuple):
    """The text of a file.

    Attributes:
        text: its characters; what is not ASCII may stand for something else.
        start: where the first begins: behind the mark at the head of the file, where there is one.
        width: how many bytes each takes.
        encoding: what ASCII is written in.
    """

    text: str
    start: int
    width: int
    encoding: str

    def place(self, index: int) -> int:
        """Where in the file a character begins."""
        return self.start + index * self.width

    def encoded(self, text: str) -> bytes:
        """ASCII as this file writes it."""
        return text.encode(self.encoding)


def characters(data: Buffer, *, most: int = LARGEST_TEXT) -> Characters:
    """The characters of a file, up to so many bytes of it."""
    head = data[:most]
    for mark, (encoding, width) in _MARKS.items():
        if head.startswith(mark):
            body = head[len(mark) : len(head) - (len(head) - len(mark)) % width]
            # A pair of surrogates is two units; as one character it would take two places.
            text = _BEYOND.sub("\ufffd\ufffd", body.decode(encoding, "surrogatepass"))
            return Characters(text, len(mark), width, encoding)
    return Characters(head.decode(_LATIN), 0, 1, _LATIN)


def check_size(data: Buffer, format_name: str, *, most: int) -> None:
    """Refuse to write into a text of which only so many bytes would be looked at.

    Raises:
        TextTooLarge: it is longer.
    """
    if len(data) > most:
        raise TextTooLarge(format_name, len(data), most)


def too_long(most: int) -> Fault:
    """The rest of a text file that is not read."""
    return fault(most, zh="文件过大，其余没有读取", en="the file is too large, and the rest was not read")
