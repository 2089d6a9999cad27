"""From pieces to lines: chooses languages, resolves citations, gives every entry its mark. Pure."""

import string
from collections.abc import Iterator
from enum import StrEnum

from hegui.core import BilingualText, Language, Record
from hegui.dossier.model import Cell, Document, Figure, Paragraph, Piece, Quotation, Table
from hegui.ledger import EntryRef

_LETTERS = string.ascii_lowercase


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
        mark: the mark of the entry that answers for the text; empty for plain words.
        figure: what stands at the entry, where the text is a number or quoted.
        pointer: where it stands there.
    """

    text: str
    mark: str = ""
    entry: str = ""
    pointer: str = ""
    value: int | str = ""
    form: str = ""


class Line(Record):
    """One line of text in one language."""

    runs: tuple[Run, ...]
    language: Language

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(run.text for run in self.runs)


Lines = tuple[Line, ...]


class SetTable(Record):
    """A table of lines."""

    name: BilingualText
    header: tuple[Lines, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Lines, ...], ...]


class SetSection(Record):
    """A section of lines and tables."""

    title: Lines
    blocks: tuple[Lines | SetTable, ...]


class SetDocument(Record):
    """A document ready to be written in any format."""

    title: Lines
    subtitle: Lines
    sections: tuple[SetSection, ...]

    @property
    def runs(self) -> Iterator[Run]:
        """Every run, in reading order."""
        for line in self._lines:
            yield from line.runs

    @property
    def _lines(self) -> Iterator[Line]:
        yield from self.title
        yield from self.subtitle
        for section in self.sections:
            yield from section.title
            for block in section.blocks:
                if isinstance(block, SetTable):
                    for cells in (block.header, *block.rows):
                        for lines in cells:
                            yield from lines
                else:
                    yield from block


def mark(position: int) -> str:
    """The mark of the entry cited in that place, counted from 0: a letter or more, never a digit."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return letters


def cited_entries(document: Document) -> tuple[EntryRef, ...]:
    """The entries a document cites beside its own, in the order of their first appearance."""
    return tuple(
        dict.fromkeys(piece.entry for piece in document.pieces if isinstance(piece, Figure) and piece.entry)
    )


def quotations(document: Document) -> tuple[Quotation, ...]:
    """Everything a document quotes, each once, in the order of first appearance."""
    return tuple(dict.fromkeys(piece for piece in document.pieces if isinstance(piece, Quotation)))


class _Setter:
    def __init__(self, document: Document, own: EntryRef, tongue: Tongue) -> None:
        self._own = own
        self._languages = tongue.languages
        entries = [*cited_entries(document), own]
        self._marks = {entry: mark(position) for position, entry in enumerate(entries)}
        self._positions = {quotation: n for n, quotation in enumerate(quotations(document))}

    def lines(self, pieces: Cell) -> Lines:
        if all(isinstance(piece, Figure) for piece in pieces):
            # A figure reads the same in both languages.
            return (self._line(pieces, self._languages[0]),) if pieces else ()
        return tuple(self._line(pieces, language) for language in self._languages)

    def title(self, text: BilingualText) -> Lines:
        return tuple(
            Line(runs=(Run(text=text.in_language(language)),), language=language)
            for language in self._languages
        )

    def table(self, table: Table) -> SetTable:
        return SetTable(
            name=table.name,
            header=tuple(self.title(text) for text in table.header),
            widths=table.widths,
            rows=tuple(tuple(self.lines(cell) for cell in row) for row in table.rows),
        )

    def _line(self, pieces: Cell, language: Language) -> Line:
        return Line(runs=tuple(self._run(piece, language) for piece in pieces), language=language)

    def _run(self, piece: Piece, language: Language) -> Run:
        if isinstance(piece, Figure):
            entry = piece.entry or self._own
            return Run(
                text=piece.text,
                mark=self._marks[entry],
                entry=str(entry),
                pointer=piece.pointer,
                value=piece.value,
                form=piece.form,
            )
        text = piece.text.in_language(language)
        if isinstance(piece, Quotation):
            pointer = f"/quotations/{self._positions[piece]}/{language.value}"
            return Run(text=text, entry=str(self._own), pointer=pointer, value=text, form="text")
        return Run(text=text)


def typeset(document: Document, *, own: EntryRef, tongue: Tongue) -> SetDocument:
    """Lines for every format to write.

    Args:
        document: what to say.
        own: the document's own ledger entry, which answers for its quotations.
        tongue: which languages to say it in.
    """
    setter = _Setter(document, own, tongue)
    return SetDocument(
        title=setter.title(document.title),
        subtitle=setter.lines(document.subtitle),
        sections=tuple(
            SetSection(
                title=setter.title(section.title),
                blocks=tuple(
                    setter.lines(block.pieces) if isinstance(block, Paragraph) else setter.table(block)
                    for block in section.blocks
                ),
            )
            for section in document.sections
        ),
    )
