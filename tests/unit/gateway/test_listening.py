"""The server that waits for nobody for ever."""

import asyncio
import gc
import socket
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest
import uvicorn

from hegui.gateway import Limits
from hegui.gateway.listening import Gathering, configuration, listen, straight


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def telling_the_client(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await receive()
    said = scope["client"][0].encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]}
    )
    await send({"type": "http.response.body", "body": said})


@contextmanager
def served(limits, application=application, **more):
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(configuration(application, host="127.0.0.1", port=0, limits=limits, **more))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        yield listening.getsockname()
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def connection():
    with (
        served(Limits(request_seconds=0.3)) as address,
        socket.create_connection(address, timeout=60) as client,
    ):
        yield client


def is_cut(client):
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nX: "])
def test_who_does_not_finish_the_headers_is_cut_off(connection, begun):
    connection.sendall(begun)

    assert is_cut(connection)


def dribble(client, pieces, pause_seconds):
    for piece in pieces:
        client.sendall(piece)
        time.sleep(pause_seconds)


def test_who_sends_headers_a_byte_at_a_time_is_cut_off(connection):
    with pytest.raises((ConnectionError, BrokenPipeError)):
        dribble(connection, [b"x"] * 250, 0.02)


def test_who_sends_headers_without_end_is_cut_off():
    endless = [b"GET / HTTP/1.1\r\n", *[b"X: " + b"x" * 4096 + b"\r\n"] * 200]
    with (
        served(Limits()) as address,
        socket.create_connection(address, timeout=60) as client,
        pytest.raises((ConnectionError, BrokenPipeError)),
    ):
        dribble(client, endless, 0.001)


@pytest.mark.parametrize("begun", [b"\r\n", b"GET / HTTP/1.1\r\nX: "])
def test_a_connection_stays_open_between_questions_and_each_of_them_has_its_time(connection, begun):
    for _ in range(2):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert connection.recv(4096).endswith(b"ok")
        time.sleep(0.5)  # longer than headers may take
    connection.sendall(begun)
    assert is_cut(connection)


def test_a_connection_that_nobody_uses_is_cut_off(monkeypatch):
    monkeypatch.setattr("hegui.gateway.listening._IDLE_SECONDS", 0.1)
    with served(Limits()) as address, socket.create_connection(address, timeout=60) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert client.recv(4096).endswith(b"ok")
        assert is_cut(client)


@pytest.mark.parametrize(
    "ambiguous",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"Content-Length: +3\r\n\r\nabc",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"X : y\r\n\r\n",
    ],
)
def test_a_request_that_two_servers_would_read_differently_is_refused(connection, ambiguous):
    connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\n" + ambiguous)

    assert connection.recv(4096).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("trusted", "believed"),
    [((), "127.0.0.1"), (("10.0.0.0/8",), "127.0.0.1"), (("127.0.0.0/8",), "192.0.2.7")],
)
def test_only_a_trusted_proxy_may_say_who_the_client_is(trusted, believed):
    with served(Limits(), telling_the_client, trusted_proxies=trusted) as (host, port):
        request = urllib.request.Request(f"http://{host}:{port}/", headers={"X-Forwarded-For": "192.0.2.7"})
        with urllib.request.urlopen(request) as response:
            assert response.read().decode() == believed


@pytest.fixture
def collector():
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


@pytest.mark.usefixtures("collector")
def test_what_stays_as_long_as_the_server_is_not_collected_again_and_again(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        uvicorn.Server,
        "run",
        lambda _server, *, sockets: seen.update(
            taken=sockets[0].getsockname()[1], spared=gc.get_freeze_count(), often=gc.get_threshold()
        ),
    )

    told = []
    listen(application, host="127.0.0.1", port=0, limits=Limits(), tell=told.append)

    assert told == [seen["taken"]]
    assert seen["spared"] > 10_000
    assert seen["often"][0] > 10_000


# --- what is written together ---


class Wire(asyncio.Transport):
    """What is sent over it, each time."""

    def __init__(self):
        super().__init__()
        self.sent = []
        self.said = []
        self.closed = False

    def write(self, data):
        self.sent.append(data)

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def get_extra_info(self, name, default=None):
        return {"peername": ("127.0.0.1", 1)}.get(name, default)

    def pause_reading(self):
        self.said.append("pause")

    def resume_reading(self):
        self.said.append("resume")

    def abort(self):
        self.said.append("abort")


def wire_of(transport):
    return transport._transport


def writing(steps):
    """What was sent while ``steps``, a coroutine function, wrote to a gathering transport."""

    async def running():
        wire = Wire()
        await steps(Gathering(wire, asyncio.get_running_loop()))
        await asyncio.sleep(0)
        return wire

    return asyncio.run(running())


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


def test_the_head_of_an_answer_is_sent_with_its_body_and_each_later_piece_at_once():
    async def steps(transport):
        transport.write(HEAD)
        assert wire_of(transport).sent == []
        transport.write(b"body")
        assert wire_of(transport).sent == [HEAD + b"body"]
        transport.write(b"more")

    assert writing(steps).sent == [HEAD + b"body", b"more"]


def test_a_head_without_a_body_is_sent_in_the_same_turn_of_the_loop():
    async def steps(transport):
        transport.write(HEAD)
        await asyncio.sleep(0)
        transport.write(b"late")

    assert writing(steps).sent == [HEAD, b"late"]


def test_a_connection_is_closed_behind_what_was_written_to_it():
    async def steps(transport):
        transport.write(HEAD)
        transport.close()
        assert transport.is_closing()

    wire = writing(steps)
    assert (wire.sent, wire.closed) == ([HEAD], True)


@pytest.mark.parametrize("data", [HEAD, b"too late"])
def test_what_nobody_can_get_any_more_is_not_sent(data):
    async def steps(transport):
        wire_of(transport).closed = True
        transport.write(data)

    assert writing(steps).sent == []


def test_everything_else_is_the_wires():
    async def steps(transport):
        assert transport.get_extra_info("peername") == ("127.0.0.1", 1)
        assert transport.get_extra_info("socket", "none") == "none"
        transport.pause_reading()
        transport.resume_reading()
        transport.abort()

    assert writing(steps).said == ["pause", "resume", "abort"]


def test_an_answer_comes_in_one_piece(connection):
    connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = connection.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"ok")


# --- the short way to the client ---


def test_a_piece_may_go_straight_where_nothing_stands_between():
    told = []

    async def straightforward(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        told.append(straight(send))  # nothing has begun
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a ", "more_body": True})
        send_piece, cycle = straight(send), send.__self__
        told.append(send_piece(b"straight "))
        cycle.flow.pause_writing()
        told.append(send_piece(b"too much at once "))
        cycle.flow.resume_writing()
        cycle.disconnected = True
        told.append(send_piece(b"to nobody "))
        cycle.disconnected = False
        await send({"type": "http.response.body", "body": b"way"})

    with (
        served(Limits(), straightforward) as (host, port),
        urllib.request.urlopen(f"http://{host}:{port}/") as response,
    ):
        assert response.read() == b"a straight way"
    assert told == [None, True, False, False]


def test_nothing_goes_straight_past_what_stands_between():
    class Between:
        async def send(self, message):
            """What a middleware hands in."""

    assert straight(Between().send) is None
    assert straight(print) is None


def test_nothing_goes_straight_into_a_body_whose_length_is_told():
    told = []

    async def measured(scope, receive, send):
        if scope["type"] == "lifespan":
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        told.append(straight(send))
        await send({"type": "http.response.body", "body": b"ok"})

    with served(Limits(), measured) as (host, port), urllib.request.urlopen(f"http://{host}:{port}/") as got:
        assert got.read() == b"ok"
    assert told == [None]
