"""Instruments by the names people use: identifiers, titles, short names and abbreviations."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from hegui.core import InvalidInput, NotFound, nearest
from hegui.rulebook.model import Force, Instrument, Status
from hegui.rulebook.service import Rulebook

_ASIDE = re.compile(r"[（(].*?[）)]")
_STATE = "中华人民共和国"
_SHORTEST_ABBREVIATION = 2


class AmbiguousName(InvalidInput):
    """A name that several instruments answer to.

    Attributes:
        name: as given.
        candidates: identifiers of the instruments.
    """

    def __init__(self, name: str, candidates: Iterable[str]) -> None:
        """Name the candidates."""
        self.name = name
        self.candidates = tuple(candidates)
        named = ", ".join(self.candidates)
        super().__init__(
            zh=f"{name!r} 可以指 {named}；请用其中一个编号",
            en=f"{name!r} may mean {named}; use one of these identifiers",
        )


def bare_title(instrument: Instrument) -> str:
    """The Chinese title without the aside that tells editions apart."""
    return _ASIDE.sub("", instrument.title.zh).strip()


def force_once_begun(instrument: Instrument) -> Force:
    """How strongly an instrument binds during its period; a draft never does."""
    return Force.PROPOSED if instrument.status is Status.DRAFT else instrument.kind.force


def editions(rulebook: Rulebook, instrument: Instrument) -> tuple[Instrument, ...]:
    """The editions of the law that ``instrument`` is one of, the earliest first."""
    title = bare_title(instrument)
    same = [other for other in rulebook.instruments if bare_title(other) == title]
    return tuple(sorted(same, key=lambda other: other.period.since))


def instrument_named(rulebook: Rulebook, name: str, *, on: dt.date | None = None) -> Instrument:
    """The instrument that ``name`` means on a legal day.

    A name shared by several editions means the one in force on the day, or else the one nearest to it, and
    never a draft; the identifier of an earlier edition or a draft means just that on every day.

    Args:
        rulebook: where to look.
        name: an identifier, a title, a short name or a Chinese abbreviation, as 网安法.
        on: the day; without one, the latest edition is meant.

    Raises:
        NotFound: no instrument has that name.
        AmbiguousName: several have.
    """
    found = named_exactly(rulebook, name) or _named_roughly(rulebook, name)
    if not found:
        raise _unknown(rulebook, name)
    family = editions(rulebook, found[-1])
    if any(other not in family for other in found):
        raise AmbiguousName(name, (other.id for other in found))
    binding = [edition for edition in family if edition.force is not Force.PROPOSED] or list(family)
    if len(found) == 1 and found[0] is not binding[-1]:
        return found[0]
    begun = [edition for edition in binding if on is None or edition.period.since <= on]
    return begun[-1] if begun else binding[0]


def named_exactly(rulebook: Rulebook, name: str) -> tuple[Instrument, ...]:
    """The instruments with exactly that identifier, title or short name, spaces and signs aside."""
    wanted = _fold(name)
    return tuple(instrument for instrument in rulebook.instruments if wanted in _names(instrument))


def _named_roughly(rulebook: Rulebook, name: str) -> tuple[Instrument, ...]:
    """The instruments whose Chinese title holds ``name`` whole or, failing that, sign by sign."""
    wanted = _fold(name)
    if len(wanted) < _SHORTEST_ABBREVIATION or wanted.isascii():
        return ()
    titles = [(_fold(bare_title(i).removeprefix(_STATE)), i) for i in rulebook.instruments]
    holding = tuple(instrument for title, instrument in titles if wanted in title)
    if holding:
        return holding
    abbreviated = [(len(title), i) for title, i in titles if _abbreviates(wanted, title)]
    # 个保法 is read into 个人信息保护法, and not into the longer 个人信息保护合规审计管理办法.
    shortest = min((length for length, _ in abbreviated), default=0)
    return tuple(instrument for length, instrument in abbreviated if length == shortest)


def _abbreviates(short: str, title: str) -> bool:
    signs = iter(title)
    return short[0] == title[0] and all(sign in signs for sign in short)


def _names(instrument: Instrument) -> set[str]:
    long, short = bare_title(instrument), _ASIDE.sub("", instrument.short.zh)
    return {
        _fold(name)
        for name in (
            instrument.id,
            instrument.title.zh,
            instrument.title.en,
            instrument.short.zh,
            instrument.short.en,
            long,
            long.removeprefix(_STATE),
            short,
            _ASIDE.sub("", instrument.short.en),
        )
    } - {""}


def _fold(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def _unknown(rulebook: Rulebook, name: str) -> NotFound:
    known = {
        folded: instrument.id for instrument in rulebook.instruments for folded in sorted(_names(instrument))
    }
    close = nearest(_fold(name), known)
    cure_zh = f"是不是 {known[close]}？" if close else "hegui law list 列出全部"
    cure_en = f"did you mean {known[close]}?" if close else "see hegui law list"
    return NotFound(zh=f"没有文件 {name!r}；{cure_zh}", en=f"there is no instrument {name!r}; {cure_en}")
