"""CSV and TSV: a document on each row below the heading; a quoted field may run over several lines."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import UTF_8, decoded
from hegui.corpus.formats.document import CorpusDocument
from hegui.corpus.formats.fields import text_of
from hegui.corpus.formats.lines import FileLine

LONGEST_CELL = 1 << 17
"""Characters of a field in tables that only describe something."""


def table_documents(
    lines: Iterable[FileLine], fields: Sequence[str], *, delimiter: str, longest_bytes: int
) -> Iterator[CorpusDocument]:
    """A document for each row; the heading is none.

    Args:
        lines: of the file.
        fields: the columns that hold text.
        delimiter: between two columns.
        longest_bytes: of a field.

    Raises:
        KeyError: none of the columns is in the heading.
    """
    csv.field_size_limit(longest_bytes)
    feed = _Feed(lines)
    rows = csv.reader(feed, delimiter=delimiter)
    header = next(rows, [])
    if header and not set(fields) & set(header):
        raise KeyError(", ".join(fields))
    while True:
        feed.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            # The reader begins anew behind the line at which it gave up.
            yield feed.document(LineFault.OVER_LONG, None)
            continue
        record = dict(zip(header, row, strict=False))
        yield feed.document(feed.fault or _text(header, row, text_of(record, fields)), record)


def heading(lines: Iterable[FileLine], *, delimiter: str) -> list[str]:
    """The names of the columns."""
    return next(csv.reader(_Feed(lines), delimiter=delimiter), [])


def _text(header: list[str], row: list[str], text: str | LineFault) -> str | LineFault:
    if not row:
        return LineFault.BLANK_LINE
    return LineFault.TOO_MANY_COLUMNS if len(row) > len(header) else text


class _Feed:
    """Hands lines to the reader and remembers which of them a row was made of."""

    def __init__(self, lines: Iterable[FileLine]) -> None:
        self._lines = iter(lines)
        self._offset = self._end = 0
        self._encoding = UTF_8
        self._begun = False
        self.fault: LineFault | None = None

    def begin(self) -> None:
        """The next line is the first one of a row."""
        self._begun = False
        self._encoding = UTF_8
        self.fault = None

    def document(self, text: str | LineFault, record: dict[str, str] | None) -> CorpusDocument:
        """A document over the lines of the row."""
        return CorpusDocument(self._offset, self._end - self._offset, text, self._encoding, record)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        offset, length, data = next(self._lines)
        if not self._begun:
            self._offset, self._begun = offset, True
        self._end = offset + length
        characters = LineFault.OVER_LONG if data is None else decoded(data)
        if isinstance(characters, LineFault):
            self.fault = self.fault or characters
            return "\n"
        text, encoding = characters
        if encoding != UTF_8:
            self._encoding = encoding
        if "\0" in text:
            self.fault = self.fault or LineFault.NULL_BYTES
        return text + "\n"
