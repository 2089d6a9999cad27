"""What changed between two banks."""

from hegui.core import Record
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword


class ChangedKeyword(Record):
    """A word under one risk of which something else is said now."""

    before: tuple[Keyword, ...]
    after: tuple[Keyword, ...]


class BankDifference(Record):
    """What is new in a bank, what is gone, and what is said otherwise."""

    before: str
    after: str
    added: tuple[Keyword, ...]
    removed: tuple[Keyword, ...]
    changed: tuple[ChangedKeyword, ...]


def difference(before: KeywordBank, after: KeywordBank) -> BankDifference:
    """Compare two banks by word and risk."""
    old, new = _by_word(before), _by_word(after)
    return BankDifference(
        before=before.digest,
        after=after.digest,
        added=tuple(keyword for key in sorted(new.keys() - old.keys()) for keyword in new[key]),
        removed=tuple(keyword for key in sorted(old.keys() - new.keys()) for keyword in old[key]),
        changed=tuple(
            ChangedKeyword(before=tuple(old[key]), after=tuple(new[key]))
            for key in sorted(old.keys() & new.keys())
            if old[key] != new[key]
        ),
    )


def _by_word(bank: KeywordBank) -> dict[tuple[str, str], list[Keyword]]:
    words: dict[tuple[str, str], list[Keyword]] = {}
    for keyword in bank.keywords:
        words.setdefault((keyword.text, keyword.risk), []).append(keyword)
    return words
