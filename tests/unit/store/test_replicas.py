"""What several replicas share."""

import asyncio
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput
from hegui.store import Draw, LocalQuotas, Quota, Replicas, SharedStateLost
from simulators.redis import a_name

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


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=12))
def test_a_server_counts_as_one_process_does(redis_url, plan):
    async def both():
        shared, own = Replicas(redis_url, name=a_name()), LocalQuotas()
        at = 1_764_000_000.25
        for pause, wanted, holder, used in plan:
            at += pause
            draws = [Draw(*each) for each in wanted]
            here = await own.take(draws, holder=holder, at=at)
            there = await shared.take(draws, holder=holder, at=at)
            assert there == here
            if used:
                for quotas in (own, shared):
                    await quotas.settle(draws, holder=holder, at=at)
        await shared.close()

    asyncio.run(both())


def test_replicas_share_and_other_services_do_not(redis_url):
    async def asking():
        name = a_name()
        one, two, other = (Replicas(redis_url, name=n) for n in (name, name, a_name()))
        left = [
            (await replicas.take([Draw(HOUR)], holder="h", at=1_000.0)).left
            for replicas in (one, two, one, other)
        ]
        for replicas in (one, two, other):
            await replicas.close()
        return left

    assert asyncio.run(asking()) == [(19,), (18,), (17,), (19,)]


def test_what_was_taken_at_the_same_moment_by_many_is_never_too_much(redis_url):
    async def asking():
        name = a_name()
        many = [Replicas(redis_url, name=name) for _ in range(5)]
        taken = await asyncio.gather(
            *(each.take([Draw(HOUR)], holder=str(n), at=1_000.0) for n in range(10) for each in many)
        )
        for each in many:
            await each.close()
        return sum(each.refused is None for each in taken)

    assert asyncio.run(asking()) == HOUR.most


def test_a_lost_server_is_said_and_for_a_second_not_asked_again(own_redis):
    url, end = own_redis

    async def asking():
        replicas = Replicas(url, name=a_name())
        await replicas.take([Draw(HOUR)], holder="h", at=0.0)
        end()
        for asked in (replicas.take, replicas.settle, replicas.settle):
            with pytest.raises(SharedStateLost, match="cannot be reached"):
                await asked([Draw(HOUR)], holder="h", at=0.0)
        await replicas.close()

    asyncio.run(asking())


def test_a_password_is_not_shown():
    assert Replicas("redis://user:secret@h:1/2", name="n").url == "redis://h:1/2"


def test_a_url_that_is_none_is_refused_with_an_example():
    with pytest.raises(InvalidInput, match="for example redis://host:6379/0"):
        Replicas("somewhere", name="n")


def test_a_missing_client_is_said_with_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(InvalidInput, match=r"pip install 'hegui\[redis\]'"):
        Replicas("redis://h", name="n")
