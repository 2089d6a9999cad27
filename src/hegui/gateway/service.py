"""The gateway: takes requests, asks the model behind it, lets out what may leave, keeps evidence."""

import asyncio
import base64
import binascii
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any, NamedTuple

import msgspec

from hegui.admission import Admission
from hegui.archive import Conversations
from hegui.companion import Companion
from hegui.conduct import Conduct
from hegui.core import Clock, Conflict, HeguiError, InvalidInput, Record
from hegui.endpoint import EventTooLong
from hegui.gateway import observing
from hegui.gateway.body import Raw
from hegui.gateway.choices import Piece, is_readable
from hegui.gateway.company import CompanionWatch
from hegui.gateway.exchange import DONE, Asked, Exchange
from hegui.gateway.extensions import Consultation, ConsultationRecord, inquiries, judge
from hegui.gateway.guardians import alert_of
from hegui.gateway.hearing import MOST_BYTES, Hearing, is_reheard
from hegui.gateway.housekeeping import Housekeeping
from hegui.gateway.ladder import LadderWatch
from hegui.gateway.metrics import Metrics
from hegui.gateway.model import (
    AnswerPolicy,
    CanaryTakenUp,
    EvidenceTime,
    ExchangeRecord,
    Noticed,
    Outcome,
    ScreenDeclined,
    ScreenTakenUp,
    ShadowBegan,
    Trial,
    Unread,
)
from hegui.gateway.moderation import asked_of_moderation, moderate
from hegui.gateway.opening import IncidentWatch
from hegui.gateway.plain import PLAIN_TEXT
from hegui.gateway.reception import Reception
from hegui.gateway.relay import Relay, Sender, waits
from hegui.gateway.shadow import Shadow
from hegui.gateway.sight import Sight
from hegui.gateway.surfaces import Event, JsonObject, Manner
from hegui.gateway.upstreams import (
    Call,
    ModelsBehind,
    ProviderBlocked,
    UnknownModel,
    UpstreamFailed,
    check_length,
)
from hegui.ledger import EntryRef, GroupWriter
from hegui.screening import Assembly, Canary, CanaryAssembly, Direction, Inquiry
from hegui.store import Quotas

_JSON = "application/json"


class ScreenFailed(Conflict):
    """The screen could not judge, so nothing leaves."""

    def __init__(self) -> None:
        """Say that it is not the client's fault."""
        super().__init__(
            zh="审查没有完成，因此不予放行；请稍后重试",
            en="the screening was not completed, so nothing passes; try again later",
        )


class Leaving(msgspec.Struct, frozen=True):
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
        speech: likewise a file of speech, which may get a label that is heard, too.
    """

    fields: Callable[[str], JsonObject]
    file: Callable[[bytes, str], bytes]
    speech: Callable[[bytes, str], bytes]


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
        upstreams: ModelsBehind,
        assembly: Assembly,
        writer: GroupWriter,
        clock: Clock,
        digest_key: bytes,
        labels: Labels,
        policy: AnswerPolicy,
        reception: Reception,
        quotas: Quotas,
        conduct: Conduct | None = None,
        companion: Companion | None = None,
        archive: Conversations | None = None,
        housekeeping: Housekeeping | None = None,
        shadow: Shadow | None = None,
        incidents: IncidentWatch | None = None,
        keeps_originals: bool = False,
    ) -> None:
        """Prepare; nothing is connected before :meth:`running`.

        Args:
            upstreams: the models behind the gateway.
            assembly: the screen that reads requests and answers, and the models that it asks.
            writer: where evidence goes, in batches.
            clock: the time.
            digest_key: keys the digests of texts; 32 secret bytes.
            labels: what is put on answers.
            policy: how the gateway speaks in its own name, and what it lets pass.
            reception: lets people in.
            quotas: counts what is limited; closed when the gateway has run.
            conduct: counts what users ask for and takes the steps declared for it; without it nobody does.
            companion: keeps a companion service's duties; without it the service is none.
            archive: keeps the texts of exchanges whose user is known; without it nobody does.
            housekeeping: erases what was kept long enough, for as long as the gateway runs.
            shadow: measures a screen; where it is alone, nothing acts and **everything passes**.
            incidents: proposes incidents upon what is found; without it nobody does.
            keeps_originals: whether the archive keeps exchanges as they came, too.
        """
        self.limits = upstreams.limits
        self.metrics = Metrics()
        self._upstreams = upstreams
        self._shadow = shadow
        self.metrics.acts = self.acts
        if shadow is not None:
            self.metrics.sections.append(shadow.lines)
        self.reception = reception
        self._sight = self._sight_of(assembly)
        self._retired: list[Sight] = []
        self._canary: _CanarySight | None = None
        self._writer = writer
        self._clock = clock
        self._digest_key = digest_key
        self._labels = labels
        self._policy = policy
        self._quotas = quotas
        self._ladder = LadderWatch(conduct, quotas, clock)
        self._company = None if companion is None else CompanionWatch(companion)
        self._archive = archive
        self._keeps_originals = keeps_originals
        self._housekeeping = housekeeping or Housekeeping(())
        self._incidents = incidents
        self._is_followed_up = any(each is not None for each in (companion, archive, incidents, shadow))
        self.metrics.screen = self._sight.screen.digest

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Hold the connections to the models open; what no longer counts against users is erased first."""
        try:
            async with (
                self._housekeeping.running(),
                self._upstreams.running(),
                self._shadow.running() if self._shadow else nullcontext(),
            ):
                await self._sight.open()
                if self._shadow is not None and self._shadow.is_alone:
                    observing.only_measures()
                    record = ShadowBegan(measured=self._shadow.sight.screen.digest)
                    await self._append("gateway.shadow_began", record)
                try:
                    yield
                finally:
                    canary = [] if self._canary is None else [self._canary.sight]
                    for sight in (self._sight, *canary, *self._retired):
                        await sight.close()
                    self._retired.clear()
                    self._canary = None
        finally:
            await self._quotas.close()

    @property
    def asks_elsewhere(self) -> bool:
        """Whether somebody else may run the models, who is told of users by pseudonym only."""
        return self._upstreams.is_elsewhere

    @property
    def acts(self) -> bool:
        """Whether anything is done about what is found; otherwise everything passes."""
        return self._shadow is None or not self._shadow.is_alone

    @property
    def upstream_health(self) -> dict[str, bool]:
        """Whether each upstream is believed to answer."""
        return dict(self._upstreams.health)

    async def take_up(self, assembly: Assembly) -> None:
        """Read with another screen from the next exchange on, recorded as ``gateway.screen_taken_up``.

        Exchanges that have begun end with theirs; but where a person blocked what they ask, they end at once.

        Raises:
            Conflict: the evidence could not be written; the screen stays as it was.
        """
        sight = self._sight_of(assembly)
        self._retired.append(sight)  # it is in nobody's use until everything has gone well
        await sight.open()
        before, after = self._sight.screen.digest, sight.screen.digest
        if after != before:
            await self._append("gateway.screen_taken_up", ScreenTakenUp(screen=after, replaces=before))
        self._retired.remove(sight)
        self._retired.append(self._sight)
        self._sight = sight
        self.metrics.screen = after
        self._recall(sight)
        if self._shadow is not None:
            replaced = await self._shadow.take_up()
            self._retired += [replaced] if replaced else []

    async def take_up_canary(self, found: CanaryAssembly | None) -> None:
        """Let another screen act for its share of users from the next exchange on, or end that.

        Recorded as ``gateway.canary_taken_up``; exchanges that have begun end with what they began with.

        Raises:
            Conflict: the evidence could not be written; all stays as it was.
        """
        before = self._canary
        told = CanaryTakenUp()
        if found is not None:
            canary, screen = found.canary, found.assembly.screen.digest
            told = CanaryTakenUp(canary=canary.entry, screen=screen, share=canary.share)
        if not self.acts or told == (before.told if before else CanaryTakenUp()):
            return
        taken = None
        if found is not None:
            sight = Sight(found.assembly, minor_rules=self.reception.minor_rules)
            self._retired.append(sight)  # it is in nobody's use until everything has gone well
            await sight.open()
            taken = _CanarySight(found.canary, sight, told)
        await self._append("gateway.canary_taken_up", told)
        self._retired += [before.sight] if before else []
        if taken is not None:
            self._retired.remove(taken.sight)
        self._canary = taken
        self.metrics.canary = taken and (taken.sight.screen.digest, taken.canary.share)
        self._recall(taken.sight if taken else self._sight)

    def _recall(self, sight: Sight) -> None:
        """End at once what has begun with another sight and asks for what a person blocked since."""
        if blocked := sight.screen.recalling:
            canary = [] if self._canary is None else [self._canary.sight]
            for other in (*self._retired, *canary):
                if other is not sight:
                    for exchange in [*other.readers]:
                        exchange.recall(blocked)

    def _sight_of(self, assembly: Assembly) -> Sight:
        """What acts: the screen that is in force, or nothing where the gateway only measures."""
        if self.acts:
            return Sight(assembly, minor_rules=self.reception.minor_rules)
        return Sight(Assembly.idle(), minor_rules=())

    async def let_go(self) -> None:
        """Close what no exchange is read with any more."""
        unused = [sight for sight in self._retired if not sight.readers]
        for sight in unused:
            self._retired.remove(sight)
            await sight.close()

    async def decline(self, error: HeguiError) -> None:
        """Record that a newly adopted screen cannot be used here, as ``gateway.screen_declined``.

        Args:
            error: why not.

        Raises:
            Conflict: the evidence could not be written.
        """
        record = ScreenDeclined(screen=self._sight.screen.digest, reason=error.text)
        await self._append("gateway.screen_declined", record)

    def exchange(self, question: Asked, admission: Admission) -> Exchange:
        """Begin an exchange."""
        exchange_id = f"hegui-{secrets.token_hex(12)}"
        sight, trial = self._sight, None if self.acts else Trial.SHADOW
        if self._canary is not None:
            sight, trial = self._tried(admission.user or exchange_id, self._canary)
        begun = Exchange(
            exchange_id=exchange_id,
            question=question,
            admission=admission,
            screen=sight.screen_for(admission.terms.age),
            line=sight.line,
            media=sight.media,
            policy=self._policy,
            implicit=self._labels.fields(exchange_id),
            digest_key=self._digest_key,
            keeps=self._archive is not None and admission.user is not None,
            trial=trial,
        )
        if self._shadow is not None or self._keeps_originals:
            begun.hearing = self._hearing_of(begun)
        sight.readers.add(begun)
        return begun

    def _hearing_of(self, exchange: Exchange) -> Hearing | None:
        """What listens to an exchange, where somebody wants to hear it once more, and that is possible."""
        question = exchange.question
        most_bytes = 0
        if self._keeps_originals and exchange.keeps:
            most_bytes = MOST_BYTES
        if self._shadow is not None and self._shadow.wants(exchange):
            most_bytes = max(most_bytes, self._shadow.most_bytes)
        if not most_bytes or not is_reheard(question.surface.method, question.path):
            return None
        return Hearing(question.body, most_bytes=most_bytes)

    def _tried(self, whom: str, canary: "_CanarySight") -> tuple[Sight, Trial]:
        """What acts for somebody while a screen is tried."""
        if canary.canary.takes(whom, key=self._digest_key):
            return canary.sight, Trial.CANARY
        return self._sight, Trial.CONTROL

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
            await self._admit(exchange)
            async with self._asking(exchange) as call:
                await self._began(account, call)
                data = await self._read(call)
            leaving = await self._leaving(exchange, data, _kind(call))
            account.outcome = Outcome.ANSWERED
        except (_Refused, ProviderBlocked) as refused:
            account.refuse(refused)
            leaving = Leaving(exchange.refusal_status, exchange.refusal(created=self._now()))
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:
            told = account.fail(error)
            if told is error:
                raise
            raise told from error
        finally:
            await self._keep(account)
        return leaving

    async def stream(
        self, exchange: Exchange, *, send: Sender = waits
    ) -> AsyncGenerator[list[Event] | Leaving, None]:
        """The events of a streamed answer, as many at a time as may leave together.

        The last ones leave when the exchange is recorded. Where the upstream does not stream, there is
        one whole answer instead.

        Args:
            exchange: the exchange.
            send: sends events in between, where it can without waiting; nobody is woken for them.

        Raises:
            UpstreamFailed: the model broke off; the exchange is recorded as such.
            InvalidInput: the request cannot be read, so it is not passed on.
            ScreenFailed: the screen could not judge.
            Conflict: the evidence could not be written.
        """
        account = _Account(exchange, self._now())
        relay = Relay(exchange, limits=self.limits, send=send)
        whole: Leaving | None = None
        try:
            await self._admit(exchange)
            async with self._asking(exchange) as call:
                await self._began(account, call)
                if _kind(call) == _JSON:
                    # Some servers know no streams and answer whole.
                    whole = await self._leaving(exchange, await self._read(call), _JSON)
                else:
                    call.hand_to(relay.take)
                    async for chunk in call.chunks:
                        if relay.take(chunk):
                            continue
                        await self._tell(exchange, call, relay)
                        if exchange.is_open and relay.leaving:
                            yield relay.leaving
                            relay.leaving = []
                        if call.is_heard or exchange.stopped:
                            break
                    _check_end(exchange, relay.leaving)
            account.outcome = Outcome.ANSWERED
        except (_Refused, ProviderBlocked) as refused:
            account.refuse(refused)
            relay.leaving += exchange.refusal_events(created=self._now())
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:
            told = account.fail(error)
            if told is error:
                raise
            raise told from error
        finally:
            await self._keep(account)
        yield relay.leaving if whole is None else whole

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

    async def moderate(self, body: JsonObject) -> JsonObject:
        """What the screen says of a text, in the shape of OpenAI's moderations.

        Raises:
            UnreadableRequest: there is something in it that is no text.
        """
        # Whoever asks wants to know what the screen says, whether or not the gateway acts by it.
        sight = self._shadow.sight if self._shadow is not None and self._shadow.is_alone else self._sight
        screen, line = sight.screen, sight.line
        known = await line.ask(asked_of_moderation(body, screen)) if line else {}
        return moderate(body, screen, answer_id=f"modr-{secrets.token_hex(12)}", known=known)

    async def consult(self, consultation: Consultation, *, tenant: str | None) -> JsonObject:
        """What another platform is told of what it asks about, recorded before it is told.

        Raises:
            TooDeep: what it asks about nests beyond reason.
            Conflict: the evidence could not be written.
        """
        screen, line = self._sight.screen, self._sight.line
        known = await line.ask(inquiries(consultation, screen)) if line else {}
        judgement = judge(consultation, screen, self._policy, known=known)
        record = ConsultationRecord(
            platform=consultation.platform,
            call=consultation.call,
            direction=consultation.direction,
            tenant=tenant,
            screen=screen.digest,
            action=judgement.action,
            found=tuple(Noticed.of(finding) for finding in judgement.findings),
            unscreened=consultation.unscreened,
        )
        await asyncio.shield(self._append("gateway.consulted", record))
        return consultation.tell(judgement)

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
                status = call.status
                kind = call.content_type or "application/octet-stream"
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

    async def _leaving(self, exchange: Exchange, data: bytes, kind: str) -> Leaving:
        """What leaves of a whole answer of a content type."""
        manner = exchange.surface.manner
        if manner is Manner.SPEECH:
            return await self._spoken(exchange, data, kind)
        if manner is Manner.TRANSCRIPT and kind.startswith("text/"):
            leaving = await self._read_whole(exchange, {PLAIN_TEXT: data.decode("utf-8", "replace")})
            return Leaving(exchange.stop_status, str(leaving[PLAIN_TEXT]).encode(), f"{kind}; charset=utf-8")
        answer = _parsed(data)
        if exchange.hearing is not None:
            exchange.hearing.whole(data)
        files = await self._pictures(exchange, answer) if manner is Manner.IMAGE else []
        leaving = await self._read_whole(exchange, answer)
        for holder, labelled in files:
            holder["b64_json"] = labelled
        return Leaving(exchange.stop_status, leaving)

    async def _inform(self, exchange: Exchange, wanted: Callable[[], Iterable[Inquiry]]) -> None:
        """Let an exchange know what the guard models say of ``wanted``, before it goes on."""
        if exchange.line:
            exchange.learn(await exchange.line.ask(wanted()))

    async def _judge(self, exchange: Exchange, data: bytes, place: str) -> None:
        """Let an exchange know what is in a medium of its answer, or that nobody judges it."""
        if exchange.media and exchange.media.judges_anything:
            screening = await exchange.media.examine(data, Direction.OUTPUT, screen=exchange.screen)
            exchange.learn_of_medium(place, screening)
        else:
            exchange.unscreened.append(place)

    async def _judge_request(self, exchange: Exchange) -> None:
        """Let an exchange know what is in the media of its request, if anybody judges them."""
        if exchange.media and exchange.media.judges_anything:
            for place, data in exchange.media_of_request():
                screening = await exchange.media.examine(data, Direction.INPUT, screen=exchange.screen)
                exchange.learn_of_medium(place, screening)

    async def _read_whole(self, exchange: Exchange, answer: JsonObject) -> JsonObject:
        await self._inform(exchange, lambda: exchange.asked_of_whole(answer))
        leaving = exchange.whole(answer)
        _check_judged(exchange)
        return leaving

    async def _tell(self, exchange: Exchange, call: Call, relay: Relay) -> None:
        """Take what leaves upon the parts of the model's own answer that have to be waited for."""
        for part in relay.take_parts():
            if isinstance(part, Piece):
                if exchange.line:
                    await self._inform(exchange, partial(exchange.asked_of_piece, part))
                relay.leaving += exchange.tell(part)
            elif part == DONE:
                call.is_heard = True
                break
            else:
                relay.leaving += await self._read_event(exchange, _parsed(part.decode("utf-8", "replace")))
            if exchange.stopped:
                break
        if exchange.stopped:
            _check_judged(exchange)

    async def _read_event(self, exchange: Exchange, event: JsonObject) -> list[JsonObject]:
        """What leaves upon one event; a picture is taken out while it is read, and goes back labelled."""
        is_picture = exchange.surface.manner is Manner.IMAGE
        files = await self._pictures(exchange, {"data": [event]}) if is_picture else []
        await self._inform(exchange, lambda: exchange.asked_of_event(event))
        leaving = list(exchange.event(event))
        if not exchange.stopped:
            for (_, labelled), each in zip(files, leaving, strict=False):
                each["b64_json"] = labelled
        return leaving

    async def _admit(self, exchange: Exchange) -> None:
        """Let an exchange pass to the model.

        Raises:
            _Refused: it may not, or it is answered otherwise.
        """
        if not await self._ladder.serves(exchange):
            raise _Closed
        await self._inform(exchange, exchange.asked_of_request)
        await self._judge_request(exchange)
        admitted = exchange.admits()
        await self._ladder.count(exchange)  # a crisis excuses nobody, but what is said of it prevails
        if self._company is not None:
            ending = await self._company.meet(exchange)
            if ending is not None:
                raise _Answered(ending)
        if not admitted:
            _check_judged(exchange)
            raise _Refused
        await self._ladder.clear(exchange)
        if exchange.hearing is not None:
            exchange.hearing.was_asked = True

    def _asking(self, exchange: Exchange) -> AbstractAsyncContextManager[Call]:
        """The model's answer to an exchange that was admitted."""
        question = exchange.question
        return self._upstreams.call(
            question.surface.method,
            question.path,
            model=exchange.model,
            body=exchange.request(),
            query=question.query,
        )

    async def _began(self, account: "_Account", call: Call) -> None:
        """Note that an answer began; in evidence, too, where the policy asks for that."""
        account.call = call
        if self._policy.evidence is EvidenceTime.FIRST:
            await self._append("gateway.answer_began", account.exchange.began())

    async def _spoken(self, exchange: Exchange, data: bytes, kind: str) -> Leaving:
        """A sound, labelled; what is no file cannot be."""
        if not kind.startswith("audio/") and self._policy.unread_output is Unread.REFUSE:
            raise UpstreamFailed("speech that is no audio file cannot be labelled")
        await self._judge(exchange, data, "speech")
        if exchange.stopped:
            return Leaving(exchange.stop_status, await self._read_whole(exchange, {}))
        return Leaving(200, await self._labelled(exchange, data, kind, self._labels.speech), kind)

    async def _pictures(self, exchange: Exchange, answer: JsonObject) -> list[tuple[JsonObject, str]]:
        """The pictures of an answer, labelled, each with the object it stands in; taken out of there."""
        labelled = []
        for position, item in enumerate(answer.get("data") or ()):
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
                await self._judge(exchange, data, f"data[{position}].b64_json")
                if exchange.stopped:
                    break
                file = await self._labelled(exchange, data, "image", self._labels.file)
                labelled.append((item, base64.b64encode(file).decode()))
        return labelled

    async def _labelled(
        self, exchange: Exchange, data: bytes, kind: str, label: Callable[[bytes, str], bytes]
    ) -> bytes:
        try:
            return await asyncio.to_thread(label, data, exchange.produce_id)
        except InvalidInput as error:
            if self._policy.unread_output is Unread.REFUSE:
                raise UpstreamFailed(f"a file that cannot be labelled ({kind}): {error}") from error
            exchange.unscreened.append(f"unlabelled {kind}")
            return data

    async def _read(self, call: Call) -> bytes:
        data = bytearray()
        async for chunk in call.chunks:
            data += chunk
            check_length(len(data), self.limits)
        return bytes(data)

    async def _keep(self, account: "_Account") -> None:
        """Keep evidence of an exchange, and do what follows from it.

        A client that goes away cancels whoever waits here; what has to be done is done all the same.
        """
        call = account.call
        record = account.exchange.record(
            account.outcome,
            upstream=call.upstream if call else None,
            attempts=call.attempts if call else 0,
        )
        observing.exchanged(self.metrics, record, seconds=self._clock().timestamp() - account.began)
        entered = self._writer.enter(kind="gateway.exchanged", content=record)
        if self._is_followed_up or record.terms.alerts:
            await asyncio.shield(self._follow_up(account.exchange, record, entered))
        else:
            await entered  # it is written, whoever waits for it

    async def _follow_up(
        self, exchange: Exchange, record: ExchangeRecord, entered: asyncio.Future[EntryRef]
    ) -> None:
        """Do what follows from an exchange once its evidence stands."""
        await entered
        if self._company is not None:
            await self._company.settle(exchange, record.outcome)
        await self._archived(exchange, record)
        if self._incidents is not None:
            await self._incidents.look(exchange)
        alert = alert_of(record)
        if alert is not None:
            await self.reception.alert(alert, exchange.admission)
        if self._shadow is not None:
            self._shadow.offer(exchange, record)

    async def _archived(self, exchange: Exchange, record: ExchangeRecord) -> None:
        """Keep the texts where that is declared; an answer that cannot be kept does not end well."""
        transcript = exchange.transcript
        if self._archive is None or exchange.user is None or transcript is None:
            return
        asked, answered, question = transcript
        original = None
        if self._keeps_originals and exchange.hearing is not None and not exchange.hearing.is_too_long:
            ended = record.outcome in {Outcome.ANSWERED, Outcome.MASKED}
            heard = exchange.hearing.heard(exchange.surface.method, exchange.question.path, has_ended=ended)
            original = heard.packed()
        await asyncio.to_thread(
            self._archive.keep,
            exchange.user,
            exchange=exchange.produce_id,
            training=exchange.training,
            asked=asked,
            answered=answered,
            question=question,
            original=original,
        )

    async def _append(self, kind: str, record: Record) -> None:
        await self._writer.enter(kind=kind, content=record)

    def _now(self) -> int:
        return int(self._clock().timestamp())


class _CanarySight(NamedTuple):
    """A screen that is tried, what reads for it, and what was told of it."""

    canary: Canary
    sight: Sight
    told: CanaryTakenUp


class _Refused(Exception):
    """The request is not passed on to the model: our screen blocked it."""

    outcome = Outcome.REFUSED


class _Closed(_Refused):
    """The user is not served at present."""

    outcome = Outcome.CLOSED


class _Answered(_Refused):
    """The operator's words are the answer."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class _Account:
    """How an exchange goes, for its record."""

    def __init__(self, exchange: Exchange, began: float) -> None:
        self.exchange = exchange
        self.began = began
        self.outcome = Outcome.ABANDONED
        self.call: Call | None = None

    def refuse(self, refused: "_Refused | ProviderBlocked") -> None:
        """Take for the record why the model did not answer."""
        self.outcome = refused.outcome if isinstance(refused, _Refused) else Outcome.REFUSED

    def fail(self, error: BaseException) -> BaseException:
        """Take ``error`` for the record, and return what is told of it."""
        if isinstance(error, UpstreamFailed):
            self.outcome = Outcome.UPSTREAM_FAILED
            return self._screened(error)
        if isinstance(error, EventTooLong):
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
        if not isinstance(error, HeguiError):
            observing.broke(error, exchange=self.exchange.produce_id)
        return ScreenFailed()

    def _screened(self, failed: UpstreamFailed) -> UpstreamFailed:
        """An upstream may quote in an error what the screen would not let out."""
        if failed.body is not None and not self.exchange.may_tell(failed.body):
            failed.body = None
        return failed


def _kind(call: Call) -> str:
    return (call.content_type or _JSON).partition(";")[0].strip().lower()


def _check_judged(exchange: Exchange) -> None:
    """Refuse to call something illegal that merely could not be judged.

    Raises:
        ScreenFailed: a guard model failed, and nothing else was found.
    """
    if exchange.unjudged:
        raise ScreenFailed


def _check_end(exchange: Exchange, last: list[Event]) -> None:
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
