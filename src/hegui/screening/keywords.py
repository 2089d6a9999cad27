"""Keywords: words, each with the risk it shows and the forms in which it counts."""

import datetime as dt
import re
from enum import StrEnum

from hegui.core import InvalidInput, Record
from hegui.screening.detector import CONTEXT
from hegui.screening.fold import fold
from hegui.screening.lexicon import MatchMode
from hegui.screening.model import Category
from hegui.screening.separation import MOST_SEPARATORS, bare, widest_gap

_RISK = re.compile(r"A\.[1-5]\.[a-i]|M\.[1-4]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SYLLABLES = re.compile("[a-z]+(?: [a-z]+)*")


class Level(StrEnum):
    """How grave a word is: what is low is recorded, not acted upon, under the default rules."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Keyword(Record):
    """One word of a bank.

    ``kind`` is its label within the risk (``drugs``); ``source`` says where the word was taken from, and
    ``added_on`` when, where that is known. ``pinyin`` (``zha dan``) makes it count as a whole word in Latin
    letters too, together or by syllables, and ``initials`` as theirs (``zd``). ``unless`` are longer texts
    within which it does not count: ``炸弹``, unless in ``炸弹人``.
    """

    text: str
    risk: str
    kind: str
    source: str
    added_on: dt.date | None = None
    level: Level = Level.HIGH
    match: MatchMode = MatchMode.EXACT
    pinyin: str = ""
    initials: bool = False
    unless: tuple[str, ...] = ()

    @property
    def category(self) -> Category:
        """What a finding of the word is about."""
        return Category(risk=self.risk, kind=self.kind, level=str(self.level))

    @property
    def in_latin(self) -> tuple[str, ...]:
        """The forms in Latin letters in which the word counts too."""
        syllables = self.pinyin.split()
        if not syllables:
            return ()
        forms = ("".join(syllables), " ".join(syllables))
        return (*forms, "".join(syllable[0] for syllable in syllables)) if self.initials else forms


class UnusableKeyword(InvalidInput):
    """A word that no text could contain, or of which something impossible is said.

    Attributes:
        keyword: the word.
    """

    def __init__(self, keyword: Keyword, *, zh: str, en: str) -> None:
        """Name the word before the fault."""
        super().__init__(zh=f"关键词 {keyword.text!r}：{zh}", en=f"keyword {keyword.text!r}: {en}")
        self.keyword = keyword


def check(keyword: Keyword) -> None:
    """See that a word can be looked for.

    Raises:
        UnusableKeyword: it cannot.
    """
    folded = fold(keyword.text)
    _check_text(keyword, folded)
    if not _RISK.fullmatch(keyword.risk):
        raise UnusableKeyword(
            keyword,
            zh=f"没有 {keyword.risk!r} 这种安全风险；请写成 A.1.f 这样的编号，或 M.1 至 M.4",
            en=f"there is no risk {keyword.risk!r}; write it as A.1.f, or M.1 to M.4",
        )
    if keyword.match is MatchMode.SEPARATED:
        _check_separated(keyword, folded)
    if keyword.pinyin or keyword.initials:
        _check_pinyin(keyword)
    for context in keyword.unless:
        _check_context(keyword, folded, fold(context))


def _check_text(keyword: Keyword, folded: str) -> None:
    if not folded.strip():
        raise UnusableKeyword(
            keyword,
            zh="去掉不可见字符后是空的；请删去",
            en="nothing is left without invisible characters; remove it",
        )
    if keyword.text != keyword.text.strip():
        raise UnusableKeyword(
            keyword, zh="首尾有空白；请去掉", en="white space at its beginning or end; remove that"
        )
    if any(map(_CONTROL.search, (keyword.text, *keyword.unless))):
        raise UnusableKeyword(
            keyword, zh="含有控制字符；请去掉", en="it holds control characters; remove them"
        )


def _check_separated(keyword: Keyword, folded: str) -> None:
    if not bare(folded):
        raise UnusableKeyword(
            keyword,
            zh="只有分隔符，不能用 separated；请改为 exact",
            en="it is nothing but separators, which “separated” takes out; make it “exact”",
        )
    if widest_gap(folded) > MOST_SEPARATORS:
        raise UnusableKeyword(
            keyword,
            zh=f"一处有多于 {MOST_SEPARATORS} 个分隔符，用 separated 找不到；请改短或改为 exact",
            en=f"more than {MOST_SEPARATORS} separators at one place are never found by “separated”; "
            "shorten it or make it “exact”",
        )


def _check_pinyin(keyword: Keyword) -> None:
    if not _SYLLABLES.fullmatch(keyword.pinyin):
        raise UnusableKeyword(
            keyword,
            zh=f"拼音 {keyword.pinyin!r} 应为小写音节，以一个空格隔开，如 zha dan",
            en=f"its pinyin {keyword.pinyin!r} must be small letters, one space between syllables: zha dan",
        )
    if keyword.initials and " " not in keyword.pinyin:
        raise UnusableKeyword(
            keyword,
            zh="只有一个音节，首字母只是一个字母；请去掉 initials",
            en="it has one syllable, and one letter is no word; remove its initials",
        )


def _check_context(keyword: Keyword, folded: str, context: str) -> None:
    place = context.rfind(folded)
    if place < 0 or context == folded:
        raise UnusableKeyword(
            keyword,
            zh=f"例外语境 {context!r} 不是包含该词的更长文字；请改正或删去",
            en=f"its context {context!r} is no longer text that holds the word; correct or remove it",
        )
    if place > CONTEXT:
        raise UnusableKeyword(
            keyword,
            zh=f"例外语境 {context!r} 中该词之前多于 {CONTEXT} 个字符；请改短",
            en=f"its context {context!r} has more than {CONTEXT} characters before the word; shorten it",
        )
