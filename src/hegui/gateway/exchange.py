"""One exchange: decides what passes to the model and what of its answer leaves. Pure, no I/O.

The skin around it feeds what it receives and sends what it is handed; nothing here knows of sockets, so
a test is a dialogue.
"""

from collections.abc import Iterator

from hegui.core import BilingualText
from hegui.gateway.model import AnswerPolicy, ExchangeRecord, ExplicitPlacement, Noticed, Outcome
from hegui.gateway.surfaces import TEXT_FIELDS, JsonObject, envelope, request_texts
from hegui.screening import Action, Direction, Finding, Released, Screen, StreamScreen

FILTERED = "content_filter"
"""The finish reason of an answer that was refused or stopped, as OpenAI's interface names it."""

_Channel = tuple[int, str]
"""A choice and the field of it that a text belongs to: each is a stream of its own."""


class Exchange:
    """The decisions over one chat request and its answer, streamed or whole."""

    def __init__(
        self,
        *,
        exchange_id: str,
        body: JsonObject,
        user: str | None,
        screen: Screen,
        policy: AnswerPolicy,
        implicit: JsonObject,
    ) -> None:
        """Begin an exchange.

        Args:
            exchange_id: names the exchange in evidence and in its labels.
            body: the request, parsed.
            user: the user's pseudonym, where the user is known.
            screen: what reads both directions.
            policy: how the gateway speaks in its own name.
            implicit: the fields of the implicit label, as ``{"AIGC": {...}}``.
        """
        self._id = exchange_id
        self._body = body
        self._user = user
        self._screen = screen
        self._wording = policy.wording
        self._language = policy.language
        self._placement = ExplicitPlacement.INTERFACE if _is_structured(body) else policy.placement
        self._implicit = implicit
        self._declared = _declared_names(body)
        self._channels: dict[_Channel, StreamScreen] = {}
        self._begun: set[int] = set()
        self._ended: set[int] = set()
        self._input: list[Finding] = []
        self._output: list[Finding] = []
        self._released = 0
        self.stopped = False
        """Whether the answer was ended early; what the model still says must not be read."""

    def admits(self) -> bool:
        """Whether the request may pass to the model.

        Raises:
            UnreadableRequest: the request cannot be read, so it must not be passed on.
        """
        allowed = True
        for text in request_texts(self._body):
            findings = self._screen.scan(text, Direction.INPUT)
            self._input.extend(findings)
            allowed = allowed and self._screen.severest(findings, Direction.INPUT) is not Action.BLOCK
        return allowed

    def request(self) -> JsonObject:
        """The request as it is passed on: token probabilities would carry text past the screen."""
        return {name: value for name, value in self._body.items() if name not in {"logprobs", "top_logprobs"}}

    def refusal(self, *, created: int) -> JsonObject:
        """The whole answer to a request that was not passed on."""
        return self._labelled(
            {
                "id": self._id,
                "object": "chat.completion",
                "created": created,
                "model": str(self._body.get("model", "")),
                "choices": [
                    {
                        "index": 0,
                        "message": {"role": "assistant", "content": self._say(self._wording.refusal)},
                        "finish_reason": FILTERED,
                    }
                ],
                "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            }
        )

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        around = {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": str(self._body.get("model", "")),
        }
        yield self._labelled(
            around
            | {"choices": [_choice(0, {"role": "assistant", "content": self._say(self._wording.refusal)})]}
        )
        yield self._labelled(around | {"choices": [_choice(0, {}, FILTERED)]})

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole answer."""
        choices = [self._whole_choice(choice) for choice in answer.get("choices") or ()]
        return self._labelled(envelope(answer) | {"choices": choices})

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event of a streamed answer: nothing, one event, or the last ones."""
        choices = []
        for choice in event.get("choices") or ():
            outgoing = self._streamed_choice(choice)
            if outgoing is not None:
                choices.append(outgoing)
            if self.stopped:
                break
        if choices or event.get("usage"):
            leaving = envelope(event) | {"choices": choices}
            first_or_last = any(choice["finish_reason"] or "role" in choice["delta"] for choice in choices)
            yield self._labelled(leaving) if first_or_last else leaving
        if self.stopped:
            yield from self._stop(envelope(event))

    @property
    def is_open(self) -> bool:
        """Whether a choice has begun that has no end yet: text may be held back and its label is due."""
        return not self.stopped and not self._ended.issuperset(index for index, _ in self._channels)

    def record(self, outcome: Outcome, *, surface: str) -> ExchangeRecord:
        """What evidence keeps of the exchange.

        Args:
            outcome: how it ended, as the skin saw it; masking and stopping are known here and prevail.
            surface: the path of the interface that was used.
        """
        if outcome is Outcome.ANSWERED and self.stopped:
            outcome = Outcome.STOPPED
        elif (
            outcome is Outcome.ANSWERED
            and self._screen.severest(self._output, Direction.OUTPUT) is Action.MASK
        ):
            outcome = Outcome.MASKED
        return ExchangeRecord(
            exchange=self._id,
            surface=surface,
            stream=bool(self._body.get("stream")),
            model=str(self._body.get("model", "")),
            user=self._user,
            screen=self._screen.digest,
            outcome=outcome,
            input=tuple(Noticed.of(finding) for finding in self._input),
            output=tuple(Noticed.of(finding) for finding in self._output),
            produce_id=self._id,
            characters_released=self._released,
        )

    def _whole_choice(self, choice: JsonObject) -> JsonObject:
        index = int(choice.get("index", 0))
        message = choice.get("message") or {}
        leaving: JsonObject = {"role": message.get("role", "assistant"), "content": None}
        released_before = self._released
        for field, text in _texts(message):
            _put(leaving, field, self._read(index, field, text) + self._rest(index, field))
        if self.stopped:
            self._released = released_before
            leaving = {"role": "assistant", "content": self._say(self._wording.stopped)}
            return {"index": index, "message": leaving, "finish_reason": FILTERED}
        if isinstance(leaving.get("content"), str):
            leaving["content"] = self._explicitly_labelled(leaving["content"])
        self._describe_calls(leaving, message)
        return {"index": index, "message": leaving, "finish_reason": choice.get("finish_reason")}

    def _streamed_choice(self, choice: JsonObject) -> JsonObject | None:
        index = int(choice.get("index", 0))
        delta = choice.get("delta") or {}
        leaving: JsonObject = {}
        if "role" in delta:
            leaving["role"] = delta["role"]
        for field, text in _texts(delta):
            released = self._read(index, field, text)
            if released:
                _put(leaving, field, released)
        self._describe_calls(leaving, delta)
        reason = choice.get("finish_reason")
        if reason is not None:
            self._flush(index, leaving)
        if leaving.get("content"):
            leaving["content"] = self._start_label(index) + leaving["content"]
        if self.stopped:
            reason = None  # the end follows, with its own reason
        elif reason is not None:
            self._ended.add(index)
            self._append_end_label(index, leaving)
        return _choice(index, leaving, reason) if leaving or reason else None

    def _describe_calls(self, leaving: JsonObject, message: JsonObject) -> None:
        """Carry over what names a tool call. A name comes in one piece and only the declared ones pass."""
        for position, call in enumerate(message.get("tool_calls") or ()):
            outgoing = _call(leaving, int(call.get("index", position)))
            for field in ("id", "type"):
                if isinstance(call.get(field), str):
                    outgoing[field] = call[field]
            name = (call.get("function") or {}).get("name")
            if name in self._declared:
                outgoing["function"]["name"] = name

    def _flush(self, index: int, leaving: JsonObject) -> None:
        """Release what the channels of a choice still hold back."""
        for channel_index, field in list(self._channels):
            if channel_index == index:
                rest = self._rest(index, field)
                if rest:
                    _put(leaving, field, rest)

    def _read(self, index: int, field: str, text: str) -> str:
        """Feed one channel and return what it releases; nothing once the exchange is stopped."""
        channel = self._channels.get((index, field))
        if channel is None:
            channel = self._channels[index, field] = self._screen.stream(Direction.OUTPUT)
        return self._released_by(channel, channel.feed(text))

    def _rest(self, index: int, field: str) -> str:
        channel = self._channels[index, field]
        return self._released_by(channel, channel.finish())

    def _released_by(self, channel: StreamScreen, released: Released) -> str:
        if self.stopped:
            return ""
        self._output.extend(released.findings)
        self.stopped = channel.blocked
        self._released += len(released.text)
        return released.text

    def _stop(self, around: JsonObject) -> Iterator[JsonObject]:
        """End every choice that is still open."""
        for index in sorted({index for index, _ in self._channels} - self._ended):
            said = {"content": self._say(self._wording.stopped)}
            yield self._labelled(around | {"choices": [_choice(index, said)]})
            yield self._labelled(around | {"choices": [_choice(index, {}, FILTERED)]})

    def _start_label(self, index: int) -> str:
        if self._placement is not ExplicitPlacement.START or index in self._begun:
            return ""
        self._begun.add(index)
        return self._say(self._wording.explicit_label).strip()

    def _append_end_label(self, index: int, leaving: JsonObject) -> None:
        spoke = (index, "content") in self._channels
        if self._placement is ExplicitPlacement.END and spoke:
            leaving["content"] = leaving.get("content", "") + self._say(self._wording.explicit_label)

    def _explicitly_labelled(self, text: str) -> str:
        label = self._say(self._wording.explicit_label)
        if self._placement is ExplicitPlacement.START:
            return label.strip() + text
        return text + label if self._placement is ExplicitPlacement.END else text

    def _labelled(self, leaving: JsonObject) -> JsonObject:
        return leaving | self._implicit

    def _say(self, text: BilingualText) -> str:
        return text.in_language(self._language)


def _is_structured(body: JsonObject) -> bool:
    """Whether the answer is for a program, so that added words would break it."""
    form = body.get("response_format")
    return isinstance(form, dict) and form.get("type", "text") != "text"


def _declared_names(body: JsonObject) -> frozenset[str]:
    """The names of the functions the request offers to the model."""
    functions = [tool.get("function") for tool in body.get("tools") or () if isinstance(tool, dict)]
    return frozenset(str(function.get("name")) for function in functions if isinstance(function, dict))


def _choice(index: int, delta: JsonObject, reason: str | None = None) -> JsonObject:
    return {"index": index, "delta": delta, "finish_reason": reason}


def _texts(message: JsonObject) -> Iterator[tuple[str, str]]:
    """The texts of a message or delta, each with the channel it belongs to."""
    for field in TEXT_FIELDS:
        if isinstance(message.get(field), str):
            yield field, message[field]
    for position, call in enumerate(message.get("tool_calls") or ()):
        arguments = (call.get("function") or {}).get("arguments")
        if isinstance(arguments, str):
            yield f"tool_calls/{call.get('index', position)}", arguments


def _put(leaving: JsonObject, field: str, text: str) -> None:
    """Add released ``text`` to the field that its channel names."""
    if "/" not in field:
        leaving[field] = (leaving.get(field) or "") + text
        return
    function = _call(leaving, int(field.removeprefix("tool_calls/")))["function"]
    function["arguments"] = function.get("arguments", "") + text


def _call(leaving: JsonObject, index: int) -> JsonObject:
    calls: list[JsonObject] = leaving.setdefault("tool_calls", [])
    for call in calls:
        if call["index"] == index:
            return call
    calls.append({"index": index, "function": {}})
    return calls[-1]
