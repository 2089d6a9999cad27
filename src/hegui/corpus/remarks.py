"""What texts say of themselves, and whom they speak of: both lists of words in one reading. Pure."""

from collections import Counter
from functools import cache
from typing import NamedTuple

from hegui.corpus.groups import group_names, group_words
from hegui.corpus.joining import Joined
from hegui.corpus.markers import marker_of, marker_words
from hegui.corpus.words import lexicon_of, words_in
from hegui.screening import Lexicon


class Remarks(NamedTuple):
    """What some texts say.

    Attributes:
        markers: texts by what they say of rights, or of having been generated.
        groups: texts by the group that they name, each as ``A.2.e 女``.
    """

    markers: Counter[str]
    groups: Counter[str]


def remarks(joined: Joined) -> Remarks:
    """What the texts say."""
    lexicon, first_group = _lexicon()
    found = words_in(joined, lexicon)
    marks = {
        (index, marker_of(joined.texts[index], number)) for index, number in found if number < first_group
    }
    named = {(index, number - first_group) for index, number in found if number >= first_group}
    return Remarks(
        markers=Counter(str(marker) for _, marker in marks if marker is not None),
        groups=Counter(group_names()[number] for _, number in named),
    )


@cache
def _lexicon() -> tuple[Lexicon, int]:
    """All words, and the number from which on they stand for groups."""
    signs = list(marker_words())
    first_group = 1 + max(number for _, number in signs)
    named = ((word, first_group + number) for word, number in group_words())
    return lexicon_of((*signs, *named)), first_group
