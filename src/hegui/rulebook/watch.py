"""What in the rulebook needs looking at on a day: old reviews, turning days ahead, pending drafts."""

import datetime as dt

from hegui.core import BilingualText, Period, Record
from hegui.rulebook.chronicle import Event, events_between
from hegui.rulebook.model import Instrument, Status, Verification
from hegui.rulebook.service import Rulebook

REVIEW_DAYS = 180
"""After how many days a review is too old, where nobody says otherwise: half a year.

No law sets it. Since 2023 hardly half a year has passed without a new rule, standard or filing practice for
generative AI.
"""

HORIZON_DAYS = 90
"""How many days ahead to look, where nobody says otherwise."""


class Review(Record):
    """How the statements of one instrument stand with being reviewed.

    Attributes:
        statements: the instrument itself, its clauses, parameters and penalties.
        overdue: how many of them were reviewed too long ago.
        never: how many were never reviewed.
        oldest: the day of the oldest review; ``None`` where nothing was reviewed.
    """

    instrument: str
    title: BilingualText
    statements: int
    overdue: int
    never: int
    oldest: dt.date | None


class Pending(Record):
    """A draft, or an instrument that is not in force yet. It binds nobody."""

    instrument: str
    title: BilingualText
    status: Status
    period: Period


class WatchList(Record):
    """What needs looking at on a legal day.

    Attributes:
        review_days: a review older than this is too old.
        horizon_days: how far ahead turning days are told.
        reviews: instruments with statements that were reviewed too long ago or never.
        ahead: what begins, changes or ends on the coming days.
        pending: drafts and instruments not yet in force.
    """

    on: dt.date
    review_days: int
    horizon_days: int
    reviews: tuple[Review, ...]
    ahead: tuple[Event, ...]
    pending: tuple[Pending, ...]


def watch_list(
    rulebook: Rulebook, *, on: dt.date, review_days: int = REVIEW_DAYS, horizon_days: int = HORIZON_DAYS
) -> WatchList:
    """What needs looking at on a legal day.

    Args:
        rulebook: the law.
        on: the day.
        review_days: how old a review may be, in days; at least 1.
        horizon_days: how far to look ahead, in days; at least 1.
    """
    oldest_allowed = on - dt.timedelta(days=review_days)
    reviews = (_review(rulebook, instrument, oldest_allowed) for instrument in rulebook.instruments)
    return WatchList(
        on=on,
        review_days=review_days,
        horizon_days=horizon_days,
        reviews=tuple(review for review in reviews if review.overdue or review.never),
        ahead=events_between(rulebook, on, on + dt.timedelta(days=horizon_days)),
        pending=tuple(
            Pending(instrument=i.id, title=i.title, status=i.status, period=i.period)
            for i in rulebook.instruments
            if _is_pending(i, on)
        ),
    )


def _is_pending(instrument: Instrument, day: dt.date) -> bool:
    if instrument.status is Status.PENDING:
        return day < instrument.period.since
    return instrument.status is Status.DRAFT and instrument.period.contains(day)


def _review(rulebook: Rulebook, instrument: Instrument, oldest_allowed: dt.date) -> Review:
    checks = _verifications(rulebook, instrument)
    days = [check.on for check in checks if check.on is not None]
    return Review(
        instrument=instrument.id,
        title=instrument.title,
        statements=len(checks),
        overdue=sum(day < oldest_allowed for day in days),
        never=len(checks) - len(days),
        oldest=min(days, default=None),
    )


def _verifications(rulebook: Rulebook, instrument: Instrument) -> list[Verification]:
    return [
        instrument.verification,
        *(clause.verification for clause in instrument.clauses),
        *(p.verification for p in rulebook.parameters if p.instrument == instrument.id),
        *(p.verification for p in rulebook.penalties if p.clause.partition(" ")[0] == instrument.id),
    ]
