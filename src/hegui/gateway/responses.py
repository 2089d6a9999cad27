"""The Responses interface: answers in items, streamed as typed events. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from hegui.gateway.passages import is_name
from hegui.gateway.reader import AnswerReader
from hegui.gateway.saying import COMPLETE, FILTERED, Saying
from hegui.gateway.surfaces import JsonObject

_TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "error"})

_OPAQUE = re.compile(r"[A-Za-z0-9+/=_-]*")

_PLACE = ("item_id", "output_index", "content_index", "summary_index")
"""The fields of an event that say which text it continues."""

_KEPT = ("id", "object", "created_at", "model", "parallel_tool_calls", "usage")
"""What an ended response keeps of the one that was ended; none of it is written by a model."""

_VISIBLE = "response.output_text"


class ResponseSpeech:
    """What leaves of one response."""

    def __init__(self, *, reader: AnswerReader, saying: Saying) -> None:
        """Begin an answer."""
        self._reader = reader
        self._saying = saying
        self._sent = 0
        self._began = False
        self.has_spoken = False
        """Whether the model's words for people have left, with what is said before them."""
        self._ended = False
        self._response: JsonObject = {}
        self._template: dict[tuple[Any, ...], JsonObject] = {}
        self._texts: dict[tuple[Any, ...], str] = {}
        """What left of each visible text that is still open."""
        self._items = 0

    @property
    def is_open(self) -> bool:
        """Whether the response has begun and has no end yet."""
        return self._began and not self._ended and not self._reader.stopped

    def refusal(self, *, created: int) -> JsonObject:
        """The whole answer to a request that was not passed on."""
        return self._ending(self._blank(created), self._saying.refusal, ending=self._saying.ending)

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        blank = self._blank(created)
        yield self._numbered({"type": "response.created", "response": blank | {"status": "in_progress"}})
        yield from self._say_item(blank, self._saying.refusal, index=0, ending=self._saying.ending)

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole response."""
        if self._reader.whole(answer):
            self._reader.count({"output": answer.get("output")})
            self._label(answer)
            return answer | self._saying.implicit
        self._reader.stopped = True
        return self._ending(answer, self._saying.stopped)

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event."""
        kind = str(event.get("type", ""))
        self._began = True
        if kind.endswith(".delta") and isinstance(event.get("delta"), str):
            yield from self._piece(kind, event)
        else:
            yield from self._rest(kind, event)
            if not self._reader.stopped:
                yield from self._other(kind, event)
        if self._reader.stopped:
            yield from self._stop()

    def _piece(self, kind: str, event: JsonObject) -> Iterator[JsonObject]:
        if "audio.delta" in kind:
            if self._reader.is_passed(kind) and _OPAQUE.fullmatch(event["delta"]):
                yield self._numbered(event)
            return
        around = {name: value for name, value in event.items() if name != "delta"}
        if not self._reader.whole(around):
            self._reader.stopped = True
            return
        channel = (kind, *(event.get(name) for name in _PLACE))
        self._template[channel] = around
        yield from self._release(channel, self._reader.piece(channel, event["delta"]))

    def _release(self, channel: tuple[Any, ...], text: str) -> Iterator[JsonObject]:
        if not text:
            return
        if channel[0] == f"{_VISIBLE}.delta":
            text = text if channel in self._texts else self._saying.before + text
            self._texts[channel] = self._texts.get(channel, "") + text
            self.has_spoken = True
        yield self._numbered(self._template[channel] | {"delta": text})

    def _rest(self, kind: str, event: JsonObject) -> Iterator[JsonObject]:
        """What was held back of the texts that ``event`` ends."""
        if not kind.endswith(".done") and kind not in _TERMINAL:
            return
        item = event.get("item_id") or (event.get("item") or {}).get("id")
        for channel in self._reader.channels:
            assert isinstance(channel, tuple)  # noqa: S101 - this class made the channels
            its_text = kind == channel[0].removesuffix("delta") + "done"
            if kind in _TERMINAL or (
                channel[1] == item and (its_text or not kind.removesuffix(".done").endswith("_text"))
            ):
                yield from self._release(channel, self._reader.rest(channel))
                if channel in self._texts and not self._reader.stopped:
                    if self._saying.behind:
                        behind = self._template[channel] | {"delta": self._saying.behind}
                        yield self._numbered(behind)
                    del self._texts[channel]

    def _other(self, kind: str, event: JsonObject) -> Iterator[JsonObject]:
        """An event that tells something whole."""
        if not self._reader.whole(event):
            self._reader.stopped = True
            return
        self._label(event)
        response = event.get("response")
        if isinstance(response, dict):
            self._response = response
            event["response"] = response | self._saying.implicit
        if kind == "response.output_item.added":
            self._items += 1
        self._ended = self._ended or kind in _TERMINAL
        yield self._numbered(event)

    def _label(self, value: JsonObject) -> None:
        """Put the explicit label into every finished text for readers in ``value``."""
        if value.get("type") == f"{_VISIBLE}.done" and isinstance(value.get("text"), str):
            value["text"] = self._saying.labelled(value["text"])
        for part in _texts_for_readers(value):
            self.has_spoken = self.has_spoken or bool(part["text"])
            part["text"] = self._saying.labelled(part["text"])

    def _stop(self) -> Iterator[JsonObject]:
        """A well-formed end: the text that is open is ended with the operator's words."""
        self._ended = True
        response = self._response or self._blank(0)
        if not self._texts:
            yield from self._say_item(response, self._saying.stopped, index=self._items)
            return
        channel, said = next(reversed(self._texts.items()))
        template = self._template[channel]
        yield self._numbered(template | {"delta": self._saying.stopped})
        place = {name: template[name] for name in _PLACE if name in template}
        yield from self._end_item(response, place, said + self._saying.stopped)

    def _say_item(
        self, response: JsonObject, text: str, *, index: int, ending: str = FILTERED
    ) -> Iterator[JsonObject]:
        """A whole message of the gateway, and the end of the response."""
        item = {"id": f"msg-{self._saying.exchange_id}", "type": "message", "role": "assistant"}
        place = {"item_id": item["id"], "output_index": index, "content_index": 0}
        yield self._numbered(
            {
                "type": "response.output_item.added",
                "output_index": index,
                "item": item | {"status": "in_progress", "content": []},
            }
        )
        yield self._numbered({"type": "response.content_part.added", **place, "part": _part("")})
        yield self._numbered({"type": f"{_VISIBLE}.delta", **place, "delta": text, "logprobs": []})
        yield from self._end_item(response, place, text, ending=ending)

    def _end_item(
        self, response: JsonObject, place: JsonObject, text: str, *, ending: str = FILTERED
    ) -> Iterator[JsonObject]:
        item = _message(str(place["item_id"]), text, status=_status(ending))
        yield self._numbered({"type": f"{_VISIBLE}.done", **place, "text": text, "logprobs": []})
        yield self._numbered({"type": "response.content_part.done", **place, "part": _part(text)})
        yield self._numbered(
            {
                "type": "response.output_item.done",
                "output_index": place.get("output_index", 0),
                "item": item,
            }
        )
        ended = self._ending(response, text, item_id=item["id"], ending=ending)
        yield self._numbered({"type": f"response.{_status(ending)}", "response": ended})

    def _blank(self, created: int) -> JsonObject:
        return {
            "id": self._saying.exchange_id,
            "object": "response",
            "created_at": created,
            "model": self._saying.model,
            "output": [],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "error": None,
            "incomplete_details": None,
            "metadata": {},
        }

    def _ending(
        self, response: JsonObject, text: str, *, item_id: str | None = None, ending: str = FILTERED
    ) -> JsonObject:
        """``response`` with nothing in it but the gateway's words: what it said before is not repeated."""
        kept = {
            name: value
            for name, value in response.items()
            if name in _KEPT and (not isinstance(value, str) or is_name(name, value))
        }
        return {
            **self._blank(0),
            **kept,
            "status": _status(ending),
            "incomplete_details": None if ending == COMPLETE else {"reason": ending},
            "output": [_message(item_id or f"msg-{self._saying.exchange_id}", text, status=_status(ending))],
            **self._saying.implicit,
        }

    def _numbered(self, event: JsonObject) -> JsonObject:
        """``event`` with the number it has among those that leave: some were added, some left out."""
        number = self._sent
        self._sent += 1
        return event | {"sequence_number": number}


def _part(text: str) -> JsonObject:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _status(ending: str) -> str:
    return "completed" if ending == COMPLETE else "incomplete"


def _message(item_id: str, text: str, *, status: str) -> JsonObject:
    return {
        "id": item_id,
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [_part(text)],
    }


def _texts_for_readers(value: JsonObject) -> Iterator[JsonObject]:
    """The finished parts of kind ``output_text``: of an item, of an item's event, of a whole response."""
    kind = value.get("type")
    if kind == "response.content_part.done":
        parts = [value.get("part")]
    elif kind == "response.output_item.done":
        parts = _parts(value.get("item"))
    elif isinstance(value.get("response"), dict) and kind in _TERMINAL:
        parts = [part for item in value["response"].get("output") or () for part in _parts(item)]
    else:
        parts = [part for item in value.get("output") or () for part in _parts(item)]
    for part in parts:
        if isinstance(part, dict) and part.get("type") == "output_text" and isinstance(part.get("text"), str):
            yield part


def _parts(item: object) -> list[Any]:
    content = item.get("content") if isinstance(item, dict) else None
    return content if isinstance(content, list) else []
