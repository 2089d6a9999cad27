"""From pieces to lines: chooses languages, numbers the sections, gives every entry its mark. Pure."""

import string
from collections.abc import Iterator
from enum import StrEnum

from hegui.core import BilingualText, Language, Record, Verdict
from hegui.dossier.model import (
    CitedFigure,
    Document,
    Emphasis,
    Figure,
    Paragraph,
    Piece,
    Quotation,
    RecordedWords,
    Section,
    Table,
    Words,
)
from hegui.ledger import EntryRef

_LETTERS = string.ascii_lowercase
_CHINESE_DIGITS = "零一二三四五六七八九"
_TEN = 10


class Tongue(StrEnum):
    """Which languages a document speaks."""

    ZH = "zh"
    EN = "en"
    BOTH = "both"

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages, Chinese first."""
        return tuple(Language) if self is Tongue.BOTH else (Language(self.value),)


class Run(Record):
    """A stretch of text of one kind.

    Attributes:
        cited: whether an entry answers for the text.
        mark: the mark of the entry; empty where there is none to show.
        entry: the entry; ``None`` for the document's own.
        pointer: where the text stands in the entry.
        verdict: the verdict that the text states.
    """

    text: str
    cited: bool = False
    mark: str = ""
    entry: EntryRef | None = None
    pointer: str = ""
    value: int | str = ""
    form: str = ""
    verdict: Verdict | None = None


class Line(Record):
    """One line of text in one language."""

    runs: tuple[Run, ...]
    language: Language

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(run.text for run in self.runs)


Lines = tuple[Line, ...]


class SetParagraph(Record):
    """A paragraph of lines, one in each language."""

    lines: Lines
    emphasis: Emphasis


class SetTable(Record):
    """A table of lines."""

    name: Lines
    header: tuple[Lines, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Lines, ...], ...]
    room: int


class SetSection(Record):
    """A section of lines and tables."""

    title: Lines
    blocks: tuple[SetParagraph | SetTable, ...]


class SetDocument(Record):
    """A document ready to be written in any format."""

    title: Lines
    notice: Lines
    subtitle: Lines
    sections: tuple[SetSection, ...]

    @property
    def runs(self) -> Iterator[Run]:
        """Every run, in reading order."""
        for line in self._lines:
            yield from line.runs

    @property
    def _lines(self) -> Iterator[Line]:
        yield from (*self.title, *self.notice, *self.subtitle)
        for section in self.sections:
            yield from section.title
            for block in section.blocks:
                if isinstance(block, SetTable):
                    for cells in ((block.name,), block.header, *block.rows):
                        for lines in cells:
                            yield from lines
                else:
                    yield from block.lines

    def figures(self, name: str, *, own: EntryRef) -> tuple[CitedFigure, ...]:
        """Every appearance of a number or quotation, as the auditor's list names it.

        Args:
            name: the file the document is written to.
            own: the document's own entry.
        """
        return tuple(
            CitedFigure(
                document=name,
                text=run.text,
                value=run.value,
                format=run.form,
                entry=str(run.entry or own),
                pointer=run.pointer,
            )
            for run in self.runs
            if run.cited
        )


def mark(position: int) -> str:
    """The mark of the entry cited in that place, counted from 0: a letter or more, never a digit."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return letters


def ordinal(number: int) -> BilingualText:
    """The heading number of a section, from 1 to 26, without a digit: ``十一、`` and ``K.``."""
    tens, ones = divmod(number, _TEN)
    zh = ("" if tens == 0 else "十" if tens == 1 else f"{_CHINESE_DIGITS[tens]}十") + (
        _CHINESE_DIGITS[ones] if ones else ""
    )
    return BilingualText(zh=f"{zh}、", en=f"{_LETTERS[number - 1].upper()}. ")


def cited_entries(document: Document) -> tuple[EntryRef, ...]:
    """The entries a document cites beside its own, in the order of their first appearance."""
    cited = (piece.entry for piece in document.pieces if isinstance(piece, Figure | RecordedWords))
    return tuple(dict.fromkeys(entry for entry in cited if entry is not None))


def quotations(document: Document) -> tuple[Quotation, ...]:
    """Everything a document quotes, each once, in the order of first appearance."""
    return tuple(dict.fromkeys(piece for piece in document.pieces if isinstance(piece, Quotation)))


class _Setter:
    def __init__(self, document: Document, tongue: Tongue) -> None:
        self._languages = tongue.languages
        entries = [*cited_entries(document), None]
        self._marks = {entry: mark(position) for position, entry in enumerate(entries)}
        self._positions = {quotation: n for n, quotation in enumerate(quotations(document))}

    def lines(self, pieces: tuple[Piece, ...], *, marked: bool = True) -> Lines:
        lines = tuple(
            Line(runs=tuple(self._run(piece, language, marked=marked) for piece in pieces), language=language)
            for language in self._languages
        )
        # What reads the same in both languages stands there once.
        texts = {line.text for line in lines}
        return lines[:1] if len(texts) == 1 else lines

    def title(self, text: BilingualText) -> Lines:
        return self.lines((Words(text=text),))

    def section(self, number: int, section: Section) -> SetSection:
        ordinals = ordinal(number)
        title = BilingualText(zh=ordinals.zh + section.title.zh, en=ordinals.en + section.title.en)
        return SetSection(
            title=self.title(title),
            blocks=tuple(
                SetParagraph(lines=self.lines(block.pieces), emphasis=block.emphasis)
                if isinstance(block, Paragraph)
                else self._table(block)
                for block in section.blocks
            ),
        )

    def _table(self, table: Table) -> SetTable:
        return SetTable(
            name=self.title(table.name),
            header=tuple(self.title(text) for text in table.header),
            widths=table.widths,
            rows=tuple(tuple(self.lines(cell, marked=table.marked) for cell in row) for row in table.rows),
            room=table.room,
        )

    def _run(self, piece: Piece, language: Language, *, marked: bool) -> Run:
        if isinstance(piece, Words):
            return Run(text=piece.text.in_language(language), verdict=piece.verdict)
        if isinstance(piece, Figure):
            return self._cited(
                piece.text, piece, piece.pointer, value=piece.value, form=piece.form, marked=marked
            )
        text = piece.text.in_language(language)
        if isinstance(piece, RecordedWords):
            return self._cited(text, piece, f"{piece.pointer}/{language.value}", value=text, marked=marked)
        pointer = f"/quotations/{self._positions[piece]}/{language.value}"
        return Run(text=text, cited=True, pointer=pointer, value=text, form="text")

    def _cited(
        self,
        text: str,
        piece: Figure | RecordedWords,
        pointer: str,
        *,
        value: int | str,
        form: str = "text",
        marked: bool,
    ) -> Run:
        return Run(
            text=text,
            cited=True,
            mark=self._marks[piece.entry] if marked else "",
            entry=piece.entry,
            pointer=pointer,
            value=value,
            form=form,
        )


def typeset(document: Document, *, tongue: Tongue) -> SetDocument:
    """Lines for every format to write.

    Args:
        document: what to say.
        tongue: which languages to say it in.
    """
    setter = _Setter(document, tongue)
    return SetDocument(
        title=setter.title(document.title),
        notice=setter.title(document.notice),
        subtitle=setter.lines(document.subtitle),
        sections=tuple(
            setter.section(number, section) for number, section in enumerate(document.sections, start=1)
        ),
    )
