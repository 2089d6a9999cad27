"""The gateway as a web application: HTTP in, HTTP out, no decisions."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hegui.core import Conflict, HeguiError, NotFound
from hegui.gateway.admission import Admission
from hegui.gateway.clients import Clients, TooManyWrongKeys, WrongKey
from hegui.gateway.exchange import Asked
from hegui.gateway.multipart import parse_form
from hegui.gateway.saying import error_body
from hegui.gateway.service import Gateway, Leaving
from hegui.gateway.surfaces import Interface, JsonObject, surface_at
from hegui.gateway.upstreams import UnknownModel, UpstreamFailed

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PREFIX = "/v1/"
_SAFE_PATH = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_.:-]*(?:/[A-Za-z0-9_:-][A-Za-z0-9_.:-]*)*")
_SAFE_QUERY = re.compile(r"[A-Za-z0-9_.:&=%\[\]+,~-]{0,2048}")
_JSON = b"application/json"
_EVENTS = b"text/event-stream; charset=utf-8"

# From the most to the least particular: the first that fits answers.
_ANSWERS: tuple[tuple[type[HeguiError], int, str], ...] = (
    (WrongKey, 401, "invalid_api_key"),
    (TooManyWrongKeys, 429, "rate_limit_exceeded"),
    (UnknownModel, 404, "model_not_found"),
    (NotFound, 404, "not_found"),
    (Conflict, 503, "server_error"),
    (HeguiError, 400, "invalid_request_error"),
)


class _Refused(Exception):
    """The request is answered with an error in OpenAI's form."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def gateway_routes(
    gateway: Gateway, *, keys: Mapping[str, str] | None = None, pass_through: tuple[str, ...] = ()
) -> list[Route]:
    """The OpenAI-compatible routes in front of ``gateway``, to be served while it is running.

    Args:
        gateway: what decides and asks; the server enters :meth:`Gateway.running`.
        keys: the tenant of each key that clients may present; without any, every client is served.
        pass_through: paths behind ``/v1/`` that are passed on unscreened; ``*`` at the end for any rest.
    """

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(
            gateway.metrics.text(gateway.upstream_health), media_type="text/plain; version=0.0.4"
        )

    async def ready(_request: Request) -> Response:
        health = gateway.upstream_health
        status = HTTPStatus.OK if any(health.values()) else HTTPStatus.SERVICE_UNAVAILABLE
        return Response(msgspec.json.encode({"upstreams": health}), status, media_type="application/json")

    return [
        Route("/metrics", metrics, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route(f"{_PREFIX}{{path:path}}", GatewaySkin(gateway, keys=keys or {}, pass_through=pass_through)),
    ]


class GatewaySkin:
    """Everything below ``/v1/`` as an ASGI application."""

    def __init__(self, gateway: Gateway, *, keys: Mapping[str, str], pass_through: tuple[str, ...]) -> None:
        """Stand in front of ``gateway``."""
        self._gateway = gateway
        self._clients = Clients(
            keys,
            wrong_keys=gateway.limits.wrong_keys,
            monotonic=lambda: asyncio.get_running_loop().time(),
        )
        self._pass_through = pass_through

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every error is told in OpenAI's form."""
        out = _Out(send)
        self._gateway.metrics.in_flight += 1
        try:
            await self._answer(scope, receive, out)
        except _Refused as error:
            self._gateway.metrics.rejected(error.status)
            await out.error(error.status, "invalid_request_error", str(error))
        except UpstreamFailed as error:
            await out.failed(error)
        except HeguiError as error:
            status, code = next((status, code) for kind, status, code in _ANSWERS if isinstance(error, kind))
            kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
            self._gateway.metrics.rejected(status)
            await out.error(status, kind, str(error), code=code)
        finally:
            self._gateway.metrics.in_flight -= 1

    async def _answer(self, scope: Scope, receive: Receive, out: "_Out") -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        client = scope.get("client")
        admission = self._clients.admit(headers.get(b"authorization", ""), client[0] if client else "")
        method, path = scope["method"], scope["path"].removeprefix(_PREFIX)
        if path == "models" and method == "GET":
            await out.whole(Leaving(200, await self._gateway.models()))
            return
        surface = surface_at(method, path) if _SAFE_PATH.fullmatch(path) else None
        if surface is None and path != "moderations" and not self._is_passed_through(path):
            raise _Refused(
                404, f"{method} {_PREFIX}{ascii(path)[1:-1]} is not screened here, so it is not served"
            )
        data = await self._body(headers, receive)
        named = headers.get(b"x-hegui-user")
        query = scope["query_string"].decode("latin-1")
        if not _SAFE_QUERY.fullmatch(query):
            raise _Refused(400, "the query holds characters that are not passed on")
        if surface is None and path == "moderations":
            await out.whole(Leaving(200, self._gateway.moderate(_json_object(data))))
            return
        async with _until_gone(receive):
            if surface is None:
                leaving = await self._gateway.passed(
                    method,
                    path,
                    query=query,
                    data=data,
                    content_type=headers.get(b"content-type", "application/octet-stream"),
                    admission=self._named(admission, named),
                )
                await out.whole(leaving)
                return
            question = _question(surface, path, query, data, headers.get(b"content-type", ""))
            user = named or question.body.get("user")
            exchange = self._gateway.exchange(question, self._named(admission, user))
            if not exchange.is_stream:
                await out.whole(await self._gateway.answer(exchange))
                return
            async with aclosing(self._gateway.stream(exchange)) as batches:
                await out.events(batches, status=exchange.refusal_status, typed=question.path == "responses")

    def _named(self, admission: Admission, user: object) -> Admission:
        if not isinstance(user, str) or not user:
            return admission
        return msgspec.structs.replace(admission, user=self._gateway.pseudonym(user))

    def _is_passed_through(self, path: str) -> bool:
        return bool(_SAFE_PATH.fullmatch(path)) and any(
            path.startswith(declared[:-1]) if declared.endswith("*") else path == declared
            for declared in self._pass_through
        )

    async def _body(self, headers: Mapping[bytes, str], receive: Receive) -> bytes:
        most = self._gateway.limits.request_bytes
        if headers.get(b"content-encoding", "identity").lower() != "identity":
            raise _Refused(415, "compressed requests are not taken; send the body as it is")
        declared = headers.get(b"content-length", "0")
        if declared.isdecimal() and int(declared) > 2 * most:
            raise _Refused(413, f"the request is larger than {most} bytes")
        data = bytearray()
        dropped = 0
        try:
            async with asyncio.timeout(self._gateway.limits.request_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Refused(400, "the client went away")
                    data += message.get("body", b"")
                    if len(data) > most:
                        # Read on for a while: who still sends does not see an answer.
                        dropped += len(data)
                        data.clear()
                    if dropped > 2 * most or (dropped and not message.get("more_body")):
                        raise _Refused(413, f"the request is larger than {most} bytes")
                    if not message.get("more_body"):
                        return bytes(data)
        except TimeoutError as error:
            raise _Refused(408, "the request did not arrive in time") from error


class _Out:
    """One answer on its way out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False

    async def whole(self, leaving: Leaving) -> None:
        body = leaving.body if isinstance(leaving.body, bytes) else msgspec.json.encode(leaving.body)
        await self._start(leaving.status, leaving.content_type.encode("latin-1", "replace"), length=len(body))
        await self._send({"type": "http.response.body", "body": body})

    async def events(
        self, batches: AsyncIterator[list[JsonObject] | Leaving], *, status: int, typed: bool
    ) -> None:
        """Send events as they come; a failure before the first one still gets its own HTTP status."""
        async for batch in batches:
            if isinstance(batch, Leaving):
                await self.whole(batch)
                return
            if not self._begun:
                if status != HTTPStatus.OK and "error" in batch[0]:  # a refusal in an interface without words
                    await self.whole(Leaving(status, batch[0]))
                    return
                await self._start(HTTPStatus.OK, _EVENTS)
            data = b"".join(_event(event, typed=typed) for event in batch)
            await self._send({"type": "http.response.body", "body": data, "more_body": True})
        end = b"" if typed else b"data: [DONE]\n\n"
        await self._send({"type": "http.response.body", "body": end})

    async def failed(self, error: UpstreamFailed) -> None:
        """Tell that the model failed."""
        if error.body is not None and not self._begun:
            await self.whole(Leaving(error.told_status, error.body))
        else:
            await self.error(error.told_status, "upstream_error", str(error))

    async def error(self, status: int, kind: str, message: str, *, code: str | None = None) -> None:
        """Tell an error; where the status has left already, it is the last event, and no [DONE] follows."""
        body = error_body(kind, message, code=code)
        if self._begun:
            await self._send({"type": "http.response.body", "body": _event(body, typed=False)})
        else:
            await self.whole(Leaving(status, body))

    async def _start(self, status: int, content_type: bytes, *, length: int | None = None) -> None:
        self._begun = True
        headers = [(b"content-type", content_type), (b"x-content-type-options", b"nosniff")]
        if length is None:
            headers.append((b"cache-control", b"no-cache"))
        else:
            headers.append((b"content-length", str(length).encode()))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


class _until_gone:  # noqa: N801 - it is used as a statement: `async with _until_gone(receive)`
    """Cancels what stands inside when the client goes away, and then passes over it in silence."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._task = task
        self._watch = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()

    async def __aexit__(self, kind: type[BaseException] | None, *_error: object) -> bool:
        self._watch.cancel()
        if self._gone and kind is asyncio.CancelledError:
            self._task.uncancel()
            return True
        return False


def _event(event: JsonObject, *, typed: bool) -> bytes:
    data = b"data: " + msgspec.json.encode(event) + b"\n\n"
    if not typed:
        return data
    # A type is a name; whatever else an upstream sent there must not become a line of its own.
    kind = re.sub(r"[^a-z0-9_.]", "", str(event.get("type", "message")))
    return f"event: {kind}\n".encode() + data


def _question(surface: Interface, path: str, query: str, data: bytes, content_type: str) -> Asked:
    if surface.method != "POST":
        return Asked(surface=surface, body=_query_stream(query), path=path, query=query)
    if surface.form:
        form = parse_form(data, content_type)
        return Asked(surface=surface, body=form.body, path=path, form=form)
    return Asked(surface=surface, body=_json_object(data), path=path)


def _query_stream(query: str) -> JsonObject:
    return {"stream": True} if re.search(r"(?:^|&)stream=true(?:&|$)", query) else {}


def _json_object(data: bytes) -> JsonObject:
    try:
        body: Any = msgspec.json.decode(data or b"{}")
    except (ValueError, RecursionError) as error:
        raise _Refused(400, f"the request is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise _Refused(400, "the request must be a JSON object")
    return body
