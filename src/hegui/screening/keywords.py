"""Keyword banks: words, each with the risk it shows, and the detector that looks for them."""

import csv
import datetime as dt
import functools
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from importlib import resources
from pathlib import Path

import msgspec

from hegui.core import (
    BilingualText,
    InvalidDocument,
    InvalidInput,
    Record,
    digest_bytes,
    load_document,
    nearest,
    read_text,
)
from hegui.screening.detector import Account, Occurrence
from hegui.screening.fold import fold
from hegui.screening.matcher import Matcher
from hegui.screening.model import Category

_RISK = re.compile(r"A\.[1-5]\.[a-i]")
_DIGEST_LETTERS = 8


class Level(StrEnum):
    """How grave a word is: what is low is recorded, not acted upon, under the default rules."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class MatchMode(StrEnum):
    """Where a word counts."""

    EXACT = "exact"
    """Wherever it stands."""
    WHOLE_WORD = "whole_word"
    """Where no ASCII letter, digit or underscore touches it: ``rape``, but not in ``grapes``."""


class Keyword(Record):
    """One word of a bank.

    ``kind`` is its label within the risk (``drugs``); ``source`` says where the word was taken from, and
    ``added_on`` when, where that is known.
    """

    text: str
    risk: str
    kind: str
    source: str
    added_on: dt.date | None = None
    level: Level = Level.HIGH
    match: MatchMode = MatchMode.EXACT

    @property
    def category(self) -> Category:
        """What a finding of the word is about."""
        return Category(risk=self.risk, kind=self.kind, level=str(self.level))


class UnusableKeyword(InvalidInput):
    """A word that no text could contain, or whose risk is none.

    Attributes:
        keyword: the word.
    """

    def __init__(self, keyword: Keyword, *, zh: str, en: str) -> None:
        """Name the word before the fault."""
        super().__init__(zh=f"关键词 {keyword.text!r}：{zh}", en=f"keyword {keyword.text!r}: {en}")
        self.keyword = keyword


class KeywordBank:
    """An immutable set of words.

    Basis:
        TC260-003 8.1
    """

    def __init__(self, keywords: Iterable[Keyword], *, name: str) -> None:
        """Keep each distinct word once.

        Args:
            keywords: the words, in any order.
            name: what people call the bank.

        Raises:
            UnusableKeyword: a word holds nothing that is seen, or control characters, or its risk is
                not one of the 31.
        """
        self.name = name
        self.keywords = tuple(sorted(set(keywords), key=_order))
        for keyword in self.keywords:
            _check(keyword)

    def __len__(self) -> int:
        """The number of words."""
        return len(self.keywords)

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same words, whatever they are called."""
        return isinstance(other, KeywordBank) and self.keywords == other.keywords

    def __hash__(self) -> int:
        """Agrees with equality."""
        return hash(self.digest)

    @functools.cached_property
    def digest(self) -> str:
        """The digest of the words and all that is said of them; the bank's name is not part of it."""
        return digest_bytes(msgspec.json.encode(self.keywords))

    @classmethod
    def starter(cls) -> "KeywordBank":
        """The small bank that Hegui ships: plainly harmful phrases, to begin with and to try things out.

        It is far from the size that the law asks of a service: see the parameter ``keyword-bank-size``.
        """
        packaged = resources.files("hegui.screening").joinpath("data", "starter.yaml")
        with resources.as_file(packaged) as path:
            return cls.load(path)

    @classmethod
    def load(cls, path: Path, *, risk: str | None = None) -> "KeywordBank":
        """Read a bank from a file: ``.yaml``, ``.yml``, ``.json``, ``.csv`` or ``.txt``.

        YAML and JSON hold ``name``, ``source``, ``added_on`` and ``groups``; each group a ``risk``, a
        ``kind``, and ``words`` or ``whole_words``. CSV has a heading with at least ``text`` (or 关键词)
        and ``risk`` (or 风险). TXT has one word per line, optionally followed by a tab and its risk.

        Args:
            path: the file; UTF-8.
            risk: the risk of words for which a CSV or TXT file names none.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: the file is not what its ending says, or a line of it is not usable.
        """
        readers = {
            ".yaml": _read_document,
            ".yml": _read_document,
            ".json": _read_document,
            ".csv": _read_csv,
            ".txt": _read_txt,
        }
        reader = readers.get(path.suffix.lower())
        if reader is None:
            raise InvalidDocument(
                path=path,
                line=1,
                field="",
                zh=f"不认识的文件类型 {path.suffix!r}；请用 {'、'.join(readers)}",
                en=f"unknown kind of file {path.suffix!r}; use one of {', '.join(readers)}",
            )
        return reader(path, risk)


class KeywordDetector:
    """Looks for the words of one bank."""

    def __init__(self, bank: KeywordBank) -> None:
        """Build the automaton over the folded words."""
        self.bank = bank
        self.name = f"keyword:{bank.digest.removeprefix('sha256:')[:_DIGEST_LETTERS]}"
        self.digest = bank.digest
        anywhere: dict[str, list[Category]] = {}
        whole: dict[str, list[Category]] = {}
        for keyword in bank.keywords:
            words = whole if keyword.match is MatchMode.WHOLE_WORD else anywhere
            categories = words.setdefault(fold(keyword.text), [])
            if keyword.category not in categories:
                categories.append(keyword.category)
        self._categories = [*anywhere.values(), *whole.values()]
        self._matcher = Matcher(anywhere, whole=whole)

    @property
    def categories(self) -> Sequence[Category]:
        """Everything the bank's words are about."""
        return list(dict.fromkeys(keyword.category for keyword in self.bank.keywords))

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        return [
            Occurrence(begin, end, category)
            for begin, end, word in self._matcher.hits(text, start)
            for category in self._categories[word]
        ]

    def unfinished(self, text: str, start: int) -> int:
        """See :class:`hegui.screening.detector.Detector`."""
        return self._matcher.unfinished(text, start)

    def account(self, matched: str, category: Category) -> Account:
        """See :class:`hegui.screening.detector.Detector`."""
        folded = fold(matched)
        keyword = next(
            keyword
            for keyword in self.bank.keywords
            if keyword.category == category and fold(keyword.text) == folded
        )
        pattern = BilingualText(zh=f"关键词“{keyword.text}”", en=f"the keyword “{keyword.text}”")
        since = f", {keyword.added_on}" if keyword.added_on else ""
        return Account(pattern=pattern, source=f"{self.bank.name}: {keyword.source}{since}")


class _Group(Record):
    risk: str
    kind: str
    level: Level = Level.HIGH
    source: str | None = None
    added_on: dt.date | None = None
    words: tuple[str, ...] = ()
    whole_words: tuple[str, ...] = ()


class _Document(Record):
    name: str
    source: str
    added_on: dt.date
    groups: tuple[_Group, ...]


class _Row(Record):
    """One line of a table, before what it leaves out is filled in."""

    text: str
    risk: str
    kind: str = "keyword"
    level: Level = Level.HIGH
    match: MatchMode = MatchMode.EXACT
    source: str | None = None
    added_on: dt.date | None = None


_COLUMNS = {
    "关键词": "text",
    "风险": "risk",
    "类别": "kind",
    "级别": "level",
    "匹配方式": "match",
    "来源": "source",
    "加入日期": "added_on",
}


def _order(keyword: Keyword) -> tuple[str, ...]:
    return (
        keyword.text,
        keyword.risk,
        keyword.kind,
        keyword.level,
        keyword.match,
        keyword.source,
        str(keyword.added_on),
    )


def _check(keyword: Keyword) -> None:
    if not fold(keyword.text).strip():
        raise UnusableKeyword(
            keyword,
            zh="去掉不可见字符后是空的；请删去",
            en="nothing is left without invisible characters; remove it",
        )
    if keyword.text != keyword.text.strip():
        raise UnusableKeyword(
            keyword, zh="首尾有空白；请去掉", en="white space at its beginning or end; remove that"
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in keyword.text):
        raise UnusableKeyword(
            keyword, zh="含有控制字符；请去掉", en="it holds control characters; remove them"
        )
    if not _RISK.fullmatch(keyword.risk):
        raise UnusableKeyword(
            keyword,
            zh=f"没有 {keyword.risk!r} 这种安全风险；请写成 A.1.f 这样的编号",
            en=f"there is no risk {keyword.risk!r}; write it as A.1.f",
        )


def _read_document(path: Path, _risk: str | None) -> KeywordBank:
    document = load_document(path, _Document)
    keywords = [
        Keyword(
            text=word,
            risk=group.risk,
            kind=group.kind,
            level=group.level,
            source=group.source or document.source,
            added_on=group.added_on or document.added_on,
            match=mode,
        )
        for group in document.groups
        for mode, words in ((MatchMode.EXACT, group.words), (MatchMode.WHOLE_WORD, group.whole_words))
        for word in words
    ]
    try:
        return KeywordBank(keywords, name=document.name)
    except UnusableKeyword as error:
        line = _line_of(read_text(path), error.keyword.text)
        raise InvalidDocument(path=path, line=line, field="", zh=error.text.zh, en=error.text.en) from error


def _line_of(text: str, word: str) -> int:
    """The first line that holds the word; 1 where it is written with escapes and cannot be seen."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if word and word in line), 1)


def _read_csv(path: Path, risk: str | None) -> KeywordBank:
    rows = csv.reader(io.StringIO(read_text(path)), strict=True)
    try:
        columns = _headings(path, next(rows, []))
        keywords = [_row(path, rows.line_num, columns, cells, risk) for cells in rows if any(cells)]
    except csv.Error as error:
        raise InvalidDocument(
            path=path, line=rows.line_num, field="", zh=f"不是 CSV：{error}", en=f"not CSV: {error}"
        ) from error
    return KeywordBank(keywords, name=path.stem)


def _headings(path: Path, cells: list[str]) -> list[str]:
    columns = [_COLUMNS.get(cell.strip(), cell.strip()) for cell in cells]
    known = [*_COLUMNS.values(), *_COLUMNS]
    for column in columns:
        if column not in _COLUMNS.values():
            close = nearest(column, known)
            raise InvalidDocument(
                path=path,
                line=1,
                field=column,
                zh=f"不认识的列；{f'是不是 {close}？' if close else f'可用的列：{known}'}",
                en=f"unknown column; {f'did you mean {close}?' if close else f'known: {known}'}",
            )
    if "text" not in columns:
        raise InvalidDocument(
            path=path, line=1, field="text", zh="缺少“关键词”（text）一列", en="the column “text” is missing"
        )
    return columns


def _read_txt(path: Path, risk: str | None) -> KeywordBank:
    keywords = [
        _row(path, number, ["text", "risk"], line.strip().split("\t"), risk)
        for number, line in enumerate(read_text(path).splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    return KeywordBank(keywords, name=path.stem)


def _row(path: Path, line: int, columns: list[str], cells: list[str], risk: str | None) -> Keyword:
    if len(cells) > len(columns):
        raise InvalidDocument(
            path=path,
            line=line,
            field="",
            zh=f"有 {len(cells)} 格，但只有 {len(columns)} 列",
            en=f"{len(cells)} cells, but {len(columns)} columns",
        )
    values = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    if risk is not None:
        values.setdefault("risk", risk)
    if "risk" not in values:
        raise InvalidDocument(
            path=path,
            line=line,
            field="risk",
            zh="没有写明安全风险；请在该行写明（如 A.1.f），或为整个文件指定",
            en="no risk is named; write it on the line (as A.1.f) or give one for the whole file",
        )
    try:
        row = msgspec.convert(values, _Row, strict=False)
        keyword = Keyword(
            text=row.text,
            risk=row.risk,
            kind=row.kind,
            level=row.level,
            match=row.match,
            source=row.source or path.name,
            added_on=row.added_on,
        )
        _check(keyword)
    except msgspec.ValidationError as error:
        raise InvalidDocument(path=path, line=line, field="", zh=str(error), en=str(error)) from error
    except UnusableKeyword as error:
        raise InvalidDocument(path=path, line=line, field="", zh=error.text.zh, en=error.text.en) from error
    return keyword
