"""JSON Lines: an object on each line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import msgspec

from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import UTF_8, decoded
from hegui.corpus.formats.document import CorpusDocument, DocumentBlock
from hegui.corpus.formats.fields import text_of
from hegui.corpus.formats.lines import FileLine, LineRun

_Texts: TypeAlias = Callable[[Sequence[bytes]], list[str | LineFault]]
_FAULTS = (msgspec.DecodeError, RecursionError)


def json_documents(lines: Iterable[FileLine], fields: Sequence[str]) -> Iterator[CorpusDocument]:
    """A document for each line, with its record.

    Args:
        lines: of the file.
        fields: the members that hold text.
    """
    for offset, length, data in lines:
        characters = LineFault.OVER_LONG if data is None else decoded(data)
        if isinstance(characters, LineFault):
            yield CorpusDocument(offset, length, characters)
            continue
        line, encoding = characters
        record = parsed(line)
        if isinstance(record, LineFault):
            yield CorpusDocument(offset, length, record, encoding)
        else:
            yield CorpusDocument(offset, length, text_of(record, fields), encoding, record)


def json_blocks(runs: Iterable[LineRun], fields: Sequence[str]) -> Iterator[DocumentBlock]:
    """The same without records, as many documents at once as there are lines in a run: twice as fast."""
    texts = _texts(tuple(fields))
    for run in runs:
        contents = run.in_utf_8
        if contents is None:
            yield from map(DocumentBlock.of, json_documents(run.lines(), fields))
            continue
        count = len(contents)
        yield DocumentBlock(run.offsets, run.lengths, texts(contents), [UTF_8] * count, [None] * count)


def parsed(line: str) -> Mapping[str, Any] | LineFault:
    """The object on a line, or why there is none."""
    if not line.strip():
        return LineFault.BLANK_LINE
    try:
        value = msgspec.json.decode(line)
    except _FAULTS:
        return LineFault.NULL_BYTES if "\0" in line else LineFault.INVALID_JSON
    return value if isinstance(value, dict) else LineFault.NOT_AN_OBJECT


@cache
def _texts(fields: tuple[str, ...]) -> _Texts:
    """Reads the text of each line."""
    if len(fields) > 1:
        return lambda lines: [_text(line, fields) for line in lines]
    # One member is read and the rest stepped over: three times as fast as reading all of a document.
    document = msgspec.defstruct("Document", [("text", str)], rename={"text": fields[0]})
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(document).decode

    def one(line: bytes) -> str | LineFault:
        try:
            text: str = decode(line).text
        except _FAULTS:
            return _text(line, fields)
        return text if text.strip() else LineFault.EMPTY_TEXT

    def texts(lines: Sequence[bytes]) -> list[str | LineFault]:
        try:
            found = [each.text for each in map(decode, lines)]
        except _FAULTS:
            return list(map(one, lines))
        return (
            found
            if all(map(str.strip, found))
            else [each if each.strip() else LineFault.EMPTY_TEXT for each in found]
        )

    return texts


def _text(line: bytes, fields: Sequence[str]) -> str | LineFault:
    record = parsed(line.decode())
    return record if isinstance(record, LineFault) else text_of(record, fields)
