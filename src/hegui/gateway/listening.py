"""The server in front of the gateway, which waits for nobody for ever."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hegui.gateway.declaration import Limits

MOST_HEADER_BYTES = 64 << 10
_DRAIN_SECONDS = 30
_IDLE_SECONDS = 75  # proxies keep connections for 60: who closes first must be they, or a question is lost
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


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
    """Sends what is written within one turn of the loop at once: the head of an answer with its body.

    The server writes them apart; each would be a packet of its own, and take the kernel a tenth of a request.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Send over ``transport``."""
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]  # the server writes nothing else
        """Send it soon."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Close it when everything has been sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.writelines(waiting)

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
        if self._is_between:
            self._wait()
        self._header_bytes += len(data)
        super().data_received(data)
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
        self._stop_waiting()
        self._is_between = False
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
