"""Labels that people notice: their wording, their place, and how they are found again in a text. Pure.

One :class:`ExplicitLabel` serves every medium: each format takes from it what concerns it.
"""

import re
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from hegui.core import BilingualText, InvalidInput, Record
from hegui.marking.model import ExplicitMark
from hegui.marking.splices import Buffer

DEFAULT_WORDING = "本内容由人工智能生成"
CORNER_MARK = "AI"

_AI = r"(?:人工智能|(?<![A-Za-z])AI(?![A-Za-z]))"
_GENERATED = r"(?:生成|合成)"
_WORDING = re.compile(rf"{_AI}.*{_GENERATED}|{_GENERATED}.*{_AI}")
_CORNER = re.compile(rf"[\[【（(]{CORNER_MARK}[\]】）)]")
_LONGEST_NOTICE = 40
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_SENTENCE = re.compile(r"[。！？!?](?=[^”’」』])|\.(?=\s)|\n")


class WordingIncomplete(InvalidInput):
    """Words that do not say both that an artificial intelligence was at work and that it generated.

    Attributes:
        wording: the words given.
    """

    def __init__(self, wording: str) -> None:
        """Name the words and the two elements that are due."""
        super().__init__(
            zh=f"显式标识 {wording!r} 不完整；应同时含有“人工智能”或“AI”，以及“生成”和/或“合成”，"
            f"例如“{DEFAULT_WORDING}”",
            en=f"the explicit label {wording!r} is incomplete; it needs 人工智能 or AI, and 生成 or 合成, "
            f"for example {DEFAULT_WORDING}",
        )
        self.wording = wording


class NoMiddle(InvalidInput):
    """A text that has no place in its middle where a label may stand."""

    def __init__(self) -> None:
        """Offer the other places."""
        super().__init__(
            zh="这段文字只有一句，中间没有合适位置；请改为 start、end 或 corner",
            en="the text is a single sentence and has no suitable middle; choose start, end or corner",
        )


class Placement(StrEnum):
    """Where in a text, a recording or a film an explicit label stands; a corner mark is for texts.

    Basis:
        LABEL 4
        GB-45438 5.1
        GB-45438 5.3
        GB-45438 5.4
    """

    START = "start"
    MIDDLE = "middle"
    END = "end"
    CORNER = "corner"


class Edge(StrEnum):
    """Where on a picture, or on the pictures of a film, an explicit label stands.

    Basis:
        GB-45438 5.2
        GB-45438 5.4
    """

    TOP_LEFT = "top-left"
    TOP = "top"
    TOP_RIGHT = "top-right"
    LEFT = "left"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom-right"


class Prominence(Record):
    """What the standard asks of a label in numbers; the service takes them from the rulebook.

    Attributes:
        height: the least height of its characters, as a share of the shorter side of the picture.
        seconds: the least time that it stays on the opening pictures of a film.
    """

    height: float
    seconds: float


class ExplicitLabel(Record):
    """What people read or hear, and where.

    Attributes:
        wording: what it says; both elements are due, except in a corner mark, which is always ``AI``.
        placement: where in a text, a recording or a film it stands; a picture has no such places.
        edge: where on a picture it stands.
        font: a font file for drawing; without one the font of the extra ``hegui[fonts]``.
        speech: a recording of the words, for sound; without one the rhythm that the standard allows.

    Basis:
        GB-45438 5
    """

    wording: str = DEFAULT_WORDING
    placement: Placement = Placement.START
    edge: Edge = Edge.BOTTOM_RIGHT
    font: Path | None = None
    speech: Path | None = None

    def __post_init__(self) -> None:
        """Refuse words that would not do.

        Raises:
            WordingIncomplete: one of the two elements is missing, or the words fill several lines.
        """
        if "\n" in self.wording or not is_complete(self.wording):
            raise WordingIncomplete(self.wording)


class Treatment(StrEnum):
    """What became of the content as a label for people was put into it."""

    KEPT = "kept"
    LOSSLESS = "lossless"
    PARTLY_ENCODED = "partly-encoded"
    ENCODED = "encoded"

    @property
    def text(self) -> BilingualText:
        """The treatment in words."""
        return _TREATMENT_TEXTS[self]


_TREATMENT_TEXTS = {
    Treatment.KEPT: BilingualText(zh="原内容逐字节保留", en="the content is there bit for bit"),
    Treatment.LOSSLESS: BilingualText(
        zh="无损重新编码，每个采样都与原来相同", en="coded anew without loss: every sample is as it was"
    ),
    Treatment.PARTLY_ENCODED: BilingualText(
        zh="只重新编码带标识的起始画面，其余逐字节保留",
        en="only the labelled opening pictures were coded anew, the rest is there bit for bit",
    ),
    Treatment.ENCODED: BilingualText(zh="整体重新编码", en="coded anew as a whole"),
}


class Shown(NamedTuple):
    """A file with its label for people.

    Attributes:
        data: the file.
        words: what people read or hear.
        treatment: what became of the content that was there.
    """

    data: Buffer
    words: str
    treatment: Treatment


def is_complete(text: str) -> bool:
    """Whether words hold both elements: that an artificial intelligence was at work, and that it generated.

    Basis:
        GB-45438 5
    """
    return _WORDING.search(text) is not None


def labelled(text: str, explicit: ExplicitLabel) -> str:
    """The text with the explicit label at its place; a text that has it there already stays as it is.

    Args:
        text: the text that people read.
        explicit: the label.

    Raises:
        NoMiddle: the middle was asked for, and the text has neither two paragraphs nor two sentences.

    Basis:
        LABEL 4
        GB-45438 5.1
    """
    if explicit.placement is Placement.CORNER:
        return _with_corner_mark(text)
    notice = f"【{explicit.wording}】"
    if explicit.placement is Placement.START:
        return text if text.startswith(notice) else f"{notice}\n\n{text}"
    if explicit.placement is Placement.END:
        return text if text.rstrip().endswith(notice) else f"{text.rstrip()}\n\n{notice}\n"
    return text if f"\n{notice}\n" in text else _in_the_middle(text, notice)


def words_in_text(explicit: ExplicitLabel) -> str:
    """The words that a text then shows: a corner mark is always the two letters."""
    return CORNER_MARK if explicit.placement is Placement.CORNER else explicit.wording


def marks(text: str) -> tuple[ExplicitMark, ...]:
    """The explicit labels in a text: short lines with both elements, and corner marks.

    A long line that speaks of generated content is taken for part of the text, not for a label.
    """
    found = []
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        corner = _CORNER.search(line)
        if len(stripped) <= _LONGEST_NOTICE and is_complete(stripped):
            found.append(ExplicitMark(start=position + line.index(stripped), text=stripped))
        elif corner:
            found.append(ExplicitMark(start=position + corner.start(), text=corner[0]))
        position += len(line)
    return tuple(found)


def _with_corner_mark(text: str) -> str:
    body = text.rstrip()
    mark = f"【{CORNER_MARK}】"
    return text if body.endswith(mark) else f"{body}{mark}{text[len(body) :]}"


def _in_the_middle(text: str, notice: str) -> str:
    """Between two paragraphs if there are two, else between two sentences: never within one."""
    inner = range(len(text) - len(text.lstrip()) + 1, len(text.rstrip()))
    for pattern in (_PARAGRAPH, _SENTENCE):
        places = [match.end() for match in pattern.finditer(text) if match.end() in inner]
        if places:
            place = min(places, key=lambda position: abs(position - len(text) // 2))
            return f"{text[:place].rstrip()}\n\n{notice}\n\n{text[place:].lstrip()}"
    raise NoMiddle
