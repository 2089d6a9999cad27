"""Separators: what people put between the characters of a word so that a list does not find it.

A word with separators is looked for in the bare text, from which they are taken out; what was between its
characters is then judged in the text as it stands.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from hegui.screening.fold import CharacterMap

SEPARATORS = " \t*-‐‒–—―_.·•‧・∙⋅●○◦/\\|¦+=~^`´'\"#@&%$¥€°§†‡※★☆■□◆◇▲△▼▽♀♂♥❤→←↑↓×÷"
"""What may stand between the characters of a word. Marks that end a clause or a line are none: what they
part is not one word."""

MOST_SEPARATORS = 4
"""How many of them, at most, may stand at one place."""

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
"""The ASCII letters and digits, folded."""

Span = tuple[int, int]

_PART = re.compile("([0-9a-z]+)|[" + "".join(map(re.escape, sorted(SEPARATORS))) + "]+")


@cache
def baring() -> CharacterMap:
    """The map that takes separators out."""
    return CharacterMap(dict.fromkeys(map(ord, SEPARATORS)))


def bare(text: str) -> str:
    """A folded text without separators."""
    return baring().apply(text)


def ties(word: str) -> tuple[Span, ...]:
    """Where separators must stand between all characters or between none: within each ASCII word.

    Without that, ``or a pen`` would hold ``rape``.

    Args:
        word: folded, as it is spelled.

    Returns:
        Spans of the bare word.
    """
    spans = []
    taken_out = 0
    for match in _PART.finditer(word):
        if match[1] is None:
            taken_out += len(match[0])
        elif len(match[1]) > 1:
            spans.append((match.start() - taken_out, match.end() - taken_out))
    return tuple(spans)


def stands(text: str, places: Sequence[int], tied: Sequence[Span]) -> bool:
    """Whether the characters at ``places``, a word in the bare text, are that word in the text as it stands.

    Args:
        text: the folded text.
        places: where in it each character of the word stands.
        tied: the word's :func:`ties`.
    """
    start, end = places[0], places[-1]
    if text[start] in LETTERS and start and text[start - 1] in LETTERS:
        return False
    if text[end] in LETTERS and end + 1 < len(text) and text[end + 1] in LETTERS:
        return False
    gaps = [behind - before - 1 for before, behind in pairwise(places)]
    if max(gaps, default=0) > MOST_SEPARATORS:
        return False
    return all(len({gap > 0 for gap in gaps[first : last - 1]}) == 1 for first, last in tied)


def widest_gap(word: str) -> int:
    """The most separators at one place of a folded word, its edges included."""
    return max((len(match[0]) for match in _PART.finditer(word) if match[1] is None), default=0)
