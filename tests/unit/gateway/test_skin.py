"""The gateway as clients meet it: the official client over real HTTP."""

import asyncio
import base64
import gzip
import json
import re
import socket
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import openai
import pytest
from starlette.applications import Starlette

from hegui.endpoint import EndpointAddress
from hegui.gateway import (
    AnswerPolicy,
    GatewaySkin,
    Limits,
    Shadow,
    ShadowPolicy,
    Unread,
    Upstream,
    gateway_routes,
    skin,
)
from hegui.gateway.listening import straight
from hegui.screening import Assembly
from simulators.model_endpoint import Fails, Hangs, Says, Sends, refusing_url
from simulators.serving import serving

FORBIDDEN = "雷管制作方法"


HEAD = b"Host: h\r\nAuthorization: Bearer one\r\nConnection: close\r\n\r\n"
TOLD = [
    b"data: %b\n\n"
    % json.dumps(
        {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    ).encode()
    for choice in (
        {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None},
        *(
            {"index": 0, "delta": {"content": text}, "finish_reason": None}
            for text in ("好的", "很好", "都好")
        ),
        {"index": 0, "delta": {}, "finish_reason": "stop"},
    )
]
BODY = {"model": "simulated", "messages": [{"role": "user", "content": "你好"}]}


@contextmanager
def served(gateway, **more):
    @asynccontextmanager
    async def lifespan(_application):
        async with gateway.running():
            yield

    with serving(Starlette(routes=gateway_routes(gateway, **more), lifespan=lifespan)) as url:
        yield url


@contextmanager
def served_directly(gateway):
    """The gateway with nothing between it and the server."""
    living = Starlette(lifespan=lambda _application: gateway.running())
    skin = GatewaySkin(gateway, pass_through=())

    async def application(scope, receive, send):
        await (skin if scope["type"] == "http" else living)(scope, receive, send)

    with serving(application) as url:
        yield url


def client_of(url):
    return openai.OpenAI(base_url=f"{url}/v1", api_key="two", max_retries=0)


@pytest.fixture
def address(make_gateway):
    with served(make_gateway(keys={"one": "a", "two": "b"})) as url:
        yield url


@pytest.fixture
def client(address):
    with client_of(address) as client:
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


def test_a_stream_is_the_same_whether_or_not_something_stands_between_server_and_gateway(
    gateway, model, monkeypatch
):
    """The pieces of a text go straight to a client where nothing does."""
    ways = []
    monkeypatch.setattr(skin, "straight", lambda send: ways.append(straight(send)) or ways[-1])
    model.always(Sends(tuple(TOLD), content_type="text/event-stream", pause_seconds=0.02))

    def told(url):
        """The text, and the event that ends it; how the text is cut is up to the network."""
        body = json.dumps(BODY | {"stream": True}).encode()
        with urllib.request.urlopen(f"{url}/v1/chat/completions", body) as response:
            *events, end, done = re.sub(rb"hegui-[0-9a-f]+", b"", response.read()).split(b"\n\n")[:-1]
        assert done == b"data: [DONE]"
        pieces = (json.loads(event[6:])["choices"][0]["delta"]["content"] for event in events)
        return "".join(pieces), json.loads(end[6:])

    with served_directly(gateway) as url:
        straightened = told(url)
    with served(gateway) as url:
        assert told(url) == straightened
    assert straightened[0].startswith("好的很好")
    assert [way is not None for way in ways] == [True, False]


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
        (b" " * (33 << 20), 413, "larger"),
    ],
)
def test_a_request_that_cannot_be_used_says_why(address, data, status, message):
    assert post(address, data)[0] == status
    assert message in post(address, data)[1]


def test_a_path_that_is_not_screened_is_not_served(address):
    status, message = post(address, b"{}", "/v1/files")

    assert status == 404
    assert "not screened" in message


def test_the_user_in_a_header_prevails(client, model, ledger):
    model.always(Says("好"))

    ask(client, user="a")
    ask(client, user="a", extra_headers={"X-Hegui-User": "b"})

    first, second = [entry.content["user"] for entry in ledger.entries("gateway.exchanged")]
    assert first != second


# --- the other interfaces ---------------------------------------------------------------------------


def records(ledger, kind="gateway.exchanged"):
    return [entry.content for entry in ledger.entries(kind)]


def test_embeddings_pass_and_are_recorded(client, model, ledger):
    data = [{"object": "embedding", "index": 0, "embedding": [0.5]}]
    answer = {"object": "list", "model": "m", "data": data,
              "usage": {"prompt_tokens": 1, "total_tokens": 1}}  # fmt: skip
    model.always(Sends((json.dumps(answer).encode(),)))

    assert client.embeddings.create(model="m", input="你好", encoding_format="float").data[0].embedding == [
        0.5
    ]
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model="m", input=FORBIDDEN)
    assert refused.value.code == "content_filter"
    assert [record["outcome"] for record in records(ledger)] == ["answered", "refused"]


def test_moderations_are_answered_here(client, model):
    answer = client.moderations.create(input=["你好", FORBIDDEN])

    assert [result.flagged for result in answer.results] == [False, True]
    assert model.requests == []


def test_a_picture_leaves_with_its_label(client, model, ledger):
    picture = base64.b64encode(b"FILE").decode()
    model.always(Sends((json.dumps({"created": 1, "data": [{"b64_json": picture}]}).encode(),)))

    answer = client.images.generate(model="m", prompt="山")

    assert base64.b64decode(answer.data[0].b64_json) == b"FILE[label hegui]"
    assert answer.model_extra["AIGC"]["Label"] == "1"
    assert records(ledger)[0]["outcome"] == "answered"


@pytest.mark.parametrize("data", [{"url": "https://h/x.png"}, {"b64_json": "AAAA"}, {"b64_json": "a?"}])
def test_a_picture_that_cannot_be_labelled_does_not_leave(client, model, ledger, data):
    model.always(Sends((json.dumps({"created": 1, "data": [data]}).encode(),)))

    with pytest.raises(openai.InternalServerError):
        client.images.generate(model="m", prompt="山")
    assert records(ledger)[0]["outcome"] == "upstream_failed"


def test_a_picture_is_edited_where_pictures_may_pass(make_gateway, model, ledger):
    picture = base64.b64encode(b"FILE").decode()
    model.always(Sends((json.dumps({"created": 1, "data": [{"b64_json": picture}]}).encode(),)))
    policy = AnswerPolicy(unread_input=Unread.PASS)

    with served(make_gateway(policy=policy)) as url, client_of(url) as client:
        client.images.edit(model="m", image=("a.png", b"\x89PNG\r\n--", "image/png"), prompt="山13812345678")
        with pytest.raises(openai.BadRequestError):
            client.images.edit(model="m", image=b"x", prompt=FORBIDDEN)

    assert b"\x89PNG\r\n--" in model.requests[0].data
    assert records(ledger)[0]["unscreened"] == ["image", "data[0].b64_json"]


def test_speech_leaves_with_its_label(client, model):
    model.always(Sends((b"FI", b"LE"), content_type="audio/wav"))

    answer = client.audio.speech.create(model="m", voice="v", input="你好")

    assert answer.content == b"FILE[heard label hegui]"
    assert answer.response.headers["content-type"] == "audio/wav"
    with pytest.raises(openai.BadRequestError):
        client.audio.speech.create(model="m", voice="v", input=FORBIDDEN)


def test_speech_in_events_cannot_be_labelled(client, model):
    model.always(Sends((b"data: {}\n\n",), content_type="text/event-stream"))

    with pytest.raises(openai.InternalServerError):
        client.audio.speech.create(model="m", voice="v", input="你好", stream_format="sse")


@pytest.mark.parametrize(
    ("answer", "kind", "form", "text"),
    [
        (b'{"text": "\xe6\x89\x9313812345678"}', "application/json", "json", "打[手机号]"),
        ("打13812345678".encode(), "text/plain", "text", "打[手机号]"),
    ],
)
def test_transcripts_are_read(make_gateway, model, answer, kind, form, text):
    model.always(Sends((answer,), content_type=kind))
    policy = AnswerPolicy(unread_input=Unread.PASS)

    with served(make_gateway(policy=policy)) as url, client_of(url) as client:
        heard = client.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF"), response_format=form)

    assert getattr(heard, "text", heard) == text


def test_a_recording_does_not_pass_unread(client, model):
    with pytest.raises(openai.BadRequestError):
        client.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF"))
    assert model.requests == []


def test_the_official_client_reads_a_streamed_response(client, model):
    part = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    events = [
        {"type": "response.output_text.delta", **part, "delta": "先", "logprobs": [], "sequence_number": 4},
        {"type": "response.output_text.delta", **part, "delta": FORBIDDEN, "logprobs": []},
    ]
    data = b"".join(b"event: x\ndata: " + json.dumps(event).encode() + b"\n\n" for event in events)
    model.always(Sends((data,), content_type="text/event-stream"))

    with client.responses.create(model="m", input="你好", stream=True) as stream:
        last = list(stream)[-1]

    assert last.type == "response.incomplete"
    assert last.response.incomplete_details.reason == "content_filter"


BLOCKED = {"error": {"code": "data_inspection_failed", "message": "blocked", "type": "invalid_request_error"}}


def test_pictures_that_come_piece_by_piece_leave_with_their_labels(client, model):
    picture = base64.b64encode(b"FILE").decode()
    event = {"type": "image_generation.completed", "b64_json": picture}
    model.always(Sends((b"data: " + json.dumps(event).encode() + b"\n\n",), content_type="text/event-stream"))

    events = list(client.images.generate(model="m", prompt="山", stream=True))

    assert [base64.b64decode(each.b64_json) for each in events] == [b"FILE[label hegui]"]


def test_an_unlabelled_picture_leaves_only_where_the_operator_lets_it_and_evidence_says_so(
    make_gateway, model, ledger
):
    model.always(Sends((json.dumps({"created": 1, "data": ["?", {"b64_json": "AAAA"}]}).encode(),)))
    policy = AnswerPolicy(unread_output=Unread.PASS)

    with served(make_gateway(policy=policy)) as url, client_of(url) as client:
        answer = client.images.with_raw_response.generate(model="m", prompt="山")

    assert json.loads(answer.content)["data"][1]["b64_json"] == "AAAA"
    assert records(ledger)[0]["unscreened"] == ["data[1].b64_json", "unlabelled image"]


def test_a_stream_for_an_interface_without_words_is_refused_as_an_error(client, model):
    with pytest.raises(openai.BadRequestError):
        client.images.generate(model="m", prompt=FORBIDDEN, stream=True)
    assert model.requests == []


def test_a_stored_response_is_fetched_and_read(client, model):
    said = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "13812345678"}],
    }
    model.always(Sends((json.dumps({"id": "r1", "object": "response", "output": [said]}).encode(),)))

    assert client.responses.retrieve("r1").output_text.startswith("[手机号]")
    assert model.requests[0].path == "/v1/responses/r1"


def test_a_request_that_declares_more_than_is_taken_is_not_waited_for(address):
    head = b"POST /v1/chat/completions HTTP/1.1\r\n" + HEAD.replace(
        b"Connection", b"Content-Length: 99999999999\r\nConnection"
    )
    assert b" 413 " in raw(address, head).splitlines()[0]


def test_a_block_by_the_provider_is_told_on_a_path_that_is_passed_on(gateway, model, ledger):
    model.always(Fails(400, BLOCKED))

    with served(gateway, pass_through=("files*",)) as url:
        assert post(url, b"{}", "/v1/files/x")[0] == 400

    assert len(records(ledger, "gateway.passed_unscreened")) == 1


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_hangs_up_is_noticed_and_recorded(address, model, ledger, stream):
    model.always(Hangs())
    body = json.dumps(BODY | {"stream": stream}).encode()
    head = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: %d\r\n" % len(body)
    host, port = address.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head + HEAD + body)
        eventually(lambda: model.requests)

    assert eventually(lambda: records(ledger))[0]["outcome"] == "abandoned"


def test_a_client_that_hangs_up_while_pieces_go_straight_to_it_is_noticed_and_recorded(
    gateway, model, ledger
):
    begun, *pieces, _ = TOLD
    model.always(Sends((begun, *pieces * 1000), content_type="text/event-stream", pause_seconds=0.02))
    body = json.dumps(BODY | {"stream": True}).encode()

    with served_directly(gateway) as url:
        with urllib.request.urlopen(f"{url}/v1/chat/completions", body) as response:
            while "很好".encode() not in response.readline():
                pass
        assert eventually(lambda: records(ledger))[0]["outcome"] == "abandoned"


def eventually(look, *, seconds=60.0):
    """What ``look`` sees as soon as it sees something."""
    end = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < end:
        time.sleep(0.02)
    return seen


# --- what is not screened ---------------------------------------------------------------------------


def test_a_declared_path_passes_unscreened_and_is_recorded(gateway, model, ledger):
    model.always(Sends((b"\x00\x01",), content_type="application/x-thing"))

    with served(gateway, pass_through=("files*", "batches")) as url:
        with urllib.request.urlopen(f"{url}/v1/files/file-1/content?after=x") as response:
            assert (response.read(), response.headers["content-type"]) == (b"\x00\x01", "application/x-thing")
        assert post(url, b"{}", "/v1/batches/1")[0] == 404
        assert post(url, b"{}", "/v1/files/../chat/completions")[0] == 404

    assert model.requests[0].path == "/v1/files/file-1/content"
    (record,) = records(ledger, "gateway.passed_unscreened")
    assert (record["path"], record["status"]) == ("files/file-1/content", 200)


def test_an_error_on_a_declared_path_is_told_and_recorded(gateway, model, ledger):
    model.always(Fails(404, {"error": {"message": "no such file"}}))

    with served(gateway, pass_through=("files*",)) as url:
        assert post(url, b"{}", "/v1/files/x") == (404, "no such file")

    assert records(ledger, "gateway.passed_unscreened")[0]["status"] == 404


# --- attacks ----------------------------------------------------------------------------------------


def raw(address, request):
    """What comes back upon exactly these bytes."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"[" * 100_000, "not JSON"), (b'{"messages":' + b'[{"a":' * 80 + b"1" + b"}]" * 80 + b"}", "nests")],
)
def test_a_deeply_nested_request_is_refused(address, data, message):
    status, said = post(address, data)

    assert status == 400
    assert message in said


def test_a_compressed_request_is_not_unpacked(address):
    data = gzip.compress(b" " * (10 << 20))
    request = urllib.request.Request(
        f"{address}/v1/chat/completions",
        data=data,
        headers={"Authorization": "Bearer one", "Content-Encoding": "gzip"},
    )

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value as response:
        assert response.status == 415


def test_a_compressed_answer_is_unpacked_no_further_than_declared(make_gateway, model, ledger):
    bomb = gzip.compress(b" " * (4 << 20))
    model.always(Sends((bomb,), headers={"Content-Encoding": "gzip"}))

    with served(make_gateway(limits=Limits(answer_bytes=1 << 20))) as url:
        assert post(url, json.dumps(BODY).encode())[0] == 502

    assert records(ledger)[0]["outcome"] == "upstream_failed"


def test_a_form_that_declares_the_wrong_type_is_refused(address):
    assert post(address, b"{}", "/v1/images/edits")[0] == 400


@pytest.mark.parametrize(
    "path", ["/v1/responses/..%2ffiles", "/v1/responses/a%0d%0ab", "/v1/responses/a%20b"]
)
def test_an_id_cannot_lead_elsewhere(address, model, path):
    answer = raw(
        address,
        f"GET {path} HTTP/1.1\r\n".encode() + HEAD,
    )

    assert answer.startswith(b"HTTP/1.1 404")
    assert b"\r\nb" not in answer.partition(b"\r\n\r\n")[2]
    assert model.requests == []


def test_a_query_that_is_no_query_is_refused(address, model):
    answer = raw(
        address,
        b"GET /v1/responses/a?x=<> HTTP/1.1\r\n" + HEAD,
    )

    assert answer.startswith(b"HTTP/1.1 400")
    assert model.requests == []


def test_headers_of_the_client_reach_no_upstream(client, model):
    model.always(Says("好"))

    ask(client, extra_headers={"X-Forwarded-Host": "evil", "Cookie": "a=b", "OpenAI-Organization": "x"})

    assert not {"X-Forwarded-Host", "Cookie", "OpenAI-Organization"} & set(model.requests[0].headers)
    assert model.requests[0].headers["Authorization"] == "Bearer upstream-secret"


def test_who_guesses_keys_is_told_to_wait(address):
    statuses = [post(address, b"{}", key="guess")[0] for _ in range(22)]

    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_a_model_nobody_declared_is_not_found(make_gateway, model):
    upstream = Upstream(address=EndpointAddress(url=model.url, model="simulated"))
    with served(make_gateway(models={"only": (upstream,)})) as url:
        status, message = post(url, json.dumps(BODY | {"model": "evil\n[2026] admin logged in"}).encode())
        with urllib.request.urlopen(f"{url}/v1/models") as response:
            assert [each["id"] for each in json.load(response)["data"]] == ["only"]

    assert status == 404
    assert "\n" not in message


def test_a_request_that_dawdles_is_given_up(make_gateway):
    with served(make_gateway(limits=Limits(request_seconds=0.2))) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as connection:
            connection.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\n{"
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("url", "passes"),
    [
        ("https://pictures.example/x", True),
        ("data:image/png;base64,AAAA", True),
        ("http://pictures.example/x", False),
        ("https://pictures.example@169.254.169.254/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
    ],
)
def test_only_declared_hosts_may_be_named_to_a_model(make_gateway, model, url, passes):
    model.always(Says("好"))
    policy = AnswerPolicy(unread_input=Unread.PASS, media_hosts=("pictures.example",))
    picture = [{"type": "image_url", "image_url": {"url": url}}]

    with served(make_gateway(policy=policy)) as address, client_of(address) as client:
        if passes:
            ask(client, picture)
        else:
            with pytest.raises(openai.BadRequestError, match="media_hosts"):
                ask(client, picture)

    assert len(model.requests) == passes


# --- what operators see -----------------------------------------------------------------------------


def test_metrics_and_readiness_are_told(client, address, model):
    model.always(Says("好"))
    ask(client)
    ask(client, FORBIDDEN)

    with urllib.request.urlopen(f"{address}/metrics") as response:
        text = response.read().decode()
    with urllib.request.urlopen(f"{address}/ready") as response:
        assert list(json.load(response)["upstreams"].values()) == [True]

    assert 'outcome="answered"} 1' in text
    assert 'outcome="refused"} 1' in text
    assert 'hegui_gateway_findings_total{direction="input",risk="A.1.h"} 1' in text


@pytest.mark.parametrize("declined", [False, True])
def test_readiness_tells_which_screen_reads_and_whether_another_was_declined(make_gateway, declined):
    gateway = make_gateway()
    gateway.metrics.screen_declined = declined
    with served(gateway) as url, urllib.request.urlopen(f"{url}/ready") as response:
        assert json.load(response)["screen"] == {"in_use": gateway.metrics.screen, "declined": declined}


def test_a_gateway_without_a_working_upstream_is_not_ready(make_gateway):
    with served(make_gateway(refusing_url(), limits=Limits(rest_seconds=30))) as url:
        assert post(url, json.dumps(BODY).encode())[0] == 502
        with pytest.raises(urllib.error.HTTPError) as unready:
            urllib.request.urlopen(f"{url}/ready")
        with unready.value as response:
            assert response.status == 503


def told(address, path, body, **headers):
    request = urllib.request.Request(
        f"{address}/extensions/{path}", data=json.dumps(body).encode(), headers=headers
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def test_dify_and_litellm_are_answered_where_they_ask_and_on_record(address, ledger):
    dify = {"Authorization": "Bearer one"}
    litellm = {"x-api-key": "two"}
    asked = {"point": "app.moderation.output", "params": {"app_id": "app-1", "text": FORBIDDEN}}
    texts = {"input_type": "request", "litellm_call_id": "a call", "texts": ["你好"], "request_data": {}}
    path = "litellm/beta/litellm_basic_guardrail_api"

    assert told(address, "dify", {"point": "ping"}, **dify) == {"result": "pong"}
    assert told(address, "dify", asked, **dify)["flagged"] is True
    assert told(address, path, texts, **litellm) == {"action": "NONE"}
    assert told(address, path, texts | {"texts": [FORBIDDEN]}, **litellm)["action"] == "BLOCKED"

    records = [entry.content for entry in ledger.entries("gateway.consulted")]
    assert [(r["platform"], r["tenant"], r["call"], r["action"]) for r in records] == [
        ("dify", "a", "app-1", "block"),
        ("litellm", "b", None, "allow"),
        ("litellm", "b", None, "block"),
    ]
    assert FORBIDDEN not in json.dumps(records, ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "data", "key", "status"),
    [
        ("dify", b"{}", "one", 400),
        ("dify", b"[]", "one", 400),
        ("dify", b'{"point": "ping"}', "wrong", 401),
        ("litellm/beta/litellm_basic_guardrail_api", b"{}", "one", 400),
        ("other", b"{}", "one", 404),
    ],
)
def test_a_platform_that_asks_wrongly_is_told_so(address, path, data, key, status):
    request = urllib.request.Request(
        f"{address}/extensions/{path}", data=data, headers={"Authorization": f"Bearer {key}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value:
        assert refused.value.code == status


def whole_answer(text):
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "a", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def test_an_upstream_that_knows_no_streams_is_passed_on_whole(client, model):
    model.always(Sends((json.dumps(whole_answer("好")).encode(),)))

    with client.chat.completions.with_streaming_response.create(
        model="simulated", messages=BODY["messages"], stream=True
    ) as response:
        assert response.headers["content-type"] == "application/json"
        assert json.loads(response.read())["choices"][0]["message"]["content"].startswith("好")


def spoken_to(gateway, *messages):
    """What the application sends upon these messages of the server, which then says nothing more."""
    sent, coming = [], list(messages)

    async def receive():
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/chat/completions",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
        "client": None,
    }

    async def serve():
        async with gateway.running():
            await GatewaySkin(gateway, pass_through=())(scope, receive, send)

    asyncio.run(serve())
    return sent


def test_a_request_that_breaks_off_asks_nobody(gateway, model):
    begun = {"type": "http.request", "body": b'{"messages"', "more_body": True}

    assert spoken_to(gateway, begun, {"type": "http.disconnect"})[0]["status"] == 400
    assert model.requests == []


def test_what_a_client_sends_behind_its_request_is_no_goodbye(gateway, model):
    model.always(Says("好", pause_seconds=0.2))  # so long that somebody looks whether the client is gone
    asked = {"type": "http.request", "body": json.dumps(BODY).encode()}

    assert spoken_to(gateway, asked, {"type": "http.request", "body": b"more"})[0]["status"] == 200


def test_a_gateway_that_only_measures_says_that_it_is_unsafe_wherever_it_is_asked(make_gateway):
    idle = partial(Shadow, ShadowPolicy(), compose=Assembly.idle, minor_rules=(), is_alone=True)
    with served(make_gateway(shadow=idle)) as url, urllib.request.urlopen(f"{url}/ready") as response:
        told = json.load(response)
    assert told["mode"] == "shadow"
    assert "everything passes" in told["unsafe"]
