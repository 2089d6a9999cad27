"""Server-sent events out of bytes."""

from hegui.core import Conflict

LONGEST_EVENT_BYTES = 16 << 20


class EventTooLong(Conflict):
    """An event that does not end."""

    def __init__(self, limit: int) -> None:
        """Name the limit."""
        super().__init__(
            zh=f"流式回答中的一个事件超过 {limit} 字节；请检查模型服务",
            en=f"an event of a streamed answer is longer than {limit} bytes; check the model's server",
        )


class EventStream:
    """Takes bytes as they arrive and gives the data of each event that is complete.

    Chunks may end anywhere, in the middle of a character too. Comments and fields other than ``data``
    are dropped: nothing OpenAI-compatible uses them. Data is given as it came: who reads it finds out
    whether it is text.
    """

    def __init__(self, *, longest_bytes: int = LONGEST_EVENT_BYTES) -> None:
        """Begin at the start of a stream, whose events have at most ``longest_bytes``."""
        self._longest = longest_bytes
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._data: list[bytes] = []
        self._data_bytes = 0
        self._after_return = False
        self._begins = True

    def feed(self, chunk: bytes) -> tuple[bytes, ...]:
        """The events that ``chunk`` completes, in order.

        Raises:
            EventTooLong: an event goes on beyond all reason.
        """
        if not chunk:
            return ()
        if (
            not (self._pending or self._data)
            and chunk.startswith(b"data: ")
            and chunk.endswith(b"\n\n")
            and chunk.find(b"\r") < 0  # `in` takes three times as long
            and len(chunk) <= self._longest
        ):
            # Nearly every chunk is one event of one line, or some of these: there is nothing to keep.
            whole = _single_lines(chunk[6:-2])
            if whole:
                self._begins = self._after_return = False
                return whole
        if self._after_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]  # the second half of a line end whose first half ended a line
        self._after_return = chunk.endswith(b"\r")
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = chunk.split(b"\n")
        events = []
        for line in lines:
            if self._pending:
                self._pending.append(line)
                line = b"".join(self._pending)  # noqa: PLW2901 - the whole line takes the place of its end
                self._pending, self._pending_bytes = [], 0
            event = self._line(line)
            if event is not None:
                events.append(event)
        if rest:
            self._pending.append(rest)
            self._pending_bytes += len(rest)
            self._check(self._pending_bytes + self._data_bytes)
        return tuple(events)

    def _line(self, line: bytes) -> bytes | None:
        if self._begins:
            self._begins = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line:
            if line == b"data" or line.startswith(b"data:"):
                value = line[5:].removeprefix(b" ")
                self._data_bytes += len(value) + bool(self._data)  # and what ends the line before it
                self._data.append(value)
                self._check(self._data_bytes)
            return None
        if not self._data:
            return None
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data, self._data_bytes = [], 0
        return data or None

    def _check(self, length: int) -> None:
        if length > self._longest:
            raise EventTooLong(self._longest)


def _single_lines(data: bytes) -> tuple[bytes, ...]:
    """The events whose data this is, where each has one line; otherwise none."""
    if data.find(b"\n") < 0:
        return (data,) if data else ()
    events = tuple(data.split(b"\n\ndata: "))
    return events if data.count(b"\n") == 2 * (len(events) - 1) and all(events) else ()
