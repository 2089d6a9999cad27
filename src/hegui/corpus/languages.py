"""In which language a text is, told by its script; many texts at once. Pure."""

import re

import numpy as np

from hegui.corpus.joining import Joined

UNKNOWN = "und"

_OTHER = 0
# The language that a script stands for, and the script's blocks in Unicode.
_SCRIPTS: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("zh", ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))),
    ("ja", ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9D))),
    ("ko", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))),
    ("und-Latn", ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))),
    ("und-Cyrl", ((0x400, 0x52F),)),
    ("und-Arab", ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE))),
    ("bo", ((0xF00, 0xFFF),)),
    ("und-Mong", ((0x1800, 0x18AF),)),
    ("und-Deva", ((0x900, 0x97F),)),
    ("th", ((0xE00, 0xE7F),)),
    ("el", ((0x370, 0x3FF),)),
    ("he", ((0x590, 0x5FF),)),
)
_TAGS = (UNKNOWN, *(tag for tag, _ in _SCRIPTS))
_HAN, _KANA, _HANGUL, _LATIN = 1, 2, 3, 4
_KANA_SHARE = 20
"""A text with Han is Japanese where at least one in so many of its characters is Kana."""
_HAN_WEIGHT = 3
"""A Chinese character says about as much as so many letters."""
_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|in|a|is|that|it|for|was|on|are|as|with|he|be|at|by|this|had|not|but|from|or|have|an|"
    r"they|you|i|we)\b",
    re.IGNORECASE,
)
_ENGLISH_SHARE = 7
"""A text in Latin letters is English where at least one in so many of its words is one of these."""


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.zeros(0x110000, np.uint8)
    for number, (_, blocks) in enumerate(_SCRIPTS, 1):
        for first, last in blocks:
            table[first : last + 1] = number
    return table


_SCRIPT_OF = _table()


def languages(joined: Joined) -> list[str]:
    """The language of each text as a BCP 47 tag; ``und`` where there are no letters."""
    scripts = np.take(_SCRIPT_OF, joined.points, mode="clip")
    counts = np.zeros((len(joined.texts), len(_TAGS)), np.int64)
    for script in range(_OTHER + 1, int(scripts.max()) + 1):
        of_it = scripts == script
        if of_it.any():
            counts[:, script] = np.add.reduceat(of_it, joined.begins, dtype=np.int64)
    weights = counts.copy()
    weights[:, [_HAN, _KANA, _HANGUL]] *= _HAN_WEIGHT
    weights[counts[:, _KANA] * _KANA_SHARE >= counts[:, _HAN], _KANA] *= _KANA_SHARE
    chosen = np.where(weights.any(axis=1), weights.argmax(axis=1), _OTHER)
    return [
        _latin(text) if script == _LATIN else _TAGS[script]
        for text, script in zip(joined.texts, chosen.tolist(), strict=True)
    ]


def _latin(text: str) -> str:
    english = len(_ENGLISH.findall(text))
    return "en" if english * _ENGLISH_SHARE >= len(text.split()) else _TAGS[_LATIN]
