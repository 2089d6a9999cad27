"""The gateway as a web application: HTTP in, HTTP out, no decisions."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from hegui.admission import Caller, LimitReached, NotAdmitted, TooManyWrongKeys, WrongKey, WrongToken
from hegui.core import Conflict, HeguiError, NotFound
from hegui.gateway.exchange import DONE, Asked, Exchange
from hegui.gateway.extensions import Consultation, consult_for_dify, consult_for_litellm
from hegui.gateway.listening import straight
from hegui.gateway.model import Mode
from hegui.gateway.multipart import parse_form
from hegui.gateway.reception import Presented, Wish
from hegui.gateway.saying import error_body
from hegui.gateway.service import Gateway, Leaving
from hegui.gateway.surfaces import Event, Interface, JsonObject, surface_at
from hegui.gateway.tracing import span
from hegui.gateway.upstreams import UnknownModel, UpstreamFailed

Headers = Mapping[bytes, str]

_PREFIX = "/v1/"
_USER_FIELDS = ("safety_identifier", "user")
_SAFE_PATH = re.compile(r"[A-Za-z0-9_:-][A-Za-z0-9_.:-]*(?:/[A-Za-z0-9_:-][A-Za-z0-9_.:-]*)*")
_SAFE_QUERY = re.compile(r"[A-Za-z0-9_.:&=%\[\]+,~-]{0,2048}")
_JSON = b"application/json"
_UNWATCHED_SECONDS = 0.05
_EVENTS = b"text/event-stream; charset=utf-8"

# From the most to the least particular: the first that fits answers.
_ANSWERS: tuple[tuple[type[HeguiError], int, str], ...] = (
    (WrongKey, 401, "invalid_api_key"),
    (WrongToken, 401, "invalid_user_token"),
    (LimitReached, 429, LimitReached.code),
    (NotAdmitted, 403, NotAdmitted.code),
    (TooManyWrongKeys, 429, "rate_limit_exceeded"),
    (UnknownModel, 404, "model_not_found"),
    (NotFound, 404, "not_found"),
    (Conflict, 503, "server_error"),
    (HeguiError, 400, "invalid_request_error"),
)


Consult = Callable[[JsonObject], Consultation | JsonObject]
"""Reads what a platform posts: what it wants judged, or what it is told without that."""

_EXTENSIONS: Mapping[str, Consult] = MappingProxyType(
    {
        "dify": consult_for_dify,
        # LiteLLM adds this path to the base that it is given.
        "litellm/beta/litellm_basic_guardrail_api": consult_for_litellm,
    }
)


class _Refused(Exception):
    """The request is answered with an error in OpenAI's form."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def gateway_routes(gateway: Gateway, *, pass_through: tuple[str, ...] = ()) -> list[Route]:
    """The OpenAI-compatible routes in front of ``gateway``, to be served while it is running.

    Args:
        gateway: what decides and asks; the server enters :meth:`Gateway.running`.
        pass_through: paths behind ``/v1/`` that are passed on unscreened; ``*`` at the end for any rest.
    """

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(
            gateway.metrics.text(gateway.upstream_health), media_type="text/plain; version=0.0.4"
        )

    async def ready(_request: Request) -> Response:
        health = gateway.upstream_health
        status = HTTPStatus.OK if any(health.values()) else HTTPStatus.SERVICE_UNAVAILABLE
        # A screen that was adopted and cannot be used here stops nobody; the log and the ledger say why.
        screen = {"in_use": gateway.metrics.screen, "declined": gateway.metrics.screen_declined}
        told: JsonObject = {"upstreams": health, "screen": screen}
        if not gateway.acts:
            told |= {"mode": Mode.SHADOW, "unsafe": "everything passes; it is only measured what should not"}
        return Response(msgspec.json.encode(told), status, media_type="application/json")

    return [
        *(
            Route(f"/extensions/{path}", ExtensionSkin(gateway, consult), methods=["POST"])
            for path, consult in _EXTENSIONS.items()
        ),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route(f"{_PREFIX}{{path:path}}", GatewaySkin(gateway, pass_through=pass_through)),
    ]


class GatewaySkin:
    """Everything below ``/v1/`` as an ASGI application."""

    def __init__(self, gateway: Gateway, *, pass_through: tuple[str, ...]) -> None:
        """Stand in front of ``gateway``."""
        self._gateway = gateway
        self._pass_through = pass_through

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every error is told in OpenAI's form."""
        out = _Out(send)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._gateway.metrics.in_flight += 1
        try:
            with span("gateway", traceparent=headers.get(b"traceparent", "")):
                await self._answer(scope, headers, receive, out)
        except _Refused as error:
            self._gateway.metrics.rejected(error.status)
            await out.error(error.status, "invalid_request_error", str(error))
        except UpstreamFailed as error:
            await out.failed(error)
        except HeguiError as error:
            status, code = next((status, code) for kind, status, code in _ANSWERS if isinstance(error, kind))
            kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
            if isinstance(error, NotAdmitted):
                kind, code = (
                    ("rate_limit_error" if status == HTTPStatus.TOO_MANY_REQUESTS else "permission_error"),
                    error.code,
                )
                out.tell_wait(error.wait_seconds)
            self._gateway.metrics.rejected(status)
            await out.error(status, kind, str(error), code=code)
        finally:
            self._gateway.metrics.in_flight -= 1

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, out: "_Out") -> None:
        caller = await self._caller(scope, headers)
        method, path = scope["method"], scope["path"].removeprefix(_PREFIX)
        if path == "models" and method == "GET":
            await out.whole(Leaving(200, await self._gateway.models()))
            return
        surface = _surface(method, path)
        if surface is None and path != "moderations" and not self._is_passed_through(path):
            raise _Refused(
                404, f"{method} {_PREFIX}{ascii(path)[1:-1]} is not screened here, so it is not served"
            )
        data = await self._body(headers, receive)
        query = scope["query_string"].decode("latin-1")
        if not _SAFE_QUERY.fullmatch(query):
            raise _Refused(400, "the query holds characters that are not passed on")
        named, kind = headers.get(b"x-hegui-user"), headers.get(b"content-type", "")
        training = _training(headers.get(b"x-hegui-training"))
        if surface is None:
            body = _json_object(data) if path == "moderations" else None
            wish = Wish(path, user=named, training=training)
            async with await self._gateway.reception.let_in(caller, wish) as visit:
                out.headers = visit.headers
                with _until_gone(receive):
                    await out.whole(
                        Leaving(200, await self._gateway.moderate(body))
                        if body is not None
                        else await self._gateway.passed(
                            method,
                            path,
                            query=query,
                            data=data,
                            content_type=kind or "application/octet-stream",
                            admission=visit.admission,
                        )
                    )
            return
        question = _question(surface, path, query, data, kind)
        wish = Wish(
            path,
            model=str(question.body.get("model", "")),
            user=named or _named(question.body),
            training=training,
            character=_character(headers.get(b"x-hegui-character")),
        )
        async with await self._gateway.reception.let_in(caller, wish) as visit:
            out.headers = visit.headers
            if self._gateway.asks_elsewhere:
                _hide_user(question.body, visit.admission.user)
            exchange = self._gateway.exchange(question, visit.admission)
            exchange.headers = visit.headers
            try:
                with _until_gone(receive):
                    await self._exchanged(exchange, out)
            finally:
                visit.characters = exchange.characters

    async def _caller(self, scope: Scope, headers: Headers) -> Caller:
        client = scope.get("client")
        return await self._gateway.reception.caller(
            Presented(
                authorization=headers.get(b"authorization", ""),
                token=headers.get(b"x-hegui-user-token"),
                address=client[0] if client else "",
            )
        )

    async def _exchanged(self, exchange: Exchange, out: "_Out") -> None:
        if not exchange.is_stream:
            await out.whole(await self._gateway.answer(exchange))
            return
        async with aclosing(self._gateway.stream(exchange, send=out.send_at_once)) as batches:
            await out.events(batches, exchange)

    def _is_passed_through(self, path: str) -> bool:
        return bool(_SAFE_PATH.fullmatch(path)) and any(
            path.startswith(declared[:-1]) if declared.endswith("*") else path == declared
            for declared in self._pass_through
        )

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        most = self._gateway.limits.request_bytes
        if headers.get(b"content-encoding", "identity").lower() != "identity":
            raise _Refused(415, "compressed requests are not taken; send the body as it is")
        declared = headers.get(b"content-length", "0")
        if declared.isdecimal() and int(declared) > 2 * most:
            raise _Refused(413, f"the request is larger than {most} bytes")
        data = bytearray()
        dropped = 0
        try:
            with _until_late(self._gateway.limits.request_seconds):
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


class ExtensionSkin(GatewaySkin):
    """A platform's question to the screen as an ASGI application."""

    def __init__(self, gateway: Gateway, consult: Consult) -> None:
        """Answer with ``gateway``.

        Args:
            gateway: what judges and records.
            consult: understands the platform.
        """
        super().__init__(gateway, pass_through=())
        self._consult = consult

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, out: "_Out") -> None:
        key = headers.get(b"x-api-key")
        presented = headers if key is None else {**headers, b"authorization": f"Bearer {key}"}
        caller = await self._caller(scope, presented)
        asked = self._consult(_json_object(await self._body(headers, receive)))
        if isinstance(asked, Consultation):
            surface = scope["path"].removeprefix("/")
            async with await self._gateway.reception.let_ask(caller, surface) as visit:
                out.headers = visit.headers
                visit.characters = asked.characters
                asked = await self._gateway.consult(asked, tenant=caller.tenant)
        await out.whole(Leaving(200, asked))


class _Out:
    """One answer on its way out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._begun = False
        self._send_piece: Callable[[bytes], bool] | None = None
        self.headers: dict[str, str] = {}

    def tell_wait(self, seconds: float | None) -> None:
        """Tell when it is worth asking again."""
        if seconds is not None:
            self.headers["retry-after"] = str(math.ceil(seconds))

    async def whole(self, leaving: Leaving) -> None:
        body = leaving.body if isinstance(leaving.body, bytes) else msgspec.json.encode(leaving.body)
        await self._start(leaving.status, leaving.content_type.encode("latin-1", "replace"), length=len(body))
        await self._send({"type": "http.response.body", "body": body})

    async def events(self, batches: AsyncIterator[list[Event] | Leaving], exchange: Exchange) -> None:
        """Send events as they come; a failure before the first one still gets its own HTTP status."""
        typed = exchange.question.path == "responses"
        async for batch in batches:
            if isinstance(batch, Leaving):
                await self.whole(batch)
                return
            if not self._begun:
                first = batch[0]
                if exchange.refusal_status != HTTPStatus.OK and isinstance(first, dict) and "error" in first:
                    # A refusal in an interface without words.
                    await self.whole(Leaving(exchange.refusal_status, first))
                    return
                await self._start(HTTPStatus.OK, _EVENTS)
                self._send_piece = straight(self._send)
            data = b"".join([_event(event, typed=typed) for event in batch])
            goes_on = exchange.is_open
            if not goes_on and not typed:
                data += _event(DONE, typed=False)
            await self._send({"type": "http.response.body", "body": data, "more_body": goes_on})

    def send_at_once(self, events: list[Event]) -> bool:
        """Send events that have no types behind others; see :class:`hegui.gateway.relay.Sender`."""
        return self._send_piece is not None and self._send_piece(
            b"".join([_event(event, typed=False) for event in events])
        )

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
        headers += [(name.encode(), value.encode()) for name, value in self.headers.items()]
        if length is None:
            headers.append((b"cache-control", b"no-cache"))
        else:
            headers.append((b"content-length", str(length).encode()))
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


class _Interruption:
    """Rings after some seconds, and then may cancel what stands inside ``with``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._has_interrupted = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._task = task
        self._alarm = task.get_loop().call_later(self._seconds, self._ring)

    def _ring(self) -> None:
        self._interrupt()

    def _interrupt(self) -> None:
        self._has_interrupted = True
        self._task.cancel()

    def _end(self, kind: type[BaseException] | None) -> bool:
        """Ring no more; whether what stood inside was cancelled here, and by nobody else."""
        self._alarm.cancel()
        return self._has_interrupted and kind is asyncio.CancelledError and not self._task.uncancel()


class _until_late(_Interruption):  # noqa: N801 - it is used as a statement: `with _until_late(seconds)`
    """What :func:`asyncio.timeout` does, in a third of its time: every request passes here."""

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if self._end(kind):
            raise TimeoutError


class _until_gone(_Interruption):  # noqa: N801 - likewise
    """Cancels what stands inside when the client goes away, and then passes over it in silence.

    Nobody looks in the first moments: most answers that are given whole are there before.
    """

    def __init__(self, receive: Receive) -> None:
        super().__init__(_UNWATCHED_SECONDS)
        self._receive = receive
        self._watch: asyncio.Task[None] | None = None

    def _ring(self) -> None:
        self._watch = asyncio.create_task(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._interrupt()

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> bool:
        if self._watch is not None:
            self._watch.cancel()
        return self._end(kind)


def _event(event: Event, *, typed: bool) -> bytes:
    if isinstance(event, bytes):
        return b"data: %b\n\n" % event
    data = b"data: %b\n\n" % msgspec.json.encode(event)
    if not typed:
        return data
    # A type is a name; whatever else an upstream sent there must not become a line of its own.
    kind = re.sub(r"[^a-z0-9_.]", "", str(event.get("type", "message")))
    return f"event: {kind}\n".encode() + data


@lru_cache(64)
def _surface(method: str, path: str) -> Interface | None:
    """The surface that answers at a path (behind ``/v1/``), where the path is written as paths are."""
    return surface_at(method, path) if _SAFE_PATH.fullmatch(path) else None


def _question(surface: Interface, path: str, query: str, data: bytes, content_type: str) -> Asked:
    if surface.method != "POST":
        return Asked(surface=surface, body=_query_stream(query), path=path, query=query)
    if surface.form:
        form = parse_form(data, content_type)
        return Asked(surface=surface, body=form.body, path=path, form=form)
    return Asked(surface=surface, body=_json_object(data), path=path)


def _training(said: str | None) -> bool | None:
    """What a client says of the user's choice; what is neither yes nor no is refused, for it may mean no."""
    if said not in {None, "yes", "no"}:
        raise _Refused(400, "x-hegui-training is yes or no")
    return None if said is None else said == "yes"


def _named(body: JsonObject) -> str | None:
    """The user that a request names."""
    for field in _USER_FIELDS:
        user = body.get(field)
        if user and isinstance(user, str):
            return user
    return None


def _character(said: str | None) -> str | None:
    """Whom the model is to play, as the client says."""
    return (unquote(said) or None) if said else None


def _hide_user(body: JsonObject, pseudonym: str | None) -> None:
    """Name the user by pseudonym to the model as well: whoever runs it is told of nobody."""
    for field in _USER_FIELDS:
        if isinstance(body.get(field), str) and pseudonym is not None:
            body[field] = pseudonym


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
