"""The server that waits for nobody for ever."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn

from hegui.gateway import Limits
from hegui.gateway.listening import configuration


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def served(limits):
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(configuration(application, host="127.0.0.1", port=0, limits=limits))
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
        socket.create_connection(address, timeout=5) as client,
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
        socket.create_connection(address, timeout=5) as client,
        pytest.raises((ConnectionError, BrokenPipeError)),
    ):
        dribble(client, endless, 0.001)


def test_who_asks_properly_is_answered_twice_and_cut_off_when_idle(connection):
    for _ in range(2):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert connection.recv(4096).endswith(b"ok")
    assert is_cut(connection)


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
