"""Screening a text that is shown before everybody has judged it, and taken back where it may not pass."""

from collections import deque
from typing import NamedTuple

from hegui.screening.judging import (
    NOTHING_KNOWN,
    Circumstances,
    Failure,
    Inquiry,
    Judge,
    ReleaseMode,
    Rulings,
    findings,
    inquiry_about,
    not_judged,
    rulings,
)
from hegui.screening.masking import in_order
from hegui.screening.model import Action, Direction, Finding, Released
from hegui.screening.passages import Passage, PassageReader
from hegui.screening.stream import StreamFinished, StreamScreen, Watch, Watching


class _Holding(NamedTuple):
    """A watch of one direction without the judges that are not waited for."""

    screen: Watching

    def watch(self, direction: Direction) -> Watch:
        watch = self.screen.watch(direction)
        return watch._replace(judges=tuple(j for j in watch.judges if j.release is ReleaseMode.HOLD))


class _Follower:
    """A judge that reads what is shown."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.reader = PassageReader(judge.passages)


class _Shown(NamedTuple):
    """A passage that is shown and not judged yet."""

    follower: _Follower
    passage: Passage


class RetractableStream:
    """Takes a text piece by piece, shows what may be seen of it, and takes back what should not have been.

    Keywords, personal information and the judges that hold are exact as in :class:`StreamScreen`. The judges
    that retract read what is shown; where one finds what may not pass, ``Released.retract`` says how many
    of the characters shown last are to be taken away before ``Released.text`` is added.

    What is shown and then taken back has been seen: at most the passage that was being judged, and whatever
    was shown while its judge was asked. What remains in the end, and the findings, are the same however the
    text is cut into pieces and however long an answer takes.
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
            known: where answers to inquiries are looked up; whoever asks adds to it.
        """
        watch = screen.watch(direction)
        self._given = Circumstances(direction, prompt, known)
        self._actions = watch.actions
        self._masking = watch.masking
        self._inner = StreamScreen(_Holding(screen), direction, prompt=prompt, known=known)
        self._followers = [_Follower(judge) for judge in watch.judges if judge.release is ReleaseMode.RETRACT]
        # Passages in the order in which they end; they are judged in that order, whoever answers first.
        self._queue: deque[_Shown] = deque()
        # The original text from `_origin` on, what is shown of it, and what was found in it. Before `_origin`
        # nothing will change; findings before `_told` have been told.
        self._origin = 0
        self._text = ""
        self._shown = ""
        self._found: list[Finding] = []
        self._told = 0
        self._followed = 0
        self._stop: int | None = None
        self._finished = False

    @property
    def blocked(self) -> bool:
        """Whether a finding has ended the stream; what is shown may still be taken back further."""
        return self._stop is not None

    @property
    def done(self) -> bool:
        """Whether nothing will change any more."""
        return (self._finished or self.blocked) and not self._queue

    def inquiries(self, delta: str = "", *, complete: bool = False) -> tuple[Inquiry, ...]:
        """What has to be answered: for what ``feed(delta)`` would hold, and for what is shown already.

        After the answers, :meth:`resume`. Once the text is finished or blocked, ask and resume until
        :attr:`done`.
        """
        held = () if self._finished or self.blocked else self._inner.inquiries(delta, complete=complete)
        asked = (inquiry_about(by.judge, passage, self._given) for by, passage in self._queue)
        waiting = (inquiry for inquiry in asked if inquiry and inquiry not in self._given.known)
        return tuple(dict.fromkeys((*held, *waiting)))

    def feed(self, delta: str) -> Released:
        """Take the next piece of the text and show what may be seen now.

        Raises:
            StreamFinished: :meth:`finish` was called before.
        """
        if self._finished:
            raise StreamFinished
        if not self.blocked:
            self._text += delta
            self._follow(self._inner.feed(delta), complete=False)
        return self.resume()

    def finish(self) -> Released:
        """Say that the text is complete.

        Raises:
            StreamFinished: it was called before.
        """
        if self._finished:
            raise StreamFinished
        self._finished = True
        if not self.blocked:
            self._follow(self._inner.finish(), complete=True)
        return self.resume()

    def resume(self, *, give_up: bool = False) -> Released:
        """Act upon what was answered since.

        Args:
            give_up: no further answer will come: what is not answered is unscreened.
        """
        while self._queue and self._judge(self._queue[0], give_up=give_up):
            pass
        return self._show()

    def _follow(self, released: Released, *, complete: bool) -> None:
        """Let the judges read what is shown by now."""
        self._found += released.findings
        if released.blocked:
            self._stop = next(f.start for f in released.findings if self._actions[f.category] is Action.BLOCK)
        end = self._inner.decided if self._stop is None else self._stop
        delta = self._text[self._followed - self._origin : end - self._origin]
        self._followed = end
        complete = complete or released.blocked
        # Where several read, it counts whose passage was complete first: that must not depend on the pieces.
        for piece in delta if len(self._followers) > 1 else [delta]:
            self._read(piece, complete=False)
        if complete:
            self._read("", complete=True)

    def _read(self, delta: str, *, complete: bool) -> None:
        for follower in self._followers:
            passages = follower.reader.feed(delta, complete=complete)
            self._queue += (_Shown(follower, passage) for passage in passages)

    def _judge(self, shown: _Shown, *, give_up: bool) -> bool:
        """Judge the first passage of the queue; whether that could be done."""
        judge, passage = shown.follower.judge, shown.passage
        ruled = rulings(judge, passage, self._given)
        if ruled is None:
            if not give_up:
                return False
            ruled = (not_judged(judge.name, Failure.NOT_ASKED),)
        self._queue.popleft()
        found = [finding for finding in findings(judge, passage, ruled) if finding.category in self._actions]
        self._found += found
        if any(self._actions[finding.category] is Action.BLOCK for finding in found):
            self._end_at(passage.start)
        return True

    def _end_at(self, stop: int) -> None:
        """End the text at ``stop``; what is left of it is judged by those who have not judged it yet."""
        first: dict[_Follower, Passage] = {}
        for follower, passage in self._queue:
            first.setdefault(follower, passage)
        if self._stop is None:
            for follower in self._followers:
                first.setdefault(follower, follower.reader.cut(self._followed))
        self._stop = stop
        self._queue = deque(
            _Shown(follower, Passage(begun.start, stop, self._original(begun.start, stop), begun.context))
            for follower in self._followers
            if (begun := first.get(follower)) is not None and begun.start < stop
        )

    def _show(self) -> Released:
        """Tell what is certain, and bring what is shown up to date."""
        limit = self._inner.decided if self._stop is None else self._stop
        shown = self._seen(limit)
        same = _same(self._shown, shown)
        released = Released(
            retract=len(self._shown) - same,
            text=shown[same:],
            findings=self._certain(),
            blocked=self.blocked,
        )
        self._forget()
        self._shown = self._seen(limit)
        return released

    @property
    def _settled(self) -> int:
        """Everything that begins before it has been judged by all."""
        waiting = (shown.passage.start for shown in self._queue)
        if self._stop is None:
            return min(
                [*waiting, *(follower.reader.position for follower in self._followers), self._followed]
            )
        return min([*waiting, self._stop + 1])

    def _certain(self) -> tuple[Finding, ...]:
        told, self._told = self._told, self._settled
        certain = (finding for finding in self._found if told <= finding.start < self._told)
        return tuple(sorted(certain, key=lambda finding: finding.order))

    def _seen(self, limit: int) -> str:
        """What may be seen of the text from the origin to ``limit``."""
        parts, cursor = [], self._origin
        for finding, alone in in_order(
            f for f in self._found if self._actions[f.category] is not Action.ALLOW
        ):
            if self._actions[finding.category] is Action.MASK and finding.start < limit:
                if finding.start >= cursor:
                    matched = self._original(finding.start, finding.end)
                    cover = self._masking.cover(finding, matched, alone=alone)
                    parts += [self._original(cursor, finding.start), cover]
                cursor = max(cursor, finding.end)
        parts.append(self._original(cursor, limit))
        return "".join(parts)

    def _original(self, start: int, end: int) -> str:
        return self._text[start - self._origin : max(start, end) - self._origin]

    def _forget(self) -> None:
        """Drop what will not change any more, up to a place that nothing covers."""
        origin = self._told
        for finding in sorted(self._found, key=lambda finding: finding.order, reverse=True):
            masked = self._actions[finding.category] is Action.MASK
            if masked and finding.start < origin < finding.end:
                origin = finding.start
        self._text = self._text[origin - self._origin :]
        self._origin = origin
        self._found = [finding for finding in self._found if finding.start >= origin]


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    if other.startswith(one):
        return len(one)
    unlike = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(unlike, len(other))
