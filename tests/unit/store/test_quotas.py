"""How much of something is still to be had."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.store import AloneWhenLost, Draw, LocalQuotas, Quota, SharedStateLost

THREE_A_MINUTE = Quota("requests", "a", 3, 60)
TWO_AT_ONCE = Quota("streams", "a", 2, 900, at_once=True)


def run(coroutine):
    return asyncio.run(coroutine)


def taking(quotas, *quota, at, holder="h", amount=1):
    return run(quotas.take([Draw(each, amount) for each in quota], holder=holder, at=at))


def test_what_is_left_is_told():
    quotas = LocalQuotas()
    assert [taking(quotas, THREE_A_MINUTE, at=0).left for _ in range(3)] == [(2,), (1,), (0,)]
    refused = taking(quotas, THREE_A_MINUTE, at=0)
    assert refused.refused == THREE_A_MINUTE
    assert refused.left == (0,)


def test_whoever_waits_as_long_as_they_are_told_is_served():
    quotas = LocalQuotas()
    for at in (0, 20, 40):
        taking(quotas, THREE_A_MINUTE, at=at)
    wait = taking(quotas, THREE_A_MINUTE, at=41).wait_seconds
    assert taking(quotas, THREE_A_MINUTE, at=41 + wait - 0.01).refused
    assert not taking(quotas, THREE_A_MINUTE, at=41 + wait).refused


@given(st.lists(st.floats(0, 40), max_size=60), st.integers(1, 5), st.sampled_from([1.0, 7.0, 60.0]))
def test_in_no_window_is_more_taken_than_declared(pauses, most, seconds):
    quota = Quota("requests", "a", most, seconds)
    quotas = LocalQuotas()
    at, served = 1_700_000_000.0, []
    for pause in pauses:
        at += pause
        if taking(quotas, quota, at=at).refused is None:
            served.append(at)
    assert all(sum(begin <= each < begin + seconds for each in served) <= most for begin in served)


def test_nothing_is_taken_where_one_of_two_refuses():
    quotas = LocalQuotas()
    other = Quota("requests", "b", 1, 60)
    taking(quotas, other, at=0)
    assert taking(quotas, THREE_A_MINUTE, other, at=1).refused == other
    assert taking(quotas, THREE_A_MINUTE, at=1).left == (2,)


def test_of_two_that_refuse_the_longer_wait_is_told():
    quotas = LocalQuotas()
    hour = Quota("requests", "c", 1, 3600)
    taking(quotas, hour, at=0)
    taking(quotas, THREE_A_MINUTE, at=0, amount=3)
    for order in ((hour, THREE_A_MINUTE), (THREE_A_MINUTE, hour)):
        assert taking(quotas, *order, at=1).refused == hour


def test_what_is_only_asked_about_is_not_taken():
    quotas = LocalQuotas()
    for _ in range(9):
        assert taking(quotas, THREE_A_MINUTE, at=0, amount=0).refused is None
    run(quotas.settle([Draw(THREE_A_MINUTE, 50)], holder="h", at=0))
    assert taking(quotas, THREE_A_MINUTE, at=0, amount=0).refused == THREE_A_MINUTE
    assert taking(quotas, THREE_A_MINUTE, at=63, amount=0).refused is None


def test_a_place_is_free_again_when_it_is_given_back_or_forgotten():
    quotas = LocalQuotas()
    for holder in "ab":
        assert taking(quotas, TWO_AT_ONCE, at=0, holder=holder).refused is None
    assert taking(quotas, TWO_AT_ONCE, at=1, holder="c").refused == TWO_AT_ONCE
    run(quotas.settle([Draw(TWO_AT_ONCE)], holder="a", at=2))
    assert taking(quotas, TWO_AT_ONCE, at=3, holder="c").refused is None
    assert taking(quotas, TWO_AT_ONCE, at=901, holder="d").refused is None


def test_whoever_takes_nothing_for_long_is_forgotten(monkeypatch):
    monkeypatch.setattr("hegui.store.quotas._SWEEP_EVERY", 1)
    quotas = LocalQuotas()
    taking(quotas, THREE_A_MINUTE, TWO_AT_ONCE, at=0)
    taking(quotas, Quota("requests", "b", 1, 60), at=10_000)
    assert Counter([*quotas._slots, *quotas._places, *quotas._ends]) == {"requests:b": 2}


class Gone:
    """A server that cannot be reached."""

    async def take(self, draws, *, holder, at):
        raise SharedStateLost("redis://h")

    async def settle(self, draws, *, holder, at):
        raise SharedStateLost("redis://h")


def test_alone_is_counted_alone_and_said():
    quotas = AloneWhenLost(Gone())
    assert [taking(quotas, THREE_A_MINUTE, at=0).alone for _ in range(3)] == [True] * 3
    assert taking(quotas, THREE_A_MINUTE, at=0).refused == THREE_A_MINUTE
    run(quotas.settle([Draw(THREE_A_MINUTE)], holder="h", at=0))


def test_what_is_shared_is_preferred():
    taken = taking(AloneWhenLost(LocalQuotas()), THREE_A_MINUTE, at=0)
    assert (taken.alone, taken.left) == (False, (2,))


def test_the_loss_names_the_address_and_the_setting():
    with pytest.raises(SharedStateLost, match=r"redis://h.*HEGUI_REDIS_URL"):
        run(Gone().take([], holder="h", at=0))
