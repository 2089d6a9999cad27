"""What the law asks of a keyword bank, beside what the bank holds."""

import datetime as dt
import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from hegui.core import BilingualText, Record, Verdict, overall
from hegui.rulebook import Parameter, Rulebook
from hegui.screening.bank_import import UnusableLine
from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword

_SEPARATORS = re.compile(r"[\W_]+")
_COUNTED_GROUPS = {"A.1": "keyword-bank-a1-risk", "A.2": "keyword-bank-a2-risk"}


class BankCheck(Record):
    """One requirement, and what was counted against it; ``None`` where nothing could be counted."""

    parameter: str
    citation: str
    text: BilingualText
    subject: str
    counted: int | None
    asked: int
    verdict: Verdict


class RepeatedWord(Record):
    """Spellings of one word under one risk: they count once."""

    risk: str
    spellings: tuple[str, ...]


class BankLint(Record):
    """A bank judged on one day.

    ``words`` counts what the file holds, ``distinct`` what is left when spellings of one word count once.
    """

    on: dt.date
    words: int
    distinct: int
    checks: tuple[BankCheck, ...]
    repeated: tuple[RepeatedWord, ...]
    unusable: tuple[UnusableLine, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether the bank is what is asked for."""
        return overall(check.verdict for check in self.checks)


def essence(text: str) -> str:
    """What is left of a word without case, width, script, separators, invisible characters and encodings.

    Two words with one essence are spellings of one word: a bank does not grow by them.
    """
    decoded = _decoded(text)
    return _SEPARATORS.sub("", decoded) or decoded


def _decoded(text: str) -> str:
    """``text`` folded, without encodings, however often it was encoded: each of them made it longer."""
    text = fold(text)
    while (plain := fold(unquote(html.unescape(text)))) != text:
        text = plain
    return text


def lint(
    keywords: Sequence[Keyword],
    *,
    rulebook: Rulebook,
    on: dt.date,
    unusable: Sequence[UnusableLine] = (),
) -> BankLint:
    """Judge a bank by the numbers in force on a day.

    Args:
        keywords: its words.
        rulebook: where the numbers are.
        on: the day, in China.
        unusable: lines of its file that gave no word; they are told, and count for nothing.

    Basis:
        TC260-003 8.1
    """
    spellings: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for keyword in keywords:
        spellings[keyword.risk, essence(keyword.text)][keyword.text] = None
    by_risk = Counter(risk for risk, _ in spellings)
    distinct = len({word for _, word in spellings})
    size = _check(rulebook.parameter("keyword-bank-size", on=on), "", distinct)
    risks = [
        _check(rulebook.parameter(parameter, on=on), risk.id, by_risk[risk.id])
        for risk in rulebook.risks
        if (parameter := _COUNTED_GROUPS.get(risk.group))
    ]
    update = _check(rulebook.parameter("keyword-update-days", on=on), "", _age_days(keywords, on))
    repeated = [
        RepeatedWord(risk=risk, spellings=tuple(words))
        for (risk, _), words in spellings.items()
        if len(words) > 1
    ]
    return BankLint(
        on=on,
        words=len(keywords),
        distinct=distinct,
        checks=(size, *risks, update),
        repeated=tuple(repeated),
        unusable=tuple(unusable),
    )


def _age_days(keywords: Iterable[Keyword], on: dt.date) -> int | None:
    """Days since a word was last added. A day to come says nothing about the past."""
    days = [keyword.added_on for keyword in keywords if keyword.added_on and keyword.added_on <= on]
    return (on - max(days)).days if days else None


def _check(parameter: Parameter, subject: str, counted: int | None) -> BankCheck:
    verdict = Verdict.NOT_ASSESSED
    if counted is not None:
        verdict = Verdict.MET if parameter.holds(counted) else Verdict.NOT_MET
    return BankCheck(
        parameter=parameter.id,
        citation=parameter.citation,
        text=parameter.text,
        subject=subject,
        counted=counted,
        asked=int(parameter.value),
        verdict=verdict,
    )
