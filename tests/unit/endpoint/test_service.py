"""Asking an endpoint: the good days and the bad ones."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from hegui.endpoint import (
    Delta,
    Endpoint,
    EndpointAddress,
    EndpointRefused,
    EndpointUnavailable,
    MalformedReply,
    Message,
    Patience,
    Timeouts,
)
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

ASKED = [Message(role="user", content="天空是什么颜色？")]
HURRIED = Timeouts(connect_seconds=5, answer_seconds=2)
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


class Sleeper:
    """Sleeps no time, and remembers for how long it should have."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        yield model


@pytest.fixture
def sleeper():
    return Sleeper()


@pytest.fixture
def asking(model: ModelEndpoint, sleeper: Sleeper):
    """Runs what a test wants to do with an open endpoint."""

    def run(use: Callable[[Endpoint], Awaitable[object]], *, url: str = "", key: str | None = None, **given):
        address = EndpointAddress(url=url or model.url, model="simulated", api_key=key)

        async def inside():
            async with Endpoint(
                address, patience=Patience(attempts=3), sleep=sleeper, clock=lambda: NOON, **given
            ) as endpoint:
                return await use(endpoint)

        return asyncio.run(inside())

    return run


def hanging(model: ModelEndpoint, use: Callable[[Endpoint], Awaitable[object]], *, times: int):
    """Runs ``use``, and lets the time of an answer pass as soon as each of so many requests is there."""

    async def waiting(endpoint: Endpoint):
        clock = LoopClock()
        using = asyncio.ensure_future(use(endpoint))
        for count in range(times):
            assert await asyncio.to_thread(model.wait_for_requests, count + 1)
            await clock.advance(HURRIED.answer_seconds)
        return await using

    return waiting


def chat(endpoint: Endpoint):
    return endpoint.chat(ASKED, max_tokens=16, temperature=0.0, seed=7)


async def stream(endpoint: Endpoint) -> list[Delta]:
    return [delta async for delta in endpoint.stream(ASKED, max_tokens=16)]


def test_an_answer_comes_back_whole(model, asking):
    model.always(Says("天空是蓝色的。"))
    reply = asking(chat)
    assert (reply.text, reply.finish_reason, reply.model, reply.attempts) == (
        "天空是蓝色的。",
        "stop",
        "simulated",
        1,
    )
    assert reply.completion_tokens == 7
    assert model.requests[0].body == {
        "model": "simulated",
        "messages": [{"role": "user", "content": "天空是什么颜色？"}],
        "max_tokens": 16,
        "temperature": 0.0,
        "seed": 7,
    }


def test_a_key_is_sent_and_only_if_there_is_one(model, asking):
    asking(chat)
    asking(chat, key="sk-1")
    sent = [request.headers.get("Authorization") for request in model.requests]
    assert sent == [None, "Bearer sk-1"]


def test_latency_is_measured(model, asking):
    model.always(Says("好", pause_seconds=0.05))
    assert 50 <= asking(chat).latency_ms < 5000


@pytest.mark.parametrize("failure", [Fails(500), Fails(503), Fails(429), Fails(408), Drops()])
def test_a_passing_failure_is_asked_again(model, asking, sleeper, failure):
    model.then(failure, failure)
    model.always(Says("好"))
    reply = asking(chat)
    assert (reply.text, reply.attempts) == ("好", 3)
    assert sleeper.waits == [0.5, 1.0]


def test_a_hanging_endpoint_is_asked_again(model, asking):
    model.then(Hangs())
    assert asking(hanging(model, chat, times=1), timeouts=HURRIED).attempts == 2


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7),
        ("Sun, 22 Nov 2026 12:00:09 GMT", 9),
        ("Sun, 22 Nov 2026 12:00:09 -0000", 9),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.5),
        ("soon", 0.5),
    ],
)
def test_the_wait_the_endpoint_asks_for_is_kept(model, asking, sleeper, value, wait):
    model.then(Fails(429, headers={"Retry-After": value}))
    asking(chat)
    assert sleeper.waits == [wait]


def test_a_wait_of_an_hour_is_not_waited_for(model, asking, sleeper):
    model.always(Fails(429, headers={"Retry-After": "3600"}))
    with pytest.raises(EndpointUnavailable, match=r"after 1 attempt\(s\): HTTP 429"):
        asking(chat)
    assert sleeper.waits == []


def test_an_endpoint_that_stays_broken_is_given_up_with_place_and_cure(model, asking):
    model.always(Fails(500, {"error": {"message": "CUDA out of memory"}}))
    with pytest.raises(EndpointUnavailable) as caught:
        asking(chat)
    error = caught.value
    assert (error.url, error.status, error.attempts) == (model.url, 500, 3)
    assert "HTTP 500: CUDA out of memory; check that the model runs" in str(error)
    assert "请求 3 次仍无法使用" in error.text.zh
    assert len(model.requests) == 3


def test_an_endpoint_where_nobody_listens_is_given_up(asking):
    with pytest.raises(EndpointUnavailable, match=r"after 3 attempt\(s\): no connection") as caught:
        asking(chat, url=refusing_url())
    assert caught.value.status is None


def test_an_endpoint_that_hangs_is_given_up(model, asking):
    model.always(Hangs())
    with pytest.raises(EndpointUnavailable, match=r"timed out \(connect/answer in 5/2 s\)"):
        asking(hanging(model, chat, times=3), timeouts=HURRIED)
    assert len(model.requests) == 3


@pytest.mark.parametrize("garbage", [b"<html>welcome</html>", b'{"choices": [', b"{}", b"\xff\xfe\x00"])
def test_garbage_is_asked_again_and_then_shown(model, asking, garbage):
    model.always(Sends((garbage,)))
    with pytest.raises(MalformedReply, match=r"after 3 attempt\(s\).*it begins with"):
        asking(chat)
    assert len(model.requests) == 3


def test_garbage_once_does_no_harm(model, asking):
    model.then(Sends((b"<html>",)))
    assert asking(chat).attempts == 2


@pytest.mark.parametrize("block", [DASHSCOPE_BLOCK, ZHIPU_BLOCK, DEEPSEEK_BLOCK, AZURE_BLOCK])
def test_a_provider_that_blocks_has_answered(model, asking, block):
    model.always(block)
    reply = asking(chat)
    assert (reply.text, reply.finish_reason, reply.attempts) == ("", "content_filter", 1)


def test_a_filtered_answer_keeps_what_was_said(model, asking):
    model.always(Says("前半句", finish_reason="content_filter"))
    reply = asking(chat)
    assert (reply.text, reply.finish_reason) == ("前半句", "content_filter")


@pytest.mark.parametrize(
    ("status", "cure", "concerns_request"),
    [
        (401, "API key", False),
        (403, "API key", False),
        (404, "model's name", False),
        (400, "what was asked for", True),
    ],
)
def test_a_refusal_is_final_and_says_what_to_check(model, asking, status, cure, concerns_request):
    model.always(Fails(status, {"error": {"message": "no"}}))
    with pytest.raises(
        EndpointRefused, match=rf"refused the request \(HTTP {status}\): no; check.*{cure}"
    ) as caught:
        asking(chat)
    assert caught.value.concerns_request is concerns_request
    assert len(model.requests) == 1


def test_a_redirect_is_not_followed_with_the_key(model, asking):
    model.always(Fails(307, "elsewhere", {"Location": "http://127.0.0.1:9/v1"}))
    with pytest.raises(EndpointRefused, match="HTTP 307"):
        asking(chat, key="sk-1")


def test_a_key_that_is_echoed_stays_secret(asking):
    with ModelEndpoint(api_key="right") as model:
        with pytest.raises(EndpointRefused, match=r"Incorrect API key provided: \*\*\*") as caught:
            asking(chat, url=model.url, key="sk-secret")
        model.always(Sends((b"sk-right",)))
    assert "sk-secret" not in caught.value.text.zh + caught.value.text.en


def test_a_key_echoed_in_garbage_stays_secret(model, asking, caplog):
    caplog.set_level(0)
    model.always(Sends((b"your key is sk-secret",)))
    with pytest.raises(MalformedReply, match=r"your key is \*\*\*") as caught:
        asking(chat, key="sk-secret")
    assert "sk-secret" not in caught.value.text.zh + caplog.text


def test_a_stream_comes_piece_by_piece(model, asking):
    model.always(Says(deltas=("天空", "是", "蓝色的。")))
    deltas = asking(stream)
    assert [delta.text for delta in deltas if delta.text] == ["天空", "是", "蓝色的。"]
    assert deltas[-1].finish_reason == "stop"
    assert model.requests[0].body["stream"] is True


def test_the_start_of_a_stream_is_tried_again(model, asking, sleeper):
    model.then(Fails(503), Drops())
    model.always(Says(deltas=("好",)))
    assert "好" in [delta.text for delta in asking(stream)]
    assert sleeper.waits == [0.5, 1.0]


def test_a_stream_that_breaks_off_is_an_error(model, asking):
    model.always(Says(deltas=("一", "二", "三"), breaks_after=1))
    with pytest.raises(EndpointUnavailable, match="no connection"):
        asking(stream)
    assert len(model.requests) == 1


def test_a_stream_without_its_end_mark_is_an_error(model, asking):
    event = b'data: {"choices": [{"delta": {"content": "x"}}]}\n\n'
    model.always(Sends((event,), content_type="text/event-stream"))
    with pytest.raises(EndpointUnavailable, match="broke off without its end mark"):
        asking(stream)


def test_garbage_in_a_stream_is_shown(model, asking):
    model.always(Sends((b"data: oops\n\n",), content_type="text/event-stream"))
    with pytest.raises(MalformedReply, match="begins with 'oops'"):
        asking(stream)


def test_a_stream_that_falls_silent_is_an_error(model, asking):
    model.always(Says(deltas=("一", "二"), pause_seconds=60))
    with pytest.raises(EndpointUnavailable, match="timed out"):
        asking(hanging(model, stream, times=1), timeouts=HURRIED)


def test_a_blocked_stream_is_one_last_piece(model, asking):
    model.always(DASHSCOPE_BLOCK)
    assert asking(stream) == [Delta(text="", finish_reason="content_filter")]


def test_a_refused_stream_is_an_error(model, asking):
    model.always(Fails(401))
    with pytest.raises(EndpointRefused):
        asking(stream)


def test_who_stops_listening_hangs_up(model, asking):
    model.always(Says(deltas=("一",) * 1000, pause_seconds=0.01))

    async def first(endpoint):
        pieces = endpoint.stream(ASKED, max_tokens=16)
        async for _ in pieces:
            break
        await pieces.aclose()

    asking(first)
    assert model.wait_for_disconnects()


def test_models_are_listed(asking):
    assert asking(lambda endpoint: endpoint.models()) == ("simulated",)


def test_models_of_a_wrong_key_are_refused(asking):
    with ModelEndpoint(api_key="right") as model, pytest.raises(EndpointRefused):
        asking(lambda endpoint: endpoint.models(), url=model.url)


def test_a_closed_endpoint_says_how_to_open_it():
    endpoint = Endpoint(EndpointAddress(url="http://127.0.0.1:9/v1", model="m"))
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(endpoint.models())


def test_what_is_said_in_a_sound_is_written_down(model, sleeper):
    model.then(Fails(503), Sends(('{"text": "你好"}'.encode(),)))

    async def asking():
        async with Endpoint(EndpointAddress(url=model.url, model="asr"), sleep=sleeper) as endpoint:
            return await endpoint.transcribe(b"RIFF", name="a.wav")

    assert asyncio.run(asking()) == "你好"
    assert [request.path for request in model.requests] == ["/v1/audio/transcriptions"] * 2
    assert b'filename="a.wav"' in model.requests[1].data


def test_a_sound_that_the_provider_blocks_is_refused(model):
    model.then(DASHSCOPE_BLOCK)

    async def asking():
        async with Endpoint(EndpointAddress(url=model.url, model="asr")) as endpoint:
            await endpoint.transcribe(b"RIFF", name="a.wav")

    with pytest.raises(EndpointRefused, match="content_filter"):
        asyncio.run(asking())
