"""The gateway: takes chat requests, asks the model behind it, lets out what may leave, keeps evidence."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

from hegui.core import Clock, Conflict, to_json
from hegui.endpoint import EndpointAddress, EventStream, is_content_block
from hegui.gateway.exchange import Exchange
from hegui.gateway.model import AnswerPolicy, Outcome
from hegui.gateway.surfaces import JsonObject, UnreadableRequest, is_readable_answer
from hegui.ledger import GroupWriter
from hegui.screening import Screen

CHAT = "chat/completions"

_DONE = "[DONE]"

_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 120.0
"""How long the model may say nothing before the exchange is given up."""


class UpstreamFailed(Conflict):
    """The model behind the gateway refused, broke off, or answered with something unreadable.

    Attributes:
        status: the HTTP status it answered with; ``None`` where it did not answer.
    """

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        """Say what went wrong, without what was said."""
        super().__init__(
            zh=f"模型服务没有正常应答：{reason}；请检查它是否在运行，然后重试",
            en=f"the model did not answer properly: {reason}; check that it is running and try again",
        )
        self.status = status


class _Refused(Exception):
    """The request is not answered by the model: our screen or the model's own provider blocked it."""


class Gateway:
    """The moderated, labelled, recorded way to one model."""

    def __init__(
        self,
        *,
        upstream: EndpointAddress,
        screen: Screen,
        writer: GroupWriter,
        clock: Clock,
        pseudonym_key: bytes,
        implicit_label: Callable[[str], JsonObject],
        policy: AnswerPolicy,
    ) -> None:
        """Prepare; nothing is connected before :meth:`running`.

        Args:
            upstream: the model behind the gateway.
            screen: what reads requests and answers.
            writer: where evidence goes, in batches.
            clock: the time.
            pseudonym_key: keys the pseudonyms of users; 32 secret bytes.
            implicit_label: the ``{"AIGC": {...}}`` fields for an exchange's id.
            policy: how the gateway speaks in its own name.
        """
        self._upstream = upstream
        self._screen = screen
        self._writer = writer
        self._clock = clock
        self._pseudonym_key = pseudonym_key
        self._implicit_label = implicit_label
        self._policy = policy
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections to the model open."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as self._session:
            yield
        self._session = None

    def exchange(self, body: JsonObject, *, user: str | None) -> Exchange:
        """Begin an exchange.

        Args:
            body: the request, parsed.
            user: the identifier of the user, which is turned into a pseudonym here and kept nowhere.
        """
        exchange_id = f"hegui-{secrets.token_hex(12)}"
        return Exchange(
            exchange_id=exchange_id,
            body=body,
            user=self._pseudonym(user),
            screen=self._screen,
            policy=self._policy,
            implicit=self._implicit_label(exchange_id),
        )

    async def answer(self, exchange: Exchange) -> JsonObject:
        """The whole answer to an exchange, recorded before it is returned.

        Raises:
            UpstreamFailed: the model gave no answer; the exchange is recorded as such.
            UnreadableRequest: the request cannot be read, so it is not passed on.
            Conflict: the evidence could not be written, so the answer does not leave.
        """
        try:
            if not exchange.admits():
                raise _Refused  # noqa: TRY301 - one place answers both kinds of refusal
            async with self._request("POST", CHAT, exchange.request()) as response:
                leaving = exchange.whole(_parsed(await response.read()))
        except _Refused:
            await self._keep(exchange, Outcome.REFUSED)
            return exchange.refusal(created=self._now())
        except UpstreamFailed:
            await self._keep(exchange, Outcome.UPSTREAM_FAILED)
            raise
        except UnreadableRequest:
            await self._keep(exchange, Outcome.UNREADABLE)
            raise
        await self._keep(exchange, Outcome.ANSWERED)
        return leaving

    async def stream(self, exchange: Exchange) -> AsyncIterator[JsonObject]:
        """The events of a streamed answer; the exchange is recorded before the iterator ends.

        Raises:
            UpstreamFailed: the model broke off; the exchange is recorded as such.
            Conflict: the evidence could not be written.
        """
        outcome = Outcome.ABANDONED
        try:
            async for leaving in self._admitted(exchange):
                yield leaving
            outcome = Outcome.ANSWERED
        except _Refused:
            for leaving in exchange.refusal_events(created=self._now()):
                yield leaving
            outcome = Outcome.REFUSED
        except UpstreamFailed:
            outcome = Outcome.UPSTREAM_FAILED
            raise
        except UnreadableRequest:
            outcome = Outcome.UNREADABLE
            raise
        finally:
            # A client that went away cancels us here; the batch is written all the same.
            await asyncio.shield(self._keep(exchange, outcome))

    async def _admitted(self, exchange: Exchange) -> AsyncIterator[JsonObject]:
        """The events of the model's own answer, as far as they may leave."""
        if not exchange.admits():
            raise _Refused
        async with self._request("POST", CHAT, exchange.request()) as response:
            async for event in _events(response):
                for leaving in exchange.event(event):
                    yield leaving
                if exchange.stopped:
                    return
        if exchange.is_open:
            raise UpstreamFailed("the answer broke off without an end")

    async def models(self) -> JsonObject:
        """What the model behind the gateway says of itself.

        Raises:
            UpstreamFailed: it gave no answer.
        """
        try:
            async with self._request("GET", "models") as response:
                return _parsed(await response.read())
        except _Refused as blocked:
            raise UpstreamFailed("blocked") from blocked

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, body: JsonObject | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        assert self._session is not None, "use the gateway inside `async with gateway.running()`"  # noqa: S101 - a mistake of ours
        headers = {"Content-Type": "application/json"}
        if self._upstream.api_key:
            headers["Authorization"] = f"Bearer {self._upstream.api_key}"
        data = None if body is None else msgspec.json.encode(body)
        url = f"{self._upstream.url.rstrip('/')}/{path}"
        try:
            async with self._session.request(method, url, data=data, headers=headers) as response:
                if response.status != HTTPStatus.OK:
                    raise await _failure(response)
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UpstreamFailed(type(error).__name__) from error

    async def _keep(self, exchange: Exchange, outcome: Outcome) -> None:
        record = exchange.record(outcome, surface=CHAT)
        await asyncio.wrap_future(self._writer.append(kind="gateway.exchanged", content=to_json(record)))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _pseudonym(self, user: str | None) -> str | None:
        if user is None:
            return None
        return hmac.new(self._pseudonym_key, user.encode(), hashlib.sha256).hexdigest()[:32]


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[JsonObject]:
    events = EventStream()
    async for chunk in response.content.iter_any():
        for data in events.feed(chunk):
            if data == _DONE:
                return
            yield _parsed(data)


async def _failure(response: aiohttp.ClientResponse) -> Exception:
    """What an answer with an error status means."""
    failed = UpstreamFailed(f"HTTP {response.status}", status=response.status)
    try:
        return _Refused() if is_content_block(_parsed(await response.read())) else failed
    except UpstreamFailed:  # an error page is no JSON; its status says enough
        return failed


def _parsed(data: bytes | str) -> JsonObject:
    try:
        value: Any = msgspec.json.decode(data)
    except ValueError as error:
        raise UpstreamFailed("not JSON") from error
    if not isinstance(value, dict):
        raise UpstreamFailed("not a JSON object")
    if not is_readable_answer(value):
        raise UpstreamFailed("not a chat completion")
    return value
