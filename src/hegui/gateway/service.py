"""The gateway: takes requests, asks the model behind it, lets out what may leave, keeps evidence."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import msgspec

from hegui.conduct import Conduct
from hegui.core import Clock, Conflict, InvalidInput, Record, to_json
from hegui.endpoint import EventStream, EventTooLong
from hegui.gateway.admission import Admission
from hegui.gateway.body import Raw
from hegui.gateway.choices import is_readable
from hegui.gateway.exchange import Asked, Exchange
from hegui.gateway.ladder import LadderWatch
from hegui.gateway.metrics import Metrics
from hegui.gateway.model import AnswerPolicy, EvidenceTime, Outcome, Unread
from hegui.gateway.moderation import moderate
from hegui.gateway.plain import PLAIN_TEXT
from hegui.gateway.surfaces import JsonObject, Manner
from hegui.gateway.upstreams import Call, ProviderBlocked, UnknownModel, UpstreamFailed, Upstreams
from hegui.ledger import GroupWriter
from hegui.screening import Screen

_DONE = "[DONE]"
_JSON = "application/json"


class ScreenFailed(Conflict):
    """The screen could not judge, so nothing leaves."""

    def __init__(self) -> None:
        """Say that it is not the client's fault."""
        super().__init__(
            zh="审查没有完成，因此不予放行；请稍后重试",
            en="the screening was not completed, so nothing passes; try again later",
        )


class Leaving(NamedTuple):
    """A whole answer as it leaves.

    Attributes:
        status: of HTTP.
        body: JSON to be written, or bytes as they are.
        content_type: the type of the bytes.
    """

    status: int
    body: JsonObject | bytes
    content_type: str = _JSON


class Labels(NamedTuple):
    """The labels of one operator.

    Attributes:
        fields: the ``{"AIGC": {...}}`` of an answer, for an exchange's id.
        file: a file labelled with an exchange's id; raises ``InvalidInput`` where it cannot be.
    """

    fields: Callable[[str], JsonObject]
    file: Callable[[bytes, str], bytes]


class PassedUnscreened(Record):
    """What evidence keeps of a request on a declared path that nothing reads."""

    method: str
    path: str
    status: int | None
    tenant: str | None
    user: str | None


class Gateway:
    """The moderated, labelled, recorded way to the models behind it."""

    def __init__(  # noqa: PLR0913 - the workspace hands it its parts, each under its name
        self,
        *,
        upstreams: Upstreams,
        screen: Screen,
        writer: GroupWriter,
        clock: Clock,
        pseudonym_key: bytes,
        labels: Labels,
        policy: AnswerPolicy,
        conduct: Conduct | None = None,
    ) -> None:
        """Prepare; nothing is connected before :meth:`running`.

        Args:
            upstreams: the models behind the gateway.
            screen: what reads requests and answers.
            writer: where evidence goes, in batches.
            clock: the time.
            pseudonym_key: keys the pseudonyms of users and the digests of texts; 32 secret bytes.
            labels: what is put on answers.
            policy: how the gateway speaks in its own name, and what it lets pass.
            conduct: counts what users ask for and takes the steps declared for it; without it nobody does.
        """
        self.limits = upstreams.limits
        self.metrics = Metrics()
        self._upstreams = upstreams
        self._screen = screen
        self._writer = writer
        self._clock = clock
        self._pseudonym_key = pseudonym_key
        self._labels = labels
        self._policy = policy
        self._ladder = LadderWatch(conduct)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections to the models open; what no longer counts against users is erased first."""
        await self._ladder.begin()
        async with self._upstreams.running():
            yield

    @property
    def upstream_health(self) -> dict[str, bool]:
        """Whether each upstream is believed to answer."""
        return dict(self._upstreams.health)

    def read_with(self, screen: Screen) -> None:
        """Read with another screen, from the next exchange on."""
        self._screen = screen

    def exchange(self, question: Asked, admission: Admission) -> Exchange:
        """Begin an exchange."""
        exchange_id = f"hegui-{secrets.token_hex(12)}"
        return Exchange(
            exchange_id=exchange_id,
            question=question,
            admission=admission,
            screen=self._screen,
            policy=self._policy,
            implicit=self._labels.fields(exchange_id),
            digest_key=self._pseudonym_key,
        )

    def pseudonym(self, user: str) -> str:
        """The keyed pseudonym of a user; the identifier itself is kept nowhere."""
        return hmac.new(
            self._pseudonym_key, user.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()[:32]

    async def answer(self, exchange: Exchange) -> Leaving:
        """The whole answer to an exchange, recorded before it is returned.

        Raises:
            UpstreamFailed: the model gave no answer; the exchange is recorded as such.
            InvalidInput: the request cannot be read, so it is not passed on.
            ScreenFailed: the screen could not judge.
            Conflict: the evidence could not be written, so the answer does not leave.
        """
        account = _Account(exchange, self._now())
        try:
            leaving = await self._whole(exchange, account)
            account.outcome = Outcome.ANSWERED
        except _Refused as refused:
            account.outcome = refused.outcome
            leaving = Leaving(exchange.refusal_status, exchange.refusal(created=self._now()))
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:
            told = account.fail(error)
            if told is error:
                raise
            raise told from error
        finally:
            # A client that went away cancels us here; the batch is written all the same.
            await asyncio.shield(self._keep(account))
        return leaving

    async def stream(self, exchange: Exchange) -> AsyncGenerator[list[JsonObject] | Leaving, None]:
        """The events of a streamed answer, as many at a time as may leave together.

        The last ones leave when the exchange is recorded. Where the upstream does not stream, there is
        one whole answer instead.

        Raises:
            UpstreamFailed: the model broke off; the exchange is recorded as such.
            InvalidInput: the request cannot be read, so it is not passed on.
            ScreenFailed: the screen could not judge.
            Conflict: the evidence could not be written.
        """
        account = _Account(exchange, self._now())
        last: list[JsonObject] = []
        whole: Leaving | None = None
        try:
            async for batch in self._events(exchange, account):
                if exchange.is_open:
                    leaving, last = [*last, *batch], []
                    if leaving:
                        yield leaving
                else:
                    last += batch
            _check_end(exchange, last)
            account.outcome = Outcome.ANSWERED
        except _Refused as refused:
            account.outcome = refused.outcome
            last += exchange.refusal_events(created=self._now())
        except _Whole as answer:
            account.outcome = Outcome.ANSWERED
            whole = answer.leaving
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:
            told = account.fail(error)
            if told is error:
                raise
            raise told from error
        finally:
            # A client that went away cancels us here; the batch is written all the same.
            await asyncio.shield(self._keep(account))
        yield last if whole is None else whole

    async def models(self) -> JsonObject:
        """The models that can be asked for; where none is named, what the first upstream says of itself.

        Raises:
            UpstreamFailed: it gave no answer.
        """
        if self._upstreams.names:
            data = [
                {"id": name, "object": "model", "created": 0, "owned_by": "hegui"}
                for name in self._upstreams.names
            ]
            return {"object": "list", "data": data}
        try:
            async with self._upstreams.call("GET", "models", model="") as call:
                return _parsed(await self._read(call))
        except ProviderBlocked as blocked:
            raise UpstreamFailed("blocked") from blocked

    def moderate(self, body: JsonObject) -> JsonObject:
        """What the screen says of a text, in the shape of OpenAI's moderations.

        Raises:
            UnreadableRequest: there is something in it that is no text.
        """
        return moderate(body, self._screen, answer_id=f"modr-{secrets.token_hex(12)}")

    async def passed(
        self, method: str, path: str, *, query: str, data: bytes, content_type: str, admission: Admission
    ) -> Leaving:
        """The answer on a path that the operator declared to be passed on unscreened, recorded as such.

        Raises:
            UpstreamFailed: there is no answer.
            Conflict: the evidence could not be written.
        """
        body = Raw(data, content_type) if data else None
        status = None
        try:
            async with self._upstreams.call(method, path, model="", body=body, query=query) as call:
                status = call.response.status
                kind = call.response.headers.get("Content-Type", "application/octet-stream")
                return Leaving(status, await self._read(call), kind)
        except ProviderBlocked as blocked:
            raise UpstreamFailed("blocked", status=400) from blocked
        except UpstreamFailed as failed:
            status = failed.status
            raise
        finally:
            record = PassedUnscreened(
                method=method, path=path, status=status, tenant=admission.tenant, user=admission.user
            )
            await asyncio.shield(self._append("gateway.passed_unscreened", record))

    async def _whole(self, exchange: Exchange, account: "_Account") -> Leaving:
        async with self._admitted(exchange, account) as call:
            data = await self._read(call)
        return await self._leaving(exchange, data, _kind(call))

    async def _leaving(self, exchange: Exchange, data: bytes, kind: str) -> Leaving:
        """What leaves of a whole answer of a content type."""
        manner = exchange.surface.manner
        if manner is Manner.SPEECH:
            return await self._spoken(exchange, data, kind)
        if manner is Manner.TRANSCRIPT and kind.startswith("text/"):
            leaving = exchange.whole({PLAIN_TEXT: data.decode("utf-8", "replace")})
            return Leaving(exchange.stop_status, str(leaving[PLAIN_TEXT]).encode(), f"{kind}; charset=utf-8")
        answer = _parsed(data)
        files = await self._pictures(exchange, answer) if manner is Manner.IMAGE else []
        leaving = exchange.whole(answer)
        for holder, labelled in files:
            holder["b64_json"] = labelled
        return Leaving(exchange.stop_status, leaving)

    async def _events(self, exchange: Exchange, account: "_Account") -> AsyncIterator[list[JsonObject]]:
        """The events of the model's own answer as far as they may leave, by what arrived together."""
        async with self._admitted(exchange, account) as call:
            if _kind(call) == _JSON:
                # Some servers know no streams and answer whole.
                raise _Whole(await self._leaving(exchange, await self._read(call), _JSON))
            events = EventStream(longest_bytes=self.limits.event_bytes)
            read = 0
            async for chunk in call.response.content.iter_any():
                read += len(chunk)
                if read > self.limits.answer_bytes:
                    raise UpstreamFailed("the answer is longer than answer_bytes")
                batch: list[JsonObject] = []
                for data in events.feed(chunk):
                    if data == _DONE:
                        yield batch
                        return
                    plain = exchange.plain_event(data)
                    if plain is None:
                        batch += await self._read_event(exchange, _parsed(data))
                    else:
                        batch += plain
                    if exchange.stopped:
                        yield batch
                        return
                yield batch

    async def _read_event(self, exchange: Exchange, event: JsonObject) -> list[JsonObject]:
        """What leaves upon one event; a picture is taken out while it is read, and goes back labelled."""
        is_picture = exchange.surface.manner is Manner.IMAGE
        files = await self._pictures(exchange, {"data": [event]}) if is_picture else []
        leaving = list(exchange.event(event))
        if not exchange.stopped:
            for (_, labelled), each in zip(files, leaving, strict=False):
                each["b64_json"] = labelled
        return leaving

    @asynccontextmanager
    async def _admitted(self, exchange: Exchange, account: "_Account") -> AsyncIterator[Call]:
        """The model's answer to an exchange that may pass."""
        if not await self._ladder.serves(exchange):
            raise _Closed
        if not exchange.admits():
            await self._ladder.count(exchange)
            raise _Refused
        await self._ladder.clear(exchange)
        question = exchange.question
        try:
            async with self._upstreams.call(
                question.surface.method,
                question.path,
                model=exchange.model,
                body=exchange.request(),
                query=question.query,
            ) as call:
                account.call = call
                if self._policy.evidence is EvidenceTime.FIRST:
                    await self._append("gateway.answer_began", exchange.began())
                yield call
        except ProviderBlocked as blocked:
            raise _Refused from blocked

    async def _spoken(self, exchange: Exchange, data: bytes, kind: str) -> Leaving:
        """A sound, labelled; what is no file cannot be."""
        if not kind.startswith("audio/") and self._policy.unread_output is Unread.REFUSE:
            raise UpstreamFailed("speech that is no audio file cannot be labelled")
        return Leaving(200, await self._labelled(exchange, data, kind), kind)

    async def _pictures(self, exchange: Exchange, answer: JsonObject) -> list[tuple[JsonObject, str]]:
        """The pictures of an answer, labelled, each with the object it stands in; taken out of there."""
        labelled = []
        for item in answer.get("data") or ():
            if not isinstance(item, dict):
                continue
            if item.get("url") and self._policy.unread_output is Unread.REFUSE:
                raise UpstreamFailed(
                    "a picture behind a link cannot be labelled; ask with response_format b64_json"
                )
            if isinstance(item.get("b64_json"), str):
                try:
                    data = base64.b64decode(item.pop("b64_json"), validate=True)
                except binascii.Error as error:
                    raise UpstreamFailed("a picture is no base64") from error
                file = await self._labelled(exchange, data, "image")
                labelled.append((item, base64.b64encode(file).decode()))
        return labelled

    async def _labelled(self, exchange: Exchange, data: bytes, kind: str) -> bytes:
        try:
            return await asyncio.to_thread(self._labels.file, data, exchange.produce_id)
        except InvalidInput as error:
            if self._policy.unread_output is Unread.REFUSE:
                raise UpstreamFailed(f"a file that cannot be labelled ({kind}): {error}") from error
            exchange.unscreened.append(f"unlabelled {kind}")
            return data

    async def _read(self, call: Call) -> bytes:
        data = bytearray()
        async for chunk in call.response.content.iter_any():
            data += chunk
            if len(data) > self.limits.answer_bytes:
                raise UpstreamFailed("the answer is longer than answer_bytes")
        return bytes(data)

    async def _keep(self, account: "_Account") -> None:
        call = account.call
        record = account.exchange.record(
            account.outcome,
            upstream=call.upstream.name if call else None,
            attempts=call.attempts if call else 0,
        )
        self.metrics.exchanged(
            surface=record.surface,
            stream=record.stream,
            outcome=record.outcome,
            seconds=(self._clock().timestamp() - account.began),
        )
        for direction, noticed in (("input", record.input), ("output", record.output)):
            for each in noticed:
                self.metrics.found(direction=direction, risk=each.risk)
        await self._append("gateway.exchanged", record)

    async def _append(self, kind: str, record: Record) -> None:
        await asyncio.wrap_future(self._writer.append(kind=kind, content=to_json(record)))

    def _now(self) -> int:
        return int(self._clock().timestamp())


class _Refused(Exception):
    """The request is not answered by the model: our screen or the model's own provider blocked it."""

    outcome = Outcome.REFUSED


class _Closed(_Refused):
    """The user is not served at present."""

    outcome = Outcome.CLOSED


class _Whole(Exception):
    """The upstream answered whole where a stream was asked for."""

    def __init__(self, leaving: Leaving) -> None:
        super().__init__()
        self.leaving = leaving


class _Account:
    """How an exchange goes, for its record."""

    def __init__(self, exchange: Exchange, began: float) -> None:
        self.exchange = exchange
        self.began = began
        self.outcome = Outcome.ABANDONED
        self.call: Call | None = None

    def fail(self, error: BaseException) -> BaseException:
        """Take ``error`` for the record, and return what is told of it."""
        if isinstance(error, UpstreamFailed):
            self.outcome = Outcome.UPSTREAM_FAILED
            return self._screened(error)
        if isinstance(error, (EventTooLong, aiohttp.ClientError)):
            self.outcome = Outcome.UPSTREAM_FAILED
            return UpstreamFailed(type(error).__name__)
        if isinstance(error, UnknownModel):
            self.outcome = Outcome.UPSTREAM_FAILED
            return error
        if isinstance(error, InvalidInput):
            if self.call is not None:
                self.outcome = Outcome.UPSTREAM_FAILED
                return UpstreamFailed("an answer that cannot be read")
            self.outcome = Outcome.UNREADABLE
            return error
        self.outcome = Outcome.SCREEN_FAILED
        return ScreenFailed()

    def _screened(self, failed: UpstreamFailed) -> UpstreamFailed:
        """An upstream may quote in an error what the screen would not let out."""
        if failed.body is not None and not self.exchange.may_tell(failed.body):
            failed.body = None
        return failed


def _kind(call: Call) -> str:
    return call.response.headers.get("Content-Type", _JSON).partition(";")[0].strip().lower()


def _check_end(exchange: Exchange, last: list[JsonObject]) -> None:
    if exchange.is_open or not last:
        raise UpstreamFailed("the answer broke off without an end")


def _parsed(data: bytes | str) -> JsonObject:
    try:
        value: Any = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise UpstreamFailed("not JSON") from error
    if not isinstance(value, dict):
        raise UpstreamFailed("not a JSON object")
    if not is_readable(value):
        raise UpstreamFailed("not an answer in OpenAI's form")
    return value
