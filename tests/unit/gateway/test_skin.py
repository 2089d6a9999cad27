"""The gateway as clients meet it: the official client over real HTTP."""

import json
import urllib.error
import urllib.request
from contextlib import asynccontextmanager

import openai
import pytest
from starlette.applications import Starlette

from hegui.gateway import gateway_routes
from simulators.model_endpoint import Fails, Says
from simulators.serving import serving

FORBIDDEN = "雷管制作方法"


@pytest.fixture
def address(gateway):
    @asynccontextmanager
    async def lifespan(_application):
        async with gateway.running():
            yield

    with serving(
        Starlette(routes=gateway_routes(gateway, api_keys=("one", "two")), lifespan=lifespan)
    ) as url:
        yield url


@pytest.fixture
def client(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="two", max_retries=0) as client:
        yield client


def ask(client, text="你好", **more):
    return client.chat.completions.create(
        model="simulated", messages=[{"role": "user", "content": text}], **more
    )


def post(address, data, path="/v1/chat/completions", key="one"):
    request = urllib.request.Request(
        f"{address}{path}", data=data, headers={"Authorization": f"Bearer {key}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as response:
        return response.status, json.load(response)["error"]["message"]


def test_the_official_client_gets_a_whole_answer(client, model):
    model.always(Says("你好！"))

    answer = ask(client)

    assert answer.choices[0].message.content.startswith("你好！")
    assert answer.model_extra["AIGC"]["Label"] == "1"


def test_the_official_client_gets_a_stream(client, model):
    model.always(Says(deltas=("电话13812345678", "，", "完")))

    events = list(ask(client, stream=True, stream_options={"include_usage": True}))

    text = "".join(choice.delta.content or "" for event in events for choice in event.choices)
    assert text.startswith("电话[手机号]，完")
    assert "13812345678" not in text


def test_a_blocked_request_is_an_answer_with_a_reason(client):
    answer = ask(client, FORBIDDEN)

    assert answer.choices[0].finish_reason == "content_filter"


def test_the_models_list_passes(client):
    assert [model.id for model in client.models.list()] == ["simulated"]


def test_a_failure_before_the_first_event_has_its_own_status(client, model):
    model.always(Fails(500))

    for stream in (False, True):
        with pytest.raises(openai.APIStatusError) as failed:
            ask(client, stream=stream)
        assert failed.value.status_code == 502


def test_a_failure_in_the_middle_of_a_stream_is_an_error_event(client, model):
    model.always(Says(deltas=("你", "好", "吗", "？"), breaks_after=3))

    with pytest.raises(openai.APIError):
        list(ask(client, stream=True))


def test_a_wrong_key_is_refused(address):
    assert post(address, b"{}", key="three")[0] == 401


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (b"{", 400, "not JSON"),
        (b"[]", 400, "JSON object"),
        (b"{}", 400, "messages"),
        (b" " * (9 << 20), 413, "larger"),
    ],
)
def test_a_request_that_cannot_be_used_says_why(address, data, status, message):
    assert post(address, data)[0] == status
    assert message in post(address, data)[1]


def test_a_path_that_is_not_screened_is_not_served(address):
    status, message = post(address, b"{}", "/v1/embeddings")

    assert status == 404
    assert "not screened" in message


def test_the_user_in_a_header_prevails(client, model, ledger):
    model.always(Says("好"))

    ask(client, user="a")
    ask(client, user="a", extra_headers={"X-Hegui-User": "b"})

    first, second = [entry.content["user"] for entry in ledger.entries("gateway.exchanged")]
    assert first != second
