"""Which files a source has, how each is read, and into which shards it is cut."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Any

from hegui.core import Record
from hegui.corpus.account import LineFault, PartFault, PartFaultKind
from hegui.corpus.formats.columns import Columns
from hegui.corpus.formats.decoding import GB18030, decoded
from hegui.corpus.formats.document import Compression, DataFormat, FileReading
from hegui.corpus.formats.fields import guess, is_usual
from hegui.corpus.formats.json_lines import parsed
from hegui.corpus.formats.json_values import TextsBeside, json_values
from hegui.corpus.formats.lines import WHOLE, FileLine, lines, recoded, unpacked
from hegui.corpus.formats.packages import PackageMissing
from hegui.corpus.formats.tables import heading
from hegui.corpus.opening import FileState, is_listing, is_remote, listed, open_bytes, state_of
from hegui.corpus.shard import Shard, part_fault, read_errors

_FORMATS = {
    ".jsonl": DataFormat.JSON_LINES,
    ".ndjson": DataFormat.JSON_LINES,
    ".json": DataFormat.JSON,
    ".csv": DataFormat.CSV,
    ".tsv": DataFormat.TSV,
    ".txt": DataFormat.TEXT,
    ".parquet": DataFormat.PARQUET,
    ".arrow": DataFormat.ARROW,
    ".feather": DataFormat.ARROW,
    ".warc": DataFormat.WARC,
    ".wet": DataFormat.WARC,
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".avif"), DataFormat.PICTURE
    ),
    **dict.fromkeys(
        (".mp3", ".flac", ".ogg", ".opus", ".wav", ".wma", ".m4a", ".aiff"), DataFormat.RECORDING
    ),
    **dict.fromkeys((".mp4", ".m4v", ".mov"), DataFormat.RECORDING),
}
_COMPRESSIONS = {".gz": Compression.GZIP, ".zst": Compression.ZSTANDARD}
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

READABLE = (*_FORMATS, ".jsonl.gz", ".jsonl.zst", ".json.gz", ".txt.gz", ".warc.gz", ".wet.gz")
"""Endings of files that can be scanned, to show."""

_NO_DATA = ("readme", "license", "licence", "dataset_info", "dataset_dict.json", "state.json")
"""What beginnings the files of a dataset's folder have that hold no documents."""

_HEAD_LINES = 100
_HEAD_BYTES = 1 << 20


class FilePlan(Record):
    """A file of a source, and how it is going to be read.

    Attributes:
        name: as the source declares it, or below the folder that it declares.
        place: where it lies: a path or a URL.
        size_bytes: its size.
        version: by which a change is noticed.
        reading: how it is read; ``None`` where it cannot be.
        shards: its parts, in order; together they are all of it.
        faults: why it cannot be read.
    """

    name: str
    place: str
    size_bytes: int = 0
    version: str = ""
    reading: FileReading | None = None
    shards: tuple[Shard, ...] = ()
    faults: tuple[PartFault, ...] = ()


def form_of(name: str) -> tuple[DataFormat, Compression] | None:
    """DataFormat and compression by the ending of a name; ``None`` where it has none that is known."""
    path = Path(name.partition("?")[0].lower())
    compression = _COMPRESSIONS.get(path.suffix, Compression.NONE)
    form = _FORMATS.get((path.with_suffix("") if compression is not Compression.NONE else path).suffix)
    return None if form is None else (form, compression)


def found_files(root: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The name and the place of each file that a source declares: files, folders, patterns, URLs.

    Of a folder every file is one, however deep, in order of the names, but for descriptions and what is
    hidden. Links to folders are named as if they were files, and not followed: they may lead in circles.
    A file that is declared twice, as by its name and by its folder, is named once.
    """
    seen: set[str] = set()
    for name, place in _found(root, names):
        if canonical(place) not in seen:
            seen.add(canonical(place))
            yield name, place


def canonical(place: str) -> str:
    """The one way to write a place: links are not followed, for a link is a file as a copy is."""
    return place if is_remote(place) else os.path.normpath(place)


def _found(root: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if is_listing(name):
            yield from ((url, url) for url in _elsewhere(name))
        elif is_remote(name):
            yield name, name
        elif (root / name).is_dir():
            yield from ((str(Path(name) / inner), str(root / name / inner)) for inner in _inside(root / name))
        elif any(character in name for character in "*?["):
            yield from _matching(root, name)
        else:
            yield name, str(root / name)


def _elsewhere(place: str) -> Iterator[str]:
    """The files of a folder or a pattern behind a URL; it alone where its server does not say."""
    try:
        found = listed(place)
    except (OSError, PackageMissing):
        yield place  # reading it says why
        return
    yield from (url for url in found if _is_data(url.rsplit("/", 1)[-1]))


def _is_data(name: str) -> bool:
    return not name.startswith(".") and not name.lower().startswith(_NO_DATA)


def _matching(root: Path, pattern: str) -> Iterator[tuple[str, str]]:
    given = Path(pattern)
    if given.is_absolute():
        # Patterns are matched below a folder, and that of an absolute one is the root of the file system.
        base = Path(given.anchor)
        yield from ((str(path), str(path)) for path in sorted(base.glob(str(given.relative_to(base)))))
    else:
        yield from ((str(path.relative_to(root)), str(path)) for path in sorted(root.glob(pattern)))


def _inside(folder: Path) -> Iterator[str]:
    inner = []
    for base, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        links = [each for each in folders if (Path(base) / each).is_symlink()]
        inner += [str((Path(base) / each).relative_to(folder)) for each in (*files, *links) if _is_data(each)]
    yield from sorted(inner)


def plan_file(
    name: str, place: str, *, fields: Sequence[str], shard_bytes: int, longest_bytes: int
) -> FilePlan:
    """Settle how a file is read, and cut it.

    Args:
        name: as the source declares it.
        place: where it lies.
        fields: the members or columns that hold text; none to guess.
        shard_bytes: how large a shard should be.
        longest_bytes: of a document that is still read into memory.
    """
    form = form_of(name)
    state = FileState(0, "")
    try:
        state = state_of(place)
        if form is None:
            fault = PartFault(kind=PartFaultKind.UNKNOWN_FORMAT, offset=0)
            return FilePlan(
                name=name, place=place, size_bytes=state.size_bytes, version=state.version, faults=(fault,)
            )
        with open_bytes(place) as file:
            reading, ranges = _ranges(file, form, tuple(fields), state, shard_bytes)
    except read_errors() as error:
        return FilePlan(
            name=name,
            place=place,
            size_bytes=state.size_bytes,
            version=state.version,
            faults=(part_fault(error, 0),),
        )
    share = state.size_bytes // len(ranges) if ranges else 0
    shards = tuple(
        Shard(
            name=name,
            place=place,
            size_bytes=state.size_bytes,
            version=state.version,
            reading=reading,
            start=start,
            end=end,
            weight=share,
            longest_bytes=longest_bytes,
        )
        for start, end in ranges
    )
    return FilePlan(
        name=name,
        place=place,
        size_bytes=state.size_bytes,
        version=state.version,
        reading=reading,
        shards=shards,
    )


def _ranges(
    file: BufferedReader,
    form: tuple[DataFormat, Compression],
    fields: tuple[str, ...],
    state: FileState,
    shard_bytes: int,
) -> tuple[FileReading, list[tuple[int, int]]]:
    """How the file is read, and where its shards begin and end.

    Raises:
        KeyError: there is no field that could hold text.
    """
    kind, compression = form
    if kind.tabular and state.size_bytes:
        columns = Columns(file, kind)
        reading = _with_fields(kind, compression, None, fields, columns.guess())
        if not columns.names() & set(reading.fields):
            raise KeyError(", ".join(reading.fields))
        step = max(1, round(columns.parts * shard_bytes / state.size_bytes))
        return reading, _cut(columns.parts, step)
    unmarked = kind.tabular or kind.medium or kind is DataFormat.WARC
    encoding = None if unmarked else _encoding(file, kind, compression)
    if kind is DataFormat.JSON and _has_lines(file, compression, encoding):
        kind = DataFormat.JSON_LINES
    if kind in {DataFormat.JSON_LINES, DataFormat.JSON, DataFormat.CSV, DataFormat.TSV} and not fields:
        guessed = _guessed(file, kind, compression, encoding)
        reading = _with_fields(kind, compression, encoding, (), guessed)
    else:
        reading = FileReading(format=kind, compression=compression, encoding=encoding, fields=fields)
    if reading.cut_by_bytes:
        return reading, _cut(state.size_bytes, shard_bytes)
    return reading, [(0, WHOLE)] if state.size_bytes else []


def _cut(length: int, step: int) -> list[tuple[int, int]]:
    return [(start, min(start + step, length)) for start in range(0, length, step)]


def _with_fields(
    form: DataFormat,
    compression: Compression,
    encoding: str | None,
    declared: tuple[str, ...],
    guessed: tuple[str, ...],
) -> FileReading:
    if not declared and not guessed:
        raise KeyError("text")
    return FileReading(
        format=form,
        compression=compression,
        encoding=encoding,
        fields=declared or guessed,
        guessed=not declared,
    )


def _encoding(file: BufferedReader, form: DataFormat, compression: Compression) -> str | None:
    """The encoding that a mark at the beginning of the file names; of JSON, one that its beginning is in."""
    head = unpacked(file, compression).read(_HEAD_BYTES if form is DataFormat.JSON else 2)
    file.seek(0)
    if form is not DataFormat.JSON or head[:2] in _MARKS:
        return _MARKS.get(head[:2])
    # In GB18030 half of a character may look like a bracket or a backslash, so that they are looked for among
    # characters. Nothing looks like a quotation mark: cut there, the beginning ends with a whole character.
    found = decoded(head[: head.rfind(b'"') + 1])
    return GB18030 if not isinstance(found, LineFault) and found[1] == GB18030 else None


def _has_lines(file: BufferedReader, compression: Compression, encoding: str | None) -> bool:
    """Whether a file of JSON has an object on its first line, and more lines."""
    found = False
    with suppress(*read_errors()):
        readable = recoded(unpacked(file, compression), encoding)
        head = islice(lines(readable, longest_bytes=_HEAD_BYTES), _HEAD_LINES)
        first = next((line for line in head if line.data != b""), None)
        found = first is not None and not isinstance(_record(first), LineFault) and any(head)
    file.seek(0)
    return found


def _guessed(
    file: BufferedReader, form: DataFormat, compression: Compression, encoding: str | None
) -> tuple[str, ...]:
    """The fields that hold text, by the beginning of the file.

    A file without a line to guess by has none that need be found: every line of it is a fault by itself.
    """
    readable = recoded(unpacked(file, compression), encoding)
    if form is DataFormat.JSON:
        return _guessed_members(
            json_values(readable, longest_bytes=_HEAD_BYTES, is_text=is_usual, most=_HEAD_LINES)
        )
    head = lines(readable, longest_bytes=_HEAD_BYTES)
    if form is DataFormat.JSON_LINES:
        return _guessed_members(islice(head, _HEAD_LINES))
    columns = heading(head, delimiter="," if form is DataFormat.CSV else "\t")
    return tuple(name for name in columns if is_usual(name)) or tuple(columns) or ("text",)


def _guessed_members(head: Iterator[FileLine]) -> tuple[str, ...]:
    records: list[Mapping[str, Any]] = []
    beside: list[Mapping[str, Any]] = []
    with suppress(*read_errors()):  # what can be read of a damaged file is enough to guess by
        for line in head:
            record = _record(line)
            if isinstance(record, LineFault):
                continue
            if isinstance(line, TextsBeside):
                beside.append(record)
            elif len(records) < _HEAD_LINES:
                records.append(record)
    named = dict.fromkeys((*guess(records), *guess(beside)))
    return tuple(named) or (("text",) if not records else ())


def _record(line: FileLine) -> Mapping[str, Any] | LineFault:
    characters = LineFault.OVER_LONG if line.data is None else decoded(line.data)
    return characters if isinstance(characters, LineFault) else parsed(characters[0])
