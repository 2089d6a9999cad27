"""An application in this process that speaks OpenAI's interface, as the model behind the gateway."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from http import HTTPStatus
from types import MappingProxyType

import anyio
from starlette.types import ASGIApp, Message, Scope

from hegui.gateway.body import Sendable
from hegui.gateway.declaration import Limits
from hegui.gateway.upstreams import Call, UpstreamFailed, beginning, failure

_NAME = "application"
_WRITTEN_ANEW = frozenset({b"content-type", b"content-length", b"transfer-encoding", b"accept-encoding"})
_ERRORS = range(400, 600)  # its clients are the application's own: every error of its is theirs to know
_MOST_MESSAGES = 16  # the application waits where the client is slower

current_scope: ContextVar[Scope] = ContextVar("current_scope")
"""The request that is being answered, as the server gave it: the application sees who asks."""


class WrappedApplication:
    """Asks an application in this process what the gateway would ask an upstream.

    The application gets the request's own scope (its state, its client, its headers but those of the
    body) and a body that was written anew.
    """

    is_elsewhere = False
    names: tuple[str, ...] = ()
    health: Mapping[str, bool] = MappingProxyType({_NAME: True})

    def __init__(self, application: ASGIApp, *, limits: Limits) -> None:
        """Stand around ``application``, and wait for it as ``limits`` say."""
        self.limits = limits
        self._application = application

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Nothing is to be held open."""
        yield

    @asynccontextmanager
    async def call(
        self, method: str, path: str, *, model: str, body: Sendable | None = None, query: str = ""
    ) -> AsyncIterator[Call]:
        """Ask the application.

        Raises:
            UpstreamFailed: it raised an error, took too long, or answered with an error.
            ProviderBlocked: it said that the content is blocked.
        """
        data, content_type = body.encoded(model) if body is not None else (b"", None)
        running = _Running(self._application, _scope(method, path, query, content_type, len(data)), data)
        try:
            try:
                async with asyncio.timeout(self.limits.first_byte_seconds):
                    start = await running.next()
            except TimeoutError as error:
                raise UpstreamFailed("TimeoutError") from error
            headers = dict(start.get("headers", ()))
            chunks = running.chunks(self.limits.silence_seconds)
            if start["status"] != HTTPStatus.OK:
                raise failure(start["status"], await beginning(chunks), told=_ERRORS)
            yield Call(
                status=start["status"],
                content_type=headers.get(b"content-type", b"").decode("latin-1"),
                chunks=chunks,
                upstream=_NAME,
                attempts=1,
            )
        finally:
            await running.end()


class _Running:
    """One request that the application answers."""

    def __init__(self, application: ASGIApp, scope: Scope, data: bytes) -> None:
        self._request: Message | None = {"type": "http.request", "body": data, "more_body": False}
        self._say, self._said = anyio.create_memory_object_stream[Message](_MOST_MESSAGES)
        self._task = asyncio.create_task(self._run(application, scope))

    async def _run(self, application: ASGIApp, scope: Scope) -> None:
        with self._say:
            await application(scope, self._receive, self._say.send)

    async def _receive(self) -> Message:
        if self._request is not None:
            message, self._request = self._request, None
            return message
        # When nobody listens any more, the application is cancelled; there is nothing else to hear.
        nothing: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        return await nothing

    async def next(self) -> Message:
        """The next thing that the application says.

        Raises:
            UpstreamFailed: it ended without an answer, or raised an error.
        """
        try:
            return await self._said.receive()
        except anyio.EndOfStream:
            await asyncio.wait([self._task])
            error = self._task.exception()
            raise UpstreamFailed(type(error).__name__ if error else "no answer") from error

    async def chunks(self, silence_seconds: float) -> AsyncIterator[bytes]:
        """The bytes of the answer's body."""
        more = True
        while more:
            try:
                async with asyncio.timeout(silence_seconds):
                    message = await self.next()
            except TimeoutError as error:
                raise UpstreamFailed("TimeoutError") from error
            more = message.get("more_body", False)
            yield message.get("body", b"")

    async def end(self) -> None:
        """Stop the application where it has not ended; nobody listens any more."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._said.close()


def _scope(method: str, path: str, query: str, content_type: str | None, length: int) -> Scope:
    """The request's own scope with what was written anew."""
    scope = dict(current_scope.get())
    headers = [(name, value) for name, value in scope["headers"] if name not in _WRITTEN_ANEW]
    headers.append((b"content-length", str(length).encode()))
    if content_type is not None:
        headers.append((b"content-type", content_type.encode("latin-1")))
    full = f"/v1/{path}"
    scope.update(
        method=method, path=full, raw_path=full.encode(), query_string=query.encode(), headers=headers
    )
    return scope
