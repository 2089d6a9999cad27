"""A clock that stands still."""

import datetime as dt

from hegui.core import CHINA
from simulators.clock import SteppableClock

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=CHINA)


def test_a_clock_stands_still_until_it_is_moved():
    clock = SteppableClock(NOON)
    assert clock() == clock() == NOON
    assert clock.advance(days=1, seconds=0.5) == clock() == NOON + dt.timedelta(days=1, seconds=0.5)
    clock.move_to(NOON)
    assert clock() == NOON


def test_a_clock_shows_utc():
    assert SteppableClock(NOON)().tzinfo is dt.UTC
