"""Grams: the short runs of characters that a classifier knows a text by."""

from collections.abc import Iterator

from hegui.screening.fold import fold

LONGEST = 4
"""How many characters a gram has at most."""
SHORT = 2
"""Grams of up to so many characters also count in relation to all others of a text."""


def condensed(text: str) -> str:
    """``text`` folded, without white space: words spread out or broken over lines read like any others."""
    return "".join(fold(text).split())


def all_grams(text: str) -> Iterator[str]:
    """Every gram of a condensed text, as often as it occurs."""
    for size in range(1, LONGEST + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]
