"""Pinyin for words that have none yet: proposed by a dictionary, to be read over by people.

The pinyin becomes part of the bank, so that what is found depends on the bank alone and not on the
dictionary that somebody has installed.
"""

import importlib.util
import re
from collections.abc import Iterable

from msgspec import structs

from hegui.core import NotFound
from hegui.screening.fold import fold
from hegui.screening.keywords import Keyword

_HANZI = re.compile("[一-鿿]{2,}")
_SYLLABLE = re.compile("[a-z]+")


class PinyinMissing(NotFound):
    """The dictionary of pinyin is not installed."""

    def __init__(self) -> None:
        """Say how to get it."""
        super().__init__(
            zh="没有安装拼音词典；请运行 pip install 'hegui[pinyin]'",
            en="the dictionary of pinyin is not installed; run pip install 'hegui[pinyin]'",
        )


def with_pinyin(keywords: Iterable[Keyword], *, initials: bool = False) -> list[Keyword]:
    """The words, those of two hanzi or more with their pinyin.

    Args:
        keywords: the words; pinyin that one has already stays.
        initials: whether to look for initials too. They are words of ordinary text much more often than
            pinyin is: calibrate the bank.

    Raises:
        PinyinMissing: the dictionary is not installed.
    """
    if importlib.util.find_spec("pypinyin") is None:
        raise PinyinMissing
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - an extra

    romanized = []
    for keyword in keywords:
        text = fold(keyword.text)
        syllables = lazy_pinyin(text) if _HANZI.fullmatch(text) and not keyword.pinyin else []
        if syllables and all(map(_SYLLABLE.fullmatch, syllables)):
            romanized.append(structs.replace(keyword, pinyin=" ".join(syllables), initials=initials))
        else:
            romanized.append(keyword)
    return romanized
