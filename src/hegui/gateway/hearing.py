"""What an exchange heard, as it came: enough to ask another screen what it would have done. Pure."""

import zlib

import msgspec
from msgspec import structs

from hegui.core import Record
from hegui.gateway.surfaces import JsonObject, Manner, surface_at

MOST_BYTES = 4 << 20
"""The longest exchange that is remembered as it came, where nobody says otherwise."""

_USERS = ("user", "safety_identifier")
_REHEARD = frozenset({Manner.CHAT, Manner.COMPLETION, Manner.RESPONSE, Manner.DATA})


class Overheard(Record):
    """An exchange before anything was done about it.

    Attributes:
        path: of the interface, behind ``/v1/``.
        method: of HTTP.
        body: the request as JSON.
        told: the events of a streamed answer, or a whole answer alone, each as JSON.
        is_stream: whether the answer came piece by piece.
        was_asked: whether the request was passed on to the model.
        has_ended: whether the answer is there to its end.
    """

    path: str
    method: str
    body: str
    told: tuple[str, ...]
    is_stream: bool
    was_asked: bool
    has_ended: bool

    @property
    def request(self) -> JsonObject:
        """The request, for a reader of its own: what is masked in it is masked there alone."""
        body: JsonObject = msgspec.json.decode(self.body)
        return body

    def packed(self) -> bytes:
        """All of it in few bytes, for whoever keeps it; the user as the client named them is left out."""
        body = {name: value for name, value in self.request.items() if name not in _USERS}
        whole = structs.replace(self, body=msgspec.json.encode(body).decode())
        return zlib.compress(msgspec.json.encode(whole))

    @classmethod
    def unpacked(cls, packed: bytes) -> "Overheard":
        """What :meth:`packed` gave."""
        return msgspec.json.decode(zlib.decompress(packed), type=cls)


class Hearing:
    """Listens to an exchange while it goes on; it costs a note for each event, and reads nothing."""

    def __init__(self, body: JsonObject, *, most_bytes: int) -> None:
        """Begin before anything is masked in the request's ``body``."""
        encoded = msgspec.json.encode(body)
        self._body = encoded.decode()
        self._told: list[str] = []
        self._most = most_bytes
        self.size = len(encoded)
        """How many bytes there were."""
        self._is_stream = False
        self.was_asked = False
        """Whether the request was passed on."""

    @property
    def is_too_long(self) -> bool:
        """Whether there was more than is remembered."""
        return self.size > self._most

    def event(self, data: bytes) -> None:
        """Note an event of a streamed answer."""
        self._is_stream = True
        self._note(data)

    def whole(self, data: bytes) -> None:
        """Note a whole answer."""
        self._note(data)

    def heard(self, method: str, path: str, *, has_ended: bool) -> Overheard:
        """What was heard of an exchange on an interface."""
        return Overheard(
            path=path,
            method=method,
            body=self._body,
            told=tuple(self._told),
            is_stream=self._is_stream,
            was_asked=self.was_asked,
            has_ended=has_ended,
        )

    def _note(self, data: bytes) -> None:
        self.size += len(data)
        if self.is_too_long:
            self._told.clear()
        else:
            self._told.append(data.decode("utf-8", "replace"))


def is_reheard(method: str, path: str) -> bool:
    """Whether what is said on an interface can be heard again: it is text, and came as JSON."""
    surface = surface_at(method, path)
    return surface is not None and surface.manner in _REHEARD and not surface.form
