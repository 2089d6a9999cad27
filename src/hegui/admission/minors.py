"""Minors' mode: hours, time of use, reminders. Pure."""

import datetime as dt
from typing import NamedTuple

from hegui.admission.model import Age, Guardian, MinorPolicy
from hegui.core import CHINA, Record, legal_day
from hegui.rulebook import Rulebook

UNDER_SIXTEEN = "minors-mode-minutes-under-sixteen"
FROM_SIXTEEN = "minors-mode-minutes-from-sixteen"
CLOSED_FROM = "minors-mode-closed-from-hour"
CLOSED_UNTIL = "minors-mode-closed-until-hour"
REMINDER = "minors-mode-reminder-minutes"

_DAY = dt.timedelta(days=1)
_SECONDS = 60


class MinorNumbers(NamedTuple):
    """The numbers of minors' mode as they hold on one day.

    Attributes:
        minutes: how long a minor of each age may use the service a day.
        closed_from: from when it is closed, in China.
        closed_until: until when.
        reminder_minutes: after how long of continuous use a minor is reminded.
        pause_minutes: up to how long a pause is use.
    """

    minutes: dict[Age, int]
    closed_from: dt.time
    closed_until: dt.time
    reminder_minutes: int
    pause_minutes: int

    @classmethod
    def of(cls, policy: MinorPolicy, rulebook: Rulebook, *, on: dt.date) -> "MinorNumbers":
        """What the operator declared, and for the rest what the rulebook says on a legal day.

        Basis:
            MINORS-MODE time
            MINORS-MODE night
        """

        def number(declared: int | None, parameter: str) -> int:
            return declared if declared is not None else int(rulebook.parameter(parameter, on=on).value)

        def time(declared: str | None, parameter: str) -> dt.time:
            return dt.time.fromisoformat(declared or f"{number(None, parameter):02}:00")

        return cls(
            minutes={
                Age.UNDER_FOURTEEN: number(policy.minutes_under_sixteen, UNDER_SIXTEEN),
                Age.UNDER_SIXTEEN: number(policy.minutes_under_sixteen, UNDER_SIXTEEN),
                Age.FROM_SIXTEEN: number(policy.minutes_from_sixteen, FROM_SIXTEEN),
            },
            closed_from=time(policy.closed_from, CLOSED_FROM),
            closed_until=time(policy.closed_until, CLOSED_UNTIL),
            reminder_minutes=number(policy.reminder_minutes, REMINDER),
            pause_minutes=policy.pause_minutes,
        )

    def for_guardian(self, guardian: Guardian | None) -> "MinorNumbers":
        """The same as a guardian has set it for one minor.

        Basis:
            TC260-003 7a3
            MINORS-MODE time
        """
        if guardian is None:
            return self
        return self._replace(
            minutes=self.minutes
            if guardian.minutes_per_day is None
            else dict.fromkeys(self.minutes, guardian.minutes_per_day),
            closed_from=dt.time.fromisoformat(guardian.closed_from)
            if guardian.closed_from
            else self.closed_from,
            closed_until=dt.time.fromisoformat(guardian.closed_until)
            if guardian.closed_until
            else self.closed_until,
        )

    def opens_in(self, now: dt.datetime) -> float:
        """In how many seconds the service opens to minors; 0 where it is open.

        Basis:
            MINORS-MODE night
        """
        here = now.astimezone(CHINA)
        begin, end, time = self.closed_from, self.closed_until, here.time()
        closed = begin <= time < end if begin <= end else time >= begin or time < end
        if not closed:
            return 0.0
        opening = dt.datetime.combine(here.date(), end, tzinfo=CHINA)
        return ((opening if opening > here else opening + _DAY) - here).total_seconds()


class MinorUse(Record):
    """How long one minor has used the service today, and nothing about for what.

    Attributes:
        day: the legal day.
        seconds: of use on that day.
        since: when the present continuous use began.
        last: when it was seen last.
    """

    day: dt.date
    seconds: int
    since: dt.datetime
    last: dt.datetime

    @property
    def minutes(self) -> int:
        """Whole minutes of use on the day."""
        return self.seconds // _SECONDS

    def earns_reminder(self, before: "MinorUse | None", *, every_minutes: int) -> bool:
        """Whether a reminder to rest fell due since ``before``.

        Basis:
            MINORS-MODE time
        """
        if before is None or before.since != self.since:
            return False
        every = dt.timedelta(minutes=every_minutes)
        return (self.last - self.since) // every > (before.last - before.since) // every


def seen(before: MinorUse | None, now: dt.datetime, *, pause_minutes: int) -> MinorUse:
    """What is known of a minor's use after they were seen once more.

    Time between two sights counts where it is no longer than a pause; who comes after a longer pause has
    begun a minute of use.
    """
    day = legal_day(now)
    spent = before.seconds if before is not None and before.day == day else 0
    if before is None or now - before.last > dt.timedelta(minutes=pause_minutes):
        return MinorUse(day=day, seconds=spent + _SECONDS, since=now, last=now)
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=CHINA)
    # Of use across midnight, what was before it belongs to the day before. A clock set back adds nothing.
    added = max(now - max(before.last, midnight), dt.timedelta(0))
    return MinorUse(
        day=day,
        seconds=spent + round(added.total_seconds()),
        since=before.since,
        last=max(now, before.last),
    )


def until_tomorrow(now: dt.datetime) -> float:
    """The seconds until the next legal day."""
    tomorrow = dt.datetime.combine(legal_day(now) + _DAY, dt.time(), tzinfo=CHINA)
    return (tomorrow - now).total_seconds()
