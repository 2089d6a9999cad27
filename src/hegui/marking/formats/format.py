"""What every file format offers."""

import dataclasses
import operator
from collections.abc import Callable, Iterator

from hegui.core import InvalidInput
from hegui.marking.candidates import Candidate
from hegui.marking.explicit import ExplicitLabel, Prominence
from hegui.marking.model import Fault, ImplicitLabel
from hegui.marking.readback import ReadBack, Stream
from hegui.marking.splices import Buffer, Splice


class MalformedFile(InvalidInput):
    """A file whose structure is too damaged to write into.

    Attributes:
        format: what the file should be.
        offset: the byte where its structure breaks.
    """

    def __init__(self, *, format_name: str, offset: int, zh: str, en: str) -> None:
        """Name the format and the place before the message."""
        super().__init__(
            zh=f"{format_name} 文件在第 {offset} 字节处损坏：{zh}；请重新生成该文件后再加标识",
            en=f"the {format_name} file is damaged at byte {offset}: {en}; make it again, then label it",
        )
        self.format = format_name
        self.offset = offset


class NoRoom(InvalidInput):
    """A file too large for its format to point at one more thing in it.

    Attributes:
        format: what the file is.
    """

    def __init__(self, format_name: str) -> None:
        """Name the format."""
        super().__init__(
            zh=f"{format_name} 文件太大，加上标识后其中的偏移量放不下；请改用 64 位的变体，或拆分后再加标识",
            en=f"the {format_name} file is too large: with the label, places in it need more bits than it "
            "has for them; use the 64-bit variant, or split it, then label",
        )
        self.format = format_name


@dataclasses.dataclass(frozen=True)
class Format:
    """A file format that has a place for labels.

    Attributes:
        name: the format's usual name.
        suffixes: what names of such files usually end in.
        recognises: whether bytes are such a file.
        read: every label in the file and everything unreadable; never raises, whatever the bytes.
        write: the changes that make the label the file's only one; raises
            :class:`hegui.core.InvalidInput` where the file cannot take one.
        read_back: a second parser, which shares no code with ``read`` and ``write``; it may count on what
            ``write`` has accepted.
        show: puts a label for people into the content; ``None`` where Hegui cannot.
        words: what people then read or hear, for the evidence.
        told_by_name: whether bytes alone cannot tell that a file may be written to, so that its name must.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Buffer], bool]
    read: Callable[[Buffer], Iterator[Candidate | Fault]]
    write: Callable[[Buffer, ImplicitLabel], tuple[Splice, ...]]
    read_back: Callable[[Stream], ReadBack]
    show: Callable[[Buffer, ExplicitLabel, Prominence], Buffer] | None = None
    words: Callable[[ExplicitLabel], str] = operator.attrgetter("wording")
    told_by_name: bool = False
