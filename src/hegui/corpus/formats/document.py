"""One document of a file, and how the file is read."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, Self

from hegui.core import Record
from hegui.corpus.account import LineFault
from hegui.corpus.formats.fields import is_usual


class DataFormat(StrEnum):
    """How documents lie in a file."""

    JSON_LINES = "json_lines"
    JSON = "json"
    CSV = "csv"
    TSV = "tsv"
    TEXT = "text"
    PARQUET = "parquet"
    ARROW = "arrow"
    WARC = "warc"
    PICTURE = "picture"
    RECORDING = "recording"

    @property
    def tabular(self) -> bool:
        """Whether a file is cut by rows and not by bytes."""
        return self in {DataFormat.PARQUET, DataFormat.ARROW}

    @property
    def medium(self) -> bool:
        """Whether a file is no texts, and only what is written into it is read."""
        return self in {DataFormat.PICTURE, DataFormat.RECORDING}


class Compression(StrEnum):
    """How a file is packed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTANDARD = "zstandard"


class FileReading(Record):
    """How a file is read; settled once, before it is cut, and shown.

    Attributes:
        format: how documents lie in it.
        compression: how it is packed.
        encoding: of all of it, where a mark at its beginning says so; ``None`` where each line is told by
            itself to be UTF-8 or GB18030.
        fields: the members or columns that hold text; none where a line or a record is the text.
        guessed: whether nobody declared them.
    """

    format: DataFormat
    compression: Compression = Compression.NONE
    encoding: str | None = None
    fields: tuple[str, ...] = ()
    guessed: bool = False

    def is_text(self, name: str) -> bool:
        """Whether a member of that name holds text; where nobody declared them, any with a usual name too."""
        return name in self.fields or (self.guessed and is_usual(name))

    @property
    def cut_by_bytes(self) -> bool:
        """Whether every line is a document that can be found by its place in the file alone."""
        return (
            self.format in {DataFormat.JSON_LINES, DataFormat.TEXT}
            and self.compression is Compression.NONE
            and self.encoding is None
        )


class CorpusDocument(NamedTuple):
    """A line, a row or a record.

    Attributes:
        offset: of its first byte in the file, unpacked where it is packed; of tables, the row.
        length: in bytes, without the line feed; of tables, 1.
        text: what is screened, or why there is nothing.
        encoding: what it is written in.
        record: all of its members, where they were asked for.
    """

    offset: int
    length: int
    text: str | LineFault
    encoding: str = "utf-8"
    record: Mapping[str, Any] | None = None


class DocumentBlock(NamedTuple):
    """Documents that follow one another, a column for each attribute of :class:`CorpusDocument`.

    Of millions of documents most are counted and forgotten, and an object for each would cost more than that.
    """

    offsets: Sequence[int]
    lengths: Sequence[int]
    texts: Sequence[str | LineFault]
    encodings: Sequence[str]
    records: Sequence[Mapping[str, Any] | None]

    @classmethod
    def of(cls, document: CorpusDocument) -> Self:
        """A single one."""
        offset, length, text, encoding, record = document
        return cls([offset], [length], [text], [encoding], [record])

    def documents(self) -> Iterator[CorpusDocument]:
        """Each by itself."""
        return map(CorpusDocument._make, zip(*self, strict=True))

    @property
    def end(self) -> int:
        """The place behind the last."""
        return self.offsets[-1] + self.lengths[-1]
