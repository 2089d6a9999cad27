"""What several replicas share."""

import asyncio
import sys
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.store import Draw, LocalQuotas, Quota, Replicas, SharedStateLost
from simulators.clock import LoopClock
from simulators.redis import a_name, connections, stopped

HOUR = Quota("requests", "a", 20, 3600)
PLACES = Quota("streams", "a", 2, 900, at_once=True)
ALLOWANCES = [Quota("requests", "a", 4, 7.0), Quota("characters", "a", 9, 3.0), PLACES]

steps = st.tuples(
    st.floats(0, 3),
    st.lists(
        st.tuples(st.sampled_from(ALLOWANCES), st.integers(0, 4)), min_size=1, unique_by=lambda d: d[0].name
    ),
    st.sampled_from("abcd"),
    st.booleans(),
)


@asynccontextmanager
async def replica(url, *, name):
    """One that gives its connections back whatever comes."""
    replica = Replicas(url, name=name)
    try:
        yield replica
    finally:
        await replica.close()


@asynccontextmanager
async def replicas(url, *names):
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(replica(url, name=name)) for name in names]


async def take(shared, holder="h"):
    return await shared.take([Draw(HOUR)], holder=holder, at=1_000.0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=12))
def test_a_server_counts_as_one_process_does(redis_url, plan):
    async def both():
        LoopClock()  # a machine that is busy for long has not lost its server
        own = LocalQuotas()
        at = 1_764_000_000.25
        async with replica(redis_url, name=a_name()) as shared:
            for pause, wanted, holder, used in plan:
                at += pause
                draws = [Draw(*each) for each in wanted]
                here = await own.take(draws, holder=holder, at=at)
                there = await shared.take(draws, holder=holder, at=at)
                assert there == here
                if used:
                    for quotas in (own, shared):
                        await quotas.settle(draws, holder=holder, at=at)

    asyncio.run(both())


def test_replicas_share_and_other_services_do_not(redis_url):
    async def asking():
        LoopClock()
        name = a_name()
        async with replicas(redis_url, name, name, a_name()) as (one, two, other):
            return [(await take(each)).left for each in (one, two, one, other)]

    assert asyncio.run(asking()) == [(19,), (18,), (17,), (19,)]


def test_what_was_taken_at_the_same_moment_by_many_is_never_too_much(redis_url):
    async def asking():
        LoopClock()
        async with replicas(redis_url, *[a_name()] * 5) as many:
            taken = await asyncio.gather(*(take(each, str(n)) for n in range(10) for each in many))
        return sum(each.refused is None for each in taken)

    assert asyncio.run(asking()) == HOUR.most


def test_however_many_ask_at_once_one_connection_is_opened(redis_url):
    async def asking():
        LoopClock()
        name = a_name()
        async with replica(redis_url, name=name) as shared:
            taken = await asyncio.gather(*(take(shared, str(n)) for n in range(500)))
            return sum(each.refused is None for each in taken), connections(redis_url, f"hegui-{name}")

    given, opened = asyncio.run(asking())
    assert given == HOUR.most
    assert opened == 1


@pytest.mark.parametrize(
    "steps",
    [(0.1,) * 9, (3600.0,), (0.3,) * 99],
    ids=["slow", "this-process-paused", "this-process-overloaded"],
)
def test_who_answers_late_once_is_not_lost(own_redis, steps):
    url, _ = own_redis

    async def asking():
        clock = LoopClock()
        async with replica(url, name=a_name()) as shared:
            await take(shared)
            with stopped(url):
                taking = asyncio.create_task(take(shared))
                for seconds in steps:
                    await clock.advance(seconds)
            return (await taking).left

    assert asyncio.run(asking()) == (18,)


@pytest.mark.parametrize(("step", "patience"), [(0.1, 1), (0.3, 30)], ids=["in-time", "overloaded"])
def test_who_does_not_answer_for_a_second_is_lost_and_its_connections_are_closed(own_redis, step, patience):
    url, _ = own_redis

    async def asking():
        clock, name = LoopClock(), a_name()
        async with replica(url, name=name) as shared:
            await asyncio.gather(*(take(shared) for _ in range(50)))
            with stopped(url):
                began = clock()
                many = [asyncio.create_task(take(shared)) for _ in range(50)]
                while not all(each.done() for each in many):
                    await clock.advance(step)
                assert clock() - began == pytest.approx(patience)
                assert {type(each.exception()) for each in many} == {SharedStateLost}
            while connections(url, f"hegui-{name}"):  # noqa: ASYNC110 - the server tells no event of it
                await asyncio.sleep(0)

    asyncio.run(asking())


def test_one_request_a_second_asks_whether_a_lost_server_is_back(own_redis):
    url, _ = own_redis

    async def asking():
        clock = LoopClock()
        async with replica(url, name=a_name()) as shared:
            with stopped(url):
                lost = asyncio.create_task(take(shared))
                while not lost.done():
                    await clock.advance(0.1)
                assert lost.exception()
                await clock.advance(1.0)
                first, *others = [asyncio.create_task(take(shared)) for _ in range(5)]
                await asyncio.wait(others)
                assert {type(each.exception()) for each in others} == {SharedStateLost}
                assert not first.done()
            await first
            return [(await take(shared)).refused for _ in range(3)]

    assert asyncio.run(asking()) == [None] * 3


def test_a_lost_server_is_said_and_for_a_second_not_asked_again(own_redis):
    url, end = own_redis

    async def asking():
        async with replica(url, name=a_name()) as shared:
            await take(shared)
            end()
            for asked in (shared.take, shared.settle, shared.settle):
                with pytest.raises(SharedStateLost, match="cannot be reached"):
                    await asked([Draw(HOUR)], holder="h", at=0.0)

    asyncio.run(asking())


def test_places_that_a_lost_server_was_not_given_back_are_given_back_later(own_redis):
    url, _ = own_redis
    draws = [Draw(PLACES), Draw(HOUR, 0)]

    async def asking():
        clock = LoopClock()
        async with replica(url, name=a_name()) as shared:
            given = [await shared.take(draws, holder=str(n), at=0.0) for n in range(2)]
            with stopped(url):
                losing = [asyncio.create_task(shared.settle(draws, holder="0", at=0.0))]
                while not losing[0].done():
                    await clock.advance(0.1)
                losing.append(asyncio.create_task(shared.settle(draws, holder="1", at=0.0)))
                lost = await asyncio.gather(*losing, return_exceptions=True)
            await clock.advance(1.0)
            back = [await shared.take(draws, holder=str(n), at=0.0) for n in range(2, 5)]
            return given, lost, back

    given, lost, back = asyncio.run(asking())
    assert [taken.left[0] for taken in given] == [1, 0]
    assert [type(each) for each in lost] == [SharedStateLost] * 2
    # It had heard the first in time, though its answer was late; the second is told it when it is back.
    assert [taken.refused for taken in back] == [None, None, PLACES]


def test_a_server_that_forgot_its_scripts_is_told_them_again(own_redis):
    url, _ = own_redis

    async def asking():
        async with replica(url, name=a_name()) as shared:
            first = await take(shared)
            with redis.Redis.from_url(url) as other:
                other.script_flush()
            return first, await asyncio.gather(*(take(shared) for _ in range(3)))

    first, then = asyncio.run(asking())
    assert [taken.left[0] for taken in (first, *then)] == [19, 18, 17, 16]


def test_whoever_went_away_is_not_waited_for(redis_url):
    async def asking():
        async with replica(redis_url, name=a_name()) as shared:
            gone = asyncio.create_task(take(shared))
            await asyncio.sleep(0)
            gone.cancel()
            return await take(shared)

    assert asyncio.run(asking()).left == (18,)


def test_whoever_went_away_is_not_told_that_the_server_is_lost(own_redis):
    url, _ = own_redis

    async def asking():
        clock = LoopClock()
        async with replica(url, name=a_name()) as shared:
            with stopped(url):
                gone, waits = [asyncio.create_task(take(shared)) for _ in range(2)]
                await asyncio.sleep(0)
                gone.cancel()
                while not waits.done():
                    await clock.advance(0.1)
            return gone, waits.exception()

    gone, lost = asyncio.run(asking())
    assert gone.cancelled()
    assert type(lost) is SharedStateLost


def test_a_question_that_cannot_be_put_strands_nobody(redis_url):
    async def asking():
        async with replica(redis_url, name=a_name()) as shared:
            wrong = shared.take([Draw(HOUR._replace(seconds="an hour"))], holder="h", at=0.0)
            lost = await asyncio.gather(take(shared), wrong, return_exceptions=True)
            return lost, await take(shared)

    lost, taken = asyncio.run(asking())
    assert [type(each) for each in lost] == [SharedStateLost] * 2
    assert taken.left == (19,)


def test_a_password_is_not_shown():
    assert Replicas("redis://user:secret@h:1/2", name="n").url == "redis://h:1/2"


def test_a_url_that_is_none_is_refused_with_an_example():
    with pytest.raises(InvalidInput, match="for example redis://host:6379/0"):
        Replicas("somewhere", name="n")


def test_a_missing_client_is_said_with_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(InvalidInput, match=r"pip install 'hegui\[redis\]'"):
        Replicas("redis://h", name="n")
