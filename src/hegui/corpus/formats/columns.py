"""Parquet and Arrow: a document for each row, read a row group or a record batch at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from hegui.corpus.account import LineFault
from hegui.corpus.formats.document import CorpusDocument, DataFormat
from hegui.corpus.formats.fields import USUAL, text_of
from hegui.corpus.formats.packages import package

_BATCH_ROWS = 1_024


class Columns:
    """An open file of columns."""

    def __init__(self, file: BinaryIO, form: DataFormat) -> None:
        """Read what the file says of itself.

        Raises:
            PackageMissing: pyarrow is not installed.
            ValueError: it is no such file.
        """
        self._parquet: Any = None
        self._stream: Any = None
        arrow = package("pyarrow")
        if form is DataFormat.PARQUET:
            self._parquet = package("pyarrow.parquet").ParquetFile(file)
            self._schema = self._parquet.schema_arrow
            self.parts: int = self._parquet.num_row_groups
        else:
            self._stream = _open(arrow.ipc, file)
            self._schema = self._stream.schema
            # A stream does not say how many batches it has, and is read as one part.
            self.parts = getattr(self._stream, "num_record_batches", 1)
        self._types = arrow.types

    def guess(self) -> tuple[str, ...]:
        """The columns that hold text: those with usual names; else every one of strings."""
        textual = [field.name for field in self._schema if self._textual(field.type)]
        named = tuple(name for name in textual if name.lower() in USUAL)
        return named or tuple(f.name for f in self._schema if self._string(f.type))

    def names(self) -> frozenset[str]:
        """All columns."""
        return frozenset(self._schema.names)

    def documents(
        self, parts: range, fields: Sequence[str], *, longest_bytes: int, whole: bool = False
    ) -> Iterator[CorpusDocument]:
        """A document for each row of some row groups or record batches.

        Raises:
            KeyError: none of the columns is in the file.
            ValueError: the file is damaged.
            OSError: likewise.
        """
        wanted = [name for name in self._schema.names if name in fields]
        if not wanted:
            raise KeyError(", ".join(fields))
        row = self._rows_before(parts.start)
        for batch in self._batches(parts, None if whole else wanted):
            for record in batch.to_pylist():
                yield CorpusDocument(row, 1, _short(text_of(record, fields), longest_bytes), record=record)
                row += 1

    def _rows_before(self, part: int) -> int:
        if self._parquet is not None:
            return sum(self._parquet.metadata.row_group(index).num_rows for index in range(part))
        return sum(self._stream.get_batch(index).num_rows for index in range(part))

    def _batches(self, parts: range, columns: list[str] | None) -> Iterator[Any]:
        if self._parquet is not None:
            yield from self._parquet.iter_batches(_BATCH_ROWS, row_groups=list(parts), columns=columns)
            return
        several = hasattr(self._stream, "get_batch")
        batches = (self._stream.get_batch(part) for part in parts) if several else self._stream
        for batch in batches:
            chosen = batch if columns is None else batch.select(columns)
            for begin in range(0, chosen.num_rows, _BATCH_ROWS):
                yield chosen.slice(begin, _BATCH_ROWS)

    def _string(self, kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
        types = self._types
        if types.is_dictionary(kind):
            return self._string(kind.value_type)
        return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))

    def _textual(self, kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
        types = self._types
        if types.is_list(kind) or types.is_large_list(kind):
            return self._textual(kind.value_type)
        if types.is_struct(kind):
            return any(self._textual(kind.field(index).type) for index in range(kind.num_fields))
        return self._string(kind)


def _open(ipc: Any, file: BinaryIO) -> Any:  # noqa: ANN401 - pyarrow has no types
    """The file, in either of the two forms that Arrow has."""
    magic = file.read(6)
    file.seek(0)
    return ipc.open_file(file) if magic == b"ARROW1" else ipc.open_stream(file)


def _short(text: str | LineFault, longest_bytes: int) -> str | LineFault:
    return text if isinstance(text, LineFault) or len(text) <= longest_bytes else LineFault.OVER_LONG
