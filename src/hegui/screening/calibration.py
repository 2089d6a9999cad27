"""Which words of a bank fire on ordinary text, and what leaving them out changes."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hegui.core import Record
from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword, MatchMode
from hegui.screening.matcher import Matcher


class FiringWord(Record):
    """A word in its folded form, the risks it stands for, and on how many clean lines it fires."""

    word: str
    risks: tuple[str, ...]
    lines: int
    remove: bool


class Calibration(Record):
    """A bank tried on text that is known to be clean: every line on which it fires is a false alarm."""

    lines: int
    alarms: int
    alarms_without: int
    firing: tuple[FiringWord, ...]

    @property
    def removals(self) -> frozenset[str]:
        """The folded words that are better left out."""
        return frozenset(word.word for word in self.firing if word.remove)


def calibrate(keywords: Sequence[Keyword], lines: Iterable[str], *, tolerated: int = 0) -> Calibration:
    """Try words on clean text.

    Args:
        keywords: the words.
        lines: clean lines; empty ones are not counted.
        tolerated: on how many of them a word may fire and still be kept.
    """
    words: dict[tuple[str, MatchMode], dict[str, None]] = {}
    for keyword in sorted(keywords, key=lambda keyword: keyword.match is MatchMode.WHOLE_WORD):
        words.setdefault((fold(keyword.text), keyword.match), {})[keyword.risk] = None
    forms = list(words)
    matcher = Matcher(
        [word for word, match in forms if match is MatchMode.EXACT],
        whole=[word for word, match in forms if match is MatchMode.WHOLE_WORD],
    )
    count = 0
    alarms: Counter[frozenset[int]] = Counter()
    for line in lines:
        if line.strip():
            count += 1
            if hits := matcher.hits(fold(line), 0):
                alarms[frozenset(hit.word for hit in hits)] += 1
    fired: Counter[int] = Counter()
    for indices, times in alarms.items():
        fired.update(dict.fromkeys(indices, times))
    kept = {index for index, times in fired.items() if times <= tolerated}
    firing = tuple(
        FiringWord(
            word=forms[index][0], risks=tuple(words[forms[index]]), lines=times, remove=index not in kept
        )
        for index, times in sorted(fired.items(), key=lambda item: (-item[1], forms[item[0]]))
    )
    return Calibration(
        lines=count,
        alarms=alarms.total(),
        alarms_without=sum(times for indices, times in alarms.items() if indices & kept),
        firing=firing,
    )
