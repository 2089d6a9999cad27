"""The server in front of the gateway, which waits for nobody for ever."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from hegui.gateway.declaration import Limits

MOST_HEADER_BYTES = 64 << 10
_DRAIN_SECONDS = 30
_IDLE_SECONDS = 75  # proxies keep connections for 60: who closes first must be they, or a question is lost
_OBJECTS_BETWEEN_COLLECTIONS = 20_000
_HEAD = b"HTTP/"  # a piece of a body that begins so is only sent a moment later


def listen(
    application: Any,  # noqa: ANN401 - ASGI has no type of its own
    *,
    host: str,
    port: int,
    limits: Limits,
    trusted_proxies: Sequence[str] = (),
    tell: Callable[[int], object] = lambda _port: None,
) -> None:
    """Serve ``application`` until the process is told to stop; exchanges that have begun are finished.

    Args:
        application: any ASGI application.
        host: where to listen.
        port: likewise; any that is free where it is 0.
        limits: how long a client may take over its headers.
        trusted_proxies: addresses and networks whose word on the client's address is taken.
        tell: is told the port when it is taken.
    """
    _spare_the_collector()
    configured = configuration(
        application, host=host, port=port, limits=limits, trusted_proxies=trusted_proxies
    )
    with configured.bind_socket() as listening:
        tell(listening.getsockname()[1])
        uvicorn.Server(configured).run(sockets=[listening])


def configuration(
    application: Any,  # noqa: ANN401 - likewise
    *,
    host: str,
    port: int,
    limits: Limits,
    trusted_proxies: Sequence[str] = (),
) -> uvicorn.Config:
    """How the server runs: no log of addresses, nobody may dawdle over headers."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        log_config=None,  # as the process logs: what an error says may quote what a user said
        # Whoever may name another address may guess keys for ever, so by default nobody may.
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        ws="none",
        http=impatient(limits.request_seconds),
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _spare_the_collector() -> None:
    """Let the collector of cycles look at what exchanges leave behind only, and at that less often.

    Banks, rules and modules stay as long as the process. Looked at again and again, they cost a fifth of a
    request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])


class Gathering(asyncio.Transport):
    """Sends the head of an answer with what is written behind it in the same turn of the loop.

    The server writes them apart; each would be a packet of its own, and take the kernel a tenth of a request.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Send over ``transport``."""
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:  # type: ignore[override]  # the server writes nothing else
        """Send it at once; a head soon."""
        if self._head:
            self._flush(data)
        elif data.startswith(_HEAD):
            self._head = data
            self._loop.call_soon(self._flush)
        elif not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """Close it when everything has been sent."""
        self._flush()
        self._transport.close()

    def _flush(self, behind: bytes = b"") -> None:
        head, self._head = self._head, b""
        if head and not self._transport.is_closing():
            self._transport.write(head + behind)

    def is_closing(self) -> bool:
        """See :class:`asyncio.Transport`, as for everything that follows."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401 - as its parent
        """See there."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """See there."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """See there."""
        self._transport.resume_reading()

    def abort(self) -> None:
        """See there."""
        self._transport.abort()


def straight(send: Send) -> Callable[[bytes], bool] | None:
    """A way to the client that is shorter than ``send``, where this server's own is handed in as it is.

    What ASGI passes on for a piece of a body is a message, a coroutine, and a wait that nearly never comes.

    Args:
        send: what the application was called with; the answer must have begun on it.

    Returns:
        What sends a piece of the body and says so; where it would have to wait, or nobody listens any more,
        it sends nothing and says no. ``None`` where another server, or something in between, has to do it.
    """
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or not cycle.chunked_encoding:
        return None

    def send_piece(piece: bytes) -> bool:
        if cycle.flow.write_paused or cycle.disconnected or cycle.transport.is_closing():
            return False
        cycle.transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        return True

    return send_piece


class ImpatientProtocol(HttpToolsProtocol):
    """One connection; it is cut when it says nothing, or says its headers a byte at a time or without end.

    Between two questions it may be silent for as long as the server's ``timeout_keep_alive``.
    """

    header_seconds = 30.0
    _header_bytes = 0
    _is_between = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        """Begin to wait for headers."""
        super().connection_made(Gathering(transport, self.loop))
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Cut the connection where the headers are longer than 64 KiB."""
        begins, self._is_between = self._is_between, False
        self._header_bytes = len(data) if begins else self._header_bytes + len(data)
        super().data_received(data)
        if begins and self._header_bytes:  # nearly always they are there at once
            self._wait()
        if self._deadline is not None and self._header_bytes > MOST_HEADER_BYTES:
            self._cut()

    def on_headers_complete(self) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next question, and from its first byte on for its headers."""
        self._is_between = not self.pipeline
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self._cut)

    def _stop_waiting(self) -> None:
        self._header_bytes = 0
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut(self) -> None:
        self.transport.abort()


def impatient(seconds: float) -> type[asyncio.Protocol]:
    """The protocol of connections whose headers must be there within ``seconds``."""
    return type("ImpatientProtocol", (ImpatientProtocol,), {"header_seconds": seconds})
