"""Detectors: what looks for something in folded text, and how far each has read."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hegui.core import BilingualText
from hegui.screening.model import PERSONAL_INFORMATION, Category

CONTEXT = 24
"""How many folded characters before a place a detector may look at to judge what begins there."""


class Occurrence(NamedTuple):
    """Something found in a folded text: ``start`` and ``end`` count folded characters."""

    start: int
    end: int
    category: Category


class Account(NamedTuple):
    """What a detector says of its own finding: the pattern that matched and where that comes from."""

    pattern: BilingualText
    source: str


class Detector(Protocol):
    """Looks for something in folded text.

    Whether something occurs at a place depends only on the text from there on and on :data:`CONTEXT`
    characters before. That is what makes streams exact, see ``docs/adr/0004-streaming-decisions.md``.
    """

    @property
    def name(self) -> str:
        """The detector as findings name it."""

    @property
    def digest(self) -> str:
        """The digest of everything that decides what it finds."""

    @property
    def categories(self) -> Sequence[Category]:
        """Everything it may find."""

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """Everything that begins at ``start`` or later, by place, the longer first; overlaps included."""

    def unfinished(self, text: str, start: int) -> int:
        """The first place from ``start`` on about which more text might still decide, or the text's end."""

    def account(self, matched: str, category: Category) -> Account:
        """The pattern behind the finding that covers ``matched``, an original text."""


class Reading:
    """How far one detector has read one text.

    Of occurrences of one category that overlap, the leftmost counts, and among those the longest.
    Occurrences of different categories never hide one another: a mild word must not cover a grave one. But
    personal information of one kind is one thing whatever its level: the number within an address is no
    address beside it.
    """

    def __init__(self, detector: Detector) -> None:
        """Begin at the beginning."""
        self.detector = detector
        self.position = 0
        """Everything that begins before it has been decided; counted in folded characters."""
        self._covered: dict[Category | str, int] = {}

    def settle(self, window: str, *, base: int, complete: bool) -> list[Occurrence]:
        """Decide about everything that more text cannot change.

        Args:
            window: the folded text from ``base`` on, reaching back before ``position`` by
                :data:`CONTEXT` characters where there are that many.
            base: where the window begins in the whole folded text.
            complete: no more text will come.

        Returns:
            The occurrences decided now, placed in the whole folded text.
        """
        start = self.position - base
        limit = len(window) if complete else self.detector.unfinished(window, start)
        settled = []
        for occurrence in self.detector.occurrences(window, start):
            if occurrence.start >= limit:
                break
            category = occurrence.category
            rivals = category.kind if category.risk == PERSONAL_INFORMATION else category
            if occurrence.start + base >= self._covered.get(rivals, 0):
                end = occurrence.end + base
                settled.append(Occurrence(occurrence.start + base, end, category))
                self._covered[rivals] = end
        self.position = base + limit
        return settled
