"""A gateway is killed while it answers: what a user saw has evidence, and the ledger still verifies."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.model_endpoint import ModelEndpoint, Says

PRODUCER = "001191110000MA0EXAMPLB10001"
DECLARATION = """
producer: {producer}
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
answers: {{evidence: first}}
"""
QUESTION = b'{"model": "m", "stream": true, "messages": [{"role": "user", "content": "hello"}]}'


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize("evidence", ["first", "last"])
def test_no_answer_is_without_evidence_when_the_gateway_is_killed(tmp_path, evidence):
    folder, port = tmp_path / "w", free_port()
    hegui = Path(sys.executable).parent / "hegui"
    with ModelEndpoint() as model:
        model.always(Says(deltas=("word ",) * 500, pause_seconds=0.02))
        Workspace.create(Settings(workspace=folder, actor="a")).database.close()
        config = tmp_path / "gateway.yaml"
        text = DECLARATION.format(producer=PRODUCER, url=model.url)
        config.write_text(text.replace("evidence: first", f"evidence: {evidence}"))
        server = subprocess.Popen(
            [hegui, "-w", folder, "serve", "--config", config, "--port", str(port)], stdout=subprocess.DEVNULL
        )
        try:
            seen = ask_and_kill(port, server)
        finally:
            server.kill()
            server.wait()

    assert b"word" in seen
    assert b"[DONE]" not in seen
    with Workspace.open(Settings(workspace=folder, actor="a")) as workspace:
        began = list(workspace.ledger.entries("gateway.answer_began"))
        assert len(began) == (evidence == "first")
        # The exchange never ended well, and nothing says that it did.
        assert list(workspace.ledger.entries("gateway.exchanged")) == []
    evidence = tmp_path / "evidence"
    for command in ([hegui, "-w", folder, "ledger", "export", evidence], [hegui, "verify", evidence]):
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


def ask_and_kill(port: int, server: subprocess.Popen[bytes]) -> bytes:
    """What had been seen of an answer when the gateway was killed."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions", QUESTION)
    deadline = time.monotonic() + 60
    while True:
        try:
            response = urllib.request.urlopen(request, timeout=60)
            break
        except OSError:
            assert server.poll() is None, "the gateway ended before it was ready"
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with response:
        seen = b""
        while seen.count(b"word") < 3:
            seen += response.read1(65536)
        os.kill(server.pid, signal.SIGKILL)
        with contextlib.suppress(OSError, http.client.HTTPException):
            while more := response.read1(65536):
                seen += more
    return seen
