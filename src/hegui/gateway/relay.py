"""A streamed answer on its way: what may leave at once does, and nobody is woken for it."""

from collections.abc import Callable

from hegui.endpoint import EventStream
from hegui.gateway.choices import Piece
from hegui.gateway.declaration import Limits
from hegui.gateway.exchange import Exchange
from hegui.gateway.surfaces import Event
from hegui.gateway.upstreams import check_length

Sender = Callable[[list[Event]], bool]
"""Sends events and says so; where it would have to wait, it sends nothing and says no."""


def waits(_events: list[Event]) -> bool:
    """The sender that always has to wait."""
    return False


class Relay:
    """Takes an answer as it comes, and lets out what needs nobody to wait for anything: nearly all of a chat.

    To wake a task for an event takes as long as to read the event.

    Attributes:
        parts: what came and has to be told still, in order.
        leaving: what may leave and has to be sent still.
    """

    def __init__(self, exchange: Exchange, *, limits: Limits, send: Sender) -> None:
        """Begin an answer to ``exchange``; ``send`` sends what leaves."""
        self._exchange = exchange
        self._limits = limits
        self._send = send
        self._events = EventStream(longest_bytes=limits.event_bytes)
        self._read = 0
        self.parts: list[Piece | bytes] = []
        self.leaving: list[Event] = []

    def take(self, chunk: bytes) -> bool:
        """Take what came, and say whether nothing is left to be done about it.

        Raises:
            UpstreamFailed: the answer is too long.
            EventTooLong: an event is.
        """
        self._read += len(chunk)
        check_length(self._read, self._limits)
        exchange, parts = self._exchange, self.parts
        parts += exchange.together(self._events.feed(chunk))
        if len(parts) == 1 and isinstance(part := parts[0], Piece) and not exchange.line:
            parts.clear()
            self.leaving += exchange.tell(part)
        if self.leaving and exchange.is_open and self._send(self.leaving):
            self.leaving = []
        return not (parts or self.leaving)

    def take_parts(self) -> list[Piece | bytes]:
        """The parts that have to be told, for whoever does it now."""
        parts, self.parts = self.parts, []
        return parts
