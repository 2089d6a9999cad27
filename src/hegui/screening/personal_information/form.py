r"""What a form is: where a value may stand, how it looks, and what must be true of it.

Everything here reads folded text: full-width digits are digits, letters are small, nothing invisible
stands between them. Boundaries are ASCII look-arounds and never ``\b``: to Python a Chinese character is a
word character, so that ``\b`` finds no boundary in 电话13812345678联系.
"""

import re
from collections.abc import Callable, Collection
from typing import NamedTuple, TypeAlias

from hegui.screening.model import PersonalInformationKind
from hegui.screening.shapes import Shape, chain, edge, either, literal, maybe, one, some, unless, words

HANZI = "\u4e00-\u9fff\u3400-\u4dbf"
"""Chinese characters, as between brackets."""
DIGIT = one("0-9")
GAP = maybe(one(" -"))
"""What may stand between groups of digits."""
# A word may stand before a number (Tel13812345678), but neither a digit nor letters and digits. Behind it
# neither letter nor digit may: that is what tells a number from a piece of a hexadecimal string.
NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9]\.)(?<![0-9][a-z])(?<![0-9][a-z]{2})"
ALONE_BEFORE = "(?<![0-9a-z_])"
ALONE_BEHIND = edge("(?![0-9a-z_])")
# What goes on with a dot and digits is a measure or a version, and nobody's number.
NUMBER_BEHIND = chain(ALONE_BEHIND, unless(chain(literal("."), DIGIT)))
SLIGHT = "low"
"""The level of what may be about nobody: by default it is recorded and left to be seen."""
_SEPARATORS = str.maketrans("", "", " -()")


class Literals(NamedTuple):
    """A trace: one of several words. All words of all forms are looked for at once."""

    words: tuple[str, ...]


class Sign(NamedTuple):
    """A trace: a character of one sort, and what must stand behind it. All signs are looked for in one go.

    At one place only one sign of a sort may be: what stands behind it must tell.

    Attributes:
        sort: the characters.
        behind: an expression.
        characters: all that the forms around it hold or look at: they are looked for no further. Where there
            is none, any may be.
    """

    sort: str
    behind: str
    characters: str | None = None


Trace: TypeAlias = Literals | Sign
"""What is looked for in a text to know where a closer look is worth its while."""


class Label(NamedTuple):
    """What must stand right before a value: 身份证号： or 微信是.

    ``whole`` is a regular expression, ``longest`` its bound; one of ``words`` occurs in all it matches,
    ``start`` holds where it can begin, and ``lasts`` are the characters it can end with, as between brackets.
    """

    whole: str
    longest: int
    words: tuple[str, ...]
    start: str
    lasts: str


class ValueForm(NamedTuple):
    """One form of one kind.

    ``trace`` occurs in every value; a form without one is looked for where its label is. ``holds`` says
    whether what looks like it is it. ``unlike`` names what, right before it, makes it something else.
    ``level`` replaces the kind's own where so little shows that it is about a person that by default it is
    only recorded.
    """

    kind: PersonalInformationKind
    value: Shape
    trace: Trace | None = None
    before: str = ""
    label: Label | None = None
    behind: Shape = ALONE_BEHIND
    holds: Callable[[str], bool] = lambda _value: True
    unlike: Label | None = None
    level: str | None = None

    @property
    def whole(self) -> re.Pattern[str]:
        """Matches the form where it stands; the value is group 1."""
        return re.compile(f"{self._start}({self.value.whole}){self.behind.whole}")

    @property
    def broken(self) -> str:
        """Matches what may become the form with more text; with a label, the value is group 1."""
        beginning = chain(self.value, self.behind).broken
        return f"{self._start}({beginning})" if self.label else self._start + beginning

    @property
    def _start(self) -> str:
        if self.label:
            return self.label.start + self.before + self.label.whole
        return self.value.start + self.before

    @property
    def longest(self) -> int:
        """How many characters, from the value's beginning on, the form can look at."""
        return self.value.longest + self.behind.longest

    @property
    def reach(self) -> int:
        """How far from the beginning of a trace the form can extend to either side."""
        return self.longest + (self.label.longest if self.label else 0) + 1


def label(
    names: Collection[str],
    *,
    numbered: bool = True,
    separators: str = " :=是为*\"'“”「(|",
    least: int = 0,
    most: int = 4,
) -> Label:
    """Any of the names, 号 or 号码 behind it, and what separates it from its value.

    It takes all it can and gives nothing back, so that it has one end.

    Args:
        names: words, as folded.
        numbered: whether 号, 号码, 编号 or id may stand behind the name.
        separators: characters between label and value, as between brackets.
        least: how many separators there must be.
        most: how many there may be.
    """
    name = words(names)
    latin = chain(words(("id", "no", "no.", " id", " no", " no.")), edge("(?![a-z])"))
    number = maybe(either(words(("号码", "编号", "号")), latin))
    parts = [name, number] if numbered else [name]
    shape = chain(*parts, some(separators, least, most))
    shortest = [each for each in names if not any(other in each for other in names if other != each)]
    return Label(f"(?>{shape.whole})", shape.longest, tuple(shortest), shape.start, shape.lasts)


DIGITS = "0123456789"
NUMBER_CHARACTERS = DIGITS + "abcdefghijklmnopqrstuvwxyz_.+-() 转"
LONG_NUMBER = Sign(DIGITS, "(?<![0-9][0-9])(?:[0-9]{5}|[0-9]{2,4}[ -][0-9]{3})", NUMBER_CHARACTERS)
"""The trace of every number of six digits or more, in one row or in groups: where its first row begins."""
ORDER_NUMBER = label(
    (
        "订单",
        "单号",
        "运单",
        "快递",
        "流水",
        "交易",
        "编号",
        "型号",
        "货号",
        "批号",
        "序列",
        "批准文号",
        "isbn",
    ),
    separators=" :=是为#(a-z",
    most=6,
)
"""Before a number: it is one of those that shops and libraries give."""


def hanzi_without(excluded: str) -> str:
    """The Chinese characters in common use but the excluded, as between brackets."""
    spans = []
    first, last = 0x4E00, 0x9FFF
    for point in sorted(map(ord, set(excluded))):
        if point > first:
            spans.append(f"{chr(first)}-{chr(point - 1)}")
        first = point + 1
    return "".join([*spans, f"{chr(first)}-{chr(last)}"])


def digits(count: int) -> Shape:
    """So many digits."""
    return some("0-9", count, count)


def bare(number: str) -> str:
    """``number`` without spaces, hyphens and brackets."""
    return number.translate(_SEPARATORS)
