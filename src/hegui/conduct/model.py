"""What becomes of a user who keeps asking for illegal content: step by step, declared, reversible. Pure.

A user's standing is nothing but the history read again from its beginning: violations, clean requests
between them, and what people decided. Overturning a violation therefore corrects every count that it was
part of, and everything that followed from those counts.
"""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from hegui.core import BilingualText, InvalidInput, Record, legal_day
from hegui.rulebook import Parameter

IN_A_ROW = "abuse-in-a-row"
IN_A_DAY = "abuse-in-a-day"
"""The names in the rulebook of the two counts at which measures are due."""

_Count = Annotated[int, msgspec.Meta(ge=1)]


class LadderStep(StrEnum):
    """What is done about a user, mildest first."""

    WARN = "warn"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    TERMINATE = "terminate"

    @property
    def text(self) -> BilingualText:
        """The step in words."""
        return _STEP_TEXTS[self]

    @property
    def closes(self) -> bool:
        """Whether the user is not served while the step lasts."""
        return self in {LadderStep.SUSPEND, LadderStep.TERMINATE}


_STEP_TEXTS = {
    LadderStep.WARN: BilingualText(zh="警示", en="warned"),
    LadderStep.RESTRICT: BilingualText(zh="限制功能", en="restricted"),
    LadderStep.SUSPEND: BilingualText(zh="暂停服务", en="suspended"),
    LadderStep.TERMINATE: BilingualText(zh="终止服务", en="terminated"),
}


class Rung(Record):
    """One step of the ladder as the operator declares it.

    Attributes:
        step: what is done.
        notice: what the user reads.
        hours: how long it lasts; ``None`` until a person ends it. A warning is told once and does not last.
        requests_per_hour: how many requests a restricted user still has.
    """

    step: LadderStep
    notice: BilingualText
    hours: _Count | None = None
    requests_per_hour: _Count | None = None


class LadderPolicy(Record):
    """The ladder as the operator declares it, in the terms of service too.

    Attributes:
        rungs: from the mildest to the severest; whoever is at the last one stays there.
        forget_days: a user without a new violation for so long begins anew, and their history is erased.
    """

    rungs: tuple[Rung, ...] = (
        Rung(
            step=LadderStep.WARN,
            notice=BilingualText(
                zh="您多次输入违法不良信息。再次发生，我们将依照服务协议采取限制、暂停服务等措施。如有异议，可以申诉。",
                en="You have repeatedly entered illegal or harmful content. If it goes on, your use will be "
                "restricted or suspended under the terms of service. You may appeal.",
            ),
        ),
        Rung(
            step=LadderStep.RESTRICT,
            hours=24,
            requests_per_hour=20,
            notice=BilingualText(
                zh="因多次输入违法不良信息，您的使用在 24 小时内受到限制。如有异议，可以申诉。",
                en="Because of repeated illegal or harmful content your use is restricted for 24 hours. "
                "You may appeal.",
            ),
        ),
        Rung(
            step=LadderStep.SUSPEND,
            hours=168,
            notice=BilingualText(
                zh="因多次输入违法不良信息，已依照服务协议暂停向您提供服务 7 天。如有异议，可以申诉。",
                en="Because of repeated illegal or harmful content the service is suspended for you for "
                "7 days under its terms. You may appeal.",
            ),
        ),
    )
    forget_days: _Count = 180

    def __post_init__(self) -> None:
        """Refuse a ladder that nobody could climb or that leaves out what a step needs.

        Raises:
            LadderInvalid: it has no rung, or a rung lacks its limit, or one is milder than the one below.
        """
        if not self.rungs:
            raise LadderInvalid(zh="处置阶梯没有一级；请至少写一级", en="the ladder has no rung; give it one")
        order = list(LadderStep)
        for below, rung in zip((None, *self.rungs), self.rungs, strict=False):
            if (rung.step is LadderStep.RESTRICT) is not (rung.requests_per_hour is not None):
                raise LadderInvalid(
                    zh=f"{rung.step}：requests_per_hour 只用于、且必须用于 restrict",
                    en=f"{rung.step}: requests_per_hour belongs to restrict, and restrict needs it",
                )
            if below is not None and order.index(rung.step) < order.index(below.step):
                raise LadderInvalid(
                    zh=f"{rung.step} 比它之前的 {below.step} 更轻；请由轻到重排列",
                    en=f"{rung.step} is milder than {below.step} before it; order them from mild to severe",
                )


class LadderInvalid(InvalidInput):
    """A ladder that cannot be used as it was declared."""


class AbuseLimits(NamedTuple):
    """The two counts at which measures are due."""

    in_a_row: Parameter
    in_a_day: Parameter


class ConductEventKind(StrEnum):
    """What a user's history is made of."""

    VIOLATION = "violation"
    CLEAN = "clean"
    """A request without anything illegal, where the one before it had something."""
    OVERTURNED = "overturned"
    """A person found that a violation was none; names its exchange."""
    LIFTED = "lifted"
    """A person ended whatever was in force, and the user begins anew."""


class ConductEvent(Record):
    """One line of a user's history.

    Attributes:
        user: the user's pseudonym.
        kind: what happened.
        at: when.
        exchange: the exchange that it is about; empty for what a person lifted.
    """

    user: str
    kind: ConductEventKind
    at: dt.datetime
    exchange: str = ""


class UserStanding(Record):
    """How one user stands at one moment.

    Attributes:
        rung: how many rungs were climbed, 0 for none.
        in_a_row: violations since the last clean request or step.
        in_a_day: violations on the present legal day since the last step.
        current: the rung in force; ``None`` where nothing is.
        until: when that ends; ``None`` where it does not by itself.
        because: the exchange of the violation that led to the last step.
    """

    rung: int = 0
    in_a_row: int = 0
    in_a_day: int = 0
    current: Rung | None = None
    until: dt.datetime | None = None
    because: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether a clean request would change nothing."""
        return self.in_a_row == 0

    @property
    def closed(self) -> bool:
        """Whether the user is not served at present."""
        return self.current is not None and self.current.step.closes


NOTHING = UserStanding()
"""Where a user stands who never did anything."""


def standing(
    history: Iterable[ConductEvent], *, policy: LadderPolicy, limits: AbuseLimits, now: dt.datetime
) -> UserStanding:
    """How a user with this history stands.

    Args:
        history: the user's events, oldest first.
        policy: the ladder.
        limits: the counts at which it is climbed, in force now.
        now: the moment asked about.

    Basis:
        TC260-003 7g1
        IM 14
    """
    events = list(history)
    overturned = {event.exchange for event in events if event.kind is ConductEventKind.OVERTURNED}
    climber = _Climber(policy, limits)
    for event in events:
        # A violation that was none is what it should have been taken for: a clean request.
        wrong = event.kind is ConductEventKind.VIOLATION and event.exchange in overturned
        climber.take(event, ConductEventKind.CLEAN if wrong else event.kind)
    return climber.at(now)


def is_forgotten(history: Iterable[ConductEvent], *, policy: LadderPolicy, now: dt.datetime) -> bool:
    """Whether nothing of this history counts any more, so that it is to be erased."""
    latest = max((event.at for event in history), default=now)
    return now - latest >= dt.timedelta(days=policy.forget_days)


class _Climber:
    """Reads one history."""

    def __init__(self, policy: LadderPolicy, limits: AbuseLimits) -> None:
        self._policy = policy
        self._limits = limits
        self._begin()

    def _begin(self) -> None:
        self._rung = self._in_a_row = self._in_a_day = 0
        self._day: dt.date | None = None
        self._last: dt.datetime | None = None
        self._climbed: dt.datetime | None = None
        self._because = ""

    def take(self, event: ConductEvent, kind: ConductEventKind) -> None:
        if kind is ConductEventKind.LIFTED or self._is_forgotten(event.at):
            self._begin()
        if kind is ConductEventKind.CLEAN:
            self._in_a_row = 0
        elif kind is ConductEventKind.VIOLATION:
            self._violated(event)

    def _violated(self, event: ConductEvent) -> None:
        day = legal_day(event.at)
        self._in_a_day = self._in_a_day + 1 if day == self._day else 1
        self._in_a_row += 1
        self._day, self._last = day, event.at
        if self._limits.in_a_row.holds(self._in_a_row) or self._limits.in_a_day.holds(self._in_a_day):
            self._rung = min(self._rung + 1, len(self._policy.rungs))
            self._in_a_row = self._in_a_day = 0
            self._climbed, self._because = event.at, event.exchange

    def at(self, now: dt.datetime) -> UserStanding:
        if self._is_forgotten(now) or self._last is None:
            return NOTHING
        current, until = self._current(now)
        return UserStanding(
            rung=self._rung,
            in_a_row=self._in_a_row,
            in_a_day=self._in_a_day if self._day == legal_day(now) else 0,
            current=current,
            until=until,
            because=self._because,
        )

    def _current(self, now: dt.datetime) -> tuple[Rung | None, dt.datetime | None]:
        if self._climbed is None:
            return None, None
        rung = self._policy.rungs[self._rung - 1]
        if rung.step is LadderStep.WARN:
            return None, None
        if rung.hours is None:
            return rung, None
        until = self._climbed + dt.timedelta(hours=rung.hours)
        return (rung, until) if now < until else (None, None)

    def _is_forgotten(self, now: dt.datetime) -> bool:
        """Whether the user begins anew: after long enough, unless a step without an end is in force."""
        if self._last is None or now - self._last < dt.timedelta(days=self._policy.forget_days):
            return False
        return self._rung == 0 or self._current(now)[0] is None


class Appeal(Record):
    """A user's objection to a step, and what became of it.

    Attributes:
        id: its number, as ``3f0c9a…``.
        user: the user's pseudonym.
        exchange: the refused request it is about; empty where it is about the step as such.
        text: what the user says.
        at: when it came.
        granted: what a person decided; ``None`` while it is open.
        reason: why.
        decided_at: when.
    """

    id: str
    user: str
    exchange: str
    text: str
    at: dt.datetime
    granted: bool | None = None
    reason: str = ""
    decided_at: dt.datetime | None = None
