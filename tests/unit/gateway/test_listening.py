"""The server that waits for nobody for ever."""

import gc
import socket
import threading
import time
import urllib.request
from contextlib import contextmanager

import pytest
import uvicorn

from hegui.gateway import Limits
from hegui.gateway.listening import configuration, listen


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
