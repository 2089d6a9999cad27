"""Reading lists of words: columns are guessed and shown, and what cannot be used is told line by line."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from hegui.core import BilingualText, InvalidDocument, Record, nearest
from hegui.rulebook import Rulebook
from hegui.screening.bank_table import SEVERAL, Row, read_table
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword, Level, UnusableKeyword, check
from hegui.screening.lexicon import MatchMode

# What a column may be headed by, in lists that were made for other programs.
_HEADINGS = {
    "text": ("text", "word", "keyword", "term", "关键词", "敏感词", "词", "词语", "词汇", "内容"),
    "risk": ("risk", "risk_id", "风险", "风险编号", "安全风险", "二级分类", "二级分类编号"),
    "kind": ("kind", "label", "category", "type", "类别", "分类", "标签", "类型"),
    "level": ("level", "severity", "级别", "等级"),
    "match": ("match", "mode", "匹配方式"),
    "source": ("source", "from", "来源", "出处"),
    "added_on": ("added_on", "added", "date", "加入日期", "日期", "更新日期"),
    "pinyin": ("pinyin", "拼音"),
    "initials": ("initials", "首字母"),
    "unless": ("unless", "except", "例外", "例外语境", "白名单"),
}
_MEANINGS = {heading: meaning for meaning, headings in _HEADINGS.items() for heading in headings}
_VALUES: dict[str, dict[str, str]] = {
    "level": {"高": Level.HIGH, "中": Level.MEDIUM, "低": Level.LOW},
    "match": {
        "精确": MatchMode.EXACT, "可分隔": MatchMode.SEPARATED, "整词": MatchMode.WHOLE_WORD
    },
    "initials": {"是": "true", "否": "false", "yes": "true", "no": "false"},
}  # fmt: skip
# A column without a heading is taken for what half of its first cells look like.
_LOOKS = {
    "risk": re.compile(r"[A-Z]\.?[1-9](\.[a-z])?\b.*"),
    "added_on": re.compile(r"\d{4}-\d\d-\d\d"),
    "level": re.compile("|".join([*Level, *_VALUES["level"]])),
    "match": re.compile("|".join([*MatchMode, *_VALUES["match"]])),
}
_LOOKED_AT = 200
_RISK = re.compile(r"([A-Z]\.[1-9]\.[a-z])\b")


class GuessedColumn(Record):
    """A column of the file, and which field of a word it was taken for; ``None`` for none.

    A column without a heading is called by its number, as ``#1``.
    """

    heading: str
    meaning: str | None


class UnusableLine(Record):
    """A line (in JSON, a numbered item) that gives no word, and why."""

    line: int
    text: str
    reason: BilingualText


class BankImport(Record):
    """What could be made of a file, and how it was read."""

    name: str
    encoding: str
    columns: tuple[GuessedColumn, ...]
    keywords: tuple[Keyword, ...]
    unusable: tuple[UnusableLine, ...]

    @property
    def bank(self) -> KeywordBank:
        """The usable words as a bank."""
        return KeywordBank(self.keywords, name=self.name)


def import_bank(
    path: Path,
    *,
    rulebook: Rulebook | None = None,
    risk: str | None = None,
    added_on: dt.date | None = None,
    match: MatchMode | None = None,
) -> BankImport:
    """Read a list of words, taking what can be used and telling the rest.

    Args:
        path: as :func:`hegui.screening.bank_table.read_table` reads it, with or without headings; a bank of
            Hegui's own form is read as that.
        rulebook: knows the risks by their names, where the file names them so.
        risk: the risk of words for which the file names none.
        added_on: the day of words for which the file names none.
        match: how words count for which the file says nothing.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the file is not what its ending says.
    """
    if _is_document(path):
        bank = KeywordBank.from_document(path)
        return BankImport(name=bank.name, encoding="UTF-8", columns=(), keywords=bank.keywords, unusable=())
    table = read_table(path, is_heading=lambda cell: _meaning(cell) is not None)
    columns = _by_heading(table.headings) if table.headings is not None else _by_content(table.rows)
    given = {
        "risk": risk,
        "added_on": str(added_on or ""),
        "match": match,
        "source": path.name,
        "kind": "keyword",
    }
    missing = {name: value for name, value in given.items() if value}
    names = {risk.text.zh: risk.id for risk in rulebook.risks} if rulebook else {}
    keywords, unusable = [], []
    for row in table.rows:
        read = _keyword(row, columns, missing, names)
        if isinstance(read, UnusableLine):
            unusable.append(read)
        else:
            keywords.append(read)
    return BankImport(
        name=path.stem,
        encoding=table.encoding,
        columns=columns,
        keywords=tuple(dict.fromkeys(keywords)),
        unusable=tuple(unusable),
    )


def load_bank(path: Path, *, risk: str | None = None) -> KeywordBank:
    """Read a bank in which every line and every column must be right.

    Args:
        path: ``.yaml``, ``.json``, ``.csv``, ``.txt`` or ``.xlsx``.
        risk: the risk of words for which the file names none.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: the file is not what its ending says, or something in it is not usable.
    """
    read = import_bank(path, risk=risk)
    for column in read.columns:
        if column.meaning is None:
            close = nearest(column.heading, list(_MEANINGS))
            raise InvalidDocument(
                path=path,
                line=1,
                field=column.heading,
                zh=f"不认识的列；{f'是不是 {close}？' if close else f'可用的列：{list(_HEADINGS)}'}",
                en=f"unknown column; {f'did you mean {close}?' if close else f'known: {list(_HEADINGS)}'}",
            )
    for line in read.unusable:
        raise InvalidDocument(path=path, line=line.line, field="", zh=line.reason.zh, en=line.reason.en)
    return read.bank


def _is_document(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == ".json":
        with suppress(OSError), path.open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    return suffix in {".yaml", ".yml"}


def _meaning(heading: str) -> str | None:
    return _MEANINGS.get(heading.strip().lower())


def _by_heading(headings: Sequence[str]) -> tuple[GuessedColumn, ...]:
    taken: set[str | None] = set()
    columns = []
    for heading in headings:
        meaning = _meaning(heading)
        columns.append(GuessedColumn(heading=heading, meaning=None if meaning in taken else meaning))
        taken.add(meaning)
    return tuple(columns)


def _by_content(rows: Sequence[Row]) -> tuple[GuessedColumn, ...]:
    """The columns that look like something; of the others the one that varies most holds the words."""
    seen = rows[:_LOOKED_AT]
    columns = [
        [row.cells[number].strip() for row in seen if number < len(row.cells)]
        for number in range(max((len(row.cells) for row in seen), default=0))
    ]
    meanings: dict[int, str] = {}
    for number, cells in enumerate(columns):
        for meaning, looks in _LOOKS.items():
            alike = sum(looks.fullmatch(cell) is not None for cell in cells)
            if 2 * alike >= len(list(filter(None, cells))) > 0 and meaning not in meanings.values():
                meanings[number] = meaning
                break
    rest = [number for number in range(len(columns)) if number not in meanings]
    if rest:
        meanings[max(rest, key=lambda number: len(set(columns[number])))] = "text"
    return tuple(
        GuessedColumn(heading=f"#{number + 1}", meaning=meanings.get(number))
        for number in range(len(columns))
    )


def _keyword(
    row: Row, columns: Sequence[GuessedColumn], missing: Mapping[str, str], risks: Mapping[str, str]
) -> Keyword | UnusableLine:
    values: dict[str, object] = dict(missing)
    for column, cell in zip(columns, row.cells, strict=False):
        value = cell.strip()
        if column.meaning and value:
            values[column.meaning] = _VALUES.get(column.meaning, {}).get(value, value)
    text = str(values.get("text", ""))
    if lacking := next((name for name in ("text", "risk") if name not in values), None):
        reason = BilingualText(zh=f"没有写明 {lacking}", en=f"no {lacking} is given")
        return UnusableLine(line=row.line, text=text, reason=reason)
    risk = str(values["risk"])
    values["risk"] = match[1] if (match := _RISK.match(risk)) else risks.get(risk, risk)
    if "unless" in values:
        values["unless"] = [each for each in str(values["unless"]).split(SEVERAL) if each]
    try:
        keyword = msgspec.convert(values, Keyword, strict=False)
        check(keyword)
    except msgspec.ValidationError as error:
        return UnusableLine(line=row.line, text=text, reason=BilingualText(zh=str(error), en=str(error)))
    except UnusableKeyword as error:
        return UnusableLine(line=row.line, text=text, reason=error.text)
    return keyword
