"""An OpenAI-compatible model endpoint on loopback that does what a test tells it to.

::

    with ModelEndpoint() as model:
        model.then(Fails(500), Says("你好"))      # the next requests, in order
        model.always(Says(deltas=("你", "好")))   # every request after those
        ...                                       # ask model.url with any client
        assert model.requests[0].body["stream"]

It runs on a thread with an event loop of its own, so tests may be synchronous or not.
"""

import asyncio
import dataclasses
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_SECONDS = 60.0  # against waiting for ever


@dataclasses.dataclass(frozen=True)
class Says:
    """Answers with ``text``; streamed in the pieces ``deltas``, or by character."""

    text: str = ""
    deltas: tuple[str, ...] = ()
    finish_reason: str = "stop"
    pause_seconds: float = 0.0
    """Before the answer; when streaming, before every piece."""
    breaks_after: int | None = None
    """When streaming: the line is cut after so many pieces."""

    @property
    def pieces(self) -> tuple[str, ...]:
        """What a stream is made of."""
        return self.deltas or tuple(self.text)

    @property
    def whole(self) -> str:
        """The answer in one piece."""
        return self.text or "".join(self.deltas)


@dataclasses.dataclass(frozen=True)
class Fails:
    """Answers with an error status."""

    status: int
    body: Mapping[str, Any] | str = dataclasses.field(
        default_factory=lambda: {"error": {"message": "simulated failure", "type": "server_error"}}
    )
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Sends:
    """Sends exactly these bytes, chunk by chunk: garbage, or events cut in odd places."""

    chunks: tuple[bytes, ...]
    content_type: str = "application/json"
    status: int = 200
    pause_seconds: float = 0.0
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Hangs:
    """Takes the request and never answers."""


@dataclasses.dataclass(frozen=True)
class Drops:
    """Takes the request and cuts the line."""


Behaviour = Says | Fails | Sends | Hangs | Drops
Choice = Callable[[Mapping[str, Any]], Behaviour]

DASHSCOPE_BLOCK = Fails(
    400,
    {
        "error": {
            "code": "data_inspection_failed",
            "message": "Input data may contain inappropriate content.",
            "type": "data_inspection_failed",
        }
    },
)
ZHIPU_BLOCK = Fails(400, {"error": {"code": "1301", "message": "系统检测到输入内容可能包含敏感内容"}})
DEEPSEEK_BLOCK = Fails(
    400,
    {
        "error": {
            "message": "Content Exists Risk",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_request_error",
        }
    },
)
AZURE_BLOCK = Fails(
    400,
    {
        "error": {
            "message": "The response was filtered due to the prompt triggering a policy.",
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation"},
        }
    },
)


@dataclasses.dataclass(frozen=True)
class ReceivedRequest:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    data: bytes = b""
    """The bytes, on interfaces other than chat."""

    @property
    def prompt(self) -> str:
        """The last message."""
        return str(self.body["messages"][-1]["content"])


class ModelEndpoint:
    """The simulator; see the module."""

    def __init__(self, *, model: str = "simulated", api_key: str | None = None) -> None:
        """Offer ``model``; with an ``api_key``, answer 401 to requests without it."""
        self.model = model
        self.requests: list[ReceivedRequest] = []
        self.disconnects: list[ReceivedRequest] = []
        """The requests whose client went away before the answer was complete."""
        self.most_at_once = 0
        self._api_key = api_key
        self._next: deque[Behaviour] = deque()
        self._choose: Choice = lambda _: Says("你好，我是模拟模型。")
        self._at_once = 0
        self._port = 0
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="model-endpoint")

    @property
    def url(self) -> str:
        """The base address, with ``/v1``."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def prompts(self) -> list[str]:
        """The last message of each chat request, in order of arrival."""
        return [request.prompt for request in self.requests if "messages" in request.body]

    def then(self, *behaviours: Behaviour) -> None:
        """Do these for the next chat requests, one each."""
        self._next.extend(behaviours)

    def always(self, behaviour: Behaviour | Choice) -> None:
        """Do this (or what the function chooses by the request's body) for all further requests."""
        self._choose = behaviour if callable(behaviour) else lambda _: behaviour

    def wait_for_requests(self, count: int = 1) -> bool:
        """Whether ``count`` requests came, waiting for it if need be."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.requests) >= count, _SECONDS)

    def wait_for_disconnects(self, count: int = 1) -> bool:
        """Whether ``count`` clients went away early, waiting for it if need be."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.disconnects) >= count, _SECONDS)

    def __enter__(self) -> Self:
        """Start, and return once requests are taken."""
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; who still waits for an answer is cut off."""
        self._closing.set()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        application = web.Application(client_max_size=1 << 26)
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_get("/v1/models", self._models)
        application.router.add_route("*", "/v1/{path:.*}", self._other)
        runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.StreamResponse:
        self._record(request, {})
        if refusal := self._unauthorised(request):
            return refusal
        return web.json_response(
            {"object": "list", "data": [{"id": self.model, "object": "model", "owned_by": "tests"}]}
        )

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        return await self._act(request, self._record(request, await request.json()))

    async def _other(self, request: web.Request) -> web.StreamResponse:
        """Any other interface: tests say with ``Sends`` what it answers."""
        data = await request.read()
        body = json.loads(data) if data and request.content_type == "application/json" else {}
        return await self._act(request, self._record(request, body, data))

    async def _act(self, request: web.Request, received: ReceivedRequest) -> web.StreamResponse:
        if refusal := self._unauthorised(request):
            return refusal
        behaviour = self._next.popleft() if self._next else self._choose(received.body)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            return await self._behave(request, received, behaviour)
        except (asyncio.CancelledError, ConnectionResetError):
            if not self._closing.is_set():
                with self._changed:
                    self.disconnects.append(received)
                    self._changed.notify_all()
            raise
        finally:
            self._at_once -= 1

    def _record(self, request: web.Request, body: Mapping[str, Any], data: bytes = b"") -> ReceivedRequest:
        received = ReceivedRequest(
            method=request.method, path=request.path, headers=dict(request.headers), body=body, data=data
        )
        with self._changed:
            self.requests.append(received)
            self._changed.notify_all()
        return received

    def _unauthorised(self, request: web.Request) -> web.Response | None:
        if self._api_key is None or request.headers.get("Authorization") == f"Bearer {self._api_key}":
            return None
        sent = request.headers.get("Authorization", "nothing").removeprefix("Bearer ")
        # Some real services echo the key they were sent.
        error = {"message": f"Incorrect API key provided: {sent}", "code": "invalid_api_key"}
        return web.json_response({"error": error}, status=401)

    async def _behave(
        self, request: web.Request, received: ReceivedRequest, behaviour: Behaviour
    ) -> web.StreamResponse:
        match behaviour:
            case Says() if received.body.get("stream"):
                return await self._stream(request, received, behaviour)
            case Says():
                await asyncio.sleep(behaviour.pause_seconds)
                return web.json_response(self._completion(received, behaviour))
            case Fails(body=str() as text):
                return web.Response(status=behaviour.status, text=text, headers=behaviour.headers)
            case Fails():
                return web.json_response(behaviour.body, status=behaviour.status, headers=behaviour.headers)
            case Sends():
                return await self._send(request, behaviour)
            case Hangs():
                await asyncio.Event().wait()
        return self._drop(request)

    async def _stream(
        self, request: web.Request, received: ReceivedRequest, says: Says
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(self._event(received, {"role": "assistant", "content": ""}))
        for count, piece in enumerate(says.pieces):
            if count == says.breaks_after:
                return self._drop(request)
            await asyncio.sleep(says.pause_seconds)
            await response.write(self._event(received, {"content": piece}))
        await response.write(self._event(received, {}, finish_reason=says.finish_reason))
        if (received.body.get("stream_options") or {}).get("include_usage"):
            chunk = self._frame(received, "chat.completion.chunk") | {
                "choices": [],
                "usage": _usage(received, says),
            }
            await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _send(self, request: web.Request, sends: Sends) -> web.StreamResponse:
        headers = {"Content-Type": sends.content_type, **sends.headers}
        response = web.StreamResponse(status=sends.status, headers=headers)
        await response.prepare(request)
        for chunk in sends.chunks:
            await asyncio.sleep(sends.pause_seconds)
            await response.write(chunk)
        await response.write_eof()
        return response

    def _drop(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _event(
        self, received: ReceivedRequest, delta: Mapping[str, str], *, finish_reason: str | None = None
    ) -> bytes:
        chunk = self._frame(received, "chat.completion.chunk") | {
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        }
        return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"

    def _completion(self, received: ReceivedRequest, says: Says) -> dict[str, Any]:
        message = {"role": "assistant", "content": says.whole}
        return self._frame(received, "chat.completion") | {
            "choices": [{"index": 0, "message": message, "finish_reason": says.finish_reason}],
            "usage": _usage(received, says),
        }

    def _frame(self, received: ReceivedRequest, kind: str) -> dict[str, Any]:
        number = next(i for i, request in enumerate(self.requests) if request is received)
        return {"id": f"chatcmpl-{number}", "object": kind, "created": 0, "model": self.model}


def _usage(received: ReceivedRequest, says: Says) -> dict[str, int]:
    """A token is a character here."""
    asked = sum(len(str(message["content"])) for message in received.body["messages"])
    return {
        "prompt_tokens": asked,
        "completion_tokens": len(says.whole),
        "total_tokens": asked + len(says.whole),
    }


def refusing_url() -> str:
    """A base address on this machine where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
