"""What a running gateway erases by itself."""

import asyncio
import threading

import pytest

from hegui.core import Conflict
from hegui.gateway import Housekeeping


class Broken(Conflict):
    """The database is away for a while."""


def test_it_erases_before_anybody_is_served_and_again_and_again():
    rounds, third = [], threading.Event()

    def erase():
        rounds.append(1)
        if len(rounds) == 3:
            third.set()

    async def living():
        async with Housekeeping([erase], every_seconds=0.01).running():
            assert rounds
            assert await asyncio.to_thread(third.wait, 60)

    asyncio.run(living())


def test_a_round_that_fails_is_said_and_made_up_for(caplog):
    rounds, third = [], threading.Event()

    def erase():
        rounds.append(1)
        if len(rounds) == 2:
            raise Broken(zh="数据库不在", en="the database is away")
        if len(rounds) == 3:
            third.set()

    async def living():
        async with Housekeeping([erase], every_seconds=0.01).running():
            assert await asyncio.to_thread(third.wait, 60)

    asyncio.run(living())
    assert "the database is away" in caplog.text


def test_a_gateway_that_cannot_erase_does_not_begin():
    def erase():
        raise Broken(zh="数据库不在", en="the database is away")

    async def living():
        async with Housekeeping([erase]).running():
            raise AssertionError

    with pytest.raises(Broken):
        asyncio.run(living())
