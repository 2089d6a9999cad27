"""JSON Lines: an object on each line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import UTF_8, decoded
from hegui.corpus.formats.document import CorpusDocument, DocumentBlock
from hegui.corpus.formats.fields import text_of
from hegui.corpus.formats.lines import FileLine, LineRun

_FAULTS = (msgspec.DecodeError, RecursionError)

# All members are read, though one is wanted: what is not in UTF-8 is seen then, wherever it stands, and that
# costs less than to step over them and look at every byte again.
_record: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder(dict[str, Any]).decode


def json_documents(lines: Iterable[FileLine], fields: Sequence[str]) -> Iterator[CorpusDocument]:
    """A document for each line, with its record.

    Args:
        lines: of the file.
        fields: the members that hold text.
    """
    for offset, length, data in lines:
        yield CorpusDocument(offset, length, *_read(data, fields))


def json_blocks(runs: Iterable[LineRun], fields: Sequence[str]) -> Iterator[DocumentBlock]:
    """The same without records, as many documents at once as there are lines in a run: twice as fast."""
    for run in runs:
        known, count = run.known, len(run.contents)
        texts = None if known is None else _texts(known, fields)
        encodings: Sequence[str] = [UTF_8] * count
        if texts is None:
            texts, encodings = zip(*(_alone(line, fields) for line in run.contents), strict=True)
        yield DocumentBlock(run.offsets, run.lengths, texts, encodings, [None] * count)


def parsed(line: str) -> Mapping[str, Any] | LineFault:
    """The object on a line, or why there is none."""
    if not line.strip():
        return LineFault.BLANK_LINE
    try:
        value = msgspec.json.decode(line)
    except _FAULTS:
        return LineFault.NULL_BYTES if "\0" in line else LineFault.INVALID_JSON
    return value if isinstance(value, dict) else LineFault.NOT_AN_OBJECT


def _read(data: bytes | None, fields: Sequence[str]) -> tuple[str | LineFault, str, Mapping[str, Any] | None]:
    """The text of any line, its encoding and its record."""
    characters = LineFault.OVER_LONG if data is None else decoded(data)
    if isinstance(characters, LineFault):
        return characters, UTF_8, None
    line, encoding = characters
    record = parsed(line)
    if isinstance(record, LineFault):
        return record, encoding, None
    return text_of(record, fields), encoding, record


def _alone(line: bytes | None, fields: Sequence[str]) -> tuple[str | LineFault, str]:
    """The text and the encoding of a line among others that are not all as most are."""
    texts = None if line is None else _texts([line], fields)
    return _read(line, fields)[:2] if texts is None else (texts[0], UTF_8)


def _texts(lines: Sequence[bytes], fields: Sequence[str]) -> Sequence[str | LineFault] | None:
    """The text of each line; ``None`` where one is not in UTF-8, or no object with its text."""
    try:
        records = map(_record, lines)
        if len(fields) > 1:
            return [text_of(record, fields) for record in records]
        texts = [record[fields[0]] for record in records]
    except (*_FAULTS, UnicodeDecodeError, KeyError):
        return None
    if {*map(type, texts)} != {str}:
        return None
    if all(map(str.strip, texts)):
        return texts
    return [text if text.strip() else LineFault.EMPTY_TEXT for text in texts]
