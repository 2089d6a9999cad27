"""The text of a law as articles: each begins a line with 第…条.

A line that begins so need not begin an article: 第十条规定的事项 may open a paragraph of the eleventh. What
follows the number, and whether the number is the one that is due, tells them apart.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from hegui.core import InvalidInput, Record
from hegui.rulebook import NUMERAL, article_number, read_numeral

_START = re.compile(rf"[#>*\s]*第\s*({NUMERAL})\s*条(?:\s*之\s*({NUMERAL}))?(\**\s*)(.*)")
_HEADING = re.compile(rf"[#>*\s]*第\s*{NUMERAL}\s*[编章节](?:[\s*].{{0,40}})?|[#>*\s]*附\s*则[\s*]*")
_ANNEX_LINE = re.compile(
    r"[#>*\s]*附\s*(?:[件录表]\s*[0-9一二三四五六七八九十]*(?:[:：\s*].{0,40})?|[:：].{0,40}|[\s*]*)"
)
_MENTION = re.compile(r"[的、和至到及或与规第所]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_EMPHASIS = re.compile(r"\*\*|__")

ANNEX = "annex"
"""The identifier of whatever follows a line that says 附件."""


class Article(Record):
    """One article of a text.

    Attributes:
        id: its number, ``47``; of an article inserted behind another (之一), ``47-1``; or ``annex``.
        text: its paragraphs, one a line, without the number.
    """

    id: str
    text: str

    @property
    def number(self) -> str:
        """The number as laws print it, ``第四十七条``."""
        return "附件" if self.id == ANNEX else article_number(self.id)


class NoArticles(InvalidInput):
    """No line of a text begins with 第…条."""

    def __init__(self, name: str) -> None:
        """Say what may be the matter.

        Args:
            name: of the file.
        """
        super().__init__(
            zh=f"{name} 里没有以“第…条”开头的行；如果条号是 Word 自动编号，请先另存为纯文本",
            en=f"no line of {name} begins with 第…条; if Word numbers them by itself, save as text first",
        )


def split_articles(text: str, *, name: str) -> tuple[Article, ...]:
    """The articles of a text in the order they stand in; what stands before the first is left out.

    Args:
        text: plain or Markdown.
        name: of the file, for the error.

    Raises:
        NoArticles: there is none.
    """
    articles: list[tuple[str, list[str]]] = []
    for line in _COMMENT.sub("", text).splitlines():
        started = _started(line, articles[-1][0] if articles else "0")
        if started:
            articles.append(started)
        elif articles and line.strip() and not _HEADING.fullmatch(line):
            articles[-1][1].append(line)
    if not articles:
        raise NoArticles(name)
    return tuple(
        Article(id=identifier, text="\n".join(filter(None, map(_clean, lines))))
        for identifier, lines in articles
    )


def missing_articles(articles: Iterable[Article], count: int | None) -> tuple[str, ...]:
    """The numbers that do not occur, up to ``count`` or, where it is not known, up to the highest."""
    numbers = {int(article.id) for article in articles if article.id.isdigit()}
    highest = max(numbers, default=0) if count is None else count
    return tuple(str(number) for number in range(1, highest + 1) if number not in numbers)


def repeated_articles(articles: Iterable[Article]) -> tuple[str, ...]:
    """The numbers that occur twice or more, each once."""
    counted = Counter(article.id for article in articles)
    return tuple(identifier for identifier, times in counted.items() if times > 1)


def _started(line: str, last: str) -> tuple[str, list[str]] | None:
    """The number of the article that a line begins and its first words, if it begins one."""
    if last == ANNEX:
        return None
    if last != "0" and _ANNEX_LINE.fullmatch(line):
        return ANNEX, []
    match = _START.fullmatch(line)
    number = read_numeral(match[1]) if match else None
    if match is None or not number:
        return None
    due = number == int(last.partition("-")[0]) + 1 or bool(match[2])
    apart = bool(match[3])
    if not apart and (not due or _MENTION.match(match[4])):
        return None
    added = f"-{read_numeral(match[2])}" if match[2] else ""
    return f"{number}{added}", [match[4]]


def _clean(line: str) -> str:
    return _EMPHASIS.sub("", unicodedata.normalize("NFC", line)).strip().lstrip("#> ").strip()
