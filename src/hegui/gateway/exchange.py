"""One exchange: decides what passes to the model and what of its answer leaves. Pure, no I/O.

The skin around it feeds what it receives and sends what it is handed; nothing here knows of sockets, so
a test is a dialogue.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from urllib.parse import urlsplit

import msgspec

from hegui.admission import Admission
from hegui.core import BilingualText, keyed_digest
from hegui.gateway.body import Body, Sendable
from hegui.gateway.choices import ChoiceSpeech, Piece
from hegui.gateway.guarding import rehearsed, stand_in, used
from hegui.gateway.hearing import Hearing
from hegui.gateway.model import (
    NOT_ILLEGAL,
    AnswerPolicy,
    Began,
    ExchangeRecord,
    ExplicitPlacement,
    MediumUse,
    Noticed,
    Outcome,
    Trial,
    Unread,
)
from hegui.gateway.multipart import Form
from hegui.gateway.passages import (
    Contents,
    Medium,
    TooDeep,
    UnreadableRequest,
    check_messages,
    check_tokens,
    contents,
    question_in,
)
from hegui.gateway.plain import PlainSpeech, TranscriptSpeech
from hegui.gateway.reader import AnswerReader
from hegui.gateway.responses import ResponseSpeech
from hegui.gateway.saying import COMPLETE, Saying, Speech
from hegui.gateway.surfaces import TOKEN_VALUES, Event, Interface, JsonObject, Manner
from hegui.screening import (
    UNSCREENED,
    Action,
    Category,
    Direction,
    Finding,
    Inquiry,
    MediumScreening,
    OpenGuards,
    OpenMediaScreen,
    Rulings,
    Screen,
)


class Asked(msgspec.Struct, frozen=True):
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


DONE = b"[DONE]"
"""What ends a stream in OpenAI's interface."""

_ERRORS_REFUSE = frozenset({Manner.DATA, Manner.IMAGE, Manner.SPEECH, Manner.TRANSCRIPT})


class Exchange:
    """The decisions over one request and its answer, streamed or whole."""

    def __init__(  # noqa: PLR0913 - the gateway hands it its parts, each under its name
        self,
        *,
        exchange_id: str,
        question: Asked,
        admission: Admission,
        screen: Screen,
        policy: AnswerPolicy,
        implicit: JsonObject,
        digest_key: bytes = b"",
        line: OpenGuards | None = None,
        media: OpenMediaScreen | None = None,
        keeps: bool = False,
        trial: Trial | None = None,
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
            keeps: whether its texts are remembered, for the archive.
            line: answers what the screen asks; whoever may wait asks on it.
            media: judges pictures, sounds and films for whoever may wait.
            trial: the part it has in a trial of screens.
        """
        self.question = question
        self.surface = question.surface
        """The interface it came by."""
        self.policy = policy
        self.line = line
        self.media = media
        self.keeps = keeps
        self.hearing: Hearing | None = None
        """Listens to what is said as it comes, where another screen is to be asked about it."""
        self.unscreened: list[str] = []
        self.duties: list[str] = []
        """What is due in the operator's name besides, as evidence names it."""
        self._announced: list[str] = []
        self.headers: dict[str, str] = {}
        """What the application is told beside the answer."""
        self.is_refused = False
        """Whether the request was read and does not pass."""
        self._id = exchange_id
        self._body = body = question.body
        self.admission = admission
        self.user = admission.user
        """The pseudonym of who asks, where one is known."""
        self._trial = trial
        self.screen = screen
        self._media: list[tuple[Direction, str, MediumScreening]] = []
        self._input: list[Finding] = []
        self._recalled: tuple[Noticed, ...] = ()
        self._read = 0
        self.asks_illegal = False
        """Whether the request was found to ask for something illegal that is blocked."""
        self._reader = AnswerReader(
            screen,
            unread=policy.unread_output,
            digest_key=digest_key,
            prompt=question_in(body),
            keeps=keeps,
        )
        self._asked: tuple[str, ...] = ()
        self._request_digest = keyed_digest(digest_key)
        self._saying = Saying(
            exchange_id=exchange_id,
            model=str(body.get("model", "")),
            refusal=policy.wording.refusal.in_language(policy.language),
            stopped=policy.wording.stopped.in_language(policy.language),
            label=policy.wording.explicit_label.in_language(policy.language),
            placement=ExplicitPlacement.INTERFACE if _is_structured(body) else policy.placement,
            implicit=implicit,
        )
        self._speech = self._speech_of(self.surface.manner)

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return self._saying.model

    @property
    def produce_id(self) -> str:
        """What the implicit label names the content."""
        return self._id

    @property
    def said(self) -> str:
        """The last thing that the user says in the request, as they said it."""
        return self._reader.prompt

    @property
    def found_in_request(self) -> tuple[Category, ...]:
        """What was found in the request's texts."""
        return tuple(finding.category for finding in self._input)

    @property
    def characters(self) -> int:
        """How many characters were read in the request and have left of the answer."""
        return self._read + self._reader.released

    @property
    def training(self) -> str:
        """What the user said of training."""
        return self.admission.terms.training.value

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

    @property
    def unjudged(self) -> bool:
        """Whether it was refused or stopped for no other reason than that nobody judged something."""
        if not (self._input or self._reader.findings or self._media):
            return False
        risks = {
            finding.risk
            for direction, findings in (
                (Direction.INPUT, self._input),
                (Direction.OUTPUT, self._reader.findings),
            )
            for finding in findings
            if self.screen.action(finding, direction) is Action.BLOCK
        }
        for direction in Direction:
            risks |= self._blocked_of_media(direction)
        return risks == {UNSCREENED}

    def media_of_request(self) -> Iterator[tuple[str, bytes]]:
        """The media that stand in the request themselves, each with its place.

        Raises:
            UnreadableRequest: the request cannot be read, so it must not be passed on.
            TooDeep: it nests beyond reason.
        """
        for medium in self._contents().media:
            data = medium.data
            if data is not None:
                yield medium.place, data
        if self.question.form is not None:
            yield from self.question.form.files

    def learn_of_medium(self, place: str, screening: MediumScreening) -> None:
        """Take what came of judging a medium; an answer with one that may not leave ends here."""
        self._media.append((screening.direction, place, screening))
        if screening.action is not Action.ALLOW:
            self._reader.stopped = self._reader.stopped or screening.direction is Direction.OUTPUT
        elif not screening.is_screened:
            self.unscreened.append(place)

    def learn(self, rulings: Rulings) -> None:
        """Take what guard models answered."""
        self._reader.known.update(rulings)

    def speaking_to(self, reader: AnswerReader) -> Speech:
        """How its interface tells an answer to another reader; nothing changes here."""
        return stand_in(self._speech, self._reader, reader)

    def rulings_for(self, screen: Screen) -> Rulings:
        """What guard models answered that another screen asks in the same way."""
        known = self._reader.known
        if not known:
            return {}
        ours, theirs = self.screen.digests, screen.digests
        return {
            inquiry: ruled
            for inquiry, ruled in known.items()
            if theirs.get(inquiry.judge) == ours[inquiry.judge]
        }

    def asked_of_request(self) -> tuple[Inquiry, ...]:
        """What guard models have to be asked before :meth:`admits`.

        Raises:
            UnreadableRequest: the request cannot be read, so it must not be passed on.
            TooDeep: it nests beyond reason.
        """
        asked = (
            inquiry
            for passage in self._contents().passages
            for inquiry in self.screen.inquiries(passage.text, Direction.INPUT)
            if inquiry not in self._reader.known
        )
        return tuple(dict.fromkeys(asked))

    def asked_of_whole(self, answer: JsonObject) -> tuple[Inquiry, ...]:
        """What guard models have to be asked before :meth:`whole`."""
        return rehearsed(self._speech, self._reader, lambda speech: speech.whole(copy.deepcopy(answer)))

    def asked_of_event(self, event: JsonObject) -> tuple[Inquiry, ...]:
        """What guard models have to be asked before :meth:`event`."""
        return rehearsed(self._speech, self._reader, lambda speech: [*speech.event(copy.deepcopy(event))])

    def asked_of_piece(self, piece: Piece) -> tuple[Inquiry, ...]:
        """What guard models have to be asked before :meth:`tell`."""
        assert isinstance(self._speech, ChoiceSpeech)  # noqa: S101 - nobody else has pieces
        return rehearsed(self._speech, self._reader, lambda speech: speech.tell(piece))

    def admits(self) -> bool:
        """Whether the request may pass to the model.

        Raises:
            UnreadableRequest: the request cannot be read, so it must not be passed on.
            TooDeep: it nests beyond reason.
        """
        found = self._contents()
        if media := [*found.media, *check_tokens(self._body, self.surface.tokens)]:
            judged = {place for direction, place, _ in self._media if direction is Direction.INPUT}
            for medium in media:
                # What says that there is a picture is judged with the picture in it.
                if not any(place == medium.place or place.startswith(f"{medium.place}.") for place in judged):
                    self._pass_medium(medium)
        texts = [passage.text for passage in found.passages]
        self._read = sum(map(len, texts))
        if self._reader.kept is not None:
            self._asked = tuple(texts)
        blocked = self._blocked_of_media(Direction.INPUT)
        self.asks_illegal = bool(blocked - NOT_ILLEGAL)
        allowed = not blocked
        scanned = self.screen.scan_many(texts, Direction.INPUT, known=self._reader.known)
        for passage, text, findings in zip(found.passages, texts, scanned, strict=True):
            self._request_digest.update(text.encode("utf-8", "surrogatepass"))
            if not findings:
                continue
            self._input.extend(findings)
            action = self.screen.severest(findings, Direction.INPUT)
            if action is Action.MASK:
                passage.replace(self.screen.examine(text, Direction.INPUT, known=self._reader.known).masked)
            elif action is Action.BLOCK:
                allowed = False
                self.asks_illegal = self.asks_illegal or any(
                    finding.risk not in NOT_ILLEGAL
                    and self.screen.action(finding, Direction.INPUT) is Action.BLOCK
                    for finding in findings
                )
        self.is_refused = not allowed
        return allowed

    def recall(self, blocked: Screen) -> None:
        """Let nothing more leave if what was asked is blocked by now.

        What has left whole cannot be called back, and what cannot be read is refused elsewhere.

        Args:
            blocked: what a person blocked, and nothing else.
        """
        if self._reader.released and not self.is_open:
            return
        with suppress(UnreadableRequest, TooDeep):
            texts = [passage.text for passage in self._contents().passages]
            found = chain.from_iterable(blocked.scan_many(texts, Direction.INPUT))
            self._recalled = tuple(map(Noticed.of, found))
        if self._recalled:
            self._reader.recalled = self._reader.stopped = True

    def refuse_with(self, *texts: BilingualText) -> None:
        """Say something else where the request is refused; before anything was said."""
        said = "\n".join(text.in_language(self.policy.language) for text in texts)
        self._say(msgspec.structs.replace(self._saying, refusal=said))

    def answer_with(self, *texts: BilingualText) -> None:
        """Say this instead of asking the model, as an answer that is whole; before anything was said."""
        self.refuse_with(*texts)
        self._say(msgspec.structs.replace(self._saying, ending=COMPLETE))

    def announce(self, duty: str, text: BilingualText) -> None:
        """Say what is due before the answer, where that is for people to read; before anything was said."""
        self._announced.append(duty)
        if not self.is_structured:
            notice = f"{self._saying.notice}{text.in_language(self.policy.language)}\n\n"
            self._say(msgspec.structs.replace(self._saying, notice=notice))

    @property
    def is_structured(self) -> bool:
        """Whether the answer is for a program, so that nothing is said before it."""
        return _is_structured(self._body)

    @property
    def has_announced(self) -> bool:
        """Whether what is said before the answer has left with it."""
        return not self.is_structured and self._speech.has_spoken

    def _say(self, saying: Saying) -> None:
        self._saying = saying
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

    def together(self, events: Iterable[bytes]) -> list[Piece | bytes]:
        """What arrived at once: pieces of one text that follow one another as one, other events as they are.

        A piece of several costs no more than a piece of one, so that the busier the gateway is, the less an
        event costs it.
        """
        speech = self._speech if isinstance(self._speech, ChoiceSpeech) else None
        parts: list[Piece | bytes] = []
        for data in events:
            if self.hearing is not None and data != DONE:
                self.hearing.event(data)
            part = (speech and speech.piece_in(data)) or data
            if isinstance(part, Piece) and parts:
                before = parts[-1]
                if isinstance(before, Piece) and before.flow is part.flow:
                    parts[-1] = Piece(part.flow, before.text + part.text)
                    continue
            parts.append(part)
        return parts

    def tell(self, piece: Piece) -> list[Event]:
        """What leaves upon a piece of a streamed answer's text."""
        assert isinstance(self._speech, ChoiceSpeech)  # noqa: S101 - nobody else has pieces
        return self._speech.tell(piece)

    def began(self) -> Began:
        """What evidence keeps before the first byte of an answer leaves, where the policy asks for it."""
        return Began(
            exchange=self._id,
            surface=self.surface.path,
            model=self.model,
            user=self.admission.user,
            screen=self.screen.digest,
        )

    @property
    def transcript(self) -> tuple[tuple[str, ...], str, str] | None:
        """What was asked, what left and what it answers, for the archive; ``None`` if nothing is kept."""
        kept = self._reader.kept
        if kept is None or not (self._asked or kept):
            return None
        return self._asked, "".join(kept), self._reader.prompt

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
            tenant=self.admission.tenant,
            user=self.admission.user,
            terms=self.admission.terms,
            screen=self.screen.digest,
            outcome=outcome,
            input=(*map(Noticed.of, self._input), *self._recalled, *self._noticed_of_media(Direction.INPUT)),
            output=(*map(Noticed.of, self._reader.findings), *self._noticed_of_media(Direction.OUTPUT)),
            unscreened=(*self.unscreened, *self._reader.unscreened),
            guards=used(self._reader.known, self.screen.digests) if self._reader.known else (),
            media=tuple(map(_use_of, self._media)),
            duties=tuple(map(self._told_duty, self.duties)),
            produce_id=self._id,
            characters_released=self._reader.released,
            request_digest=self._request_digest.hexdigest(),
            answer_digest=self._reader.digest,
            trial=self._trial,
        )

    def _told_duty(self, duty: str) -> str:
        unsaid = duty in self._announced and not self.has_announced
        return f"{duty}:unsaid" if unsaid else duty

    def found(self, direction: Direction) -> Iterator[Category]:
        """Everything that was found in what was asked or in what was answered, media included."""
        findings = self._input if direction is Direction.INPUT else self._reader.findings
        yield from (finding.category for finding in findings)
        yield from self._found_in_media(direction)

    def _found_in_media(self, direction: Direction) -> Iterator[Category]:
        for travels, _, screening in self._media:
            if travels is direction:
                for part in screening.parts:
                    yield from part.findings

    def _blocked_of_media(self, direction: Direction) -> set[str]:
        """The risks for which media may not pass; nothing in them can be masked."""
        if not self._media:
            return set()
        found = ((each, self.screen.deciding(each, direction)) for each in self._found_in_media(direction))
        return {each.risk for each, rule in found if rule is not None and rule.action is not Action.ALLOW}

    def _noticed_of_media(self, direction: Direction) -> Sequence[Noticed]:
        if not self._media:
            return ()
        return [
            Noticed(risk=category.risk, kind=category.kind, detector="media")
            for category in self._found_in_media(direction)
        ]

    def _contents(self) -> Contents:
        if self.surface.manner is Manner.CHAT:
            check_messages(self._body)
        return contents(self._body)

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


def _use_of(judged: tuple[Direction, str, MediumScreening]) -> MediumUse:
    _, place, screening = judged
    return MediumUse(
        place=place,
        digest=screening.digest,
        action=screening.action,
        is_screened=screening.is_screened,
        judges=screening.judges,
    )


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
