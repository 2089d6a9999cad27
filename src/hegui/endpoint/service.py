"""Asking one endpoint."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from hegui.core import BilingualText, Clock, Conflict, InvalidInput, system_clock
from hegui.endpoint import wire
from hegui.endpoint.blocks import CONTENT_FILTER
from hegui.endpoint.events import EventStream
from hegui.endpoint.model import Delta, EndpointAddress, Message, Patience, Reply, Timeouts

if TYPE_CHECKING:
    from hegui.endpoint.line import HttpLine, Request, Response

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

_DONE = b"[DONE]"


_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_ABOUT_THE_REQUEST = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
}


class EndpointUnavailable(Conflict):
    """The endpoint gave no answer, however often it was asked.

    Attributes:
        url: the endpoint.
        status: the HTTP status of the last attempt, ``None`` where none came.
        attempts: how often it was asked.
    """

    def __init__(self, *, url: str, status: int | None, attempts: int, reason: BilingualText) -> None:
        """Say what happened last and how often it was tried."""
        super().__init__(
            zh=f"{url} 请求 {attempts} 次仍无法使用：{reason.zh}；"
            "请确认模型服务正在运行、地址正确、未超出限额，然后重试",
            en=f"{url} is unavailable after {attempts} attempt(s): {reason.en}; "
            "check that the model runs, that the address is right and its limits allow it, then repeat",
        )
        self.url = url
        self.status = status
        self.attempts = attempts


class MalformedReply(Conflict):
    """Something answered, but not as an OpenAI-compatible endpoint does.

    Attributes:
        url: the endpoint.
        attempts: how often it was asked.
    """

    def __init__(self, *, url: str, attempts: int, reason: BilingualText) -> None:
        """Show how the answer begins and what is wrong with it."""
        super().__init__(
            zh=f"{url} 的回答不符合 OpenAI 接口格式（请求 {attempts} 次）：{reason.zh}；"
            "请确认地址以 /v1 结尾并指向模型服务",
            en=f"{url} does not answer as an OpenAI-compatible endpoint after {attempts} attempt(s): "
            f"{reason.en}; check that the address ends in /v1 and leads to a model",
        )
        self.url = url
        self.attempts = attempts


class EndpointRefused(InvalidInput):
    """The endpoint will not take this request, and asking again would not change that.

    Attributes:
        url: the endpoint.
        status: the HTTP status.
        concerns_request: whether it is about this one request (its length, its content) rather than
            the address, the key or the model.
    """

    def __init__(self, *, url: str, status: int, said: str) -> None:
        """Give the status, the endpoint's own words and the likely cure."""
        cure = _CURES.get(status, _CURES_ELSE)
        super().__init__(
            zh=f"{url} 拒绝请求（HTTP {status}）：{said}；{cure.zh}",
            en=f"{url} refused the request (HTTP {status}): {said}; {cure.en}",
        )
        self.url = url
        self.status = status
        self.concerns_request = status in _ABOUT_THE_REQUEST


_KEY = BilingualText(zh="请检查 API 密钥及其权限", en="check the API key and what it may do")
_CURES = {
    401: _KEY,
    403: _KEY,
    404: BilingualText(
        zh="请检查地址是否以 /v1 结尾、模型名称是否正确",
        en="check that the address ends in /v1 and that the model's name is right",
    ),
}
_CURES_ELSE = BilingualText(
    zh="请检查请求参数（模型名称、max_tokens、temperature）",
    en="check what was asked for (the model's name, max_tokens, temperature)",
)


class _Passing(Exception):
    """A failure that may be gone at the next attempt."""

    def __init__(
        self,
        reason: BilingualText,
        *,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        malformed: bool = False,
    ) -> None:
        super().__init__(reason.en)
        self.reason = reason
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.malformed = malformed


class Endpoint:
    """An open line to one endpoint, used as ``async with Endpoint(address) as endpoint``."""

    def __init__(
        self,
        address: EndpointAddress,
        *,
        timeouts: Timeouts | None = None,
        patience: Patience | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = system_clock,
    ) -> None:
        """Prepare; nothing is connected until the first question.

        Args:
            address: where the model answers.
            timeouts: how long to wait.
            patience: how often to ask again.
            sleep: waits that many seconds between attempts.
            clock: only to read a ``Retry-After`` that names a date.
        """
        self.address = address
        self._timeouts = timeouts or Timeouts()
        self._patience = patience or Patience()
        self._sleep = sleep
        self._clock = clock
        self._open: HttpLine | None = None

    async def __aenter__(self) -> Self:
        """Open the line."""
        from hegui.endpoint.line import HttpLine  # noqa: PLC0415 - see there

        self._open = HttpLine(self.address, self._timeouts)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the line."""
        if self._open is not None:
            await self._open.close()
            self._open = None

    async def chat(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        seed: int | None = None,
    ) -> Reply:
        """The model's answer to ``messages``, whole.

        Args:
            messages: the conversation so far.
            max_tokens: the longest answer wanted, in tokens.
            temperature: 0 for the likeliest answer.
            seed: for endpoints that can repeat themselves.

        Returns:
            The answer; one with finish reason ``content_filter`` where the provider blocked it.

        Raises:
            EndpointUnavailable: no answer after all attempts.
            MalformedReply: an answer that is none, after all attempts.
            EndpointRefused: wrong address, key, model or parameter.
        """
        body = wire.request_body(
            messages, model=self.address.model, max_tokens=max_tokens, temperature=temperature, seed=seed
        )
        now = asyncio.get_running_loop().time
        started = now()
        reply, attempts = await self._persist(lambda: self._chat_once(body))
        latency_ms = round((now() - started) * 1000)
        return msgspec.structs.replace(reply, latency_ms=latency_ms, attempts=attempts)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        seed: int | None = None,
    ) -> AsyncIterator[Delta]:
        """The model's answer to ``messages``, piece by piece. The arguments are those of :meth:`chat`.

        What has been said cannot be unsaid: only the start is tried again.

        Raises:
            EndpointUnavailable: no answer after all attempts, or the line broke in the middle.
            MalformedReply: an event that is none.
            EndpointRefused: wrong address, key, model or parameter.
        """
        body = wire.request_body(
            messages, model=self.address.model, max_tokens=max_tokens, temperature=temperature, seed=seed
        )
        async with AsyncExitStack() as stack:
            started, attempts = await self._persist(lambda: self._open_stream(body | {"stream": True}, stack))
            if isinstance(started, Reply):
                yield Delta(text=started.text, finish_reason=started.finish_reason)
                return
            try:
                async for delta in self._deltas(started):
                    yield delta
            except _Passing as failure:
                raise self._given_up(failure, attempts) from failure

    async def transcribe(self, sound: bytes, *, name: str) -> str:
        """What is said in ``sound``; nothing where nothing is said.

        Args:
            sound: a file, in a format that the endpoint knows.
            name: of the file; services tell the format by its ending.

        Raises:
            EndpointUnavailable: no answer after all attempts.
            MalformedReply: an answer that is none, after all attempts.
            EndpointRefused: wrong address, key, model or file; or its provider blocked it.
        """
        text, _ = await self._persist(lambda: self._transcribe_once(sound, name))
        return text

    async def models(self) -> tuple[str, ...]:
        """The names of the models the endpoint offers.

        Raises:
            EndpointUnavailable: no answer after all attempts.
            MalformedReply: an answer that is none, after all attempts.
            EndpointRefused: wrong address or key.
        """
        names, _ = await self._persist(self._models_once)
        return names

    async def _persist(self, ask: Callable[[], Awaitable[T]]) -> tuple[T, int]:
        """What ``ask`` returns, asked again while that may help, and the number of attempts."""
        attempt = 1
        while True:
            try:
                return await ask(), attempt
            except _Passing as failure:
                delay = self._patience.delay(attempt, failure.retry_after_seconds)
                if delay is None:
                    raise self._given_up(failure, attempt) from failure
            await self._sleep(delay)
            attempt += 1

    def _given_up(self, failure: _Passing, attempts: int) -> Conflict:
        reason = BilingualText(
            zh=self.address.redact(failure.reason.zh), en=self.address.redact(failure.reason.en)
        )
        if failure.malformed:
            return MalformedReply(url=self.address.url, attempts=attempts, reason=reason)
        return EndpointUnavailable(
            url=self.address.url, status=failure.status, attempts=attempts, reason=reason
        )

    async def _chat_once(self, body: dict[str, object]) -> Reply:
        content = await self._fetch(self._line.request("POST", "/chat/completions", body))
        return content if isinstance(content, Reply) else _read(content, self._read_reply)

    def _read_reply(self, content: bytes) -> Reply:
        return wire.read_reply(content, model=self.address.model)

    async def _transcribe_once(self, sound: bytes, name: str) -> str:
        fields = {"model": self.address.model, "response_format": "json"}
        content = await self._fetch(self._line.upload("/audio/transcriptions", fields, sound, name=name))
        if isinstance(content, Reply):
            raise EndpointRefused(url=self.address.url, status=HTTPStatus.BAD_REQUEST, said=CONTENT_FILTER)
        return _read(content, wire.read_transcript)

    async def _models_once(self) -> tuple[str, ...]:
        content = await self._fetch(self._line.request("GET", "/models", None))
        return _read(b"" if isinstance(content, Reply) else content, wire.read_models)

    async def _fetch(self, request: "Request") -> bytes | Reply:
        """The body of a good answer, or the reply that a block stands for."""
        line = self._line
        try:
            async with request as response:
                content = await response.read()
        except line.errors as error:
            raise self._no_answer(error) from error
        return content if response.status == HTTPStatus.OK else self._blocked(response, content)

    async def _open_stream(self, body: dict[str, object], stack: AsyncExitStack) -> "Response | Reply":
        line = self._line
        try:
            response = await stack.enter_async_context(line.stream("/chat/completions", body))
            if response.status == HTTPStatus.OK:
                return response
            content = await response.read()
        except line.errors as error:
            raise self._no_answer(error) from error
        return self._blocked(response, content)

    async def _deltas(self, response: "Response") -> AsyncIterator[Delta]:
        events, line = EventStream(), self._line
        try:
            async for chunk in response.content.iter_any():
                for data in events.feed(chunk):
                    if data == _DONE:
                        return
                    delta = _read(data.decode("utf-8", "replace").encode(), wire.read_delta)
                    if delta is not None:
                        yield delta
        except line.errors as error:
            raise self._no_answer(error) from error
        raise _Passing(
            BilingualText(zh="回答中途断开，没有结束标志", en="the answer broke off without its end mark")
        )

    def _blocked(self, response: "Response", content: bytes) -> Reply:
        """The reply that a block stands for.

        Raises:
            _Passing: the status may be another one at the next attempt.
            EndpointRefused: it will not.
        """
        reply = wire.blocked_reply(content, model=self.address.model)
        if reply is not None:
            return reply
        status = response.status
        said = self.address.redact(wire.error_text(content))
        if status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _Passing(
                BilingualText(zh=f"HTTP {status}：{said}", en=f"HTTP {status}: {said}"),
                status=status,
                retry_after_seconds=self._retry_after_seconds(response.headers.get("Retry-After", "")),
            )
        raise EndpointRefused(url=self.address.url, status=status, said=said)

    def _retry_after_seconds(self, value: str) -> float | None:
        """``Retry-After`` in its two forms; one that cannot be read is as good as none."""
        if value.strip().isdecimal():
            return float(value)
        try:
            until = parsedate_to_datetime(value)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=dt.UTC)
        return max(0.0, (until - self._clock()).total_seconds())

    def _no_answer(self, error: Exception) -> _Passing:
        if isinstance(error, TimeoutError):
            seconds = f"{self._timeouts.connect_seconds:g}/{self._timeouts.answer_seconds:g}"
            return _Passing(
                BilingualText(
                    zh=f"超时（连接/回答时限 {seconds} 秒）", en=f"timed out (connect/answer in {seconds} s)"
                )
            )
        said = str(error) or type(error).__name__
        return _Passing(BilingualText(zh=f"连接失败（{said}）", en=f"no connection ({said})"))

    @property
    def _line(self) -> "HttpLine":
        if self._open is None:
            message = "use the endpoint inside `async with`"
            raise RuntimeError(message)
        return self._open


def _read(content: bytes, reader: Callable[[bytes], T]) -> T:
    try:
        return reader(content)
    except ValueError as error:
        begins = wire.error_text(content)
        raise _Passing(
            BilingualText(zh=f"{error}；内容开头：{begins!r}", en=f"{error}; it begins with {begins!r}"),
            malformed=True,
        ) from error
