"""The disk is full: nothing leaves whose evidence cannot be written, and the log verifies afterwards."""

import json
import resource
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.gateway_process import HEGUI, gateway_process
from simulators.model_endpoint import ModelEndpoint, Says

DECLARATION = """
producer: 001191110000MA0EXAMPLB10001
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
answers: {{evidence: {evidence}}}
"""
SECONDS = 60


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        model.always(Says(deltas=("said ",) * 20))
        yield model


def ask(address, *, stream):
    """The status and all that left."""
    body = {"model": "m", "stream": stream, "messages": [{"role": "user", "content": "hello"}]}
    request = urllib.request.Request(f"{address}/v1/chat/completions", json.dumps(body).encode())
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error as response:
            return response.status, response.read().decode()


def fill_disk(process, *, full):
    """Let the process write no file beyond its first byte, as though the disk were full; or let it again."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1 if full else hard, hard))


def ends(stream, body):
    return "[DONE]" in body if stream else '"finish_reason":"stop"' in body


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("evidence", ["first", "last"])
def test_nothing_ends_well_without_evidence_and_where_it_comes_first_nothing_leaves(
    tmp_path, model, evidence, stream
):
    workspace = tmp_path / "w"
    Workspace.create(Settings(workspace=workspace, actor="a")).database.close()
    config = tmp_path / "gateway.yaml"
    config.write_text(DECLARATION.format(url=model.url, evidence=evidence))
    with gateway_process(workspace, config) as gateway:
        status, body = ask(gateway.address, stream=stream)
        assert (status, ends(stream, body)) == (200, True)

        fill_disk(gateway.process, full=True)
        for _ in range(3):
            status, body = ask(gateway.address, stream=stream)
            assert not ends(stream, body)
            assert "server_error" in body
            if evidence == "first" or not stream:
                assert (status, "said" in body) == (503, False)
        assert gateway.process.poll() is None

        fill_disk(gateway.process, full=False)
        deadline = time.monotonic() + SECONDS
        while not ends(stream, ask(gateway.address, stream=stream)[1]):
            assert time.monotonic() < deadline, "it never answers again"

    with Workspace.open(Settings(workspace=workspace, actor="a")) as opened:
        outcomes = [entry.content["outcome"] for entry in opened.ledger.entries("gateway.exchanged")]
    assert outcomes.count("answered") == 2
    for command in (["-w", workspace, "ledger", "export", tmp_path / "e"], ["verify", tmp_path / "e"]):
        run = subprocess.run([HEGUI, *command], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
