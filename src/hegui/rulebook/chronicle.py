"""What came into force, ended and changed between two days."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import TypeVar, cast

from hegui.core import BilingualText, InvalidInput, Period, Record
from hegui.rulebook.model import Clause, Force, Obligation, Parameter
from hegui.rulebook.names import force_once_begun
from hegui.rulebook.service import Rulebook

V = TypeVar("V", Obligation, Parameter)


class Turn(StrEnum):
    """What happens to a statement of the law on a day."""

    BEGINS = "begins"
    CHANGES = "changes"
    ENDS = "ends"


_TURNS = {
    Turn.BEGINS: BilingualText(zh="生效", en="begins"),
    Turn.CHANGES: BilingualText(zh="变更", en="changes"),
    Turn.ENDS: BilingualText(zh="失效", en="ends"),
}
_DRAFT_TURNS = {
    Turn.BEGINS: BilingualText(zh="提出", en="proposed"),
    Turn.CHANGES: BilingualText(zh="改提", en="proposed anew"),
    Turn.ENDS: BilingualText(zh="不再作为草案", en="no longer proposed"),
}


class Subject(StrEnum):
    """What kind of statement turns."""

    INSTRUMENT = "instrument"
    CLAUSE = "clause"
    OBLIGATION = "obligation"
    PARAMETER = "parameter"

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _SUBJECTS[self]


_SUBJECTS = {
    Subject.INSTRUMENT: BilingualText(zh="文件", en="instrument"),
    Subject.CLAUSE: BilingualText(zh="条款", en="clause"),
    Subject.OBLIGATION: BilingualText(zh="义务", en="obligation"),
    Subject.PARAMETER: BilingualText(zh="参数", en="parameter"),
}


class Event(Record):
    """Something that begins, changes or ends on a legal day.

    Attributes:
        day: the first day on which it is so.
        id: of the instrument, obligation or parameter; of a clause its citation.
        force: how strongly it binds; a draft is proposed and binds nobody.
        before: what stood until then: identifiers, citations, or a value with its clause.
        after: what stands from then on.
    """

    day: dt.date
    subject: Subject
    turn: Turn
    id: str
    text: BilingualText
    force: Force
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def text_of_turn(self) -> BilingualText:
        """The turn in words; a draft never comes into force, it is put forward and lapses."""
        return (_DRAFT_TURNS if self.force is Force.PROPOSED else _TURNS)[self.turn]


class EmptySpan(InvalidInput):
    """The second of two days is not after the first."""

    def __init__(self, since: dt.date, until: dt.date) -> None:
        """Name the days."""
        super().__init__(
            zh=f"{until} 不在 {since} 之后；请交换两个日期",
            en=f"{until} is not after {since}; exchange the two days",
        )


def events_between(rulebook: Rulebook, since: dt.date, until: dt.date) -> tuple[Event, ...]:
    """What is different on ``until`` from what it was on ``since``, with every step between.

    Args:
        rulebook: the law.
        since: the day that stands for before; what turned on it is not told.
        until: the last day told.

    Returns:
        By day; within a day instruments first, then clauses, obligations and parameters.

    Raises:
        EmptySpan: ``until`` is not after ``since``.
    """
    if until <= since:
        raise EmptySpan(since, until)
    order = list(Subject)
    told = (event for event in _events(rulebook) if since < event.day <= until)
    return tuple(sorted(told, key=lambda event: (event.day, order.index(event.subject))))


def _events(rulebook: Rulebook) -> Iterator[Event]:
    yield from _instruments(rulebook)
    yield from _clauses(rulebook)
    yield from _versions(
        rulebook.obligations,
        Subject.OBLIGATION,
        force=rulebook.force,
        said=lambda obligation: obligation.clauses,
    )
    yield from _versions(
        rulebook.parameters,
        Subject.PARAMETER,
        force=lambda parameter: rulebook.instrument(parameter.instrument).force,
        said=lambda parameter: (
            f"{parameter.comparison} {parameter.value} {parameter.unit}",
            parameter.citation,
        ),
    )


def _instruments(rulebook: Rulebook) -> Iterator[Event]:
    for instrument in rulebook.instruments:
        former = [rulebook.instrument(identifier) for identifier in instrument.supersedes]
        relieved = tuple(other.id for other in former if other.period.until == instrument.period.since)
        yield Event(
            day=instrument.period.since,
            subject=Subject.INSTRUMENT,
            turn=Turn.CHANGES if relieved else Turn.BEGINS,
            id=instrument.id,
            text=instrument.title,
            force=force_once_begun(instrument),
            before=relieved,
            after=(instrument.id,),
        )
    for instrument in rulebook.instruments:
        ended = instrument.period.until
        heirs = [i for i in rulebook.instruments if instrument.id in i.supersedes and i.period.since == ended]
        if ended is not None and not heirs:
            yield Event(
                day=ended,
                subject=Subject.INSTRUMENT,
                turn=Turn.ENDS,
                id=instrument.id,
                text=instrument.title,
                force=force_once_begun(instrument),
                before=(instrument.id,),
            )


def _clauses(rulebook: Rulebook) -> Iterator[Event]:
    for instrument in rulebook.instruments:
        for clause in instrument.clauses:
            if clause.period is not None:
                yield from _bounds(clause, clause.period, force_once_begun(instrument))


def _bounds(clause: Clause, period: Period, force: Force) -> Iterator[Event]:
    for day, turn in ((period.since, Turn.BEGINS), (period.until, Turn.ENDS)):
        if day is not None:
            yield Event(
                day=day,
                subject=Subject.CLAUSE,
                turn=turn,
                id=clause.citation,
                text=clause.heading,
                force=force,
            )


def _versions(
    statements: Iterable[V],
    subject: Subject,
    *,
    force: Callable[[V], Force],
    said: Callable[[V], tuple[str, ...]],
) -> Iterator[Event]:
    """The turns of statements of which one version follows another."""
    ordered = sorted(statements, key=lambda statement: (statement.id, statement.period.since))
    for identifier, group in groupby(ordered, key=lambda statement: statement.id):
        before: V | None = None
        for version in group:
            if before is not None and before.period.until != version.period.since:
                yield _ending(before, subject, force(before), said(before))
                before = None
            yield Event(
                day=version.period.since,
                subject=subject,
                turn=Turn.BEGINS if before is None else Turn.CHANGES,
                id=identifier,
                text=version.text,
                force=force(version),
                before=() if before is None else said(before),
                after=said(version),
            )
            before = version
        if before is not None and before.period.until is not None:
            yield _ending(before, subject, force(before), said(before))


def _ending(version: V, subject: Subject, force: Force, said: tuple[str, ...]) -> Event:
    day = cast("dt.date", version.period.until)  # a version that is followed or told to end has a last day
    return Event(
        day=day, subject=subject, turn=Turn.ENDS, id=version.id, text=version.text, force=force, before=said
    )
