"""The official client for Node asks through the gateway, and understands all that it is told.

Nothing of it is kept here: npm fetches it, once for this checkout. Where the network is away, or Node is not
installed (``scripts/test-tools.sh`` does that), the tests say so and are skipped.
"""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.fetching import fetched
from simulators.gateway_process import HEGUI, gateway_process
from simulators.model_endpoint import ModelEndpoint, Says, Sends

CLIENT = "openai@6.49.0"
PROGRAM = Path(__file__).with_name("node_client.mjs")
FORBIDDEN = "雷管制作方法"
DECLARATION = """
producer: 001191110000MA0EXAMPLB10001
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
"""


@pytest.fixture(scope="session")
def packages(request):
    """A folder with the client in it."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed; run scripts/test-tools.sh")
    cache = request.config.cache.mkdir("node")
    folder = cache / CLIENT
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=cache) as fresh:
            fetched("npm", "install", "--no-audit", "--no-fund", "--prefix", fresh, CLIENT, cwd=cache)
            # Another worker may have been faster.
            if not folder.exists():
                shutil.copytree(fresh, f"{fresh}.whole", symlinks=True)
                os.rename(f"{fresh}.whole", folder)  # noqa: PTH104 - whole or not at all
    return folder / "node_modules"


@pytest.fixture(scope="module")
def model():
    with ModelEndpoint() as model:
        yield model


@pytest.fixture(scope="module")
def address(model, tmp_path_factory):
    """A gateway with a word that must not be said, and one key."""
    folder = tmp_path_factory.mktemp("node-client")
    Workspace.create(Settings(workspace=folder / "w", actor="a")).database.close()
    hegui = [HEGUI, "-w", folder / "w"]
    (folder / "bank.csv").write_text(f"text,risk,kind\n{FORBIDDEN},A.1.h,weapons\n", encoding="utf-8")
    subprocess.run([*hegui, "bank", "keywords", "use", folder / "bank.csv"], check=True, capture_output=True)
    (folder / "gateway.yaml").write_text(DECLARATION.format(url=model.url), encoding="utf-8")
    (folder / "keys").write_text("app the-key\n", encoding="utf-8")
    config = folder / "gateway.yaml"
    with gateway_process(folder / "w", config, "--client-keys-file", folder / "keys") as gateway:
        yield f"{gateway.address}/v1"


@pytest.fixture
def client(packages, address, tmp_path):
    """Runs a scenario of the program, and returns what the client understood."""
    (tmp_path / "node_modules").symlink_to(packages)
    shutil.copy(PROGRAM, tmp_path)

    def run(scenario, *, key="the-key", text="hello"):
        command = ["node", PROGRAM.name, scenario, address, key, text]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


@pytest.mark.parametrize("scenario", ["stream", "whole", "helper"])
def test_an_answer_is_understood_with_what_was_masked_in_it(client, model, scenario):
    model.always(Says(deltas=("call 138", "12345678", " now")))
    told = client(scenario)
    assert told["text"].startswith("call [手机号] now")
    assert told.get("reasons", ["stop"]) == ["stop"]
    assert told.get("labelled", True)


@pytest.mark.parametrize("scenario", ["stream", "whole"])
def test_a_refusal_is_an_answer_that_was_filtered(client, model, scenario):
    model.always(Says("never"))
    told = client(scenario, text=FORBIDDEN)
    assert told["reasons"] == ["content_filter"]
    assert "抱歉" in told["text"]


def test_a_stop_mid_stream_is_an_end_that_was_filtered(client, model):
    model.always(Says(deltas=("first, ", FORBIDDEN[:3], FORBIDDEN[3:], "then")))
    told = client("stream")
    assert told["reasons"] == ["content_filter"]
    assert told["text"].startswith("first, （")
    assert "雷管" not in told["text"]
    assert "then" not in told["text"]


def test_the_arguments_of_a_tool_call_are_put_together_with_what_was_masked_in_them(client, model):
    begins = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "dial", "arguments": ""}}
    goes_on = [{"index": 0, "function": {"arguments": piece}} for piece in ('{"number": "138123', '45678"}')]
    deltas = [{"role": "assistant", "content": None, "tool_calls": [begins]}]
    deltas += [{"tool_calls": [call]} for call in goes_on]
    model.always(Sends(tuple(streamed(deltas, "tool_calls")), content_type="text/event-stream"))
    (call,) = client("helper")["calls"]
    assert call["name"] == "dial"
    assert json.loads(call["arguments"]) == {"number": "[手机号]"}


def streamed(deltas, reason):
    for delta, ending in (*((delta, None) for delta in deltas), ({}, reason)):
        choice = {"index": 0, "delta": delta, "finish_reason": ending}
        frame = {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        yield b"data: " + json.dumps(frame, ensure_ascii=False).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def test_what_was_used_is_told_at_the_end(client, model):
    model.always(Says(deltas=("a", "b")))
    assert client("usage")["usage"]["total_tokens"] > 0


def test_a_client_that_stops_listening_stops_the_model(client, model):
    model.always(Says(deltas=("word ",) * 500, pause_seconds=0.02))
    assert client("abort")["chunks"] > 3
    assert model.wait_for_disconnects()


def test_a_wrong_key_is_the_error_that_the_client_knows(client):
    assert client("stream", key="another") == {
        "error": "AuthenticationError",
        "status": 401,
        "code": "invalid_api_key",
    }
