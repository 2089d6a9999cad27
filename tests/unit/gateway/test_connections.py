"""Connections to where a model answers: a dialogue of bytes with a server that says what it is told."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from contextlib import suppress
from typing import Self

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hegui.gateway import Limits, connections
from hegui.gateway.connections import Connection, Connections, NoAnswer

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nabcdef"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n3;x=y\r\ndef\r\n0\r\nX-Trailer: t\r\n\r\n"
)
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabcdef"
COMPRESSED = PLAIN.replace(b"OK\r\n", b"OK\r\nContent-Encoding: gzip\r\n")
SECONDS = 60  # against waiting for ever
EARLY = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Type: not/this\r\n\r\n"


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def loops(request):
    """The loop of the standard library, and the one that the server runs on."""
    return request.param


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """What a server presents, who is trusted."""
    certificate, context = _certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    connections._tls.cache_clear()
    yield context
    connections._tls.cache_clear()


class Server:
    """Says what it is told, piece by piece; then it hangs up, or listens for the next question."""

    def __init__(self, *pieces: bytes, stays: bool = True, pause: float = 0.0) -> None:
        self.pieces, self.stays, self.pause = pieces, stays, pause
        self.questions: list[bytes] = []
        self.connections = 0
        self._transports, self._serving = [], []
        self.asked, self.hung_up = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1")
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for transport in self._transports:
            transport.abort()
        await asyncio.gather(*self._serving)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._transports.append(writer.transport)
        self._serving.append(asyncio.current_task())
        with suppress(ConnectionError, RuntimeError):  # uvloop's word for a connection that is gone
            while head := await _head(reader):
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line[:15] == b"Content-Length:"), 0
                )
                self.questions.append(head + await reader.readexactly(length))
                self.asked.set()
                for piece in self.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(self.pause)
                if not self.stays:
                    break
        self.hung_up.set()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    def origin(self, **limits: float) -> Connections:
        return Connections(f"http://127.0.0.1:{self.port}/v1", limits=Limits(**limits))


async def _head(reader: asyncio.StreamReader) -> bytes:
    with suppress(asyncio.IncompleteReadError):
        return await reader.readuntil(b"\r\n\r\n")
    return b""


async def ask(origin: Connections, method: str = "POST", target: str = "chat") -> tuple[int, str, bytes]:
    """One whole answer."""
    answer = await origin.ask(method, target, body=b"{}" if method == "POST" else None, headers={})
    try:
        return answer.status, answer.content_type, b"".join([chunk async for chunk in answer])
    finally:
        answer.end()


def asked(server: Server, loops, *, times: int = 1, method: str = "POST", **limits: float):
    """What comes of asking, ``times`` times one after another."""

    async def asking():
        async with server:
            origin = server.origin(**limits)
            try:
                return [await ask(origin, method) for _ in range(times)]
            finally:
                origin.close()
                await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=loops) as runner:
        return runner.run(asking())


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED, EARLY + PLAIN, EARLY + CHUNKED], ids=range(4))
def test_an_answer_is_read_however_it_is_cut(answer, loops):
    server = Server(*(bytes([byte]) for byte in answer))

    [(status, kind, body)] = asked(server, loops)

    assert (status, body) == (200, b"abcdef")
    assert kind == ("text/plain" if answer.endswith(PLAIN) else "")


def test_a_question_is_written_as_it_should_be(loops):
    async def asking():
        async with Server(PLAIN) as server:
            origin = Connections(f"http://127.0.0.1:{server.port}/模型/v1", limits=Limits(), api_key="secret")
            answer = await origin.ask("POST", "x?after=1", body=b"{}", headers={"Content-Type": "a/b"})
            answer.end()
            await ask(origin, "GET", "models")
            origin.close()
            return server.port, server.questions

    with asyncio.Runner(loop_factory=loops) as runner:
        port, (post, get) = runner.run(asking())

    always = (
        f"Host: 127.0.0.1:{port}\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
        "User-Agent: hegui-gateway\r\nAuthorization: Bearer secret\r\n"
    )
    path = "/%E6%A8%A1%E5%9E%8B/v1"
    assert post.decode() == (
        f"POST {path}/x?after=1 HTTP/1.1\r\n{always}Content-Type: a/b\r\nContent-Length: 2\r\n\r\n{{}}"
    )
    assert get.decode() == f"GET {path}/models HTTP/1.1\r\n{always}\r\n"


@pytest.mark.parametrize(
    ("target", "kind"),
    [("x\r\nX: y", "a/b"), ("x", "a/b\r\nX: y"), ("x\0", "a/b"), ("x", "a/b\n"), ("模", "a/b")],
)
def test_what_would_be_another_question_is_not_asked(target, kind, loops):
    async def asking():
        async with Server(PLAIN) as server:
            origin = server.origin()
            await ask(origin)
            with pytest.raises(ValueError, match=r"line break|latin-1"):
                await origin.ask("POST", target, body=b"{}", headers={"Content-Type": kind})
            await ask(origin)
            origin.close()
            return server.connections

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == 1


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["plain", "chunked"])
def test_a_connection_is_kept_for_the_next_question(answer, loops):
    server = Server(answer)

    assert [body for _, _, body in asked(server, loops, times=3)] == [b"abcdef"] * 3
    assert server.connections == 1


def test_what_was_waited_for_with_one_answer_does_not_end_the_next(loops):
    async def asking():
        async with Server(PLAIN[:-6], b"abcdef", pause=0.4) as server:
            origin = server.origin(first_byte_seconds=1, silence_seconds=1)
            for _ in range(2):
                assert (await ask(origin))[2] == b"abcdef"
                await asyncio.sleep(0.7)
            origin.close()
            return server.connections

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        PLAIN.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n"),
        PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),
        PLAIN + b"HTTP/1.1 200 OK\r\n",
        PLAIN + b"more",
    ],
    ids=["closing", "old", "a second answer", "more than was announced"],
)
def test_a_connection_that_cannot_be_trusted_with_another_question_is_not_kept(answer, loops):
    server = Server(answer)

    assert [body for _, _, body in asked(server, loops, times=2)] == [b"abcdef"] * 2
    assert server.connections == 2


def test_a_connection_on_which_something_comes_unasked_is_closed(loops):
    async def asking():
        async with Server(PLAIN, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", pause=0.05) as server:
            origin = server.origin()
            assert (await ask(origin))[2] == b"abcdef"
            await asyncio.wait_for(server.hung_up.wait(), SECONDS)
            assert (await ask(origin))[2] == b"abcdef"
            origin.close()
            return server.connections

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == 2


def test_an_answer_without_a_length_ends_with_its_connection(loops):
    assert asked(Server(ENDLESS, stays=False), loops) == [(200, "text/plain", b"abcdef")]


def test_an_answer_to_head_has_no_body(loops):
    headers_only = PLAIN.removesuffix(b"abcdef")

    assert asked(Server(headers_only), loops, method="HEAD", times=2) == [(200, "text/plain", b"")] * 2
    assert asked(Server(PLAIN), loops, method="HEAD", times=2) == [(200, "text/plain", b"")] * 2


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ((), "disconnected"),
        ((b"HTTP/1.1 200 OK\r\nContent-Le",), "disconnected"),
        ((PLAIN[:-1],), "disconnected"),
        ((CHUNKED[:-2],), "disconnected"),
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), "no HTTP"),
        ((PLAIN.replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nContent-Length"),), "no HTTP"),
        ((PLAIN.replace(b"Content-Type", b"Content-Length: 5\r\nContent-Type"),), "no HTTP"),
        ((CHUNKED.replace(b"3\r\n", b"-3\r\n"),), "no HTTP"),
        ((b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",), "no HTTP"),
        ((COMPRESSED,), "compressed"),
        ((COMPRESSED.replace(b"gzip", b"GZip "),), "compressed"),
        ((COMPRESSED.replace(b"gzip", b"gzip\r\nContent-Encoding: identity"),), "compressed"),
        ((COMPRESSED + PLAIN,), "compressed"),
        ((COMPRESSED, PLAIN), "compressed"),
        ((b"HTTP/1.1 200 OK\r\nX: ", *[b"x" * 9000] * 9), "too much around"),
        ((b"HTTP/1.1 100 Continue\r\n\r\n" * 400,) * 9, "too much around"),
        ((CHUNKED[:-4], *[b"X-Trailer: t\r\n" * 400] * 30), "too much around"),
        ((CHUNKED.partition(b"3;x")[0] + b"3;x=", *[b"x" * 9000] * 9), "too much around"),
    ],
)  # fmt: skip
def test_what_is_no_answer_to_its_end_is_none(pieces, reason, loops):
    with pytest.raises(NoAnswer, match=reason):
        asked(Server(*pieces, stays=False), loops)


@pytest.mark.parametrize(
    "coding",
    [
        b"chunked ",
        b"chunked\t",
        b"Chunked, identity",
        b"identity",
        b"gzip",
        b"gzip, chunked",
        b"xchunked",
        b"",
    ]
    + [b"chunked\r\nTransfer-Encoding: " + second for second in (b"identity", b"chunked", b"")],
)
@pytest.mark.parametrize("missing", [0, 9], ids=["whole", "cut short"])
def test_a_body_is_chunked_and_nothing_else_or_it_is_none(coding, missing, loops):
    answer = CHUNKED[: len(CHUNKED) - missing].replace(b"chunked", coding, 1)
    server = Server(answer, stays=False)

    if coding == b"chunked " and not missing:
        assert asked(server, loops)[0][2] == b"abcdef"
    else:
        with pytest.raises(NoAnswer):
            asked(server, loops)


@pytest.mark.parametrize(
    ("pieces", "limits"),
    [
        ((), {"first_byte_seconds": 0.05}),
        ((b"HTTP/1.1 200",), {"first_byte_seconds": 0.05}),
        (
            [b"HTTP/1.1 200 OK\r\n"] + [b"X: x\r\n"] * 20 + [PLAIN.partition(b"\n")[2]],
            {"first_byte_seconds": 0.2, "silence_seconds": 5},
        ),
        ((PLAIN[:-1],), {"silence_seconds": 0.05}),
        ((ENDLESS,), {"silence_seconds": 0.05}),
        ((PLAIN[:-6], b"a", b"b", b"c", b"d", b"e"), {"total_seconds": 0.08}),
    ],
    ids=[
        "nothing",
        "half a line",
        "line by line",
        "half an answer",
        "an answer without a length",
        "drop by drop",
    ],
)
def test_nobody_is_waited_for_for_ever(pieces, limits, loops):
    with pytest.raises(NoAnswer, match="in time"):
        asked(Server(*pieces, pause=0.03), loops, **limits)


def test_an_answer_may_take_longer_than_a_silence(loops):
    server = Server(PLAIN[:-6], *(PLAIN[-6 + i : -5 + i or None] for i in range(6)), pause=0.2)

    assert asked(server, loops, silence_seconds=0.8, first_byte_seconds=0.8) == [
        (200, "text/plain", b"abcdef")
    ]


@pytest.mark.parametrize("is_secret", [False, True], ids=["http", "https"])
def test_a_question_that_was_answered_before_it_was_sent_is_the_last_of_its_connection(
    is_secret, loops, trusted
):
    async def refuse(reader, writer):  # by the length that is announced, and what comes is not read
        transports.append(writer.transport)
        with suppress(ConnectionError):
            await _head(reader)
            writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            writer.transport.pause_reading()

    async def asking():
        server = await asyncio.start_server(refuse, "127.0.0.1", ssl=trusted if is_secret else None)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        origin = Connections(f"http{'s' * is_secret}://{host}/v1", limits=Limits())
        try:
            for body in (b"x" * (32 << 20), b"{}"):  # the second would wait behind the rest of the first
                answer = await asyncio.wait_for(origin.ask("POST", "chat", body=body, headers={}), SECONDS)
                answer.end()
                assert answer.status == 413
        finally:
            origin.close()
            for transport in transports:
                transport.abort()
            server.close()
            await server.wait_closed()
            await asyncio.sleep(0.05)

    transports = []
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asking())
    assert len(transports) == 2


def test_who_is_read_slowly_is_made_to_wait_and_nothing_is_lost(loops):
    piece = b"x" * (64 << 10)
    long = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (400 * len(piece))

    async def asking():
        async with Server(long, *[piece] * 400) as server:
            origin = server.origin(silence_seconds=1)
            answer = await origin.ask("POST", "chat", body=b"{}", headers={})
            await asyncio.sleep(1.2)  # longer than the model may be silent: it is not the model's silence
            read = []
            async for chunk in answer:
                read.append(len(chunk))
                await asyncio.sleep(0)
            answer.end()
            assert (await ask(origin))[2]
            origin.close()
            return read, server.connections

    with asyncio.Runner(loop_factory=loops) as runner:
        read, opened = runner.run(asking())

    assert sum(read) == 400 * len(piece)
    assert max(read) < 2 << 20
    assert opened == 1


# --- what is taken without waking whoever waits for it ---


class Wire(asyncio.Transport):
    """Sends nothing."""

    def writelines(self, list_of_data):
        pass

    def is_closing(self):
        return False

    def abort(self):
        pass


BEGUN = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ONE, TWO, END = b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"


def handed(taker, *packets, early=()):
    """What whoever waits for an answer hears while packets come, some of them before anybody waits."""

    async def hear(answer, heard):
        async for piece in answer:
            heard.append(piece)

    async def answering():
        loop = asyncio.get_running_loop()
        answer = Connection(Connections("http://h/v1", limits=Limits()), Limits(), loop)
        answer.connection_made(Wire())
        loop.call_soon(answer.data_received, BEGUN)
        await answer.ask(b"", None, has_body=True)
        answer.hand_to(taker)
        for packet in early:
            answer.data_received(packet)
        heard = []
        hearing = asyncio.create_task(hear(answer, heard))
        for packet in packets:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            answer.data_received(packet)
        await hearing
        return heard

    return asyncio.run(answering())


def test_what_somebody_is_done_with_wakes_nobody_but_the_end_does():
    taken = []

    assert handed(lambda piece: not taken.append(piece), ONE, ONE + TWO, END) == [b""]
    assert taken == [b"one", b"onetwo"]


def test_the_end_is_told_with_the_last_piece_whether_or_not_somebody_is_done_with_it():
    for is_done in (True, False):
        assert handed(lambda _piece, is_done=is_done: is_done, ONE + END) == [b""]


def test_what_somebody_is_not_done_with_wakes_whoever_waits():
    assert handed(lambda piece: piece == b"one", ONE, TWO, END) == [b"", b""]


def test_what_comes_before_anybody_waits_is_for_whoever_waits_then():
    taken = []

    assert handed(lambda piece: not taken.append(piece), TWO, END, early=[ONE]) == [b"one", b""]
    assert taken == [b"two"]


def test_what_goes_wrong_in_taking_is_raised_where_the_piece_is_waited_for():
    def fail(piece):
        raise KeyError(piece)

    with pytest.raises(KeyError, match="one"):
        handed(fail, ONE)


def test_an_answer_that_breaks_off_behind_a_piece_is_none():
    taken = []

    with pytest.raises(NoAnswer, match="no HTTP"):
        handed(lambda piece: not taken.append(piece), ONE + b"x\r\n")
    assert taken == [b"one"]


def test_whoever_goes_away_hangs_up(loops):
    async def asking():
        async with Server(PLAIN[:-1]) as server:
            origin = server.origin()
            answer = await origin.ask("POST", "chat", body=b"{}", headers={})
            answer.end()
            await asyncio.wait_for(server.hung_up.wait(), SECONDS)
            with pytest.raises(NoAnswer, match="closed"):
                [chunk async for chunk in answer]

        async with Server() as server:
            waiting = asyncio.create_task(ask(server.origin()))
            await asyncio.wait_for(server.asked.wait(), SECONDS)
            waiting.cancel()
            await asyncio.wait_for(server.hung_up.wait(), SECONDS)

    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asking())


def test_an_answer_that_was_heard_may_end_by_itself_and_its_connection_is_kept(loops):
    async def asking():
        async with Server(CHUNKED[:-19], b"0\r\n", b"\r\n", pause=0.03) as server:
            origin = server.origin()
            for _ in range(2):
                answer = await origin.ask("POST", "chat", body=b"{}", headers={})
                heard = b""
                async for chunk in answer:
                    heard += chunk
                    if heard == b"abcdef":
                        break
                answer.end(is_heard=True)
                async with asyncio.timeout(SECONDS):
                    while not origin._idle:  # noqa: ASYNC110 - what ends by itself tells nobody
                        await asyncio.sleep(0.01)
            origin.close()
            return server.connections

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == 1


@pytest.mark.parametrize(
    "last_words", [(), (b"3\r\nghi\r\n",) * 99, (b"no chunk",)], ids=["none", "too many", "nonsense"]
)
def test_last_words_are_not_listened_to_for_long(last_words, loops, monkeypatch):
    monkeypatch.setattr(connections, "_LAST_WORDS_SECONDS", 0.05)

    async def asking():
        async with Server(CHUNKED[:-19], *last_words, pause=0.01) as server:
            answer = await server.origin().ask("POST", "chat", body=b"{}", headers={})
            answer.end(is_heard=True)
            await asyncio.wait_for(server.hung_up.wait(), SECONDS)

    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asking())


def test_what_nobody_needed_for_long_is_closed(loops, monkeypatch):
    monkeypatch.setattr(connections, "_IDLE_SECONDS", 1.0)

    async def asking():
        async with Server(PLAIN, pause=0.01) as server:
            origin = server.origin()
            await asyncio.gather(ask(origin), ask(origin))
            while not server.hung_up.is_set():  # one is enough now, and is used all the time
                await ask(origin)
            assert server.connections == 2
            await asyncio.sleep(1.1)
            await ask(origin)
            assert server.connections == 3
            origin.close()

    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asyncio.wait_for(asking(), SECONDS))


def test_what_is_kept_is_closed_even_if_nobody_asks_any_more(loops, monkeypatch):
    monkeypatch.setattr(connections, "_IDLE_SECONDS", 0.1)

    async def asking():
        async with Server(PLAIN, pause=0.01) as server:
            await ask(server.origin())
            await server.hung_up.wait()

    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asyncio.wait_for(asking(), SECONDS))


def test_whoever_hung_up_on_one_idle_connection_is_asked_over_a_new_one(loops):
    """Otherwise every attempt would meet another of those that were kept."""

    async def serve(reader, writer):
        await _head(reader)
        await reader.readexactly(2)
        opened.append(writer)
        writer.write(PLAIN)
        await _head(reader)
        writer.close()

    async def asking():
        server = await asyncio.start_server(serve, "127.0.0.1")
        origin = Connections(
            f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", limits=Limits(first_byte_seconds=5)
        )
        await asyncio.gather(ask(origin), ask(origin))
        with pytest.raises(connections.HungUp):
            await ask(origin)
        assert (await ask(origin))[2] == b"abcdef"
        origin.close()
        server.close()
        await asyncio.sleep(0.05)

    opened = []
    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asking())
    assert len(opened) == 3


def test_a_connection_is_taken_back_once_and_only_while_it_is_open(loops):
    async def asking():
        async with Server(PLAIN) as server:
            origin = server.origin(first_byte_seconds=5)
            answer = await origin.ask("POST", "chat", body=b"{}", headers={})
            answer.end()
            answer.end()
            assert [body for _, _, body in await asyncio.gather(ask(origin), ask(origin))] == [b"abcdef"] * 2
            answer = await origin.ask("POST", "chat", body=b"{}", headers={})
            answer.close()
            answer.end()
            assert (await ask(origin))[2] == b"abcdef"
            answer = await origin.ask("POST", "chat", body=b"{}", headers={})
            answer.end()
            answer.close()
            assert (await ask(origin))[2] == b"abcdef"
            origin.close()

    with asyncio.Runner(loop_factory=loops) as runner:
        runner.run(asking())


def test_nobody_answers_where_nobody_listens(loops):
    async def asking():
        async with Server() as server:
            origin = server.origin()
        await ask(origin)

    with asyncio.Runner(loop_factory=loops) as runner, pytest.raises(NoAnswer, match="no connection"):
        runner.run(asking())


def test_a_connection_that_ended_in_its_handshake_is_none(loops):
    async def asking():
        async with Server(PLAIN) as server:
            limits = Limits()
            loop = asyncio.get_running_loop()
            connections.Connection(server.origin(), limits, loop).speak_through(None)

    with asyncio.Runner(loop_factory=loops) as runner, pytest.raises(ConnectionAbortedError):
        runner.run(asking())


def test_a_handshake_is_not_waited_for_for_ever(loops):
    async def asking():
        async with Server() as server:
            await ask(Connections(f"https://127.0.0.1:{server.port}/v1", limits=Limits(connect_seconds=0.05)))

    with asyncio.Runner(loop_factory=loops) as runner, pytest.raises(NoAnswer, match="in time"):
        runner.run(asking())


class Secret:
    """A server behind TLS that gives one answer, then closes as ``close`` does."""

    def __init__(self, context: ssl.SSLContext, answer: bytes, close: str = "close") -> None:
        self.context, self.answer, self.close = context, answer, close
        self.protocols: list[str | None] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", ssl=self.context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.protocols.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        with suppress(ConnectionError):
            await _head(reader)
            await reader.readexactly(2)
            writer.write(self.answer)
            await writer.drain()
            getattr(writer.transport, self.close)()


def test_only_a_certificate_that_is_trusted_is_spoken_to(loops, trusted, monkeypatch):
    async def asking():
        async with Secret(trusted, PLAIN) as server:
            origin = Connections(f"https://127.0.0.1:{server.port}/v1", limits=Limits())
            answer = await ask(origin)
            origin.close()
            monkeypatch.delenv("SSL_CERT_FILE")
            connections._tls.cache_clear()
            with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
                await ask(origin)
            return answer

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == (200, "text/plain", b"abcdef")


def test_the_protocol_is_agreed_on(loops, trusted):
    trusted.set_alpn_protocols(["h2", "http/1.1"])

    async def asking():
        async with Secret(trusted, PLAIN) as server:
            await ask(Connections(f"https://127.0.0.1:{server.port}/v1", limits=Limits()))
            return server.protocols

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking()) == ["http/1.1"]


def test_a_name_is_certified_without_the_dot_at_its_end(trusted, monkeypatch):
    async def found(host, port, **_):
        assert host == "localhost."
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    async def asking():
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
        async with Secret(trusted, PLAIN) as server:
            return await ask(Connections(f"https://localhost.:{server.port}/v1", limits=Limits()))

    assert asyncio.run(asking()) == (200, "text/plain", b"abcdef")


def test_an_answer_without_a_length_that_anybody_on_the_way_may_have_cut_short_is_none(loops, trusted):
    async def asking(close):
        async with Secret(trusted, ENDLESS, close) as server:
            return await ask(Connections(f"https://127.0.0.1:{server.port}/v1", limits=Limits()))

    with asyncio.Runner(loop_factory=loops) as runner:
        assert runner.run(asking("close")) == (200, "text/plain", b"abcdef")
        with pytest.raises(NoAnswer, match="disconnected"):
            runner.run(asking("abort"))


def _certified(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path, key_path)
    return path, context
