"""Clocks that stand still."""

import asyncio
import datetime as dt

from hegui.core import CHINA
from simulators.clock import LoopClock, SteppableClock

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=CHINA)


def test_a_clock_stands_still_until_it_is_moved():
    clock = SteppableClock(NOON)
    assert clock() == clock() == NOON
    assert clock.advance(days=1, seconds=0.5) == clock() == NOON + dt.timedelta(days=1, seconds=0.5)
    clock.move_to(NOON)
    assert clock() == NOON


def test_a_clock_shows_utc():
    assert SteppableClock(NOON)().tzinfo is dt.UTC


def test_a_timer_of_a_loop_is_due_as_soon_as_its_clock_was_put_on():
    async def waiting():
        clock = LoopClock()
        hour = asyncio.create_task(asyncio.sleep(3600, "past"))
        await clock.advance(3000)
        assert not hour.done()
        await clock.advance(600)
        return await hour

    assert asyncio.run(waiting()) == "past"
