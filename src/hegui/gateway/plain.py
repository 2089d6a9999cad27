"""Interfaces without a conversation: embeddings, pictures, speech, transcripts. Pure."""

from collections.abc import Iterator

from hegui.gateway.reader import AnswerReader
from hegui.gateway.saying import FILTERED, Saying, error_body
from hegui.gateway.surfaces import JsonObject

PLAIN_TEXT = "text"
"""The field in which an answer that is plain text, no JSON, is handed in and out."""


class PlainSpeech:
    """What leaves of an answer that is data: a refusal is an error in OpenAI's form."""

    has_spoken = False

    def __init__(self, *, reader: AnswerReader, saying: Saying, generated: bool) -> None:
        """Begin an answer; ``generated`` says whether it is content and so has an implicit label."""
        self._reader = reader
        self._saying = saying
        self._implicit = saying.implicit if generated else {}

    @property
    def is_open(self) -> bool:
        """Never: such answers need no end."""
        return False

    def refusal(self, *, created: int) -> JsonObject:  # noqa: ARG002 - an error has no time
        """The error that answers a request that was not passed on."""
        return error_body("invalid_request_error", self._saying.refusal, code=FILTERED)

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        yield self.refusal(created=created)

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole answer."""
        if self._reader.stopped or not self._reader.whole(answer):
            self._reader.stopped = True
            return error_body("invalid_request_error", self._saying.stopped, code=FILTERED)
        return answer | self._implicit

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event."""
        yield self.whole(event)


class TranscriptSpeech:
    """What leaves of a transcript: it tells what somebody else said, so it carries no label."""

    has_spoken = False

    def __init__(self, *, reader: AnswerReader, saying: Saying) -> None:
        """Begin a transcript."""
        self._reader = reader
        self._saying = saying
        self._began = False
        self._ended = False

    @property
    def is_open(self) -> bool:
        """Whether text may still be held back."""
        return self._began and not self._ended and not self._reader.stopped

    def refusal(self, *, created: int) -> JsonObject:  # noqa: ARG002 - an error has no time
        """The error that answers a request that was not passed on."""
        return error_body("invalid_request_error", self._saying.refusal, code=FILTERED)

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""
        yield self.refusal(created=created)

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole transcript."""
        before = len(self._reader.findings)
        if not self._reader.whole(answer):
            self._reader.stopped = True
            return {PLAIN_TEXT: self._saying.stopped}
        if len(self._reader.findings) > before:
            # The words and segments tell the text a second time, in pieces too small to be recognised.
            for name in ("words", "segments"):
                if name in answer:
                    answer[name] = []
        self._reader.count({PLAIN_TEXT: answer.get(PLAIN_TEXT)})
        return answer

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event."""
        kind = str(event.get("type", ""))
        if kind == "transcript.text.delta" and isinstance(event.get("delta"), str):
            self._began = True
            text = self._reader.piece(PLAIN_TEXT, event["delta"])
            if text:
                yield {"type": kind, "delta": text}
        else:
            if self._reader.channels:
                rest = self._reader.rest(PLAIN_TEXT)
                if rest:
                    yield {"type": "transcript.text.delta", "delta": rest}
            if not self._reader.stopped:
                self._ended = True
                if self._reader.whole(event):
                    yield event
                else:
                    self._reader.stopped = True
        if self._reader.stopped:
            yield {"type": "transcript.text.delta", "delta": self._saying.stopped}
            yield {"type": "transcript.text.done", "text": self._saying.stopped}
