"""Asking the models behind the gateway: which one, for how long, and whom instead."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple, Protocol

import msgspec

from hegui.core import Conflict, NotFound
from hegui.endpoint import is_content_block
from hegui.gateway.body import Sendable
from hegui.gateway.connections import Connection, Connections, HungUp, NoAnswer, Taker
from hegui.gateway.declaration import ANY_MODEL, Limits, Models, Upstream
from hegui.gateway.surfaces import JsonObject
from hegui.gateway.tracing import pass_on

_LONGEST_REST_SECONDS = 60.0

_CLIENTS_FAULT = frozenset({400, 404, 409, 413, 415, 422})
"""Statuses that another attempt would not change: they are about the request."""

_TOLD = _CLIENTS_FAULT | {429}
"""Statuses that clients are told as they are; others are about the upstream and become 502."""

_ERROR_BYTES = 1 << 16
_ERROR_SECONDS = 10


class UpstreamFailed(Conflict):
    """The model behind the gateway refused, broke off, or answered with something unreadable.

    Attributes:
        status: the HTTP status it answered with; ``None`` where it did not answer.
        told_status: the HTTP status that the client gets.
        body: its own account of a fault of the request, in OpenAI's form; not screened yet.
    """

    def __init__(self, reason: str, *, status: int | None = None, told: Container[int] = _TOLD) -> None:
        """Say what went wrong, without what was said.

        Args:
            reason: in a word or two.
            status: the HTTP status it answered with.
            told: the statuses that the client is told as they are.
        """
        super().__init__(
            zh=f"模型服务没有正常应答：{reason}；请检查它是否在运行，然后重试",
            en=f"the model did not answer properly: {reason}; check that it is running and try again",
        )
        self.status = status
        self.told_status = status if status is not None and status in told else HTTPStatus.BAD_GATEWAY
        self.body: JsonObject | None = None


def check_length(count: int, limits: Limits) -> None:
    """Take no more of an answer than is declared.

    Raises:
        UpstreamFailed: ``count`` bytes are too many.
    """
    if count > limits.answer_bytes:
        raise UpstreamFailed("the answer is longer than answer_bytes")


class ProviderBlocked(Exception):
    """The model's own provider blocked the content: an answer, and no failure."""


class UnknownModel(NotFound):
    """A model that nobody declared."""

    def __init__(self, model: str) -> None:
        """Name it."""
        shown = ascii(model[:100])
        super().__init__(
            zh=f"没有声明模型 {shown}；可用的模型见 /v1/models",
            en=f"no model {shown} is declared; /v1/models lists those that are",
        )


def _to_nobody(_taker: Taker) -> None:
    pass


@dataclass
class Call:
    """One answer that has begun.

    Attributes:
        status: of HTTP.
        content_type: what it says it is; empty where it does not say.
        chunks: its bytes as they come.
        hand_to: lets somebody have them without waking whoever waits for them, where that is possible; see
            :meth:`hegui.gateway.connections.Connection.hand_to`.
        upstream: what evidence calls who gives it.
        attempts: how often upstreams were asked for it.
        is_heard: whether all that matters was heard; whoever listens says so. Otherwise an answer that has
            not ended is cut off, so that nobody goes on making it.
    """

    status: int
    content_type: str
    chunks: AsyncIterator[bytes]
    upstream: str
    attempts: int
    hand_to: Callable[[Taker], None] = _to_nobody
    is_heard: bool = False


class ModelsBehind(Protocol):
    """What the gateway asks: :class:`Upstreams`, or an application that it stands around."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether somebody else may run them, who is told of users by pseudonym only."""

    @property
    def limits(self) -> Limits:
        """How long is waited, and how much is taken."""

    @property
    def names(self) -> tuple[str, ...]:
        """The models that can be asked for by name."""

    @property
    def health(self) -> Mapping[str, bool]:
        """Whether each upstream is believed to answer."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Hold open what is needed to ask."""

    def call(
        self, method: str, path: str, *, model: str, body: "Sendable | None" = None, query: str = ""
    ) -> AbstractAsyncContextManager[Call]:
        """Ask; see :meth:`Upstreams.call`."""


class _Health:
    """How one upstream does: failures in a row, until when it rests, and its turn among the others."""

    def __init__(self) -> None:
        self.failures = 0
        self.rests_until = 0.0
        self.turn = 0


class Upstreams:
    """The models behind the gateway, by name."""

    is_elsewhere = True

    def __init__(
        self, models: Models, *, limits: Limits, monotonic: Callable[[], float] | None = None
    ) -> None:
        """Prepare; nothing is connected before :meth:`running`.

        Args:
            models: where each model answers.
            limits: how long to wait, how often to ask.
            monotonic: seconds that never go back; the event loop's where not given.
        """
        self._models = models
        self.limits = limits
        self._monotonic = monotonic
        self._health = {upstream.name: _Health() for group in models.values() for upstream in group}
        # One for each declared place, not for each address: the key that is presented there belongs to it.
        self._connections = {
            upstream: Connections(upstream.address.url, limits=limits, api_key=upstream.address.api_key)
            for group in models.values()
            for upstream in group
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The models that can be asked for by name."""
        return tuple(name for name in self._models if name != ANY_MODEL)

    @property
    def health(self) -> Mapping[str, bool]:
        """Whether each upstream is believed to answer."""
        now = self._now()
        return {name: health.rests_until <= now for name, health in self._health.items()}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections to the models open."""
        try:
            yield
        finally:
            for connections in self._connections.values():
                connections.close()

    def call(
        self, method: str, path: str, *, model: str, body: "Sendable | None" = None, query: str = ""
    ) -> AbstractAsyncContextManager[Call]:
        """Ask, and ask elsewhere while that may help: until an answer has begun, never after.

        Args:
            method: of HTTP.
            path: behind ``/v1/``.
            model: as the client named it.
            body: what is asked.
            query: of the address, without the question mark.

        Raises:
            UnknownModel: nobody declared it.
            UpstreamFailed: no upstream began a good answer, or the one that did broke off.
            ProviderBlocked: the provider blocked the content.
        """
        return _Asking(self._begun(method, path, model=model, body=body, query=query), self._went_wrong)

    async def _begun(
        self, method: str, path: str, *, model: str, body: "Sendable | None", query: str
    ) -> "_Begun":
        tried: set[str] = set()
        attempt = 0
        failed: UpstreamFailed | None = None
        while attempt < self.limits.attempts:
            upstream = self._next(model, tried)
            tried.add(upstream.name)
            attempt += 1
            try:
                answer = await self._ask(upstream, method, path, model=model, body=body, query=query)
            except UpstreamFailed as error:
                failed = error
                if error.status in _CLIENTS_FAULT:
                    raise
                if not isinstance(error.__cause__, HungUp):
                    self._went_wrong(upstream)
                continue
            self._went_well(upstream)
            call = Call(
                status=answer.status,
                content_type=answer.content_type,
                chunks=answer,
                hand_to=answer.hand_to,
                upstream=upstream.name,
                attempts=attempt,
            )
            return _Begun(call, answer, upstream)
        assert failed is not None  # noqa: S101 - there is at least one attempt
        raise failed

    async def _ask(
        self, upstream: Upstream, method: str, path: str, *, model: str, body: "Sendable | None", query: str
    ) -> Connection:
        headers: dict[str, str] = {}
        pass_on(headers)
        data = None
        if body is not None:
            name = upstream.address.model if upstream.renames else model
            data, headers["Content-Type"] = body.encoded(name)
        try:
            answer = await self._connections[upstream].ask(
                method, f"{path}?{query}" if query else path, body=data, headers=headers
            )
        except NoAnswer as error:
            raise UpstreamFailed(str(error)) from error
        if answer.status == HTTPStatus.OK:
            return answer
        said = b""
        try:
            with suppress(NoAnswer, TimeoutError):
                async with asyncio.timeout(_ERROR_SECONDS):
                    said = await beginning(answer)
        finally:
            answer.end()
        raise failure(answer.status, said)

    def _next(self, model: str, tried: set[str]) -> Upstream:
        """Whose turn it is: of the upstreams that are well and were not tried, by weight.

        Where none is left, the one that rests least is asked all the same: better than no answer.
        """
        group = self._models.get(model) or self._models.get(ANY_MODEL)
        if group is None and not model:  # what names no model goes to the first that was declared
            group = next(iter(self._models.values()))
        if group is None:
            raise UnknownModel(model)
        if len(group) == 1:
            return group[0]
        now = self._now()
        well = [u for u in group if u.name not in tried and self._health[u.name].rests_until <= now]
        if not well:
            left = [upstream for upstream in group if upstream.name not in tried] or list(group)
            return min(left, key=lambda upstream: self._health[upstream.name].rests_until)
        # Each gains its weight, the richest is taken and pays for all: shares are even in every stretch.
        for upstream in well:
            self._health[upstream.name].turn += upstream.weight
        chosen = max(well, key=lambda upstream: self._health[upstream.name].turn)
        self._health[chosen.name].turn -= sum(upstream.weight for upstream in well)
        return chosen

    def _went_wrong(self, upstream: Upstream) -> None:
        health = self._health[upstream.name]
        rest = min(self.limits.rest_seconds * 2.0**health.failures, _LONGEST_REST_SECONDS)
        health.failures = min(health.failures + 1, 16)
        health.rests_until = self._now() + rest

    def _went_well(self, upstream: Upstream) -> None:
        health = self._health[upstream.name]
        health.failures = 0
        health.rests_until = 0.0

    def _now(self) -> float:
        return self._monotonic() if self._monotonic else asyncio.get_running_loop().time()


class _Begun(NamedTuple):
    """An answer that has begun, the connection it comes on, and who gives it."""

    call: Call
    answer: Connection
    upstream: Upstream


class _Asking(AbstractAsyncContextManager[Call]):
    """One question, until its answer is ended; a class, since a generator takes three times as long."""

    def __init__(self, begun: Awaitable[_Begun], went_wrong: Callable[[Upstream], None]) -> None:
        self._begins = begun
        self._went_wrong = went_wrong

    async def __aenter__(self) -> Call:
        self._begun = await self._begins
        return self._begun.call

    async def __aexit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        call, answer, upstream = self._begun
        answer.end(is_heard=call.is_heard)
        if isinstance(error, NoAnswer):
            self._went_wrong(upstream)
            raise UpstreamFailed(str(error)) from error


async def beginning(chunks: AsyncIterator[bytes]) -> bytes:
    """As much of an error as is read, however it was cut into pieces."""
    said = b""
    async for chunk in chunks:
        said += chunk
        if len(said) >= _ERROR_BYTES:
            break
    return said[:_ERROR_BYTES]


def failure(status: int, said: bytes, *, told: Container[int] = _TOLD) -> UpstreamFailed | ProviderBlocked:
    """What an answer with an error status means, by the beginning of its body."""
    failed = UpstreamFailed(f"HTTP {status}", status=status, told=told)
    if status < HTTPStatus.BAD_REQUEST:
        return failed  # a redirect is not followed: it would lead where nobody declared
    try:
        body = msgspec.json.decode(said)
    except (ValueError, RecursionError):
        return failed  # an error page is no JSON; its status says enough
    if is_content_block(body):
        return ProviderBlocked()
    if status in told and isinstance(body, dict) and isinstance(body.get("error"), dict):
        failed.body = {"error": body["error"]}
    return failed
