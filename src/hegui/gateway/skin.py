"""The gateway as a web application: HTTP in, HTTP out, no decisions."""

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hegui.core import Conflict, HeguiError
from hegui.gateway.service import Gateway, UpstreamFailed
from hegui.gateway.surfaces import JsonObject

_MAX_REQUEST_BYTES = 8 << 20

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# From the most to the least particular: the first that fits answers.
_ANSWERS: dict[type[HeguiError], tuple[int, str]] = {
    UpstreamFailed: (502, "upstream_error"),
    Conflict: (503, "server_error"),
    HeguiError: (400, "invalid_request_error"),
}

Endpoint = Callable[[Request], Awaitable[Response]]


class _Refused(Exception):
    """The request is answered with an error in OpenAI's form."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def gateway_routes(gateway: Gateway, *, api_keys: tuple[str, ...] = ()) -> list[Route]:
    """The OpenAI-compatible routes in front of ``gateway``, to be served while it is running.

    Args:
        gateway: what decides and asks; the server enters :meth:`Gateway.running`.
        api_keys: the keys clients must present; without any, every client is served.
    """

    async def chat(request: Request) -> Response:
        body = await _body(request)
        exchange = gateway.exchange(body, user=_user(request, body))
        if not body.get("stream"):
            return _json(await gateway.answer(exchange))
        events = gateway.stream(exchange)
        # The first event is awaited here, so that a failure before it still gets its own HTTP status.
        first = await anext(events, None)
        return StreamingResponse(
            _server_sent(first, events), media_type="text/event-stream", headers={"Cache-Control": "no-cache"}
        )

    async def models(_request: Request) -> Response:
        return _json(await gateway.models())

    return [
        Route("/v1/chat/completions", _guarded(chat, api_keys), methods=["POST"]),
        Route("/v1/models", _guarded(models, api_keys), methods=["GET"]),
        Route("/v1/{path:path}", _guarded(_unknown, api_keys), methods=list(_METHODS)),
    ]


def _guarded(endpoint: Endpoint, api_keys: tuple[str, ...]) -> Endpoint:
    """``endpoint`` behind the key check, with every refusal in OpenAI's form."""

    async def answer(request: Request) -> Response:
        try:
            _authenticate(request, api_keys)
            return await endpoint(request)
        except _Refused as error:
            return _error(error.status, "invalid_request_error", str(error))
        except HeguiError as error:
            status, kind = next(answer for cause, answer in _ANSWERS.items() if isinstance(error, cause))
            return _error(status, kind, str(error))

    return answer


async def _unknown(request: Request) -> Response:
    raise _Refused(404, f"{request.method} {request.url.path} is not screened here, so it is not served")


async def _server_sent(first: JsonObject | None, events: AsyncIterator[JsonObject]) -> AsyncIterator[bytes]:
    try:
        if first is not None:
            yield _event(first)
            async for event in events:
                yield _event(event)
    except HeguiError as error:
        # The status has left already; the error is the last event, and no [DONE] follows it.
        yield _event(_error_body("upstream_error", str(error)))
        return
    yield b"data: [DONE]\n\n"


def _event(event: JsonObject) -> bytes:
    return b"data: " + msgspec.json.encode(event) + b"\n\n"


async def _body(request: Request) -> JsonObject:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > _MAX_REQUEST_BYTES:
            raise _Refused(413, f"the request is larger than {_MAX_REQUEST_BYTES} bytes")
    try:
        body: Any = msgspec.json.decode(data)
    except ValueError as error:
        raise _Refused(400, f"the request is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise _Refused(400, "the request must be a JSON object")
    return body


def _user(request: Request, body: JsonObject) -> str | None:
    named = request.headers.get("X-Hegui-User") or body.get("user")
    return named if isinstance(named, str) and named else None


def _authenticate(request: Request, api_keys: tuple[str, ...]) -> None:
    if not api_keys:
        return
    presented = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    # Every key is compared, so that the time says nothing about which one was close.
    matches = [hmac.compare_digest(presented, key.encode()) for key in api_keys]
    if not any(matches):
        raise _Refused(401, "the API key is missing or wrong")


def _json(body: JsonObject) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _error(status: int, kind: str, message: str) -> Response:
    return Response(msgspec.json.encode(_error_body(kind, message)), status, media_type="application/json")


def _error_body(kind: str, message: str) -> JsonObject:
    return {"error": {"message": message, "type": kind, "param": None, "code": kind}}
