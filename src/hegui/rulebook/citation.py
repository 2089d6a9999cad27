"""Citations as people write them, read against the numbering in force on a day.

``CSL 47``, ``网络安全法 第四十七条``, ``Article 17 of the Interim Measures`` and ``暂行办法17条`` each name a
place in an instrument. Which text that is depends on the day: a law whose articles were renumbered has
two editions under one name.
"""

import datetime as dt
import re
import unicodedata
from enum import StrEnum
from typing import Self

from hegui.core import BilingualText, InvalidInput, NotFound, Period, Record, nearest
from hegui.rulebook.model import Change, Clause, Force, Instrument, InstrumentKind
from hegui.rulebook.names import editions, force_once_begun, instrument_named, named_exactly
from hegui.rulebook.numerals import NUMERAL, chinese_numeral, read_numeral
from hegui.rulebook.service import Rulebook

_PLACE = re.compile(
    rf"第?\s*(?P<article>{NUMERAL})\s*条\s*(?:之\s*(?P<added>{NUMERAL}))?"
    rf"\s*(?:第?\s*(?P<paragraph>{NUMERAL})\s*款)?"
    rf"\s*(?:第?\s*\(?\s*(?P<item>{NUMERAL})\s*\)?\s*项)?$"
)
_ENGLISH_ORDER = re.compile(
    r"(?:article|art\.?|clause|§)\s*(?P<place>\S+)\s+of\s+(?:the\s+)?(?P<name>.+)", re.IGNORECASE
)
_ARTICLE_WORD = re.compile(r"(?:article|art\.?|clause|§)(?=\d|$)", re.IGNORECASE)
_HIGHEST_ARTICLE = 9999
_WITH_ARTICLES = {
    InstrumentKind.LAW,
    InstrumentKind.REGULATION,
    InstrumentKind.RULE,
    InstrumentKind.NORMATIVE_DOCUMENT,
}


class UnreadableCitation(InvalidInput):
    """What was written names no place in an instrument.

    Attributes:
        written: the citation as given.
    """

    def __init__(self, written: str) -> None:
        """Say how a citation looks."""
        super().__init__(
            zh=f"{written!r} 没有写明哪个文件的哪一条；请写成“网络安全法 第四十七条”或 CSL 47",
            en=f"{written!r} does not say which article of which instrument; write it like CSL 47",
        )
        self.written = written


class ArticlePlace(Record):
    """A place in a law: article (条), paragraph (款), item (项).

    Attributes:
        article: the number; of an article inserted behind another (之一) as ``67-1``.
    """

    article: str
    paragraph: int | None = None
    item: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The place that ``text`` is, written with 条, 款 and 项; ``None`` where it is none."""
        match = _PLACE.fullmatch(_plain(text))
        return None if match is None else cls._of(match)

    @classmethod
    def at_end(cls, text: str) -> tuple[str, Self] | None:
        """The place that ``text`` ends in, behind what stands before it; ``None`` where it ends in none."""
        match = _PLACE.search(text)
        place = None if match is None else cls._of(match)
        return None if match is None or place is None else (text[: match.start()].strip(" ,、"), place)

    @classmethod
    def _of(cls, match: re.Match[str]) -> Self | None:
        numbers = {name: read_numeral(sign) for name, sign in match.groupdict().items() if sign}
        if not all(number and number <= _HIGHEST_ARTICLE for number in numbers.values()):
            return None
        added = f"-{numbers['added']}" if "added" in numbers else ""
        return cls(
            article=f"{numbers['article']}{added}",
            paragraph=numbers.get("paragraph"),
            item=numbers.get("item"),
        )

    @property
    def id(self) -> str:
        """The place as identifiers of clauses write it, ``12.2``."""
        return ".".join(str(part) for part in (self.article, self.paragraph, self.item) if part is not None)


def article_number(identifier: str) -> str:
    """The article of a place as laws print it: ``47.2`` lies in 第四十七条, ``67-1`` is 第六十七条之一."""
    number, _, added = identifier.partition(".")[0].partition("-")
    return f"第{chinese_numeral(int(number))}条" + (f"之{chinese_numeral(int(added))}" if added else "")


class Presence(StrEnum):
    """What is known here of the place that a citation names."""

    ENTERED = "entered"
    NOT_ENTERED = "not_entered"
    UNCERTAIN = "uncertain"

    @property
    def text(self) -> BilingualText:
        """The presence in words."""
        return _PRESENCES[self]


_PRESENCES = {
    Presence.ENTERED: BilingualText(zh="已录入", en="entered"),
    Presence.NOT_ENTERED: BilingualText(
        zh="该条存在，规则库尚未录入", en="this article exists, but has not been entered in the rulebook yet"
    ),
    Presence.UNCERTAIN: BilingualText(
        zh="规则库未录入该条，也不知道该文件共有多少条",
        en="not entered in the rulebook, which does not know either how many articles there are",
    ),
}


class Elsewhere(Record):
    """The same requirement under another number or in another instrument.

    Attributes:
        citation: where it stands there, ``CSL 49``.
        number: as that instrument prints it.
        edition: whether that instrument is another edition of the same law.
        in_force: whether that instrument is in force on the day asked for.
    """

    citation: str
    number: str
    title: BilingualText
    period: Period
    edition: bool
    in_force: bool


class Namesake(Record):
    """An article that had the same number in another edition, so that an old citation may mean it.

    Attributes:
        then: its citation in the other edition.
        now: its citation in the edition that was found.
        period: the days the other edition is in force.
    """

    then: str
    now: str
    period: Period


class CitedPlace(Record):
    """What a citation names on a day.

    Attributes:
        asked: the citation as given.
        on: the legal day.
        article: the place within the instrument, ``47`` or ``12.2``.
        number: as the instrument prints it.
        force: how strongly it binds while it is in force; a draft binds nobody.
        in_force: whether it is in force on the day; a draft never is.
        known_articles: how many articles the instrument has; ``None`` where it is not known.
        clauses: what the rulebook has of it: the clause with everything below it.
        changes: what became of it in a later text, or what it came from.
    """

    asked: str
    on: dt.date
    instrument: str
    title: BilingualText
    article: str
    number: str
    period: Period
    force: Force
    in_force: bool
    presence: Presence
    known_articles: int | None = None
    clauses: tuple[Clause, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    namesakes: tuple[Namesake, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def citation(self) -> str:
        """How the place is cited in full, ``CSL 49``."""
        return f"{self.instrument} {self.article}"


def read_citation(rulebook: Rulebook, written: str, *, on: dt.date) -> CitedPlace:
    """What a citation names on a legal day, by the numbering in force then.

    Args:
        rulebook: where to look.
        written: as ``CSL 47``, ``网络安全法 第四十七条`` or ``Article 17 of the Interim Measures``.
        on: the day.

    Raises:
        UnreadableCitation: it names no place in an instrument.
        AmbiguousName: several instruments answer to the name.
        NotFound: there is no such instrument, or it has no such article.
    """
    name, place = _read(rulebook, written)
    instrument = instrument_named(rulebook, name, on=on)
    identifier = _identifier(instrument, place)
    clauses = within(instrument, identifier)
    presence = Presence.ENTERED if clauses else _presence(instrument, identifier)
    period = rulebook.period_of(clauses[0]) if clauses else instrument.period
    citation = f"{instrument.id} {identifier}"
    return CitedPlace(
        asked=written,
        on=on,
        instrument=instrument.id,
        title=instrument.title,
        article=identifier,
        number=clauses[0].number if clauses else article_number(identifier),
        period=period,
        force=force_once_begun(instrument),
        in_force=is_binding(instrument, period, on),
        presence=presence,
        known_articles=instrument.articles,
        clauses=clauses,
        elsewhere=tuple(
            _elsewhere(rulebook, instrument, other, on) for other in same_elsewhere(rulebook, citation)
        ),
        namesakes=_namesakes(rulebook, instrument, identifier, on),
        changes=tuple(c for c in rulebook.changes if citation in {*c.earlier, *c.later}),
    )


def is_binding(instrument: Instrument, period: Period, day: dt.date) -> bool:
    """Whether what is in force during ``period`` is so on a legal day; a draft never is."""
    return force_once_begun(instrument) is not Force.PROPOSED and period.contains(day)


def within(instrument: Instrument, identifier: str) -> tuple[Clause, ...]:
    """The clause of that identifier and everything below it: 4 finds 4.1, 5.1a finds 5.1a1, 4 never 41."""
    return tuple(
        clause
        for clause in instrument.clauses
        if clause.id == identifier
        or (clause.id.startswith(identifier) and not clause.id.removeprefix(identifier)[0].isdigit())
        or (identifier[-1:].isalpha() and clause.id.startswith(identifier))
    )


def same_elsewhere(rulebook: Rulebook, citation: str) -> tuple[str, ...]:
    """Citations of the same requirement in other editions and instruments.

    The links that clauses state come first; the tables of renumbered articles fill in what has not been
    entered as clauses.
    """
    stated = [
        other
        for instrument in rulebook.instruments
        for clause in instrument.clauses
        for other in _linked(clause, citation)
    ]
    return tuple(dict.fromkeys([*stated, *_renumbered(rulebook, citation)]))


def _linked(clause: Clause, citation: str) -> tuple[str, ...]:
    if clause.citation == citation:
        return clause.same_as
    return (clause.citation,) if citation in clause.same_as else ()


def _renumbered(rulebook: Rulebook, citation: str) -> list[str]:
    """What the tables of renumbered articles say; paragraphs and items keep their place in the article."""
    instrument, _, place = citation.partition(" ")
    article, dot, below = place.partition(".")
    found = []
    for table in rulebook.renumberings:
        for row in table.articles:
            if (table.earlier, row.earlier) == (instrument, article) and row.later is not None:
                found.append(f"{table.later} {row.later}{dot}{below}")
            elif (table.later, row.later) == (instrument, article) and row.earlier is not None:
                found.append(f"{table.earlier} {row.earlier}{dot}{below}")
    return found


def _elsewhere(rulebook: Rulebook, instrument: Instrument, citation: str, on: dt.date) -> Elsewhere:
    identifier, _, article = citation.partition(" ")
    other = rulebook.instrument(identifier)
    clause = next((clause for clause in other.clauses if clause.id == article), None)
    period = rulebook.period_of(clause) if clause else other.period
    return Elsewhere(
        citation=citation,
        number=clause.number if clause else article_number(article),
        title=other.title,
        period=period,
        edition=other in editions(rulebook, instrument),
        in_force=is_binding(other, period, on),
    )


def _namesakes(
    rulebook: Rulebook, instrument: Instrument, identifier: str, on: dt.date
) -> tuple[Namesake, ...]:
    return tuple(
        Namesake(then=f"{other.id} {identifier}", now=now, period=other.period)
        for other in editions(rulebook, instrument)
        if other.id != instrument.id and other.period.since <= on
        for now in same_elsewhere(rulebook, f"{other.id} {identifier}")
        if now.startswith(f"{instrument.id} ") and now != f"{instrument.id} {identifier}"
    )


def _read(rulebook: Rulebook, written: str) -> tuple[str, ArticlePlace | str]:
    """The name of an instrument and the place within it, of what somebody wrote."""
    plain = _plain(written)
    ending = ArticlePlace.at_end(plain)
    if ending is not None and ending[0]:
        return ending
    turned = _ENGLISH_ORDER.fullmatch(plain)
    if turned is not None:
        return turned["name"], turned["place"]
    words = plain.split(" ")
    # The longest name that is known: in "GB/T 45654 5.1" it is two words long, in "CSL 47" one.
    for length in range(len(words) - 1, 0, -1):
        name = " ".join(words[:length])
        if named_exactly(rulebook, name):
            return name, "".join(words[length:])
    if len(words) == 1 or named_exactly(rulebook, plain):
        raise UnreadableCitation(written)
    return " ".join(words[:-1]), words[-1]


def _plain(text: str) -> str:
    return re.sub(r"[\s《》]+", " ", unicodedata.normalize("NFKC", text)).strip()


def _identifier(instrument: Instrument, place: ArticlePlace | str) -> str:
    """How the instrument's clauses write the place, as nearly as it has been entered."""
    if isinstance(place, ArticlePlace):
        printed = (clause.id for clause in instrument.clauses if ArticlePlace.parse(clause.number) == place)
        return next(printed, place.id)
    written = re.sub(r"\((\w+)\)", r".\1", _ARTICLE_WORD.sub("", place)).rstrip(".")
    candidates = (written, written.replace(")", ""), written.replace(".", ""))
    known = {clause.id.casefold(): clause.id for clause in instrument.clauses}
    return next((known[c.casefold()] for c in candidates if c.casefold() in known), written)


def _presence(instrument: Instrument, identifier: str) -> Presence:
    """Whether a place that has not been entered exists.

    Raises:
        NotFound: it does not, or nobody could tell what it is.
    """
    article = identifier.partition(".")[0].partition("-")[0]
    close = nearest(identifier, (clause.id for clause in instrument.clauses))
    if not article.isdigit() or instrument.kind not in _WITH_ARTICLES:
        raise NotFound(
            zh=f"{instrument.id} 没有条款 {identifier!r}" + (f"；是不是 {close}？" if close else ""),
            en=f"{instrument.id} has no clause {identifier!r}"
            + (f"; did you mean {close}?" if close else ""),
        )
    count = instrument.articles
    if count is None:
        return Presence.UNCERTAIN
    if not 0 < int(article) <= count:
        raise NotFound(
            zh=f"{instrument.id} 共 {count} 条，没有第 {article} 条",
            en=f"{instrument.id} has {count} articles, and no Article {article}",
        )
    return Presence.NOT_ENTERED
