"""The detector that looks for the words of one bank."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hegui.core import BilingualText
from hegui.screening.compiled_bank import spelled
from hegui.screening.detector import Account, Occurrence
from hegui.screening.fold import fold
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import Hit, MatchMode
from hegui.screening.model import Category
from hegui.screening.separation import bare

if TYPE_CHECKING:
    from hegui.screening.sieve import Sieve

_DIGEST_LETTERS = 8


class KeywordDetector:
    """Looks for the words of one bank."""

    def __init__(self, bank: KeywordBank, *, name: str | None = None) -> None:
        """Take the bank's lexicon into use.

        Args:
            bank: the words.
            name: the detector as findings name it; ``keyword:`` and the bank's digest if not given.
        """
        self.bank = bank
        self.name = name or f"keyword:{bank.digest.removeprefix('sha256:')[:_DIGEST_LETTERS]}"
        self.digest = bank.digest
        self._categories = bank.compiled.categories
        self._lexicon = bank.compiled.lexicon
        self._labels: dict[frozenset[Category], frozenset[int]] = {}

    @property
    def categories(self) -> Sequence[Category]:
        """Everything the bank's words are about."""
        return self._categories

    @property
    def sieves(self) -> Sequence["Sieve"]:
        """See :class:`hegui.screening.detector.Sifting`."""
        return self._lexicon.sieves

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        hits = self._lexicon.find(text, start)
        return self._told(hits) if hits else ()

    def read(self, text: str, start: int) -> tuple[Sequence[Occurrence], int]:
        """See :class:`hegui.screening.detector.Detector`."""
        hits, limit = self._lexicon.read(text, start)
        return self._told(hits) if hits else (), limit

    def withheld(self, text: str, start: int, acting: frozenset[Category]) -> int:
        """See :class:`hegui.screening.detector.Detector`."""
        labels = self._labels.get(acting)
        if labels is None:
            numbered = enumerate(self._categories)
            labels = self._labels[acting] = frozenset(label for label, about in numbered if about in acting)
        return self._lexicon.withheld(text, start, labels)

    def _told(self, hits: Iterable[Hit]) -> Sequence[Occurrence]:
        return [Occurrence(begin, end, self._categories[label]) for begin, end, label in hits]

    def account(self, matched: str, category: Category) -> Account:
        """See :class:`hegui.screening.detector.Detector`."""
        folded = fold(matched)
        keyword = next(
            keyword
            for keyword in self.bank.keywords
            if keyword.category == category and _is_form_of(folded, keyword)
        )
        pattern = BilingualText(zh=f"关键词“{keyword.text}”", en=f"the keyword “{keyword.text}”")
        since = f", {keyword.added_on}" if keyword.added_on else ""
        return Account(pattern=pattern, source=f"{self.bank.name}: {keyword.source}{since}")


def _is_form_of(folded: str, keyword: Keyword) -> bool:
    return any(
        form.text == folded or (form.mode is MatchMode.SEPARATED and bare(form.text) == bare(folded))
        for form in spelled(keyword, 0)
    )
