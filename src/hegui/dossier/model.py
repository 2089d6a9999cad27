"""What a document is made of. Pure.

A number can enter a document in two ways only: as a :class:`Figure`, which points at the place in a
ledger entry where it stands, or inside a :class:`Quotation`, which the document's own entry records.
:class:`Words` refuse digits, so nobody can write a number by hand.
"""

import re
from collections.abc import Iterator

from hegui.core import BilingualText, Conflict, Record
from hegui.ledger import EntryRef, renderings

NUMBER = re.compile(r"\d+")
"""What counts as a number in a text: every run of decimal digits."""


class UncitedNumber(Conflict):
    """A number that no ledger entry answers for.

    Attributes:
        number: the digits.
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


class Words(Record):
    """Words without a number."""

    text: BilingualText

    def __post_init__(self) -> None:
        """Refuse digits.

        Raises:
            UncitedNumber: there is a digit in the text.
        """
        for text in (self.text.zh, self.text.en):
            found = NUMBER.search(text)
            if found:
                raise UncitedNumber(found[0], text)


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

    @property
    def text(self) -> str:
        """The value as documents show it."""
        # Without separators between thousands: a spreadsheet shows the same digits.
        return str(self.value) if self.form == "integer" else renderings(self.value, self.form)[0]


class Quotation(Record):
    """Words of the rulebook or of the operator, which may hold numbers.

    Attributes:
        source: where the words stand, ``IM 17`` or ``service profile``.
    """

    text: BilingualText
    source: str


Piece = Words | Figure | Quotation
Cell = tuple[Piece, ...]


class Paragraph(Record):
    """One paragraph."""

    pieces: Cell


class Table(Record):
    """A table.

    Attributes:
        name: what the table is called where it stands alone.
        widths: of the columns, in relation to each other.
    """

    name: BilingualText
    header: tuple[BilingualText, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Section(Record):
    """A section with a title."""

    title: BilingualText
    blocks: tuple[Paragraph | Table, ...]


class Document(Record):
    """A whole document."""

    title: BilingualText
    subtitle: Cell
    sections: tuple[Section, ...]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Every piece, in reading order."""
        yield from self.subtitle
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Paragraph):
                    yield from block.pieces
                else:
                    for row in block.rows:
                        for cell in row:
                            yield from cell


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
        figures: how many appearances of numbers are cited.
        skipped: what could not be written, and why.
    """

    directory: str
    entry: str
    conclusion: BilingualText
    files: tuple[DossierFile, ...]
    figures: int
    skipped: tuple[BilingualText, ...] = ()


def words(zh: str, en: str) -> Words:
    """Words in both languages."""
    return Words(text=BilingualText(zh=zh, en=en))
