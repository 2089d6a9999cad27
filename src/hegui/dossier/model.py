"""What a document is made of. Pure.

A number can enter a document in three ways only: as a :class:`Figure` or in :class:`RecordedWords`, which
point at the place in a ledger entry where they stand, or inside a :class:`Quotation`, which the document's
own entry records. :class:`Words` refuse numerals, so nobody can write a number by hand.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

from hegui.core import BilingualText, Conflict, Record, Verdict
from hegui.ledger import EntryRef, renderings

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_UNWRITABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML, and so a Word file or a spreadsheet, cannot hold: control characters above all."""
_NUMERALS = ("Nd", "Nl", "No")
_ZERO_CHARACTER = "〇"
"""A Chinese character like 一 and 二, though Unicode counts it among the numerals."""


class UncitedNumber(Conflict):
    """A number that no ledger entry answers for.

    Attributes:
        number: as it is written.
        context: the words around it.
    """

    def __init__(self, number: str, context: str) -> None:
        """Name the number and where it stands."""
        super().__init__(
            zh=f"数字 {number} 没有出处（“{context}”）；请用引用证据条目的数据代替",
            en=f"the number {number} has no source (“{context}”); use a figure that cites a ledger entry",
        )
        self.number = number
        self.context = context


class NotRenderable(Conflict):
    """A value that cannot be written in the form asked for.

    Attributes:
        pointer: where the value stands in its entry.
    """

    def __init__(self, value: object, form: str, pointer: str) -> None:
        """Name the value, its place and the form."""
        super().__init__(
            zh=f"{pointer} 的值 {value!r} 不能写成 {form}；可能由其他版本写入，请重新运行产生它的命令",
            en=f"the value {value!r} at {pointer} cannot be written as {form}; it may come from another "
            "version, so repeat the command that made it",
        )
        self.pointer = pointer


def numeral_in(text: str) -> str | None:
    """The first numeral in ``text``: any digit, circled, raised, Roman or fractional numeral of Unicode.

    Numbers in Chinese characters and spelt-out words are words here.
    """
    return next(
        (sign for sign in text if unicodedata.category(sign) in _NUMERALS and sign != _ZERO_CHARACTER), None
    )


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """The numbers in ``text``, with their decimals: ``1,234.5`` is one number, ``2026-11-22`` is three."""
    return _NUMBER.finditer(text)


class Words(Record):
    """Words without a numeral.

    Attributes:
        verdict: the verdict that the words state, which documents show in colour.
    """

    text: BilingualText
    verdict: Verdict | None = None

    def __post_init__(self) -> None:
        """Refuse numerals.

        Raises:
            UncitedNumber: there is a numeral in the text.
        """
        for text in (self.text.zh, self.text.en):
            numeral = numeral_in(text)
            if numeral is not None:
                raise UncitedNumber(numeral, text)


class Figure(Record):
    """A value as a ledger entry holds it.

    Attributes:
        entry: the entry; ``None`` for the document's own.
        pointer: the JSON pointer to the value in the entry's content.
        value: the value there.
        form: ``integer``, ``percent:N``, ``date`` or ``text``.
    """

    entry: EntryRef | None
    pointer: str
    value: int | str
    form: str

    def __post_init__(self) -> None:
        """Refuse a value that is not of the form.

        Raises:
            NotRenderable: the verifier would not accept any rendering of it.
        """
        written = renderings(self.value, self.form)
        if not written or _UNWRITABLE.search(written[0]):
            raise NotRenderable(self.value, self.form, self.pointer)

    @property
    def text(self) -> str:
        """The value as documents show it."""
        return renderings(self.value, self.form)[0]


class RecordedWords(Record):
    """Words that a ledger entry holds in both languages, one beside the other.

    Attributes:
        entry: the entry.
        pointer: the JSON pointer to the place that has ``zh`` and ``en``.
    """

    entry: EntryRef
    pointer: str
    text: BilingualText

    def __post_init__(self) -> None:
        """Refuse what documents cannot hold.

        Raises:
            NotRenderable: there is a control character in the words.
        """
        for text in (self.text.zh, self.text.en):
            if _UNWRITABLE.search(text):
                raise NotRenderable(text, "text", self.pointer)


class Quotation(Record):
    """Words of the rulebook, which may hold numbers.

    Attributes:
        source: where the words stand, ``IM 17``.
    """

    text: BilingualText
    source: str


Piece = Words | Figure | RecordedWords | Quotation
Cell = tuple[Piece, ...]


class Emphasis(StrEnum):
    """How a paragraph stands out."""

    BODY = "body"
    KEY = "key"
    NOTE = "note"


class Paragraph(Record):
    """One paragraph."""

    pieces: Cell
    emphasis: Emphasis = Emphasis.BODY


class Table(Record):
    """A table.

    Attributes:
        name: what the table is called; a spreadsheet gives it a sheet of that name.
        widths: of the columns, in relation to each other.
        marked: whether figures carry the mark of their entry; only the table of the marks itself does not.
        room: how many empty lines each row keeps free, for people to write in.
    """

    name: BilingualText
    header: tuple[BilingualText, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    marked: bool = True
    room: int = 0


class Section(Record):
    """A section with a title."""

    title: BilingualText
    blocks: tuple[Paragraph | Table, ...]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Every piece, in reading order."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.pieces
            else:
                for row in block.rows:
                    for cell in row:
                        yield from cell


class Document(Record):
    """A whole document.

    Attributes:
        notice: what every page says at its head.
    """

    title: BilingualText
    notice: BilingualText
    subtitle: Cell
    sections: tuple[Section, ...]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Every piece, in reading order."""
        yield from self.subtitle
        for section in self.sections:
            yield from section.pieces


class CitedFigure(Record):
    """One appearance of a number in one file, as ``figures.json`` lists it for the auditor."""

    document: str
    text: str
    value: int | str
    format: str
    entry: str
    pointer: str


class DossierFile(Record):
    """One file of a dossier."""

    path: str
    purpose: str


class DossierReport(Record):
    """What was composed.

    Attributes:
        directory: where it stands.
        entry: the ledger entry of the document, ``main/17``.
        conclusion: the overall conclusion in words.
        results: how many mandatory clauses got which result.
        figures: how many appearances of numbers are cited.
        skipped: what could not be written, and why.
    """

    directory: str
    entry: str
    conclusion: BilingualText
    results: dict[Verdict, int]
    files: tuple[DossierFile, ...]
    figures: int
    skipped: tuple[BilingualText, ...] = ()


class IncidentReportDraft(Record):
    """The draft of a report on an incident, which a person completes, decides on and sends.

    Attributes:
        directory: where it stands.
        entry: its ledger entry, ``main/17``.
        files: their names.
        skipped: what could not be written, and why.
    """

    directory: str
    entry: str
    files: tuple[str, ...]
    skipped: tuple[BilingualText, ...] = ()


def words(zh: str, en: str) -> Words:
    """Words in both languages."""
    return Words(text=BilingualText(zh=zh, en=en))


def same(text: str) -> Words:
    """Words that are the same in both languages."""
    return words(text, text)


def verdict_words(verdict: Verdict) -> Words:
    """A verdict in words."""
    return Words(text=verdict.text, verdict=verdict)


def quoted(text: BilingualText, source: str) -> Piece:
    """Words where there is no numeral in them, else a quotation that the document's entry records."""
    if numeral_in(text.zh) is None and numeral_in(text.en) is None:
        return Words(text=text)
    return Quotation(text=text, source=source)


def sentence(zh: str, en: str, **pieces: Piece | Cell) -> Cell:
    """A sentence with pieces in it, each named in braces: ``sentence("共 {n} 条", "{n} in all", n=count)``.

    Where word order differs between the languages the pieces still stand in the order of the Chinese
    sentence, so both sentences name them in the same order.

    Args:
        zh: the Chinese sentence.
        en: the English sentence.
        pieces: what stands in the braces.

    Raises:
        UncitedNumber: there is a numeral in the words.
        ValueError: the two sentences do not name the same pieces in the same order.
    """
    chinese, english = _split(zh), _split(en)
    if [name for _, name in chinese] != [name for _, name in english]:
        message = f"{zh!r} and {en!r} name different pieces, or in another order"
        raise ValueError(message)
    made: list[Piece] = []
    for (text_zh, name), (text_en, _) in zip(chinese, english, strict=True):
        if text_zh or text_en:
            made.append(words(text_zh, text_en))
        if name:
            piece = pieces[name]
            made += piece if isinstance(piece, tuple) else [piece]
    return tuple(made)


def _split(template: str) -> list[tuple[str, str]]:
    """The words and the name that follows them, again and again; the last has no name."""
    parts = re.split(r"\{([a-z_]+)\}", template)
    names = [*parts[1::2], ""]
    return list(zip(parts[::2], names, strict=True))
