"""What every file format offers."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hegui.core import BilingualText, InvalidInput
from hegui.marking.candidates import Candidate
from hegui.marking.explicit import ExplicitLabel, Prominence, Shown
from hegui.marking.model import ExplicitMark, Fault, ImplicitLabel
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


class ReadableText(NamedTuple):
    """What people read in a file.

    Attributes:
        text: what was read.
        faults: what of it could not be, besides what is found unreadable where labels are looked for.
    """

    text: str
    faults: tuple[Fault, ...] = ()


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
        watermark: whether it is a picture whose pixels can hold a watermark.
        listen: the labels that are heard in it; ``None`` where there is nothing to hear.
        signed: whether somebody signed the file in the format's own way. The signature goes on covering what
            it covered, but programs will say that the file was changed since; where a signature forbids
            that, ``write`` refuses. ``None`` where there are no such signatures.
        convention: what a label's place rests on where no guide names it; ``None`` where one does.
        text: what people read in it, where labels for people can be looked for; ``None`` where they cannot.
        told_by_name: what its name has to end in to be written to, where bytes alone cannot tell that it may
            be; empty where they can.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Buffer], bool]
    read: Callable[[Buffer], Iterator[Candidate | Fault]]
    write: Callable[[Buffer, ImplicitLabel], tuple[Splice, ...]]
    read_back: Callable[[Stream], ReadBack]
    show: Callable[[Buffer, ExplicitLabel, Prominence], Shown] | None = None
    watermark: bool = False
    listen: Callable[[Buffer], tuple[ExplicitMark, ...]] | None = None
    signed: Callable[[Buffer], bool] | None = None
    convention: BilingualText | None = None
    text: Callable[[Buffer], ReadableText] | None = None
    told_by_name: tuple[str, ...] = ()
