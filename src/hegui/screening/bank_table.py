"""Tables that hold words: .xlsx, .csv, .txt and .json files as headings and rows of cells."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from hegui.core import InvalidDocument, NotFound, read_text

_MOST_UNPACKED = 256 << 20
"""An .xlsx file that unpacks to more bytes than this is not opened."""


SEVERAL = "|"
"""Parts several texts in one cell."""


class Row(NamedTuple):
    """One row: ``line`` is its place in the file (in JSON, the number of the item)."""

    line: int
    cells: list[str]


class WordTable(NamedTuple):
    """``headings`` is ``None`` where the file has none.

    ``encoding`` is how the bytes were read; of a sheet it only says that it is one.
    """

    headings: list[str] | None
    rows: list[Row]
    encoding: str = "UTF-8"


def read_table(path: Path, *, is_heading: Callable[[str], bool]) -> WordTable:
    """Read a file by its ending.

    Args:
        path: ``.xlsx`` (its first sheet), ``.csv``, ``.txt`` (a line each, cells parted by tabs; lines that
            begin with ``#`` are comments) or ``.json`` (a list of words, or of objects). Texts may also be
            in GB 18030, which spreadsheet programs in China write.
        is_heading: whether a cell of the first row is a heading that is known.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the file is not what its ending says.
    """
    readers = {".xlsx": _xlsx, ".csv": _csv, ".txt": _txt, ".json": _json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        known = [".yaml", *readers]
        raise _invalid(
            path,
            zh=f"不认识的文件类型 {path.suffix!r}；请用 {'、'.join(known)}",
            en=f"unknown kind of file {path.suffix!r}; use one of {', '.join(known)}",
        )
    table = reader(path)
    if table.headings is None and table.rows and any(map(is_heading, table.rows[0].cells)):
        return table._replace(headings=table.rows[0].cells, rows=table.rows[1:])
    return table


def _xlsx(path: Path) -> WordTable:
    import python_calamine  # noqa: PLC0415 - only who reads spreadsheets needs it

    if not path.exists():
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}")
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise _invalid(
                path,
                zh=f"解开后有 {unpacked} 字节，多于 {_MOST_UNPACKED}；请拆成几个文件",
                en=f"it unpacks to {unpacked} bytes, more than {_MOST_UNPACKED}; split it",
            )
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError) as error:
        raise _invalid(path, zh=f"不是 xlsx：{error}", en=f"not an xlsx: {error}") from error
    return WordTable(None, _filled([_cell(value) for value in cells] for cells in sheet), encoding="xlsx")


def _cell(value: object) -> str:
    """A cell as people see it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.date() if isinstance(value, dt.datetime) else value)


def _csv(path: Path) -> WordTable:
    text, encoding = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [Row(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise InvalidDocument(
            path=path, line=reader.line_num, field="", zh=f"不是 CSV：{error}", en=f"not CSV: {error}"
        ) from error
    return WordTable(None, rows, encoding)


def _txt(path: Path) -> WordTable:
    text, encoding = _text(path)
    lines = (line.rstrip("\r").split("\t") for line in text.split("\n"))
    return WordTable(None, [row for row in _filled(lines) if not row.cells[0].startswith("#")], encoding)


def _json(path: Path) -> WordTable:
    text, encoding = _text(path)
    try:
        items = msgspec.json.decode(text, type=list[str | dict[str, str | float | list[str] | None]])
    except msgspec.ValidationError as error:
        raise _invalid(
            path,
            zh=f"应为词的列表，或对象的列表（其值为文字、数或文字的列表）：{error}",
            en=f"expected a list of words, or of objects of texts, numbers or lists of texts: {error}",
        ) from error
    except msgspec.DecodeError as error:
        raise _invalid(path, zh=f"不是 JSON：{error}", en=f"not JSON: {error}") from error
    objects = [{"text": item} if isinstance(item, str) else item for item in items]
    headings = list(dict.fromkeys(name for item in objects for name in item))
    rows = [
        Row(number, [_value(item.get(name)) for name in headings]) for number, item in enumerate(objects, 1)
    ]
    return WordTable(headings, rows, encoding)


def _value(value: str | float | list[str] | None) -> str:
    if isinstance(value, list):
        return SEVERAL.join(value)
    return "" if value is None else _cell(value)


def _filled(rows: Iterable[list[str]]) -> list[Row]:
    return [Row(line, cells) for line, cells in enumerate(rows, 1) if any(map(str.strip, cells))]


def _text(path: Path) -> tuple[str, str]:
    """The text of a file, and the encoding that it is in."""
    try:
        return read_text(path), "UTF-8"
    except InvalidDocument:
        data = path.read_bytes()
        # Text that is UTF-8 but for a few bytes was damaged; read otherwise, it would be other words.
        if 2 * _beyond_ascii(data.decode(errors="ignore").encode()) > _beyond_ascii(data):
            raise
        try:
            return data.decode("gb18030"), "GB 18030"
        except UnicodeDecodeError:
            pass
        raise


def _beyond_ascii(data: bytes) -> int:
    return sum(byte > 0x7F for byte in data)  # noqa: PLR2004 - the last byte of ASCII


def _invalid(path: Path, *, zh: str, en: str) -> InvalidDocument:
    return InvalidDocument(path=path, line=1, field="", zh=zh, en=en)
