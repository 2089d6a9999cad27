"""Which words of a bank fire on ordinary text, what leaving them out changes, and what it costs."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from msgspec import structs

from hegui.core import Record
from hegui.screening.compiled_bank import spelled
from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import Lexicon, MatchMode, Spelling
from hegui.screening.separation import LETTERS, bare

_BLOCK = 1 << 15


class FiringWord(Record):
    """A form of a word, the risks it stands for, and on how many clean lines it fires.

    ``form`` is folded; ``apart`` says that it fired with separators that it is not spelled with. ``remove``
    says that it is better left out.
    """

    form: str
    apart: bool
    risks: tuple[str, ...]
    lines: int
    remove: bool


class FiringRate(Record):
    """Lines, those on which a bank fires, and those on which it fires without what is better left out."""

    lines: int
    hit: int
    hit_without: int

    @property
    def per_10_000(self) -> tuple[float, float]:
        """``hit`` and ``hit_without`` for ten thousand lines."""
        lines = max(1, self.lines)
        return 10_000 * self.hit / lines, 10_000 * self.hit_without / lines


class Calibration(Record):
    """A bank tried on text known to be clean, where every hit is a false alarm.

    ``harmful``, where such text was given, tells what the bank catches, before and after: the price of
    fewer false alarms. ``kept`` are the words without what is better left out.
    """

    clean: FiringRate
    harmful: FiringRate | None
    firing: tuple[FiringWord, ...]
    kept: tuple[Keyword, ...]


_Fired = tuple[int, bool]
"""A form by its number, and whether it fired apart."""


def calibrate(
    keywords: Sequence[Keyword],
    clean: Iterable[str],
    *,
    harmful: Iterable[str] | None = None,
    tolerated: int = 0,
) -> Calibration:
    """Try words on clean text, and on harmful text where there is some.

    A word that fires too often is left out; one that does so only with separators is no longer looked for
    with them, and one that does so only in Latin letters no longer in those.

    Args:
        keywords: the words.
        clean: clean lines; empty ones are not counted.
        harmful: lines that should be caught.
        tolerated: on how many clean lines a form may fire and still be kept.
    """
    trial = _Trial(keywords)
    lines, alarms = trial.run(clean)
    fired: Counter[_Fired] = Counter()
    for forms, times in alarms.items():
        fired.update(dict.fromkeys(forms, times))
    removed = {form for form, times in fired.items() if times > tolerated}
    kept, surviving = trial.without(removed)
    firing = tuple(
        FiringWord(
            form=trial.forms[number].text,
            apart=apart,
            risks=tuple(trial.risks[number]),
            lines=times,
            remove=(number, apart) in removed,
        )
        for (number, apart), times in sorted(fired.items(), key=lambda item: (-item[1], item[0]))
    )
    return Calibration(
        clean=_tally(lines, alarms, surviving),
        harmful=None if harmful is None else _tally(*trial.run(harmful), surviving),
        firing=firing,
        kept=kept,
    )


def _tally(lines: int, hits: Counter[frozenset[_Fired]], surviving: set[_Fired]) -> FiringRate:
    without = sum(times for forms, times in hits.items() if forms & surviving)
    return FiringRate(lines=lines, hit=hits.total(), hit_without=without)


class _Trial:
    """Words with every form numbered."""

    def __init__(self, keywords: Sequence[Keyword]) -> None:
        self._keywords = keywords
        numbers: dict[Spelling, int] = {}
        self.risks: defaultdict[int, dict[str, None]] = defaultdict(dict)
        self._forms_of: list[list[int]] = []
        for keyword in keywords:
            own = [numbers.setdefault(form, len(numbers)) for form in spelled(keyword, 0)]
            self._forms_of.append(own)
            for number in own:
                self.risks[number][keyword.risk] = None
        self.forms = list(numbers)
        self._lengths = [
            len(bare(form.text)) if form.mode is MatchMode.SEPARATED else len(form.text)
            for form in self.forms
        ]
        self._lexicon = Lexicon(form._replace(label=number) for form, number in numbers.items())

    def run(self, lines: Iterable[str]) -> tuple[int, Counter[frozenset[_Fired]]]:
        """How many lines there are, and how often which forms fire together on one."""
        count = 0
        fired: Counter[frozenset[_Fired]] = Counter()
        for block in _blocks(lines):
            count += len(block)
            folded = fold("\n".join(block))
            ends = list(accumulate(len(line) + 1 for line in folded.split("\n")))
            on_line: defaultdict[int, set[_Fired]] = defaultdict(set)
            for start, end, number in self._lexicon.find(folded, 0):
                form = self.forms[number]
                apart = end - start > self._lengths[number] and folded[start:end] != form.text
                on_line[bisect_right(ends, start)].add((number, apart))
            fired.update(map(frozenset, on_line.values()))
        return count, fired

    def without(self, removed: set[_Fired]) -> tuple[tuple[Keyword, ...], set[_Fired]]:
        """The words without what is removed, and everything that can still fire."""
        kept = []
        surviving: set[_Fired] = set()
        for keyword, (own, *latin) in zip(self._keywords, self._forms_of, strict=True):
            if (own, False) in removed:
                continue
            apart = keyword.match is MatchMode.SEPARATED and (own, True) not in removed
            # The last of three forms in Latin letters are the initials.
            spelled_out, initials = latin[:2], latin[2:]
            in_latin = not any((number, False) in removed for number in spelled_out)
            by_initials = in_latin and not any((number, False) in removed for number in initials)
            kept.append(
                structs.replace(
                    keyword,
                    match=keyword.match if apart else _together(keyword),
                    pinyin=keyword.pinyin if in_latin else "",
                    initials=keyword.initials and by_initials,
                )
            )
            surviving.add((own, False))
            surviving.update({(own, True)} if apart else ())
            surviving.update((number, False) for number in (spelled_out if in_latin else ()))
            surviving.update((number, False) for number in (initials if by_initials else ()))
        return tuple(kept), surviving


def _together(keyword: Keyword) -> MatchMode:
    """How a word counts that is not looked for with separators."""
    if keyword.match is not MatchMode.SEPARATED:
        return keyword.match
    folded = fold(keyword.text)
    return MatchMode.WHOLE_WORD if {folded[0], folded[-1]} & set(LETTERS) else MatchMode.EXACT


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines that are not empty, so many at once as make a search worth while."""
    block: list[str] = []
    length = 0
    for line in lines:
        if line.strip():
            block.append(line)
            length += len(line)
        if length >= _BLOCK:
            yield block
            block, length = [], 0
    if block:
        yield block
