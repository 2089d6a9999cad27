"""One exchange: decides what passes to the model and what of its answer leaves. Pure, no I/O.

The skin around it feeds what it receives and sends what it is handed; nothing here knows of sockets, so
a test is a dialogue.
"""

import hashlib
import hmac
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from hegui.core import BilingualText
from hegui.gateway.admission import Admission
from hegui.gateway.body import Body, Sendable
from hegui.gateway.choices import ChoiceSpeech
from hegui.gateway.model import (
    AnswerPolicy,
    Began,
    ExchangeRecord,
    ExplicitPlacement,
    Noticed,
    Outcome,
    Unread,
)
from hegui.gateway.multipart import Form
from hegui.gateway.passages import (
    Medium,
    UnreadableRequest,
    check_messages,
    check_tokens,
    contents,
)
from hegui.gateway.plain import PlainSpeech, TranscriptSpeech
from hegui.gateway.reader import AnswerReader
from hegui.gateway.responses import ResponseSpeech
from hegui.gateway.saying import Saying, Speech
from hegui.gateway.surfaces import TOKEN_VALUES, Interface, JsonObject, Manner
from hegui.screening import PERSONAL_INFORMATION, Action, Direction, Finding, Screen


class Asked(NamedTuple):
    """A request as it came in, parsed.

    Attributes:
        surface: the interface it came by.
        body: its fields; what is to be masked is masked in it.
        path: its own path behind ``/v1/``.
        query: of its address, without the question mark.
        form: the form it came as, where it is one.
    """

    surface: Interface
    body: JsonObject
    path: str
    query: str = ""
    form: Form | None = None


_ERRORS_REFUSE = frozenset({Manner.DATA, Manner.IMAGE, Manner.SPEECH, Manner.TRANSCRIPT})


class Exchange:
    """The decisions over one request and its answer, streamed or whole."""

    def __init__(
        self,
        *,
        exchange_id: str,
        question: Asked,
        admission: Admission,
        screen: Screen,
        policy: AnswerPolicy,
        implicit: JsonObject,
        digest_key: bytes = b"",
    ) -> None:
        """Begin an exchange.

        Args:
            exchange_id: names the exchange in evidence and in its labels.
            question: the request.
            admission: who asks.
            screen: what reads both directions.
            policy: how the gateway speaks in its own name, and what passes unread.
            implicit: the fields of the implicit label, as ``{"AIGC": {...}}``.
            digest_key: keys the digests of what was said.
        """
        self.question = question
        self.policy = policy
        self.unscreened: list[str] = []
        self._id = exchange_id
        self._body = body = question.body
        self._admission = admission
        self._screen = screen
        self._input: list[Finding] = []
        self.asks_illegal = False
        """Whether the request was found to ask for something that is blocked, personal information aside."""
        self._reader = AnswerReader(screen, unread=policy.unread_output, digest_key=digest_key)
        self._request_digest = hmac.new(digest_key, digestmod=hashlib.sha256)
        self._saying = Saying(
            exchange_id=exchange_id,
            model=str(body.get("model", "")),
            refusal=policy.wording.refusal.in_language(policy.language),
            stopped=policy.wording.stopped.in_language(policy.language),
            label=policy.wording.explicit_label.in_language(policy.language),
            placement=ExplicitPlacement.INTERFACE if _is_structured(body) else policy.placement,
            implicit=implicit,
        )
        self._speech = self._speech_of(question.surface.manner)

    @property
    def surface(self) -> Interface:
        """The interface it came by."""
        return self.question.surface

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return self._saying.model

    @property
    def produce_id(self) -> str:
        """What the implicit label names the content."""
        return self._id

    @property
    def user(self) -> str | None:
        """The pseudonym of who asks, where one is known."""
        return self._admission.user

    @property
    def is_stream(self) -> bool:
        """Whether the answer was asked for piece by piece."""
        return self._body.get("stream") is True or self._body.get("stream") == "true"

    @property
    def stopped(self) -> bool:
        """Whether the answer was ended early; what the model still says must not be read."""
        return self._reader.stopped

    @property
    def is_open(self) -> bool:
        """Whether something has begun that has no end yet: text may be held back and its label is due."""
        return self._speech.is_open

    @property
    def refusal_status(self) -> int:
        """The HTTP status of a refusal: an answer where the interface has words for it, else an error."""
        return 400 if self.surface.manner in _ERRORS_REFUSE else 200

    @property
    def stop_status(self) -> int:
        """The HTTP status of a whole answer: an error where it was stopped and there are no words for it."""
        transcript = self.surface.manner is Manner.TRANSCRIPT
        return self.refusal_status if self.stopped and not transcript else 200

    def admits(self) -> bool:
        """Whether the request may pass to the model.

        Raises:
            UnreadableRequest: the request cannot be read, so it must not be passed on.
            TooDeep: it nests beyond reason.
        """
        if self.surface.manner is Manner.CHAT:
            check_messages(self._body)
        found = contents(self._body)
        for medium in (*found.media, *check_tokens(self._body, self.surface.tokens)):
            self._pass_medium(medium)
        texts = [passage.text for passage in found.passages]
        allowed = True
        for passage, text, findings in zip(
            found.passages, texts, self._screen.scan_many(texts, Direction.INPUT), strict=True
        ):
            self._request_digest.update(text.encode("utf-8", "surrogatepass"))
            if not findings:
                continue
            self._input.extend(findings)
            action = self._screen.severest(findings, Direction.INPUT)
            if action is Action.MASK:
                passage.replace(self._screen.examine(text, Direction.INPUT).masked)
            elif action is Action.BLOCK:
                allowed = False
                self.asks_illegal = self.asks_illegal or any(
                    finding.risk != PERSONAL_INFORMATION
                    and self._screen.action(finding, Direction.INPUT) is Action.BLOCK
                    for finding in findings
                )
        return allowed

    def refuse_with(self, *texts: BilingualText) -> None:
        """Say something else where the request is refused; before anything was said."""
        said = "\n".join(text.in_language(self.policy.language) for text in texts)
        self._saying = self._saying._replace(refusal=said)
        self._speech = self._speech_of(self.surface.manner)

    def request(self) -> Sendable | None:
        """The request as it is passed on, written anew.

        Token probabilities are not asked for: they would carry text past the screen.
        """
        if self.surface.method != "POST":
            return None
        if self.question.form is not None:
            self.question.form.take(self._body)
            return self.question.form
        return Body({name: value for name, value in self._body.items() if name not in TOKEN_VALUES})

    def refusal(self, *, created: int) -> JsonObject:
        """The whole answer to a request that was not passed on."""
        return self._speech.refusal(created=created)

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        return self._speech.refusal_events(created=created)

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole answer."""
        return self._speech.whole(answer)

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event of a streamed answer: nothing, some events, or the last ones."""
        return self._speech.event(event)

    def may_tell(self, error: JsonObject) -> bool:
        """Whether an upstream's account of an error may leave; what is to be masked in it is masked."""
        return self._reader.whole(error)

    def plain_event(self, data: str) -> list[JsonObject] | None:
        """What leaves upon an event of the commonest form; ``None`` where it has to be read in full."""
        return self._speech.plain(data) if isinstance(self._speech, ChoiceSpeech) else None

    def began(self) -> Began:
        """What evidence keeps before the first byte of an answer leaves, where the policy asks for it."""
        return Began(
            exchange=self._id,
            surface=self.surface.path,
            model=self.model,
            user=self._admission.user,
            screen=self._screen.digest,
        )

    def record(self, outcome: Outcome, *, upstream: str | None = None, attempts: int = 0) -> ExchangeRecord:
        """What evidence keeps of the exchange.

        Args:
            outcome: how it ended, as the skin saw it; masking and stopping are known here and prevail.
            upstream: who answered.
            attempts: how often upstreams were asked.
        """
        if outcome is Outcome.ANSWERED and self.stopped:
            outcome = Outcome.STOPPED
        elif outcome is Outcome.ANSWERED and self._reader.masked:
            outcome = Outcome.MASKED
        return ExchangeRecord(
            exchange=self._id,
            surface=self.surface.path,
            stream=self.is_stream,
            model=self.model,
            upstream=upstream,
            attempts=attempts,
            tenant=self._admission.tenant,
            user=self._admission.user,
            screen=self._screen.digest,
            outcome=outcome,
            input=tuple(Noticed.of(finding) for finding in self._input),
            output=tuple(Noticed.of(finding) for finding in self._reader.findings),
            unscreened=(*self.unscreened, *self._reader.unscreened),
            produce_id=self._id,
            characters_released=self._reader.released,
            request_digest=self._request_digest.hexdigest(),
            answer_digest=self._reader.digest,
        )

    def _speech_of(self, manner: Manner) -> Speech:
        reader, saying = self._reader, self._saying
        if manner in {Manner.CHAT, Manner.COMPLETION}:
            return ChoiceSpeech(reader=reader, saying=saying, chat=manner is Manner.CHAT)
        if manner is Manner.RESPONSE:
            return ResponseSpeech(reader=reader, saying=saying)
        if manner is Manner.TRANSCRIPT:
            return TranscriptSpeech(reader=reader, saying=saying)
        return PlainSpeech(reader=reader, saying=saying, generated=manner is not Manner.DATA)

    def _pass_medium(self, medium: Medium) -> None:
        if self.policy.unread_input is Unread.REFUSE:
            raise UnreadableRequest(
                zh=f"{medium.place} 不是文字，无法审查，因此不予转发",
                en=f"{medium.place} is no text and cannot be screened, so it is not passed on",
            )
        address = medium.address
        if address is not None and not _is_declared(address, self.policy.media_hosts):
            raise UnreadableRequest(
                zh=f"{medium.place} 的地址不在 media_hosts 中，因此不予转发；请直接上传内容（data:）",
                en=f"the address at {medium.place} is not among the media_hosts, so it is not passed on; "
                "send the content itself (data:)",
            )
        self.unscreened.append(medium.place)


def _is_declared(address: str, hosts: tuple[str, ...]) -> bool:
    if "*" in hosts:
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.username is None and parts.hostname in hosts


def _is_structured(body: JsonObject) -> bool:
    """Whether the answer is for a program, so that added words would break it."""
    form = body.get("response_format")
    if not isinstance(form, dict):
        text = body.get("text")
        form = text.get("format") if isinstance(text, dict) else None
    return isinstance(form, dict) and form.get("type", "text") != "text"
