"""A Redis server for tests: the one that is there, or one of our own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

LOCAL = "redis://127.0.0.1:6379/9"
"""Where a development or CI machine may offer a server; tests keep to names of their own there."""

PROGRAMS = ("redis-server", "valkey-server")


class NoServer(RuntimeError):
    """There is no server, and no program to start one with."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server.

    ``HEGUI_TEST_REDIS`` if it is set (and then an unreachable server is an error), else the one on this
    machine's usual port, else one started for this test run.

    Raises:
        NoServer: none of it is there.
    """
    given = os.environ.get("HEGUI_TEST_REDIS")
    if given:
        redis.Redis.from_url(given).ping()
        yield given
    elif answers(LOCAL):
        yield LOCAL
    else:
        with own_server() as url:
            yield url


@contextmanager
def own_server() -> Iterator[str]:
    """The URL of a server of this test's own, which can be lost: it ends with the block.

    Raises:
        NoServer: no program is installed that could be started.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise NoServer("install redis-server, or run scripts/test-tools.sh")
    with tempfile.TemporaryDirectory(prefix="hegui-redis-") as folder:
        socket = Path(folder) / "socket"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                url = f"unix://{socket}"
                _wait(url, process)
                yield url
            finally:
                process.terminate()


@contextmanager
def stopped(url: str) -> Iterator[None]:
    """Stop the server at ``url``, which must be a test's own: what is asked waits until the block ends."""
    with redis.Redis.from_url(url) as client:
        process = client.info("server")["process_id"]
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def connections(url: str, name: str) -> int:
    """How many connections a server has that call themselves ``name``."""
    with redis.Redis.from_url(url) as client:
        return sum(each["name"] == name for each in client.client_list())


def a_name() -> str:
    """A name that no other test uses on the same server."""
    return f"test-{uuid.uuid4().hex}"


def answers(url: str) -> bool:
    """Whether there is a server at ``url``."""
    client = redis.Redis.from_url(url, socket_timeout=60)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1200):
        if answers(url):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise NoServer("the server did not start")
