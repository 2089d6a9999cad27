"""A gateway as a process of its own."""

import json
import urllib.request

import pytest

from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.gateway_process import gateway_process

DECLARATION = """
producer: 001191110000MA0EXAMPLB10001
models: [{name: "*", upstreams: [{url: "http://127.0.0.1:9/v1"}]}]
"""


@pytest.fixture
def folder(tmp_path):
    Workspace.create(Settings(workspace=tmp_path / "w", actor="a")).database.close()
    (tmp_path / "gateway.yaml").write_text(DECLARATION)
    return tmp_path


def test_it_answers_within_the_block_and_has_ended_behind_it(folder):
    with gateway_process(folder / "w", folder / "gateway.yaml", "--log", "json") as gateway:
        with urllib.request.urlopen(f"{gateway.address}/ready") as response:
            assert json.load(response)["upstreams"]
        assert gateway.process.poll() is None
    assert gateway.process.poll() is not None
    assert "/v1" in gateway.output.read_text()


def test_one_that_ends_before_it_answers_says_why(folder):
    (folder / "gateway.yaml").write_text("producer: nobody\n")
    with (
        pytest.raises(AssertionError, match="no model is declared"),
        gateway_process(folder / "w", folder / "gateway.yaml"),
    ):
        pass
