"""Asking the models behind the gateway."""

import asyncio
import json
from collections import Counter
from contextlib import suppress

import pytest

from hegui.endpoint import EndpointAddress
from hegui.gateway import ANY_MODEL, Limits, UnknownModel, Upstream, UpstreamFailed, Upstreams
from hegui.gateway.body import Body
from hegui.gateway.upstreams import ProviderBlocked
from simulators.clock import LoopClock
from simulators.model_endpoint import (
    AZURE_BLOCK,
    DASHSCOPE_BLOCK,
    DEEPSEEK_BLOCK,
    ZHIPU_BLOCK,
    Drops,
    Fails,
    Hangs,
    ModelEndpoint,
    Says,
    Sends,
    refusing_url,
)

CHAT = "chat/completions"
BODY = Body({"model": "m", "messages": [{"role": "user", "content": "你好"}]})


@pytest.fixture
def first():
    with ModelEndpoint() as model:
        yield model


@pytest.fixture
def second():
    with ModelEndpoint() as model:
        yield model


def at(url, *, model="there", weight=1, **more):
    return Upstream(address=EndpointAddress(url=url, model=model, **more), weight=weight)


def ask(*group, times=1, limits=None, models=None, monotonic=None, model="m", path=CHAT, meanwhile=None):
    """Who answered, each time; or the error. ``meanwhile`` moves the clock that timers go by."""
    upstreams = Upstreams(
        models or {ANY_MODEL: group}, limits=limits or Limits(rest_seconds=0.001), monotonic=monotonic
    )

    async def asking():
        answered = []
        beside = asyncio.create_task(meanwhile(LoopClock())) if meanwhile else None
        async with upstreams.running():
            for _ in range(times):
                async with upstreams.call("POST", path, model=model, body=BODY) as call:
                    assert b"".join([chunk async for chunk in call.chunks])
                    answered.append((call.upstream, call.attempts))
        if beside:
            await beside
        return answered

    return asyncio.run(asking())


def test_the_model_is_asked_for_under_its_own_name_there(first):
    ask(at(first.url, api_key="secret"))

    assert first.requests[0].body["model"] == "there"
    assert first.requests[0].headers["Authorization"] == "Bearer secret"


def test_nothing_of_the_client_but_the_body_is_passed_on(first):
    ask(at(first.url))

    assert set(first.requests[0].headers) <= {
        "Host", "Accept", "Accept-Encoding", "User-Agent", "Content-Length", "Content-Type",
    }  # fmt: skip


def test_requests_are_shared_by_weight(first, second):
    answered = ask(at(first.url, weight=3), at(second.url), times=8)

    assert Counter(url for url, _ in answered) == {first.url: 6, second.url: 2}
    assert [url for url, _ in answered[:4]].count(second.url) == 1


@pytest.mark.parametrize("trouble", [Fails(500), Fails(429), Fails(401), Drops()], ids=repr)
def test_another_upstream_answers_where_one_fails(first, second, trouble):
    first.always(trouble)

    assert ask(at(first.url, weight=9), at(second.url)) == [(second.url, 2)]


def test_an_upstream_nobody_listens_at_is_skipped(second):
    assert ask(at(refusing_url(), weight=9), at(second.url)) == [(second.url, 2)]


def test_an_upstream_that_does_not_begin_is_given_up(first, second):
    first.always(Hangs())

    async def meanwhile(clock):
        assert await asyncio.to_thread(first.wait_for_requests)
        await clock.advance(7)

    limits = Limits(first_byte_seconds=7)
    group = (at(first.url, weight=9), at(second.url))
    assert ask(*group, limits=limits, meanwhile=meanwhile) == [(second.url, 2)]


def test_one_that_failed_rests_and_then_is_asked_again(first, second):
    now = 0.0
    first.always(Fails(500))
    upstreams = Upstreams(
        {ANY_MODEL: (at(first.url, weight=9), at(second.url))},
        limits=Limits(rest_seconds=5),
        monotonic=lambda: now,
    )

    async def asking():
        nonlocal now
        answered = []
        async with upstreams.running():
            for now in (0.0, 1.0, 6.0, 7.0):
                if now == 6.0:
                    first.always(Says("好"))
                async with upstreams.call("POST", CHAT, model="m", body=BODY) as call:
                    answered.append((call.upstream == first.url, upstreams.health[first.url]))
        return answered

    assert asyncio.run(asking()) == [(False, False), (False, False), (True, True), (True, True)]


def test_a_lone_upstream_is_asked_again(first):
    first.then(Fails(503), Says("好"))

    assert ask(at(first.url)) == [(first.url, 2)]


def test_a_model_is_not_thought_ill_for_hanging_up_on_an_idle_connection():
    serving = []

    async def serve(reader, writer):
        serving.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # whoever asked has gone
            await reader.readuntil(b"}]}")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await reader.readuntil(b"}]}")
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def asking():
        server = await asyncio.start_server(serve, "127.0.0.1")
        upstream = at(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        upstreams = Upstreams({"m": (upstream,)}, limits=Limits(attempts=1))

        async def answer():
            async with upstreams.call("POST", CHAT, model="m", body=BODY) as call:
                return b"".join([chunk async for chunk in call.chunks])

        async with upstreams.running():
            await asyncio.gather(answer(), answer())
            with pytest.raises(UpstreamFailed, match="disconnected"):
                await answer()
            believed = all(upstreams.health.values())
            told = await answer()  # over a new connection: the other that was kept is as old
        server.close()
        await asyncio.gather(*serving)
        return believed, told

    assert asyncio.run(asking()) == (True, b"{}")


def test_a_fault_of_the_request_is_told_and_not_repeated(first, second):
    fault = {"error": {"message": "max_tokens is too large", "type": "invalid_request_error"}}
    first.always(Fails(400, fault))

    with pytest.raises(UpstreamFailed) as failed:
        ask(at(first.url, weight=9), at(second.url))

    assert failed.value.told_status == 400
    assert failed.value.body == fault
    assert second.requests == []


@pytest.mark.parametrize(
    "block",
    [DASHSCOPE_BLOCK, ZHIPU_BLOCK, DEEPSEEK_BLOCK, AZURE_BLOCK],
    ids=["dashscope", "zhipu", "deepseek", "azure"],
)
def test_a_block_of_the_provider_is_no_failure(first, second, block):
    first.always(block)

    with pytest.raises(ProviderBlocked):
        ask(at(first.url, weight=9), at(second.url))
    assert second.requests == []


def test_a_block_is_known_however_it_is_cut_into_pieces(first):
    said = json.dumps(DASHSCOPE_BLOCK.body).encode()
    first.always(Sends((said[:20], said[20:]), status=400, pause_seconds=0.02))

    with pytest.raises(ProviderBlocked):
        ask(at(first.url))


def test_an_error_that_is_not_told_to_its_end_is_one_all_the_same(first):
    first.always(Sends((b"{", b"}"), status=503, pause_seconds=0.3))

    with pytest.raises(UpstreamFailed, match="HTTP 503"):
        ask(at(first.url), limits=Limits(silence_seconds=0.1, attempts=1))


def test_where_all_rest_those_who_rest_least_are_asked_all_the_same(first, second):
    first.always(Fails(500))
    second.always(Fails(500))
    upstreams = Upstreams(
        {ANY_MODEL: (at(first.url), at(second.url))}, limits=Limits(rest_seconds=50), monotonic=lambda: 0.0
    )

    async def asking():
        async with upstreams.running():
            for _ in range(2):
                with pytest.raises(UpstreamFailed):
                    async with upstreams.call("POST", CHAT, model="m", body=BODY):
                        pass

    asyncio.run(asking())
    assert (len(first.requests), len(second.requests)) == (2, 2)


def test_a_redirect_is_not_followed(first, second):
    first.always(Fails(302, "", headers={"Location": f"{second.url}/{CHAT}"}))

    with pytest.raises(UpstreamFailed):
        ask(at(first.url))
    assert second.requests == []


def test_an_error_of_the_upstreams_own_key_is_not_told(first):
    first.always(Fails(401, {"error": {"message": "Incorrect API key provided: secret"}}))

    with pytest.raises(UpstreamFailed) as failed:
        ask(at(first.url, api_key="secret"))

    assert failed.value.told_status == 502
    assert failed.value.body is None
    assert "secret" not in str(failed.value)


def test_models_are_found_by_name_and_unknown_ones_are_not_asked_for(first, second):
    models = {"a": (at(first.url),), "b": (at(second.url),)}

    assert ask(models=models, model="b") == [(second.url, 1)]
    assert ask(models=models, model="") == [(first.url, 1)]
    with pytest.raises(UnknownModel, match=r"\\u5c0f"):
        ask(models=models, model="小")


def test_an_answer_that_breaks_off_is_not_asked_for_again(first, second):
    first.always(Sends((b"x", b"y"), pause_seconds=0.3))

    with pytest.raises(UpstreamFailed):
        ask(at(first.url, weight=9), at(second.url), limits=Limits(silence_seconds=0.1))
    assert second.requests == []
