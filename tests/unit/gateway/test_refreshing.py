"""One reading for everybody who waits for it."""

import asyncio
import threading

import pytest

from hegui.core import Conflict
from hegui.gateway.refreshing import Refreshing


class Source:
    """Is read when it is allowed to be; counts how often."""

    def __init__(self):
        self.readings = 0
        self.may_end = threading.Event()
        self.error = None

    def read(self):
        self.readings += 1
        self.may_end.wait(60)
        if self.error:
            raise self.error


@pytest.fixture
def source():
    return Source()


def test_whoever_asks_while_it_is_read_waits_for_the_same_reading(source):
    async def story():
        refreshing = Refreshing(source.read)
        asking = [asyncio.create_task(refreshing.refresh()) for _ in range(5)]
        await asyncio.sleep(0)
        source.may_end.set()
        await asyncio.gather(*asking)
        await refreshing.refresh()

    asyncio.run(story())
    assert source.readings == 2


def test_who_goes_away_takes_nobody_along(source):
    async def story():
        refreshing = Refreshing(source.read)
        leaving, staying = (asyncio.create_task(refreshing.refresh()) for _ in range(2))
        await asyncio.sleep(0)
        leaving.cancel()
        source.may_end.set()
        await staying
        assert (await asyncio.gather(leaving, return_exceptions=True))[0].__class__ is asyncio.CancelledError

    asyncio.run(story())
    assert source.readings == 1


def test_a_reading_that_fails_fails_everybody_and_the_next_is_tried_anew(source):
    source.error = Conflict(zh="无", en="none")
    source.may_end.set()

    async def story():
        refreshing = Refreshing(source.read)
        told = await asyncio.gather(refreshing.refresh(), refreshing.refresh(), return_exceptions=True)
        assert told == [source.error, source.error]
        source.error = None
        await refreshing.refresh()

    asyncio.run(story())
    assert source.readings == 2


def test_a_reading_that_is_given_up_says_nothing(source):
    async def story():
        refreshing = Refreshing(source.read)
        asking = asyncio.create_task(refreshing.refresh())
        await asyncio.sleep(0)
        refreshing._running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        source.may_end.set()

    asyncio.run(story())
