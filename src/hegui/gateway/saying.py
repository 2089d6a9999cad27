"""What the gateway says in its own name during one exchange. Pure."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from hegui.gateway.model import ExplicitPlacement
from hegui.gateway.surfaces import JsonObject

FILTERED = "content_filter"
"""The finish reason of an answer that was refused or stopped, as OpenAI's interface names it."""

COMPLETE = "stop"
"""The finish reason of an answer that says all it was to say."""


class Saying(msgspec.Struct, frozen=True):
    """The operator's words and labels, ready for one exchange.

    Attributes:
        exchange_id: names the exchange in its labels.
        model: as the client named it.
        refusal: said instead of an answer.
        stopped: said where an answer was ended early.
        label: the explicit label.
        placement: where the label goes.
        implicit: the fields of the implicit label, as ``{"AIGC": {...}}``.
        notice: said before the model's answer in the operator's name.
        ending: the finish reason of what is said instead of an answer.
    """

    exchange_id: str
    model: str
    refusal: str
    stopped: str
    label: str
    placement: ExplicitPlacement
    implicit: JsonObject
    notice: str = ""
    ending: str = FILTERED

    @property
    def before(self) -> str:
        """What is said before an answer's text."""
        label = self.label.strip() if self.placement is ExplicitPlacement.START else ""
        return label + self.notice

    @property
    def behind(self) -> str:
        """What is said behind an answer's text."""
        return self.label if self.placement is ExplicitPlacement.END else ""

    def labelled(self, text: str) -> str:
        """``text`` with its explicit label."""
        return f"{self.before}{text}{self.behind}" if text else text


class Speech(Protocol):
    """How one interface says things. An implementation holds the state of one answer."""

    def refusal(self, *, created: int) -> JsonObject:
        """The whole answer to a request that was not passed on, made at ``created`` (seconds)."""

    def refusal_events(self, *, created: int) -> Iterator[JsonObject]:
        """The same as a stream."""

    def whole(self, answer: JsonObject) -> JsonObject:
        """What leaves of a whole answer."""

    def event(self, event: JsonObject) -> Iterator[JsonObject]:
        """What leaves upon one event of a streamed answer."""

    @property
    def is_open(self) -> bool:
        """Whether something has begun that has no end yet."""

    @property
    def has_spoken(self) -> bool:
        """Whether the model's words for people have left, with what is said before them."""


def error_body(kind: str, message: str, *, code: str | None = None) -> JsonObject:
    """An error in OpenAI's form."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code or kind}}
