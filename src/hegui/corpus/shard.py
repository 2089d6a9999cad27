"""Shards: parts of files that can be read alone, and the documents in them."""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain

from hegui.core import Record
from hegui.corpus.account import PartFault, PartFaultKind
from hegui.corpus.formats.columns import Columns
from hegui.corpus.formats.document import CorpusDocument, DataFormat, DocumentBlock, FileReading
from hegui.corpus.formats.json_lines import json_blocks, json_documents
from hegui.corpus.formats.json_values import json_values
from hegui.corpus.formats.lines import AT_ONCE, UNPACKED_AT_ONCE, line_runs, lines, recoded, unpacked
from hegui.corpus.formats.packages import PackageMissing, package
from hegui.corpus.formats.pictures import picture_document
from hegui.corpus.formats.plain_text import text_blocks
from hegui.corpus.formats.recordings import recording_document
from hegui.corpus.formats.tables import table_documents
from hegui.corpus.formats.warc import warc_documents
from hegui.corpus.opening import open_bytes

_DELIMITERS = {DataFormat.CSV: ",", DataFormat.TSV: "\t"}


class Shard(Record):
    """A part of one file.

    Attributes:
        name: the file, as the source declares it.
        place: where it lies: a path or a URL.
        size_bytes: of the file.
        version: of the file, as its state was when it was cut.
        reading: how it is read.
        start: the first byte (the lines whose first byte lies in the range belong to it), row group or
            record batch.
        end: the one after the last.
        weight: about how many bytes of the file it takes.
        longest_bytes: a longer document is counted and named, but not read into memory.
    """

    name: str
    place: str
    size_bytes: int
    version: str
    reading: FileReading
    start: int
    end: int
    weight: int
    longest_bytes: int


def blocks(shard: Shard, *, whole: bool = False) -> Iterator[DocumentBlock]:
    """Every document of a shard, in order; those that hold no text included.

    Args:
        shard: the part of a file.
        whole: whether all members of each record are wanted, and not its text alone.

    Raises:
        Exception: one of :func:`read_errors`, where the file cannot be read on.
    """
    reading = shard.reading
    with open_bytes(shard.place) as file:
        if reading.format not in {DataFormat.JSON_LINES, DataFormat.TEXT}:
            yield from map(DocumentBlock.of, _documents(file, shard, whole=whole))
            return
        runs = line_runs(
            recoded(unpacked(file, reading.compression), reading.encoding),
            longest_bytes=shard.longest_bytes,
            start=shard.start,
            end=shard.end,
            at_once=AT_ONCE if reading.cut_by_bytes else UNPACKED_AT_ONCE,
        )
        if reading.format is DataFormat.TEXT:
            yield from text_blocks(runs, whole=whole)
        elif whole:
            lines = chain.from_iterable(run.lines() for run in runs)
            yield from map(DocumentBlock.of, json_documents(lines, reading.fields))
        else:
            yield from json_blocks(runs, reading.fields)


def documents(shard: Shard, *, whole: bool = False) -> Iterator[CorpusDocument]:
    """The same, each by itself."""
    return chain.from_iterable(block.documents() for block in blocks(shard, whole=whole))


def _documents(file: BufferedReader, shard: Shard, *, whole: bool) -> Iterator[CorpusDocument]:
    reading = shard.reading
    longest_bytes = shard.longest_bytes
    if reading.format.tabular:
        parts = range(shard.start, shard.end)
        columns = Columns(file, reading.format)
        return columns.documents(parts, reading.fields, longest_bytes=longest_bytes, whole=whole)
    plain = unpacked(file, reading.compression)
    if reading.format.medium:
        written = picture_document if reading.format is DataFormat.PICTURE else recording_document
        return written(plain, longest_bytes=longest_bytes)
    if reading.format is DataFormat.WARC:
        return warc_documents(plain, longest_bytes=longest_bytes)
    readable = recoded(plain, reading.encoding)
    if reading.format is DataFormat.JSON:
        values = json_values(readable, longest_bytes=longest_bytes, is_text=reading.is_text)
        return json_documents(values, reading.fields)
    found = lines(readable, longest_bytes=longest_bytes)
    return table_documents(
        found, reading.fields, delimiter=_DELIMITERS[reading.format], longest_bytes=longest_bytes
    )


def read_errors() -> tuple[type[Exception], ...]:
    """Everything that reading can raise where a file is not what it should be."""
    usual = (OSError, EOFError, ValueError, KeyError, NotImplementedError, zlib.error, PackageMissing)
    try:
        return (*usual, package("backports.zstd").ZstdError)
    except PackageMissing:
        return usual


def part_fault(error: Exception, offset: int) -> PartFault:
    """The fault that an error of reading stands for.

    Args:
        error: one of :func:`read_errors`.
        offset: up to where all was well.
    """
    detail = str(error)
    if isinstance(error, PackageMissing):
        kind = PartFaultKind.PACKAGE_MISSING
    elif isinstance(error, KeyError):
        kind, detail = PartFaultKind.NO_TEXT_FIELD, str(error.args[0])
    elif isinstance(error, OSError) and error.errno is not None:
        kind, detail = PartFaultKind.UNREADABLE, error.strerror or detail
    else:
        kind = PartFaultKind.DAMAGED
    return PartFault(kind=kind, offset=offset, detail=detail)
