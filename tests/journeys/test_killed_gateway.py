"""A gateway is killed while it answers: what a user saw has evidence, and the ledger still verifies."""

import contextlib
import http.client
import subprocess
import urllib.request

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.gateway_process import HEGUI, GatewayProcess, gateway_process
from simulators.model_endpoint import ModelEndpoint, Says

PRODUCER = "001191110000MA0EXAMPLB10001"
DECLARATION = """
producer: {producer}
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
answers: {{evidence: first}}
"""
QUESTION = b'{"model": "m", "stream": true, "messages": [{"role": "user", "content": "hello"}]}'


@pytest.mark.parametrize("evidence", ["first", "last"])
def test_no_answer_is_without_evidence_when_the_gateway_is_killed(tmp_path, evidence):
    folder = tmp_path / "w"
    with ModelEndpoint() as model:
        model.always(Says(deltas=("word ",) * 500, pause_seconds=0.02))
        Workspace.create(Settings(workspace=folder, actor="a")).database.close()
        config = tmp_path / "gateway.yaml"
        text = DECLARATION.format(producer=PRODUCER, url=model.url)
        config.write_text(text.replace("evidence: first", f"evidence: {evidence}"))
        with gateway_process(folder, config) as gateway:
            seen = ask_and_kill(gateway)

    assert b"word" in seen
    assert b"[DONE]" not in seen
    with Workspace.open(Settings(workspace=folder, actor="a")) as workspace:
        began = list(workspace.ledger.entries("gateway.answer_began"))
        assert len(began) == (evidence == "first")
        # The exchange never ended well, and nothing says that it did.
        assert list(workspace.ledger.entries("gateway.exchanged")) == []
    evidence = tmp_path / "evidence"
    for command in ([HEGUI, "-w", folder, "ledger", "export", evidence], [HEGUI, "verify", evidence]):
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


def ask_and_kill(gateway: GatewayProcess) -> bytes:
    """What had been seen of an answer when the gateway was killed."""
    request = urllib.request.Request(f"{gateway.address}/v1/chat/completions", QUESTION)
    response = urllib.request.urlopen(request, timeout=60)
    with response:
        seen = b""
        while seen.count(b"word") < 3:
            seen += response.read1(65536)
        gateway.process.kill()
        with contextlib.suppress(OSError, http.client.HTTPException):
            while more := response.read1(65536):
                seen += more
    return seen
