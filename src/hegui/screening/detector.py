"""Detectors: what looks for something in folded text, and how far each has read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from hegui.core import BilingualText
from hegui.screening.model import PERSONAL_INFORMATION, Category

if TYPE_CHECKING:
    from hegui.screening.sieve import Sieve

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

    def read(self, text: str, start: int) -> tuple[Sequence[Occurrence], int]:
        """The same of a text that may go on.

        Returns:
            What begins at ``start`` or later, and the first place from there on about which more text might
            still decide; the text's end where there is none.
        """

    def withheld(self, text: str, start: int, acting: frozenset[Category]) -> int:
        """The first place from ``start`` on about which more text might still decide for these categories.

        Args:
            text: as for :meth:`read`.
            start: the place that :meth:`read` told, before the text's end.
            acting: some of :attr:`categories`, not all and not none.
        """

    def account(self, matched: str, category: Category) -> Account:
        """The pattern behind the finding that covers ``matched``, an original text."""


@runtime_checkable
class Sifting(Protocol):
    """A detector that looks for words in long texts after sieves; other detectors' sieves may help."""

    @property
    def sieves(self) -> Sequence["Sieve"]:
        """Its sieves, which read the folded text itself."""


def counted(found: Iterable[Occurrence]) -> Sequence[Occurrence]:
    """Those that count of what a detector finds in a whole folded text.

    Of occurrences of one category that overlap, the leftmost counts, and among those the longest.
    Occurrences of different categories never hide one another: a mild word must not cover a grave one. But
    personal information of one kind is one thing whatever its level: the number within an address is no
    address beside it.
    """
    return list(_counted(found, {}))


_Covered = dict[Category | str, int]
"""Up to where occurrences that count cover a text, for each category or kind."""


def _counted(found: Iterable[Occurrence], covered: _Covered) -> Iterator[Occurrence]:
    for occurrence in found:
        category = occurrence.category
        rivals = category.kind if category.risk == PERSONAL_INFORMATION else category
        if occurrence.start >= covered.get(rivals, 0):
            covered[rivals] = occurrence.end
            yield occurrence


def acting_of(detector: Detector, acting: frozenset[Category]) -> frozenset[Category] | None:
    """Those of a detector's categories that are among ``acting``; ``None`` where all are.

    It takes as long as screening ten lines, so it is found out once and not for each text.
    """
    every = frozenset(detector.categories)
    return None if every <= acting else every & acting


class Reading:
    """How far one detector has read one text; what counts is what :func:`counted` says."""

    def __init__(self, detector: Detector, acting: frozenset[Category] | None = None) -> None:
        """Begin at the beginning.

        Args:
            detector: what reads.
            acting: those of its categories for which something is done, from :func:`acting_of`; all if not
                said. What is only recorded is decided like everything else, but need not be waited for.
        """
        self.detector = detector
        self.position = 0
        """Everything that begins before it has been decided; counted in folded characters."""
        self.clear = 0
        """Of what begins before it, everything for which something is done has been decided."""
        self._acting = acting
        self._covered: _Covered = {}

    def settle(self, window: str, base: int) -> Sequence[Occurrence]:
        """Decide about everything that more text cannot change.

        Args:
            window: the folded text from ``base`` on, reaching back before ``position`` by
                :data:`CONTEXT` characters where there are that many.
            base: where the window begins in the whole folded text.

        Returns:
            The occurrences decided now, placed in the whole folded text.
        """
        found, limit = self.detector.read(window, self.position - base)
        self.position = self.clear = base + limit
        if self._acting is not None and limit < len(window):
            self.clear = base + self._cleared(window, limit, found, self._acting)
        return self._settled(found, base) if found else ()

    def conclude(self, window: str, base: int) -> Sequence[Occurrence]:
        """The same of the end of the text, behind which there is nothing; see :meth:`settle`."""
        found = self.detector.occurrences(window, self.position - base)
        self.position = self.clear = base + len(window)
        return self._settled(found, base)

    def _settled(self, found: Iterable[Occurrence], base: int) -> Sequence[Occurrence]:
        limit = self.position - base
        settled = (
            Occurrence(occurrence.start + base, occurrence.end + base, occurrence.category)
            for occurrence in found
            if occurrence.start < limit
        )
        return list(_counted(settled, self._covered))

    def _cleared(
        self, window: str, limit: int, found: Iterable[Occurrence], acting: frozenset[Category]
    ) -> int:
        """Up to where nothing is undecided for which something is done."""
        if not acting:
            return len(window)
        place = self.detector.withheld(window, limit, acting)
        if place == limit:
            return limit
        waiting = (each.start for each in found if each.start >= limit and each.category in acting)
        return min([place, *waiting])
