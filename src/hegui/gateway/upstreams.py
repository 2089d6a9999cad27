"""Asking the models behind the gateway: which one, for how long, and whom instead."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import msgspec
import yarl

from hegui.core import Conflict, NotFound
from hegui.endpoint import is_content_block
from hegui.gateway.body import Sendable
from hegui.gateway.declaration import ANY_MODEL, Limits, Models, Upstream
from hegui.gateway.surfaces import JsonObject

_LONGEST_REST_SECONDS = 60.0

_CLIENTS_FAULT = frozenset({400, 404, 409, 413, 415, 422})
"""Statuses that another attempt would not change: they are about the request."""

_TOLD = _CLIENTS_FAULT | {429}
"""Statuses that clients are told as they are; others are about the upstream and become 502."""

_ERROR_BYTES = 1 << 16


class UpstreamFailed(Conflict):
    """The model behind the gateway refused, broke off, or answered with something unreadable.

    Attributes:
        status: the HTTP status it answered with; ``None`` where it did not answer.
        body: its own account of a fault of the request, in OpenAI's form; not screened yet.
    """

    def __init__(self, reason: str, *, status: int | None = None, body: JsonObject | None = None) -> None:
        """Say what went wrong, without what was said."""
        super().__init__(
            zh=f"模型服务没有正常应答：{reason}；请检查它是否在运行，然后重试",
            en=f"the model did not answer properly: {reason}; check that it is running and try again",
        )
        self.status = status
        self.body = body

    @property
    def told_status(self) -> int:
        """The HTTP status that the client gets."""
        return self.status if self.status in _TOLD else HTTPStatus.BAD_GATEWAY


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


class Call:
    """One answer that has begun.

    Attributes:
        response: the answer's head and stream.
        upstream: who gives it.
        attempts: how often upstreams were asked for it.
    """

    def __init__(self, response: aiohttp.ClientResponse, upstream: Upstream, attempts: int) -> None:
        """Keep who answers."""
        self.response = response
        self.upstream = upstream
        self.attempts = attempts


class _Health:
    """How one upstream does: failures in a row, until when it rests, and its turn among the others."""

    def __init__(self) -> None:
        self.failures = 0
        self.rests_until = 0.0
        self.turn = 0


class Upstreams:
    """The models behind the gateway, by name."""

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
        self._session: aiohttp.ClientSession | None = None

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
        timeout = aiohttp.ClientTimeout(
            total=self.limits.total_seconds,
            sock_connect=self.limits.connect_seconds,
            sock_read=self.limits.silence_seconds,
        )
        async with aiohttp.ClientSession(
            timeout=timeout,
            connector=aiohttp.TCPConnector(limit=0),
            headers={"Accept-Encoding": "identity", "User-Agent": "hegui-gateway"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        ) as self._session:
            yield
        self._session = None

    @asynccontextmanager
    async def call(
        self, method: str, path: str, *, model: str, body: "Sendable | None" = None, query: str = ""
    ) -> AsyncIterator[Call]:
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
        tried: set[str] = set()
        attempt = 0
        failed: UpstreamFailed | None = None
        while attempt < self.limits.attempts:
            upstream = self._next(model, tried)
            tried.add(upstream.name)
            attempt += 1
            try:
                response = await self._ask(upstream, method, path, model=model, body=body, query=query)
            except UpstreamFailed as error:
                failed = error
                if error.status in _CLIENTS_FAULT:
                    raise
                self._went_wrong(upstream)
                continue
            self._went_well(upstream)
            try:
                yield Call(response, upstream, attempt)
            except (aiohttp.ClientError, TimeoutError) as error:
                self._went_wrong(upstream)
                raise UpstreamFailed(type(error).__name__) from error
            finally:
                response.close()
            return
        assert failed is not None  # noqa: S101 - there is at least one attempt
        raise failed

    async def _ask(
        self, upstream: Upstream, method: str, path: str, *, model: str, body: "Sendable | None", query: str
    ) -> aiohttp.ClientResponse:
        assert self._session is not None, "use the gateway inside `async with gateway.running()`"  # noqa: S101 - a mistake of ours
        headers = {}
        if upstream.address.api_key:
            headers["Authorization"] = f"Bearer {upstream.address.api_key}"
        data = None
        if body is not None:
            name = upstream.address.model if upstream.renames else model
            data, headers["Content-Type"] = body.encoded(name)
        url = f"{upstream.address.url}/{path}" + (f"?{query}" if query else "")
        try:
            async with asyncio.timeout(self.limits.first_byte_seconds):
                response = await self._session.request(
                    method, yarl.URL(url, encoded=True), data=data, headers=headers, allow_redirects=False
                )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamFailed(type(error).__name__) from error
        if response.status != HTTPStatus.OK:
            try:
                raise await _failure(response)
            finally:
                response.close()
        return response

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


async def _failure(response: aiohttp.ClientResponse) -> Exception:
    """What an answer with an error status means."""
    status = response.status
    failed = UpstreamFailed(f"HTTP {status}", status=status)
    if status < HTTPStatus.BAD_REQUEST:
        return failed  # a redirect is not followed: it would lead where nobody declared
    try:
        async with asyncio.timeout(10):
            body = msgspec.json.decode(await response.content.read(_ERROR_BYTES))
    except (ValueError, RecursionError, aiohttp.ClientError, TimeoutError):
        return failed  # an error page is no JSON; its status says enough
    if is_content_block(body):
        return ProviderBlocked()
    if status in _TOLD and isinstance(body, dict) and isinstance(body.get("error"), dict):
        failed.body = {"error": body["error"]}
    return failed
