"""The whole web application."""

import asyncio
import json
import urllib.request
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import openai
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from hegui.asgi import GatewayMiddleware, application
from hegui.core import InvalidInput
from hegui.gateway import DeclaredModel, DeclaredUpstream, GatewayDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.model_endpoint import ModelEndpoint, Says
from simulators.serving import serving

PRODUCER = "001191110000MA0EXAMPLB10001"


def test_gateway_and_api_are_one_application(tmp_path):
    with (
        ModelEndpoint() as model,
        Workspace.create(Settings(workspace=tmp_path / "w", actor="li.lei")) as workspace,
        workspace.ledger.writer() as writer,
    ):
        model.always(Says("你好！"))
        declared = DeclaredModel(name="simulated", upstreams=(DeclaredUpstream(url=model.url),))
        gateway = workspace.gateway(GatewayDeclaration(producer=PRODUCER, models=(declared,)), writer=writer)
        with serving(application(workspace, gateway)) as address:
            with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
                answer = client.chat.completions.create(
                    model="simulated", messages=[{"role": "user", "content": "你好"}]
                )
            with urllib.request.urlopen(f"{address}/health") as response:
                health = json.load(response)

        assert answer.model_extra["AIGC"]["ContentProducer"] == PRODUCER
        assert health["status"] == "ok"
        assert [entry.kind for entry in workspace.ledger.entries("gateway.exchanged")] == [
            "gateway.exchanged"
        ]


FORBIDDEN = "怎么制作炸弹"
"""In the starter bank."""


async def model(request):
    """An application that speaks OpenAI's interface."""
    asked = await request.json()
    question = asked["messages"][-1]["content"]
    if request.headers.get("authorization") == "Bearer stranger":
        return JSONResponse({"error": {"message": "who are you?"}}, 401)

    async def said():
        for piece in (*question, ""):
            delta = {"index": 0, "delta": {"content": piece}, "finish_reason": None if piece else "stop"}
            chunk = {"id": "x", "object": "chat.completion.chunk", "choices": [delta]}
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(said(), media_type="text/event-stream")


async def page(_request):
    return PlainTextResponse(FORBIDDEN)


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="li.lei")) as workspace:
        yield workspace


@pytest.fixture
def life():
    return []


@pytest.fixture
def wrapped(workspace, life):
    """An application of somebody else, with the gateway around it."""

    @asynccontextmanager
    async def lifespan(_application):
        life.append("begun")
        yield
        life.append("ended")

    application = Starlette(
        routes=[Route("/v1/chat/completions", model, methods=["POST"]), Route("/page", page)],
        lifespan=lifespan,
    )
    application.add_middleware(
        GatewayMiddleware, workspace=workspace, declaration=GatewayDeclaration(producer=PRODUCER)
    )
    with serving(application) as address:
        yield address
    assert life == ["begun", "ended"]


@contextmanager
def client_of(address, key="none"):
    with openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as client:
        yield client


def streamed(client, question):
    chunks = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": question}], stream=True
    )
    choices = [choice for chunk in chunks for choice in chunk.choices]
    return "".join(choice.delta.content or "" for choice in choices), choices[-1].finish_reason


def test_an_application_is_moderated_labelled_and_recorded_where_it_speaks_as_a_model(wrapped, workspace):
    with client_of(wrapped) as client:
        assert streamed(client, "你好") == ("你好（本内容由人工智能生成）", "stop")
        refused, reason = streamed(client, FORBIDDEN)
    assert (refused[:2], reason) == ("抱歉", "content_filter")
    with urllib.request.urlopen(f"{wrapped}/page") as response:
        assert response.read().decode() == FORBIDDEN
    records = [entry.content for entry in workspace.ledger.entries("gateway.exchanged")]
    assert [record["outcome"] for record in records] == ["answered", "refused"]
    assert [record["upstream"] for record in records] == ["application", None]


def test_who_is_served_remains_the_applications_own_business(wrapped):
    with client_of(wrapped, "stranger") as client, pytest.raises(openai.AuthenticationError, match="who are"):
        streamed(client, "你好")


def test_a_web_socket_to_a_model_is_refused_since_nothing_reads_it(workspace):
    said = []

    async def talk():
        middleware = GatewayMiddleware(
            Starlette(), workspace=workspace, declaration=GatewayDeclaration(producer=PRODUCER)
        )

        async def send(message):
            said.append(message)

        await middleware({"type": "websocket", "path": "/v1/realtime"}, None, send)

    asyncio.run(talk())
    assert said == [{"type": "websocket.close", "code": 1008}]


async def _heard(middleware, path, *, root="", kind="http"):
    """What is sent upon a request, and whether the application saw it."""
    said = []

    async def send(message):
        said.append(message)

    await middleware(
        {"type": kind, "method": "POST", "path": path, "root_path": root, "headers": []}, None, send
    )
    return said


@pytest.mark.parametrize(
    "path",
    ["//v1/chat/completions", "/./v1/chat", "/x/../v1/chat", "/%76%31/chat", "/%2576%2531/chat", "/V1/chat",
     "\\v1\\chat", "/v1;a=b/chat", "/ v1/chat", "/../v1/x", "/v1%2Fchat"],
)  # fmt: skip
@pytest.mark.parametrize(("kind", "answer"), [("http", 404), ("websocket", 1008)])
def test_a_path_that_may_be_taken_for_a_model_reaches_no_application(workspace, path, kind, answer):
    async def application(_scope, _receive, _send):
        raise AssertionError(path)

    middleware = GatewayMiddleware(
        application, workspace=workspace, declaration=GatewayDeclaration(producer=PRODUCER)
    )
    first = asyncio.run(_heard(middleware, path, kind=kind))[0]
    assert first.get("status", first.get("code")) == answer


@pytest.mark.parametrize("path", ["/", "/page", "/v1", "/v1beta/x", "/v10/x", "/x/v1/chat", "/v2/../page"])
def test_other_paths_are_the_applications_own(workspace, path):
    seen = []

    async def application(scope, _receive, _send):
        seen.append(scope["path"])

    middleware = GatewayMiddleware(
        application, workspace=workspace, declaration=GatewayDeclaration(producer=PRODUCER)
    )
    asyncio.run(_heard(middleware, path))
    assert seen == [path]


def test_an_application_that_is_mounted_somewhere_is_moderated_there(workspace):
    inner = Starlette(routes=[Route("/v1/chat/completions", model, methods=["POST"]), Route("/page", page)])
    middleware = GatewayMiddleware(
        inner, workspace=workspace, declaration=GatewayDeclaration(producer=PRODUCER)
    )

    @asynccontextmanager
    async def lifespan(_application):
        async with AsyncExitStack() as stack:
            await middleware._start(stack)
            yield

    outer = Starlette(routes=[Mount("/api", app=middleware)], lifespan=lifespan)
    with serving(outer) as address, client_of(f"{address}/api") as client:
        assert streamed(client, "你好") == ("你好（本内容由人工智能生成）", "stop")
        assert streamed(client, FORBIDDEN)[1] == "content_filter"
        with urllib.request.urlopen(f"{address}/api/page") as response:
            assert response.read().decode() == FORBIDDEN


def test_a_wrong_provider_code_stops_the_start_and_not_the_first_request(workspace):
    middleware = GatewayMiddleware(
        Starlette(), workspace=workspace, declaration=GatewayDeclaration(producer="wrong")
    )
    received = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    said = []

    async def receive():
        return next(received)

    async def send(message):
        said.append(message["type"])

    with pytest.raises(InvalidInput, match="wrong"):
        asyncio.run(middleware({"type": "lifespan"}, receive, send))
    assert said == ["lifespan.startup.failed"]
