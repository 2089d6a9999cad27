"""Connections to where a model answers: HTTP/1.1, kept open from one question to the next.

A client that can do everything (redirects, cookies, proxies, forms, compression) takes longer over a request
than everything else that a pass-through does. Nothing of that is wanted here: what is asked is written by the
gateway, and what is answered is a status, a content type and bytes. They are read by httptools, as strictly
as what clients ask.
"""

import asyncio
import math
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import NoReturn, Self
from urllib.parse import quote, urlsplit

import aiohappyeyeballs
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from hegui.gateway.declaration import Limits

_IDLE_SECONDS = 15.0
_NEXT_ADDRESS_SECONDS = 0.25  # RFC 8305
_MOST_BYTES_UNREAD = 256 << 10
_LAST_WORDS_SECONDS = 1.0
_MOST_BYTES_BESIDE = 64 << 10
"""How much may come that is no part of an answer's body: headers, and what stands between chunks."""

_BREAKS = re.compile(r"[\0\r\n]")
_BODYLESS = frozenset({"GET", "HEAD"})
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "hegui-gateway"}


Taker = Callable[[bytes], bool]
"""Takes a piece of an answer, and says whether it is done with it."""


class NoAnswer(Exception):
    """Nothing was answered, or not to the end."""


class HungUp(NoAnswer):
    """An idle connection was closed before it was asked again; of the model that tells nothing."""


class Connections:
    """Where a model answers, and the connections that are open to it."""

    def __init__(self, url: str, *, limits: Limits, api_key: str | None = None) -> None:
        """Prepare; nothing is connected before :meth:`ask`.

        Args:
            url: the base address, up to and with ``/v1``.
            limits: how long is waited.
            api_key: the bearer token that is presented there.
        """
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
        self._limits = limits
        headers = {"Host": parts.netloc, **_HEADERS}
        if api_key is not None:
            headers["Authorization"] = f"Bearer {api_key}"
        self._headers = _lines(headers)
        self._idle: dict[Connection, float] = {}
        """Since when; the one that was used last is the last."""
        self._sweep: asyncio.TimerHandle | None = None

    async def ask(
        self, method: str, target: str, *, body: bytes | None = None, headers: Mapping[str, str]
    ) -> "Connection":
        """Ask, and wait until an answer begins; whoever asks ends it.

        Args:
            method: of HTTP.
            target: the path below the base address, with its query.
            body: what is asked.
            headers: besides those that are always the same.

        Raises:
            NoAnswer: there is no connection, or no answer began on it in time.
            HungUp: it was an idle one that is closed; whoever asks again does so over a new one.
            ValueError: the head would be read as another one.
        """
        if _BREAKS.search(" ".join((target, *headers.values()))):
            raise ValueError("a line break within the head of a question")
        length = "" if body is None and method in _BODYLESS else f"Content-Length: {len(body or b'')}\r\n"
        head = f"{method} {self._path}/{target} HTTP/1.1\r\n{self._headers}{_lines(headers)}{length}\r\n"
        encoded = head.encode("latin-1")  # before a connection is taken: it would be lost
        connection = self._kept() or await self._opened()
        try:
            await connection.ask(encoded, body, has_body=method != "HEAD")
        except HungUp:
            self.close()  # the others may be closed as well, and each would cost an attempt
            raise
        return connection

    def close(self) -> None:
        """Close what is kept open."""
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        while self._idle:
            self._idle.popitem()[0].close()

    def take_back(self, connection: "Connection") -> None:
        """Keep a connection for the next question, but not for long."""
        self._idle[connection] = now = connection.loop.time()
        if self._sweep is None:
            self._sweep = connection.loop.call_at(now + _IDLE_SECONDS, self._close_unused)

    def forget(self, connection: "Connection") -> None:
        """Keep a connection no longer, should it have been kept."""
        self._idle.pop(connection, None)

    def _close_unused(self) -> None:
        loop = asyncio.get_running_loop()
        oldest = loop.time() - _IDLE_SECONDS
        for connection in [connection for connection, since in self._idle.items() if since <= oldest]:
            del self._idle[connection]
            connection.close()
        since = next(iter(self._idle.values()), None)
        self._sweep = None if since is None else loop.call_at(since + _IDLE_SECONDS, self._close_unused)

    def _kept(self) -> "Connection | None":
        """The connection that was used last and is still open."""
        while self._idle:
            connection, _ = self._idle.popitem()
            if connection.is_open:
                return connection
        return None

    async def _opened(self) -> "Connection":
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                connected = await aiohappyeyeballs.start_connection(
                    found, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS, loop=loop
                )
                transport, connection = await loop.create_connection(
                    lambda: Connection(self, self._limits, loop), sock=connected
                )
                if self._tls:
                    name = self._host.rstrip(".")  # as certificates have it
                    connection.speak_through(
                        await loop.start_tls(transport, connection, _tls(), server_hostname=name)
                    )
        except TimeoutError as error:
            raise NoAnswer("no connection in time") from error
        except OSError as error:  # of the network, of names, of certificates
            raise NoAnswer(f"no connection: {type(error).__name__}") from error
        return connection


class Connection(asyncio.Protocol):
    """One connection, and what is answered on it: one answer after another.

    Attributes:
        status: of the answer.
        content_type: what the answer says it is; empty where it does not say.
        loop: where it lives.
    """

    def __init__(self, connections: Connections, limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for the transport."""
        self.status = 0
        self.content_type = ""
        self._connections = connections
        self._limits = limits
        self.loop = loop
        self._parser = HttpResponseParser(self)
        self._news: asyncio.Future[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._rings_at = math.inf
        self._since = self._patience = self._ends_at = math.inf
        self._taker: Taker | None = None
        self._chunks: list[bytes] = []
        self._unread = 0
        self._failure: NoAnswer | None = None
        self._whole = True
        self._says_last_words = False
        self._is_said = False
        self._questions = 0

    # --- What is asked, and what is read of the answer ---

    async def ask(self, head: bytes, body: bytes | None, *, has_body: bool) -> None:
        """Send one question, and wait until its answer begins.

        Args:
            head: of the request, with the empty line behind it.
            body: of the request.
            has_body: whether the answer has one.

        Raises:
            NoAnswer: none began.
        """
        self.status = 0
        self._chunks, self._unread = [], 0
        self._beside = 0
        self._whole = self._is_kept = self._is_paused = self._says_last_words = False
        self._has_body = has_body
        self._failure = None
        self._questions += 1
        self._transport.writelines([head, body] if body else [head])
        self._ends_at = self.loop.time() + self._limits.total_seconds
        self._expect(self._limits.first_byte_seconds)
        try:
            while not self.status or self._failure is not None:
                await self._hear()
        except BaseException:
            self.close()
            raise

    def __aiter__(self) -> Self:
        """The body of the answer as it comes."""
        return self

    async def __anext__(self) -> bytes:
        """The next piece of it, which may be empty.

        Raises:
            NoAnswer: it broke off.
        """
        if not self._chunks:
            if self._whole:
                raise StopAsyncIteration
            await self._hear()
        return self._take()

    def hand_to(self, taker: Taker) -> None:
        """Let ``taker`` have what comes while somebody waits for the next piece.

        Whoever waits is woken where the taker is not done: by an empty piece, or by what it raises.
        """
        self._taker = taker

    def _take(self) -> bytes:
        """All that came and was not taken."""
        chunk = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        self._chunks, self._unread = [], 0
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
            self._expect(self._limits.silence_seconds)
        return chunk

    def end(self, *, is_heard: bool = False) -> None:
        """Listen no more: keep the connection, or close it where the answer has not ended.

        Args:
            is_heard: all that matters was heard. What ends an answer often comes a moment after that, and
                nobody has to wait for it.
        """
        self._taker = None
        is_sent = not self._wire.get_write_buffer_size()  # an answer may come before all was asked
        if self._whole and self._is_kept and self.is_open and is_sent and not self._is_paused:
            self._is_kept = False  # it is no longer this answer's
            self._connections.take_back(self)
        elif is_heard and not (self._whole or self._is_paused or self._failure):
            if not self._says_last_words:
                self._says_last_words = True
                self._expect(_LAST_WORDS_SECONDS)
        else:
            self.close()

    def close(self) -> None:
        """Be done with it at once, whatever is still said."""
        self._break("closed")
        self._transport.abort()

    def _hear(self) -> asyncio.Future[None]:
        """Done when there is news."""
        if self._failure is not None:
            raise self._failure
        assert self._news is None or self._news.done()  # noqa: S101 - whoever else listened would never be told
        self._news = self.loop.create_future()
        return self._news

    def _tell(self) -> None:
        """Wake whoever waits, unless somebody else is done with what came."""
        if self._news is None or self._news.done():
            return
        try:
            is_done = self._chunks and self._taker is not None and self._taker(self._take())
        except BaseException as error:  # noqa: BLE001 - it is raised where the piece is waited for
            self._news.set_exception(error)
        else:
            if not is_done or self._whole or self._failure is not None:
                self._news.set_result(None)

    def _break(self, reason: str, kind: type[NoAnswer] = NoAnswer) -> None:
        """Give the answer up."""
        if not self._whole and self._failure is None:
            self._failure = kind(reason)
            self._transport.abort()
            self._tell()

    def _refuse(self, reason: str) -> NoReturn:
        """Give the answer up, and read nothing more of what comes with it."""
        self._break(reason)
        raise _Refused

    # --- How long is waited ---

    def _expect(self, seconds: float) -> None:
        """Give up when nothing comes for ``seconds``, and in any case when an answer has to be whole.

        The alarm is not set anew for each thing that comes: when it rings too early, it is set again.
        """
        self._since, self._patience = self.loop.time(), seconds
        if self._due < self._rings_at:
            self._set_alarm()

    @property
    def _due(self) -> float:
        return min(self._since + self._patience, self._ends_at)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._rings_at = self._due
        self._alarm = self.loop.call_at(self._due, self._ring)

    def _ring(self) -> None:
        self._alarm, self._rings_at = None, math.inf
        if self._whole:
            return
        if self.loop.time() < self._due:
            self._set_alarm()
        else:
            self._break("no answer in time")

    # --- What the transport tells ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # of a stream
        """Be ready to be asked."""
        self._wire = self._transport = transport

    def speak_through(self, transport: asyncio.Transport | None) -> None:
        """Be asked through TLS; only the wire below it knows what has been sent, and whether it is open."""
        if transport is None:  # it was closed in the meantime
            raise ConnectionAbortedError
        self._transport = transport

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return not self._wire.is_closing()

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        if self._whole:  # nobody asked: it would be taken for the answer to the next question
            self.close()
            return
        self._beside += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            if not self._whole:
                self._break("an answer that is no HTTP")
            self._is_kept = False
        else:
            if self._beside > _MOST_BYTES_BESIDE:
                self._break("an answer with too much around it")
            elif self.status and not self._says_last_words:
                self._since = self.loop.time()
        if self._says_last_words:
            self._chunks.clear()
            self.end(is_heard=True)
        elif self.status:
            self._tell()

    def eof_received(self) -> None:
        """Know whether the server itself says that it has ended: behind TLS, whoever cuts the wire cannot."""
        tls = self._transport.get_extra_info("ssl_object")
        with suppress(ssl.SSLWantReadError):  # it waits for more: not all event loops look
            self._is_said = tls is None or not tls.read(1)

    def connection_lost(self, exc: Exception | None) -> None:
        """Know that nothing more comes: an answer without a length ends so, and every other breaks off."""
        self._connections.forget(self)
        if self._alarm is not None:
            self._alarm.cancel()
        if self.status and not self._has_length and self._is_said and exc is None and self._failure is None:
            self._whole = True
            self._tell()
        else:
            is_idle = self._questions > 1 and not self.status and not self._beside
            self._break("disconnected", HungUp if is_idle else NoAnswer)

    # --- What the parser tells ---

    def on_message_begin(self) -> None:
        """Begin an answer, or one that goes before it (RFC 9110, 15.2)."""
        if self._whole:
            raise _Refused
        self.content_type = ""
        self._has_length = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take the few headers that matter."""
        if self.status:  # what follows a body is nothing to anybody
            return
        name = name.lower()
        if name == b"content-type":
            self.content_type = value.decode("latin-1")
        elif name == b"content-length":
            self._has_length = True
        elif name == b"transfer-encoding":
            # The parser undoes nothing else: bytes in another coding would be taken for text.
            if self._has_length or value.rstrip(b" ").lower() != b"chunked":
                self._refuse("an answer in a coding that was not asked for")
            self._has_length = True
        elif name == b"content-encoding" and value.strip().lower() not in {b"", b"identity"}:
            self._refuse("a compressed answer")  # it was asked not to be, and could be a bomb

    def on_headers_complete(self) -> None:
        """Know what is answered."""
        status = self._parser.get_status_code()
        if status < HTTPStatus.OK:
            return
        self.status = status
        self._whole = not self._has_body
        self._expect(self._limits.silence_seconds)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body; whoever is read more slowly than it speaks waits."""
        if self._whole:  # an answer to HEAD has none, whatever it says
            raise _Refused
        self._beside = 0
        self._chunks.append(body)
        self._unread += len(body)
        if self._unread > _MOST_BYTES_UNREAD and not self._is_paused:
            self._is_paused = True
            self._patience = math.inf
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """Know that the answer is whole."""
        if self.status:
            self._whole = True
            self._is_kept = self._parser.should_keep_alive()


class _Refused(Exception):
    """The parser reads no further."""


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
