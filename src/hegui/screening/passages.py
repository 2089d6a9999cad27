"""Passages: what a classifier or a guard model reads at a time, the same however a text arrives."""

from bisect import bisect_left
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from hegui.core import Record
from hegui.screening.fold import fold_with_gaps
from hegui.screening.sentences import sentence_end


class PassageUnit(StrEnum):
    """What makes a passage."""

    SENTENCE = "sentence"
    WINDOW = "window"
    """So many characters, wherever they end."""
    WHOLE = "whole"
    """The whole text: nothing is decided before it is complete."""


class Passages(Record):
    """How a text is divided into passages.

    Characters are counted in the folded text, so that what nobody sees makes no passage shorter.

    Attributes:
        unit: what makes a passage.
        longest: how many characters a passage has at most; a longer sentence is cut. Not for ``WHOLE``.
        context: how many characters before a passage are read with it.
    """

    unit: PassageUnit = PassageUnit.SENTENCE
    longest: Annotated[int, msgspec.Meta(ge=8, le=100_000)] = 120
    context: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 80

    def end(self, text: str, start: int, *, complete: bool) -> int | None:
        """Where the passage that begins at ``start`` of a folded text ends; ``None`` if not known yet."""
        if self.unit is PassageUnit.SENTENCE:
            return sentence_end(text, start, longest=self.longest, complete=complete)
        end = len(text) if self.unit is PassageUnit.WHOLE else start + self.longest
        if end < len(text):
            return end
        return len(text) if complete and start < len(text) else None


SENTENCES = Passages()
"""Sentences of up to 120 characters, each read with 80 before it."""


class Passage(NamedTuple):
    """A piece of an original text, and what stands before it."""

    start: int
    end: int
    text: str
    context: str

    @property
    def read(self) -> str:
        """What is read to judge the passage: its context and itself."""
        return self.context + self.text


class PassageReader:
    """Divides a text that arrives in pieces.

    Passages follow one another without a gap; what vanishes in folding belongs to the passage behind it.
    """

    def __init__(self, passages: Passages) -> None:
        """Begin at the beginning."""
        self._passages = passages
        # From `_origin` on: the original text and its folded form. Each character that vanished is named by
        # the number of folded characters before it. `_begin` is where the passage begins, in the folded form.
        self._origin = 0
        self._text = ""
        self._folded = ""
        self._gaps: list[int] = []
        self._begin = 0
        self.position = 0
        """Where the passage begins that has not ended yet, in the original text."""

    def feed(self, delta: str, *, complete: bool = False) -> list[Passage]:
        """The passages that ``delta`` completes, in order; the rest of the text too, when it is complete."""
        self._append(delta)
        found = []
        while (end := self._passages.end(self._folded, self._begin, complete=complete)) is not None:
            found.append(self.cut(self._behind(end)))
            self._begin = end
            self.position = found[-1].end
        if complete:
            self.position = self._origin + len(self._text)
        elif found:
            self._forget()
        return found

    def cut(self, end: int) -> Passage:
        """The passage that has not ended yet, ended at ``end`` of the original text."""
        context, begin = self._behind(self._context()) - self._origin, self.position - self._origin
        return Passage(
            start=self.position,
            end=end,
            text=self._text[begin : end - self._origin],
            context=self._text[context:begin],
        )

    def copy(self) -> "PassageReader":
        """A reader that goes on from here by itself."""
        other = PassageReader(self._passages)
        other.__dict__.update(self.__dict__)
        other._gaps = self._gaps.copy()
        return other

    def _append(self, delta: str) -> None:
        folded, gaps = fold_with_gaps(delta)
        self._gaps += (len(self._folded) + gap for gap in gaps)
        self._folded += folded
        self._text += delta

    def _behind(self, index: int) -> int:
        """Where in the original the part ends that folds onto the first ``index`` characters."""
        return self._origin + index + bisect_left(self._gaps, index)

    def _context(self) -> int:
        return max(0, self._begin - self._passages.context)

    def _forget(self) -> None:
        """Drop what stands before the context of the next passage."""
        context = self._context()
        origin = self._behind(context)
        self._text = self._text[origin - self._origin :]
        self._folded = self._folded[context:]
        self._gaps = [gap - context for gap in self._gaps[bisect_left(self._gaps, context) :]]
        self._begin -= context
        self._origin = origin


def passages(text: str, by: Passages) -> list[Passage]:
    """The passages of a whole text."""
    return PassageReader(by).feed(text, complete=True)
