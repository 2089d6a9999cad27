"""The simulated model endpoint, asked with the official client."""

import asyncio
import http.client
import json
import threading
from contextlib import closing
from urllib.parse import urlsplit

import openai
import pytest

from simulators.model_endpoint import (
    AZURE_BLOCK,
    Drops,
    Fails,
    Hangs,
    ModelEndpoint,
    Says,
    Sends,
    refusing_url,
)

ASK = {"model": "simulated", "messages": [{"role": "user", "content": "你好"}]}


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        yield model


@pytest.fixture
def client(model: ModelEndpoint):
    with openai.OpenAI(base_url=model.url, api_key="unused", max_retries=0, timeout=60) as client:
        yield client


def test_it_answers_the_official_client(model, client):
    model.always(Says("天空是蓝色的。"))
    reply = client.chat.completions.create(**ASK)
    assert reply.choices[0].message.content == "天空是蓝色的。"
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.completion_tokens == 7


def test_it_streams_the_scripted_pieces(model, client):
    model.always(Says(deltas=("天空", "是", "蓝色的。")))
    with client.chat.completions.create(**ASK, stream=True) as stream:
        chunks = list(stream)
    texts = [chunk.choices[0].delta.content for chunk in chunks]
    assert texts == ["", "天空", "是", "蓝色的。", None]
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_it_counts_tokens_in_a_stream_that_asks_for_it(model, client):
    model.always(Says("好"))
    with client.chat.completions.create(**ASK, stream=True, stream_options={"include_usage": True}) as stream:
        assert list(stream)[-1].usage.total_tokens == 3


def test_it_lists_its_model(model, client):
    assert [offered.id for offered in client.models.list()] == ["simulated"]


def test_it_follows_its_script_and_then_its_habit(model, client):
    model.then(Fails(500), Says("一"))
    model.always(Says("二"))
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(**ASK)
    answers = [client.chat.completions.create(**ASK).choices[0].message.content for _ in range(3)]
    assert answers == ["一", "二", "二"]


def test_it_chooses_by_what_is_asked(model, client):
    model.always(lambda body: Says(f"你说：{body['messages'][-1]['content']}"))
    assert client.chat.completions.create(**ASK).choices[0].message.content == "你说：你好"


def test_it_remembers_requests(model, client):
    client.chat.completions.create(**ASK, max_tokens=7)
    assert model.prompts == ["你好"]
    assert model.requests[0].body["max_tokens"] == 7
    assert model.requests[0].headers["Authorization"] == "Bearer unused"


def test_it_blocks_as_a_provider_does(model, client):
    model.always(AZURE_BLOCK)
    with pytest.raises(openai.BadRequestError, match="filtered") as caught:
        client.chat.completions.create(**ASK)
    assert caught.value.code == "content_filter"


def test_it_sends_any_bytes(model, client):
    model.always(Sends((b"<html>", b"</html>"), content_type="text/html"))
    assert client.chat.completions.with_raw_response.create(**ASK).content == b"<html></html>"


def test_it_drops_the_line(model, client):
    model.always(Drops())
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**ASK)


def test_it_breaks_off_in_the_middle_of_a_stream(model, client):
    model.always(Says(deltas=("一", "二", "三"), breaks_after=2))
    heard = []

    def listen():
        with client.chat.completions.create(**ASK, stream=True) as stream:
            heard.extend(chunk.choices[0].delta.content for chunk in stream)

    with pytest.raises(Exception, match=r"(?i)peer|connection|incomplete|reset"):
        listen()
    assert "三" not in heard


def test_it_notices_a_client_that_hangs_up(model, client):
    model.always(Says(deltas=("一",) * 1000, pause_seconds=0.01))
    with client.chat.completions.create(**ASK, stream=True) as stream:
        next(iter(stream))
    assert model.wait_for_disconnects()
    assert model.disconnects == [model.requests[0]]


def test_it_hangs_until_the_client_loses_patience(model):
    model.always(Hangs())
    with closing(http.client.HTTPConnection(urlsplit(model.url).netloc)) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps(ASK))
        assert model.wait_for_requests()
        assert model.disconnects == []
    assert model.wait_for_disconnects()


def test_it_wants_its_key():
    with (
        ModelEndpoint(api_key="right") as model,
        openai.OpenAI(base_url=model.url, api_key="wrong", max_retries=0) as client,
    ):
        with pytest.raises(openai.AuthenticationError):
            client.chat.completions.create(**ASK)
        with pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_it_counts_how_many_ask_at_once(model):
    model.always(Says("好", pause_seconds=0.2))

    async def ask_all():
        async with openai.AsyncOpenAI(base_url=model.url, api_key="unused") as client:
            await asyncio.gather(*(client.chat.completions.create(**ASK) for _ in range(3)))

    asyncio.run(ask_all())
    assert model.most_at_once == 3


def test_it_leaves_nothing_running_behind():
    with ModelEndpoint():
        assert "model-endpoint" in {thread.name for thread in threading.enumerate()}
    assert "model-endpoint" not in {thread.name for thread in threading.enumerate()}


def test_nobody_listens_at_a_refusing_url():
    with (
        openai.OpenAI(base_url=refusing_url(), api_key="unused", max_retries=0) as client,
        pytest.raises(openai.APIConnectionError),
    ):
        client.models.list()
