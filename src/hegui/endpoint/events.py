"""Server-sent events out of bytes."""

import codecs


class EventStream:
    """Takes bytes as they arrive and gives the data of each event that is complete.

    Chunks may end anywhere, in the middle of a character too. Comments and fields other than ``data``
    are dropped: nothing OpenAI-compatible uses them.
    """

    def __init__(self) -> None:
        """Begin at the start of a stream."""
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._pending = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> tuple[str, ...]:
        """The events that ``chunk`` completes, in order."""
        text = self._pending + self._decoder.decode(chunk)
        if text.endswith("\r"):  # half of a line end, perhaps
            text, held = text[:-1], "\r"
        else:
            held = ""
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._pending = rest + held
        return tuple(event for line in lines for event in self._line(line))

    def _line(self, line: str) -> tuple[str, ...]:
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                self._data.append(value.removeprefix(" "))
            return ()
        data, self._data = self._data, []
        return ("\n".join(data),) if data else ()
