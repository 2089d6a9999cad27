"""Screening a text that arrives in pieces, without letting anything forbidden out."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from hegui.core import Conflict
from hegui.screening.detector import CONTEXT, Detector, Reading
from hegui.screening.fold import folding
from hegui.screening.hidden import HiddenReading, HiddenText
from hegui.screening.judging import NOTHING_KNOWN, Circumstances, Inquiry, Judge, JudgeReading, Rulings
from hegui.screening.masking import Masking, in_order
from hegui.screening.model import Action, Category, Direction, Finding, Released

_KEPT = 4 * CONTEXT
"""How many folded characters gather before those that nobody will look at again are dropped."""

_NOTHING = Released(text="", findings=())


class Watch(NamedTuple):
    """What is looked for in one direction, and what is done about each category of finding.

    Findings of a category without an action are left out. ``acting`` holds for each detector the categories
    whose findings are not only recorded, or ``None`` where these are all of its own.
    """

    detectors: tuple[Detector, ...]
    judges: tuple[Judge, ...]
    actions: Mapping[Category, Action]
    masking: Masking
    acting: tuple[frozenset[Category] | None, ...]
    hidden: HiddenText | None = None


class Watching(Protocol):
    """What declares a watch for each direction: a :class:`hegui.screening.Screen`."""

    def watch(self, direction: Direction) -> Watch:
        """The watch of one direction."""


class StreamFinished(Conflict):
    """Text came after the stream had been declared finished."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(
            zh="该文本流已经结束；请为新的文本另开一个",
            en="this stream has been finished; open another one for another text",
        )


class StreamScreen:
    """Takes a text piece by piece and gives back what may be seen of it.

    What more text might still make part of a finding for which something is done is held back, and nothing
    else: what is only recorded may be told after its text. However the text is cut into pieces, the findings
    and the text released in total are the same; both are told in order of place. At the first finding that
    blocks, the stream ends: neither that finding's text nor anything behind it is ever released.
    """

    def __init__(
        self,
        screen: Watching,
        direction: Direction = Direction.OUTPUT,
        *,
        prompt: str = "",
        known: Rulings = NOTHING_KNOWN,
    ) -> None:
        """Begin an empty text.

        Args:
            screen: says what to look for and what follows.
            direction: which way the text travels.
            prompt: what the text answers; guard models judge an answer by it.
            known: where answers to :meth:`inquiries` are looked up; whoever asks adds to it.
        """
        watch = screen.watch(direction)
        given = Circumstances(direction, prompt, known)
        self._readings = tuple(map(Reading, watch.detectors, watch.acting))
        self._judging: tuple[JudgeReading | HiddenReading, ...] = (
            *(JudgeReading(judge, given) for judge in watch.judges),
            *(() if watch.hidden is None else (HiddenReading(watch.hidden),)),
        )
        self._actions = watch.actions
        self._masking = watch.masking
        self._folding = folding()
        self._changes = self._folding.changes
        # The folded text from `_base` on; each character that vanished is named by the number of folded
        # characters before it, and those that nobody will ask about again are counted.
        self._window = ""
        self._base = 0
        self._gaps: list[int] = []
        self._vanished = 0
        # The original text that has neither been released nor covered begins at `_cursor`.
        self._held = ""
        self._cursor = 0
        self._length = 0
        self._decided = 0
        self._settled: list[Finding] = []
        self._finished = False
        self._blocked = False

    @property
    def blocked(self) -> bool:
        """Whether a finding has ended the stream."""
        return self._blocked

    @property
    def held(self) -> int:
        """How many characters wait for more text to decide about them."""
        return max(0, self._length - self._cursor)

    @property
    def decided(self) -> int:
        """Up to where everything is certain; counted in the original text."""
        return self._decided

    def inquiries(self, delta: str = "", *, complete: bool = False) -> tuple[Inquiry, ...]:
        """What has to be answered before ``feed(delta)``, or :meth:`finish`, can decide about everything.

        Nothing is taken in. What is fed without the answers is held until another piece, or the end, finds
        them; at the end, what was not answered is unscreened.

        Args:
            delta: the next piece.
            complete: the text ends with it.
        """
        if self._blocked:
            return ()
        asked = (inquiry for judge in self._judging for inquiry in judge.inquiries(delta, complete=complete))
        return tuple(dict.fromkeys(asked))

    def feed(self, delta: str) -> Released:
        """Take the next piece of the text and release what is now certain.

        Args:
            delta: any piece, of any length, the empty one included.

        Raises:
            StreamFinished: :meth:`finish` was called before.
        """
        if self._finished:
            raise StreamFinished
        if self._blocked:
            return Released(text="", findings=(), blocked=True)
        # Most pieces fold onto themselves.
        self._window += delta if self._changes(delta) is None else self._folded(delta)
        self._length += len(delta)
        self._held += delta
        return self._advance(delta)

    def finish(self) -> Released:
        """Say that the text is complete, and release the rest of it.

        Raises:
            StreamFinished: it was called before.
        """
        if self._finished:
            raise StreamFinished
        self._finished = True
        if self._blocked:
            return Released(text="", findings=(), blocked=True)
        return self._advance("")

    def _folded(self, delta: str) -> str:
        folded = self._folding.apply(delta)
        if len(folded) < len(delta):
            end = self._base + len(self._window)
            self._gaps.extend(end + gap for gap in self._folding.gaps(delta))
        return folded

    def _advance(self, delta: str) -> Released:
        window, base, complete = self._window, self._base, self._finished
        end = frontier = clear = base + len(window)
        for reading in self._readings:
            settled = reading.conclude(window, base) if complete else reading.settle(window, base)
            for start, stop, category in settled:
                if category in self._actions:
                    self._settled.append(self._finding(reading.detector, start, stop, category))
            if reading.position < frontier:  # noqa: PLR1730 - a piece is read in two microseconds: calls are seen
                frontier = reading.position
            if reading.clear < clear:  # noqa: PLR1730 - likewise
                clear = reading.clear
        place = self._length if frontier == end else self._place(frontier)
        free = place if clear == frontier else self._place(clear)
        for judging in self._judging:
            found = judging.settle(delta, complete=complete)
            self._settled += (finding for finding in found if finding.category in self._actions)
            place = min(place, judging.position)
            free = min(free, judging.position)
        if frontier > base + _KEPT:
            self._forget(frontier)
        if self._settled:
            return self._release(place, free)
        self._decided = place
        if free <= self._cursor:
            return _NOTHING
        held, count = self._held, free - self._cursor
        self._held, self._cursor = held[count:], free
        return Released(text=held[:count], findings=())

    def _finding(self, detector: Detector, start: int, end: int, category: Category) -> Finding:
        return Finding(
            risk=category.risk,
            detector=detector.name,
            kind=category.kind,
            start=self._place(start),
            end=self._place(end - 1) + 1,
            level=category.level,
        )

    def _place(self, index: int) -> int:
        """Where in the original the folded character at ``index`` stands."""
        return index + self._vanished + bisect_right(self._gaps, index)

    def _release(self, frontier: int, free: int) -> Released:
        """Act on the findings that begin before ``frontier``, and release the text up to ``free``.

        Both are original offsets. What is only recorded and begins between them is told later. Another
        finding there waits until it can be told, and all behind it, so that findings keep their order.
        """
        ready, frontier = self._ready(frontier)
        blocking = next((f for f in ready if self._actions[f.category] is Action.BLOCK), None)
        waiting = (f.start for f in self._settled if self._actions[f.category] is not Action.ALLOW)
        free = min([free, *waiting])
        if blocking is not None:
            frontier = free = blocking.start
            ready = [finding for finding in ready if finding.start <= frontier]
            self._blocked = True
        self._decided = frontier
        parts = []
        for finding, alone in in_order(f for f in ready if self._actions[f.category] is not Action.ALLOW):
            if self._actions[finding.category] is Action.MASK and finding.start < frontier:
                if finding.start >= self._cursor:
                    parts.append(self._take(finding.start))
                    parts.append(self._masking.cover(finding, self._take(finding.end), alone=alone))
                self._take(finding.end)
        parts.append(self._take(free))
        if self._blocked:
            self._held = ""
        return Released(text="".join(parts), findings=tuple(ready), blocked=self._blocked)

    def _ready(self, frontier: int) -> tuple[list[Finding], int]:
        """The findings that can be acted on now, in order, and how far everything is certain.

        Most are covered the same whatever follows; where that depends on what begins within a finding,
        it waits, and with it all that stands behind it.
        """
        ready: list[Finding] = []
        settled = sorted(self._settled, key=lambda finding: finding.order)
        for finding in settled:
            if finding.start >= frontier:
                break
            if self._actions[finding.category] is Action.MASK and (
                finding.end > frontier and self._masking.waits(finding)
            ):
                frontier = finding.start
                break
            ready.append(finding)
        self._settled = settled[len(ready) :]
        return ready, frontier

    def _take(self, end: int) -> str:
        """The original text from the cursor to ``end``, to which the cursor moves."""
        count = end - self._cursor
        if count <= 0:
            return ""
        taken, self._held = self._held[:count], self._held[count:]
        self._cursor = end
        return taken

    def _forget(self, frontier: int) -> None:
        """Drop the folded text that nobody will look at again."""
        count = frontier - CONTEXT - self._base
        self._window = self._window[count:]
        self._base += count
        # Whatever is asked later stands at the frontier or behind it.
        forgotten = bisect_right(self._gaps, frontier)
        del self._gaps[:forgotten]
        self._vanished += forgotten
