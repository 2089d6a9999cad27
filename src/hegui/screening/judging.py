"""Judges: what reads whole passages and says how sure it is, at once or after asking somebody."""

from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from hegui.core import BilingualText, Record
from hegui.screening.detector import Account
from hegui.screening.model import UNSCREENED, Category, Direction, Finding
from hegui.screening.passages import Passage, PassageReader, Passages


class ReleaseMode(StrEnum):
    """What happens to a passage that has not been judged yet."""

    HOLD = "hold"
    """It waits."""
    RETRACT = "retract"
    """It is shown, and taken back where it may not pass, by whoever can take back what was shown."""


class Failure(StrEnum):
    """Why a passage has not been judged."""

    NOT_ASKED = "not_asked"
    UNAVAILABLE = "unavailable"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    UNPARSABLE = "unparsable"
    UNREADABLE = "unreadable"

    @property
    def text(self) -> BilingualText:
        """The reason in words."""
        return _FAILURES[self]


_FAILURES = {
    Failure.NOT_ASKED: BilingualText(zh="没有询问", en="it was not asked"),
    Failure.UNAVAILABLE: BilingualText(zh="服务不可用", en="it is unavailable"),
    Failure.TIMED_OUT: BilingualText(zh="超时", en="it took too long"),
    Failure.REFUSED: BilingualText(zh="服务拒绝了请求", en="it refused the request"),
    Failure.UNPARSABLE: BilingualText(zh="回答无法解析", en="its answer cannot be read"),
    Failure.UNREADABLE: BilingualText(zh="文件无法读取", en="the file cannot be read"),
}


class Inquiry(Record):
    """What somebody else is asked about one passage.

    Attributes:
        judge: the name of the judge that asks.
        direction: which way the text travels.
        text: the passage, with its context.
        prompt: what the passage answers, where that is known.
        picture: a picture to be judged instead of a passage, as a ``data:`` URI.
    """

    judge: str
    direction: Direction
    text: str
    prompt: str = ""
    picture: str = ""


class Ruling(NamedTuple):
    """What a judge says of a passage: what it is about, and how sure that is, in thousandths."""

    category: Category
    score: int | None


Rulings = Mapping[Inquiry, Sequence[Ruling]]
"""What was ruled on each inquiry; nothing where a passage is harmless."""

NOTHING_KNOWN: Rulings = MappingProxyType({})


class Judge(Protocol):
    """Reads passages and rules on them.

    A ruling depends on the passage and its context alone, and on the answer where somebody is asked.
    """

    @property
    def name(self) -> str:
        """The judge as findings name it."""

    @property
    def digest(self) -> str:
        """The digest of everything that decides its rulings, as far as that is in our hands."""

    @property
    def categories(self) -> Sequence[Category]:
        """Everything it may rule."""

    @property
    def directions(self) -> frozenset[Direction]:
        """Where it is used."""

    @property
    def passages(self) -> Passages:
        """What it reads at a time."""

    @property
    def release(self) -> ReleaseMode:
        """Whether passages wait for it."""

    def inquiry(self, passage: Passage, *, direction: Direction, prompt: str) -> Inquiry | None:
        """What has to be asked about a passage; ``None`` for a judge that knows by itself."""

    def rule(self, passage: Passage, direction: Direction) -> Sequence[Ruling]:
        """What it knows of a passage by itself; not called where there is an inquiry."""

    def account(self, matched: str, category: Category) -> Account:
        """What is behind a finding that covers ``matched``, an original text."""


class Circumstances(NamedTuple):
    """What a judge is told besides the passage, and what was answered so far."""

    direction: Direction
    prompt: str
    known: Rulings


def rulings(judge: Judge, passage: Passage, given: Circumstances) -> Sequence[Ruling] | None:
    """What ``judge`` says of a passage; ``None`` where that has not been answered yet."""
    inquiry = inquiry_about(judge, passage, given)
    return judge.rule(passage, given.direction) if inquiry is None else given.known.get(inquiry)


def inquiry_about(judge: Judge, passage: Passage, given: Circumstances) -> Inquiry | None:
    """What has to be asked about a passage, answered already or not."""
    return judge.inquiry(passage, direction=given.direction, prompt=given.prompt)


def not_judged(judge: str, failure: Failure) -> Ruling:
    """The ruling on a passage about which nothing is known: unscreened is never clean."""
    return Ruling(Category(risk=UNSCREENED, kind=judge, level=failure), None)


def findings(judge: Judge, passage: Passage, ruled: Sequence[Ruling]) -> list[Finding]:
    """The findings that rulings on a passage make; they cover the passage without its context."""
    return [
        Finding(
            risk=category.risk,
            detector=judge.name,
            kind=category.kind,
            start=passage.start,
            end=passage.end,
            level=category.level,
            score=score,
        )
        for category, score in ruled
    ]


class JudgeReading:
    """How far one judge has read one text, passage after passage."""

    def __init__(self, judge: Judge, given: Circumstances) -> None:
        """Begin at the beginning."""
        self.judge = judge
        self._given = given
        self._reader = PassageReader(judge.passages)
        self._waiting: deque[Passage] = deque()

    @property
    def position(self) -> int:
        """Everything that begins before it has been decided; counted in the original text."""
        return self._waiting[0].start if self._waiting else self._reader.position

    def settle(self, delta: str, *, complete: bool) -> list[Finding]:
        """Read on, and decide about every passage that is complete and answered for.

        Args:
            delta: the next piece of the text.
            complete: no more text will come; what is still unanswered then is unscreened.
        """
        self._waiting.extend(self._reader.feed(delta, complete=complete))
        settled = []
        while self._waiting:
            ruled = rulings(self.judge, self._waiting[0], self._given)
            if ruled is None and not complete:
                break
            if ruled is None:
                ruled = (not_judged(self.judge.name, Failure.NOT_ASKED),)
            settled += findings(self.judge, self._waiting.popleft(), ruled)
        return settled

    def inquiries(self, delta: str, *, complete: bool) -> list[Inquiry]:
        """What would have to be answered for :meth:`settle` to leave nothing undecided; nothing is read."""
        ahead = self._reader.copy().feed(delta, complete=complete)
        asked = (inquiry_about(self.judge, passage, self._given) for passage in (*self._waiting, *ahead))
        return [inquiry for inquiry in asked if inquiry is not None and inquiry not in self._given.known]
