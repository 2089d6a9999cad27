"""Time: instants in UTC, legal days in China. The only module that reads the system clock."""

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]
"""Returns the present instant, timezone-aware, in UTC."""

# China has kept one time zone without daylight saving since 1992, so a fixed offset is exact and
# needs no time-zone database on the machine.
CHINA = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")


def system_clock() -> dt.datetime:
    """The present instant by the machine's clock."""
    return dt.datetime.now(dt.UTC)


def legal_day(instant: dt.datetime) -> dt.date:
    """The calendar day in China at ``instant``: the day that counts for legal periods."""
    return instant.astimezone(CHINA).date()


def timestamp(instant: dt.datetime) -> str:
    """``instant`` in UTC as RFC 3339 with milliseconds, the form evidence keeps."""
    return instant.astimezone(dt.UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
