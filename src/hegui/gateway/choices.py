"""Chat and text completions: answers in choices. Pure."""

import re
from collections.abc import Iterator
from typing import Any, Self

import msgspec

from hegui.gateway.passages import is_name
from hegui.gateway.reader import AnswerReader
from hegui.gateway.saying import FILTERED, Saying
from hegui.gateway.surfaces import MEDIA, TOKEN_VALUES, WHOLE_IN_STREAMS, Event, JsonObject

_ENVELOPE = ("id", "object", "created", "model", "system_fingerprint", "service_tier", "usage")
"""Fields around the choices that no model writes."""

_NAMED = ("id", "object", "model", "system_fingerprint", "service_tier")
_MOST_FRAMES = 4
_MOST_LESSONS = 8

_CONTENT = re.compile(rb'"content"\s*:\s*("(?:[^"\\]|\\.)*")')
_EMPTY = b'"content":""'

_Path = tuple[str | int, ...]


class _PlainDelta(msgspec.Struct, forbid_unknown_fields=True):
    content: str


class _PlainChoice(msgspec.Struct, forbid_unknown_fields=True):
    index: int
    delta: _PlainDelta
    finish_reason: None = None
    logprobs: None = None


class _PlainEvent(msgspec.Struct, forbid_unknown_fields=True):
    """The event that makes up nearly all of a streamed chat: a piece of one text, and nothing else."""

    id: str
    object: str
    created: int
    model: str
    choices: tuple[_PlainChoice]
    system_fingerprint: str | None = None
    service_tier: str | None = None
    usage: None = None
    obfuscation: str = ""  # padding against eavesdroppers; the gateway's own pieces are cut differently


_PLAIN = msgspec.json.Decoder(_PlainEvent)
_TEXT = msgspec.json.Decoder(str)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)


class Flow(msgspec.Struct, frozen=True):
    """One text that comes piece by piece.

    Attributes:
        frame: what stands around each piece.
        choice: its index.
        before: the event in which a piece leaves, up to its text.
        behind: the rest of that event.
    """

    frame: JsonObject
    choice: int
    before: bytes
    behind: bytes

    @classmethod
    def of(cls, frame: JsonObject, choice: int) -> Self:
        """The text of a choice within a frame."""
        outgoing = {"index": choice, "delta": {"content": ""}, "finish_reason": None}
        before, _, behind = msgspec.json.encode({**frame, "choices": [outgoing]}).rpartition(_EMPTY)
        return cls(frame, choice, before + _EMPTY[:-2], behind)

    def written(self, text: str) -> bytes:
        """The event in which ``text`` leaves."""
        return b"".join((self.before, msgspec.json.encode(text), self.behind))


class Piece(msgspec.Struct, frozen=True):
    """A piece of the text of one choice.

    Attributes:
        flow: the text; one object for all its pieces.
        text: the piece.
    """

    flow: Flow
    text: str


class _Pattern(msgspec.Struct, frozen=True):
    """How events come that differ in nothing but the piece they tell."""

    before: bytes
    behind: bytes
    flow: Flow

    @classmethod
    def of(cls, data: bytes, flow: Flow) -> "_Pattern | None":
        """What an event has in common with the next ones, if that can be told with certainty."""
        if data.count(b'"content"') != 1:
            return None
        # Within a string every quotation mark is escaped, and the form has no other name that ends so.
        content = _CONTENT.search(data)
        return content and cls(data[: content.start(1)], data[content.end(1) :], flow)

    def piece_in(self, data: bytes) -> Piece | None:
        """The piece that an event tells, if it is one of these."""
        begin, end = len(self.before), len(data) - len(self.behind)
        if begin >= end or not (data.startswith(self.before) and data.endswith(self.behind)):
            return None
        try:
            return Piece(self.flow, _TEXT.decode(data[begin:end]))
        except _UNREADABLE:
            return None


class ChoiceSpeech:
    """What leaves of an answer in choices."""

    def __init__(self, *, reader: AnswerReader, saying: Saying, chat: bool) -> None:
        """Begin an answer, of a chat or of a text completion."""
        self._reader = reader
        self._saying = saying
        self._chat = chat
        self._kind = "chat.completion" if chat else "text_completion"
        self._label_field = "content" if chat else "text"
        self._begun: set[int] = set()
        self._labelled: set[int] = set()
        self._spoke: set[int] = set()
        self._ended: set[int] = set()
        self._names: dict[tuple[int, _Path], str] = {}
        self._frames: dict[tuple[object, ...], JsonObject] = {}
        self._flows: dict[tuple[object, ...], Flow] = {}
        self._pattern: _Pattern | None = None
        self._lessons = 0

    @property
    def is_open(self) -> bool:
        """Whether a choice has begun that has no end yet: text may be held back and its label is due."""
        return not self._reader.stopped and not self._ended.issuperset(self._begun)

    @property
    def has_spoken(self) -> bool:
        """Whether the model's words for people have left, with what is said before them."""
        return bool(self._labelled)

    def refusal(self, *, created: int) -> JsonObject:
        """The whole answer to a request that was not passed on."""
        return {
            **self._frame(self._kind, created),
            "choices": [self._said(0, self._saying.refusal, self._saying.ending)],
            "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
            **self._saying.implicit,
        }

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        frame = self._frame("chat.completion.chunk" if self._chat else self._kind, created)
        said = {"role": "assistant", "content": self._saying.refusal} if self._chat else self._saying.refusal
        yield {**frame, "choices": [self._outgoing(0, said)], **self._saying.implicit}
        yield {
            **frame,
            "choices": [self._outgoing(0, None, self._saying.ending)],
            **self._saying.implicit,
        }

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole answer."""
        choices = []
        for choice in answer.get("choices") or ():
            if self._reader.whole(choice, leaves=True):
                choices.append(self._with_label(choice))
            else:
                self._reader.stopped = True
                choices.append(self._said(int(choice.get("index", 0)), self._saying.stopped))
        return {**self._around(answer), "choices": choices, **self._saying.implicit}

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event: nothing, one event, or the last ones."""
        choices = []
        mentioned = event.get("choices") or ()
        for choice in mentioned:
            outgoing = self._streamed(choice)
            if outgoing is not None:
                choices.append(outgoing)
            if self._reader.stopped:
                break
        around = self._around(event, remembers=True)
        if choices or not mentioned:
            first_or_last = any(choice.get("finish_reason") or _opens(choice) for choice in choices)
            yield {**around, "choices": choices, **(self._saying.implicit if first_or_last else {})}
        if self._reader.stopped:
            yield from self._stop(around)

    def piece_in(self, data: bytes) -> Piece | None:
        """The piece that an event tells, if it tells a piece of a text that has begun and nothing else.

        The form allows no other field, and what stands around the text was read with an earlier event.
        """
        pattern = self._pattern
        piece = pattern.piece_in(data) if pattern else None
        if piece is not None:
            return piece
        try:
            event = _PLAIN.decode(data)
        except _UNREADABLE:
            return None
        (choice,) = event.choices
        named = (event.id, event.object, event.model, event.system_fingerprint, event.service_tier)
        frame = self._frames.get(named)
        if frame is None or choice.index not in self._begun:
            return None
        flow = self._flows.get((choice.index, *named))
        if flow is None:
            flow = self._flows[choice.index, *named] = Flow.of(frame, choice.index)
        if self._lessons < _MOST_LESSONS:
            self._lessons += 1
            self._pattern = _Pattern.of(data, flow)
        return Piece(flow, choice.delta.content)

    def tell(self, piece: Piece) -> list[Event]:
        """What leaves upon a piece, as :meth:`event` says of the events that told it."""
        flow = piece.flow
        text = self._reader.piece((flow.choice, ("content",)), piece.text)
        if text and flow.choice not in self._spoke:
            text = self._begin_speaking(flow.choice, text)
        leaving: list[Event] = [flow.written(text)] if text else []
        if self._reader.stopped:
            leaving += self._stop(flow.frame)
        return leaving

    def _frame(self, kind: str, created: int) -> JsonObject:
        return {
            "id": self._saying.exchange_id,
            "object": kind,
            "created": created,
            "model": self._saying.model,
        }

    def _around(self, answer: JsonObject, *, remembers: bool = False) -> JsonObject:
        around = {name: value for name, value in answer.items() if name != "choices"}
        if self._reader.whole(around):
            if remembers:
                self._remember(around)
            return around
        return {
            name: value
            for name, value in around.items()
            if name in _ENVELOPE and (not isinstance(value, str) or is_name(name, value))
        }

    def _remember(self, around: JsonObject) -> None:
        """Keep what stands around a text and has been read, for :meth:`piece_in`."""
        named = tuple(around.get(name) for name in _NAMED)
        if len(self._frames) < _MOST_FRAMES and all(isinstance(name, str | None) for name in named):
            self._frames[named] = {
                name: value for name, value in around.items() if name in _ENVELOPE and name != "usage"
            }

    def _said(self, index: int, text: str, reason: str = FILTERED) -> JsonObject:
        """A whole choice in which the gateway speaks."""
        said = {"message": {"role": "assistant", "content": text}} if self._chat else {"text": text}
        return {"index": index, **said, "logprobs": None, "finish_reason": reason}

    def _with_label(self, choice: JsonObject) -> JsonObject:
        holder = choice.get("message") if self._chat else choice
        if isinstance(holder, dict):
            text = holder.get(self._label_field)
            if text:
                self._labelled.add(int(choice.get("index", 0)))
            if isinstance(text, str):
                holder[self._label_field] = self._saying.labelled(text)
            elif isinstance(text, list):
                parts = [p for p in text if isinstance(p, dict) and isinstance(p.get("text"), str)]
                if parts:
                    parts[0]["text"] = self._saying.before + parts[0]["text"]
                    parts[-1]["text"] += self._saying.behind
        return choice

    def _streamed(self, choice: JsonObject) -> JsonObject | None:
        index = int(choice.get("index", 0))
        self._begun.add(index)
        said = choice.get("delta") or {} if self._chat else {"text": choice.get("text") or ""}
        leaving = self._delta(index, said, ())
        reason = choice.get("finish_reason")
        if reason is not None:
            if not is_name("finish_reason", str(reason)):
                reason = "stop"
            self._flush(index, leaving)
        if leaving.get(self._label_field):
            leaving[self._label_field] = self._begin_speaking(index, leaving[self._label_field])
        if self._reader.stopped:
            reason = None  # the end follows, with its own reason
        elif reason is not None:
            self._ended.add(index)
            if index in self._spoke and self._saying.behind:
                leaving[self._label_field] = (leaving.get(self._label_field) or "") + self._saying.behind
        if not leaving and reason is None:
            return None
        return self._outgoing(index, leaving if self._chat else leaving.get("text"), reason)

    def _begin_speaking(self, index: int, text: str) -> str:
        """A piece that leaves, with what is said before the first."""
        self._spoke.add(index)
        if index in self._labelled:
            return text
        self._labelled.add(index)
        return self._saying.before + text

    def _delta(self, index: int, delta: JsonObject, path: _Path) -> JsonObject:
        """What leaves of a delta: each string in it, at any depth, is a piece of a channel."""
        leaving: JsonObject = {}
        for key, value in delta.items():
            if isinstance(value, str):
                text = self._piece(index, key, value, path)
                if text or not value:
                    leaving[key] = text
            elif key in TOKEN_VALUES:
                continue
            elif isinstance(value, dict):
                leaving[key] = self._delta(index, value, (*path, key))
            elif isinstance(value, list):
                leaving[key] = [
                    self._delta(index, item, (*path, key, _index(item, position)))
                    for position, item in enumerate(value)
                    if isinstance(item, dict)
                ]
            else:
                leaving[key] = value
        if not path and leaving.get("content") == "" and len(leaving) == 1:
            return {}  # says nothing
        return leaving

    def _piece(self, index: int, key: str, text: str, path: _Path) -> str:
        if is_name(key, text) or not text:
            return text
        if key in MEDIA or (key == "data" and text.isascii()):
            return text if self._reader.is_passed(".".join(map(str, (*path, key)))) else ""
        if key in WHOLE_IN_STREAMS:
            return self._whole_piece((index, (*path, key)), key, text)
        return self._reader.piece((index, (*path, key)), text)

    def _whole_piece(self, channel: tuple[int, _Path], key: str, text: str) -> str:
        """What leaves of a text that is wanted at once: it is read together with what came of it before."""
        before = self._names.get(channel, "")
        holder = {key: before + text}
        self._names[channel] = before + text
        if not self._reader.whole(holder):
            self._reader.stopped = True
            return ""
        return text if holder[key] == before + text else ""

    def _flush(self, index: int, leaving: JsonObject) -> None:
        """Release what the channels of a choice still hold back."""
        for channel in self._reader.channels:
            assert isinstance(channel, tuple)  # noqa: S101 - this class made the channels
            if channel[0] == index:
                rest = self._reader.rest(channel)
                if rest:
                    _put(leaving, channel[1], rest)

    def _stop(self, around: JsonObject) -> Iterator[JsonObject]:
        """End every choice that is still open."""
        for index in sorted(self._begun - self._ended):
            said = {"content": self._saying.stopped} if self._chat else self._saying.stopped
            yield {**around, "choices": [self._outgoing(index, said)], **self._saying.implicit}
            yield {**around, "choices": [self._outgoing(index, None, FILTERED)], **self._saying.implicit}

    def _outgoing(self, index: int, said: JsonObject | str | None, reason: str | None = None) -> JsonObject:
        if self._chat:
            return {"index": index, "delta": said or {}, "finish_reason": reason}
        return {"index": index, "text": said or "", "logprobs": None, "finish_reason": reason}


def _opens(choice: JsonObject) -> bool:
    delta = choice.get("delta")
    return isinstance(delta, dict) and "role" in delta


def _index(item: JsonObject, position: int) -> int:
    index = item.get("index")
    return index if isinstance(index, int) else position


def _put(leaving: JsonObject, path: _Path, text: str) -> None:
    """Add ``text`` to the string at ``path``, making what leads there."""
    *way, last = path
    holder: Any = leaving
    for step, following in zip(way, path[1:], strict=True):
        if isinstance(step, int):
            items: list[JsonObject] = holder
            item = next((item for item in items if item.get("index") == step), None)
            if item is None:
                item = {"index": step}
                items.append(item)
            holder = item
        else:
            holder = holder.setdefault(step, [] if isinstance(following, int) else {})
    holder[last] = (holder.get(last) or "") + text


def is_readable(body: JsonObject) -> bool:
    """Whether the choices of an answer, if it has any, have the shape that is read here."""
    choices = body.get("choices") or []
    if not isinstance(choices, list):
        return False
    for choice in choices:
        if not (
            isinstance(choice, dict)
            and isinstance(choice.get("index", 0), int)
            and _is_readable_message(choice.get("message"))
            and _is_readable_message(choice.get("delta"))
        ):
            return False
    return True


def _is_readable_message(message: object) -> bool:
    if not message:
        return True
    if not isinstance(message, dict):
        return False
    calls = message.get("tool_calls") or []
    return isinstance(calls, list) and all(
        isinstance(call, dict)
        and isinstance(call.get("index", 0), int)
        and isinstance(call.get("function") or {}, dict)
        for call in calls
    )
