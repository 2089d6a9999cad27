"""What stands in a text and nobody sees, and what makes it look otherwise than it reads.

Folding takes these characters away so that no word hides behind them; here they themselves are looked for:
a row of them can spell out to a model what its user never sees. An original text is read only where folding
took something away.
"""

import re
from collections.abc import Iterator, Sequence

from hegui.core import digest_value
from hegui.screening.detector import Account
from hegui.screening.injection import InjectionKind
from hegui.screening.judging import Inquiry
from hegui.screening.model import Category, Finding

# A flag of a region is spelt with tags behind a black flag; otherwise tags have no use.
_TAGS = "\U000e0001-\U000e007f"
_FLAG = "\U0001f3f4"
# One by one the others have their use, between letters and within emoji, and there a few stand together.
_UNSEEN = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    f"{_TAGS}\U000e0100-\U000e01ef"
)
_MOST_INNOCENT = 8
# Two characters turn the direction of a text around: what is shown is not what is read.
_TURNING = "\u202d\u202e"

_HIDDEN = re.compile(
    f"{_FLAG}[{_TAGS}]{{1,7}}(?![{_TAGS}])"
    f"|([{_UNSEEN}]*[{_TURNING}][{_UNSEEN}{_TURNING}]*|[{_TAGS}]+|[{_UNSEEN}]{{{_MOST_INNOCENT + 1},}})"
)
# What ends every row.
_SEEN = re.compile(f"[^{_UNSEEN}{_TURNING}{_FLAG}]")


class HiddenText:
    """Finds hidden characters in an original text."""

    name = "hidden-text"
    digest = digest_value(_HIDDEN.pattern)
    categories: Sequence[Category] = (InjectionKind.HIDDEN.category,)

    def findings(self, text: str, *, base: int = 0) -> list[Finding]:
        """Every hidden row in ``text``, which begins at ``base`` of the whole."""
        return list(self._found(text, base))

    def account(self, matched: str, category: Category) -> Account:
        """How many characters nobody sees; see :class:`hegui.screening.detector.Detector`."""
        del matched
        return Account(pattern=InjectionKind(category.kind).text, source=self.name)

    def _found(self, text: str, base: int) -> Iterator[Finding]:
        (category,) = self.categories
        for match in _HIDDEN.finditer(text):
            if match.lastindex:
                yield Finding(
                    risk=category.risk,
                    detector=self.name,
                    kind=category.kind,
                    start=base + match.start(),
                    end=base + match.end(),
                    level=category.level,
                )


class HiddenReading:
    """The same in a text that arrives in pieces; see :class:`hegui.screening.judging.JudgeReading`."""

    def __init__(self, hidden: HiddenText) -> None:
        """Begin at the beginning."""
        self.position = 0
        """Everything that begins before it has been decided; counted in the original text."""
        self._hidden = hidden
        self._open = ""

    def settle(self, delta: str, *, complete: bool) -> list[Finding]:
        """Read on, and decide about every row that has ended."""
        # The last that is seen is looked for from behind, so that no row is read twice.
        last = _SEEN.search(delta[::-1])
        if last is None and not complete:
            self._open += delta
            return []
        text = self._open + delta
        end = len(text) if complete or last is None else len(text) - last.start()
        found = self._hidden.findings(text[:end], base=self.position)
        self.position += end
        self._open = text[end:]
        return found

    def inquiries(self, delta: str, *, complete: bool) -> list[Inquiry]:
        """Nobody is asked."""
        del delta, complete
        return []
