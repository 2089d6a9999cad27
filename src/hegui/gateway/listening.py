"""The server in front of the gateway, which waits for nobody for ever."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hegui.gateway.declaration import Limits

MOST_HEADER_BYTES = 64 << 10
_DRAIN_SECONDS = 30


def listen(application: Any, *, host: str, port: int, limits: Limits) -> None:  # noqa: ANN401 - ASGI has no type of its own
    """Serve ``application`` until the process is told to stop; exchanges that have begun are finished."""
    uvicorn.Server(configuration(application, host=host, port=port, limits=limits)).run()


def configuration(application: Any, *, host: str, port: int, limits: Limits) -> uvicorn.Config:  # noqa: ANN401 - likewise
    """How the server runs: no log of addresses, nobody may dawdle over headers."""
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        http=impatient(limits.request_seconds),
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


class ImpatientProtocol(HttpToolsProtocol):
    """One connection; it is cut when it says nothing, or says its headers a byte at a time or without end."""

    header_seconds = 30.0
    _header_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent
        """Begin to wait for headers."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Cut the connection where the headers are longer than 64 KiB."""
        self._header_bytes += len(data)
        super().data_received(data)
        if self._deadline is not None and self._header_bytes > MOST_HEADER_BYTES:
            self._cut()

    def on_headers_complete(self) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request's headers."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop_waiting()
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
