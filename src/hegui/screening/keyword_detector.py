"""The detector that looks for the words of one bank."""

from collections.abc import Sequence

from hegui.core import BilingualText
from hegui.screening.compiled_bank import spelled
from hegui.screening.detector import Account, Occurrence
from hegui.screening.fold import fold
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import MatchMode
from hegui.screening.model import Category
from hegui.screening.separation import bare

_DIGEST_LETTERS = 8


class KeywordDetector:
    """Looks for the words of one bank."""

    def __init__(self, bank: KeywordBank) -> None:
        """Take the bank's lexicon into use."""
        self.bank = bank
        self.name = f"keyword:{bank.digest.removeprefix('sha256:')[:_DIGEST_LETTERS]}"
        self.digest = bank.digest
        self._categories = bank.compiled.categories
        self._lexicon = bank.compiled.lexicon

    @property
    def categories(self) -> Sequence[Category]:
        """Everything the bank's words are about."""
        return self._categories

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        hits = self._lexicon.find(text, start)
        return [Occurrence(begin, end, self._categories[label]) for begin, end, label in hits]

    def unfinished(self, text: str, start: int) -> int:
        """See :class:`hegui.screening.detector.Detector`."""
        return self._lexicon.unfinished(text, start)

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
