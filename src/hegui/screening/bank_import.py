"""Reading other lists: columns are guessed and shown, and what cannot be used is told line by line."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from hegui.core import BilingualText, InvalidDocument, Record, read_text
from hegui.screening.keywords import Keyword, KeywordBank, UnusableKeyword

# What a column may be headed by, in lists that were made for other programs.
_HEADINGS = {
    "text": ("text", "word", "keyword", "term", "关键词", "敏感词", "词", "词语", "词汇", "内容"),
    "risk": ("risk", "risk_id", "风险", "风险编号", "安全风险", "二级分类编号"),
    "kind": ("kind", "label", "category", "type", "类别", "分类", "标签", "类型"),
    "level": ("level", "severity", "级别", "等级"),
    "match": ("match", "mode", "匹配方式"),
    "source": ("source", "from", "来源", "出处"),
    "added_on": ("added_on", "added", "date", "加入日期", "日期", "更新日期"),
}
_MEANINGS = {heading: meaning for meaning, headings in _HEADINGS.items() for heading in headings}


class GuessedColumn(Record):
    """A column of the file, and which field of a word it was taken for; ``None`` for none."""

    heading: str
    meaning: str | None


class UnusableLine(Record):
    """A line (in JSON, a numbered item) that gives no word, and why."""

    line: int
    text: str
    reason: BilingualText


class BankImport(Record):
    """What could be made of a file."""

    name: str
    columns: tuple[GuessedColumn, ...]
    keywords: tuple[Keyword, ...]
    unusable: tuple[UnusableLine, ...]

    @property
    def bank(self) -> KeywordBank:
        """The usable words as a bank."""
        return KeywordBank(self.keywords, name=self.name)


def import_bank(path: Path, *, risk: str | None = None, added_on: dt.date | None = None) -> BankImport:
    """Read a list of words, taking what can be used and telling the rest.

    Args:
        path: ``.csv`` with or without headings, ``.txt`` with a word and perhaps its risk a line, or
            ``.json`` with a list of words or of objects; a bank of Hegui's own form is read as that.
        risk: the risk of words for which the file names none.
        added_on: the day of words for which the file names none.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the file is not what its ending says.
    """
    suffix = path.suffix.lower()
    if suffix in {".yaml", ".yml"}:
        return _whole(path)
    readers = {".csv": _csv, ".txt": _txt, ".json": _json}
    reader = readers.get(suffix)
    if reader is None:
        raise InvalidDocument(
            path=path,
            line=1,
            field="",
            zh=f"不认识的文件类型 {suffix!r}；请另存为 CSV（UTF-8），或用 .txt、.json、.yaml",
            en=f"unknown kind of file {suffix!r}; save it as CSV (UTF-8), or use .txt, .json or .yaml",
        )
    headings, rows = reader(path, read_text(path))
    columns = _guess(headings)
    missing = {"risk": risk, "added_on": str(added_on) if added_on else None, "source": path.name}
    keywords, unusable = [], []
    for line, cells in rows:
        read = _keyword(line, cells, columns, {name: value for name, value in missing.items() if value})
        if isinstance(read, UnusableLine):
            unusable.append(read)
        else:
            keywords.append(read)
    return BankImport(
        name=path.stem, columns=columns, keywords=tuple(dict.fromkeys(keywords)), unusable=tuple(unusable)
    )


_Rows = Iterator[tuple[int, list[str]]]


def _whole(path: Path) -> BankImport:
    bank = KeywordBank.load(path)
    return BankImport(name=bank.name, columns=(), keywords=bank.keywords, unusable=())


def _guess(headings: list[str]) -> tuple[GuessedColumn, ...]:
    taken: set[str] = set()
    columns = []
    for heading in headings:
        meaning = _MEANINGS.get(heading.strip().lower())
        columns.append(GuessedColumn(heading=heading, meaning=None if meaning in taken else meaning))
        taken.add(meaning or "")
    return tuple(columns)


def _csv(path: Path, text: str) -> tuple[list[str], _Rows]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise InvalidDocument(
            path=path, line=reader.line_num, field="", zh=f"不是 CSV：{error}", en=f"not CSV: {error}"
        ) from error
    first = rows[0][1] if rows else []
    if any(column.meaning == "text" for column in _guess(first)):
        return first, iter(rows[1:])
    return ["text", "risk"], iter(rows)


def _txt(_path: Path, text: str) -> tuple[list[str], _Rows]:
    lines = enumerate(text.split("\n"), 1)
    rows = ((line, cells.rstrip("\r").split("\t")) for line, cells in lines)
    return ["text", "risk"], (
        (line, cells) for line, cells in rows if not cells[0].startswith("#") and any(cells)
    )


def _json(path: Path, text: str) -> tuple[list[str], _Rows]:
    try:
        items = msgspec.json.decode(text, type=list[str | dict[str, str | int | None]])
    except msgspec.ValidationError:
        return [], _no_rows(path)
    except msgspec.DecodeError as error:
        raise InvalidDocument(
            path=path, line=1, field="", zh=f"不是 JSON：{error}", en=f"not JSON: {error}"
        ) from error
    objects = [{"text": item} if isinstance(item, str) else item for item in items]
    headings = list(dict.fromkeys(name for item in objects for name in item))
    rows = ([str(item.get(name) or "") for name in headings] for item in objects)
    return headings, enumerate(rows, 1)


def _no_rows(path: Path) -> _Rows:
    raise InvalidDocument(
        path=path,
        line=1,
        field="",
        zh="应为词的列表，或对象的列表（其值为文字）",
        en="expected a list of words, or of objects whose values are texts",
    )


def _keyword(
    line: int, cells: list[str], columns: tuple[GuessedColumn, ...], missing: Mapping[str, str]
) -> Keyword | UnusableLine:
    values = dict(missing)
    for column, cell in zip(columns, cells, strict=False):
        if column.meaning and cell.strip(" "):
            values[column.meaning] = cell.strip(" ")
    text = values.get("text", "")
    if "text" not in values or "risk" not in values:
        lacking = "risk" if "text" in values else "text"
        reason = BilingualText(zh=f"没有写明 {lacking}", en=f"no {lacking} is given")
        return UnusableLine(line=line, text=text, reason=reason)
    values.setdefault("kind", "keyword")
    try:
        keyword = msgspec.convert(values, Keyword, strict=False)
        KeywordBank([keyword], name="")
    except msgspec.ValidationError as error:
        return UnusableLine(line=line, text=text, reason=BilingualText(zh=str(error), en=str(error)))
    except UnusableKeyword as error:
        return UnusableLine(line=line, text=text, reason=error.text)
    return keyword
