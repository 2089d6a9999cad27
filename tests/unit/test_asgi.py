"""The whole web application."""

import json
import urllib.request

import openai

from hegui.asgi import application
from hegui.gateway import DeclaredModel, DeclaredUpstream, GatewayDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.model_endpoint import ModelEndpoint, Says
from simulators.serving import serving

PRODUCER = "001191110000MA0EXAMPLB10001"


def test_gateway_and_api_are_one_application(tmp_path):
    with (
        ModelEndpoint() as model,
        Workspace.create(Settings(workspace=tmp_path / "w", actor="li.lei")) as workspace,
        workspace.ledger.writer() as writer,
    ):
        model.always(Says("你好！"))
        declared = DeclaredModel(name="simulated", upstreams=(DeclaredUpstream(url=model.url),))
        gateway = workspace.gateway(GatewayDeclaration(producer=PRODUCER, models=(declared,)), writer=writer)
        with serving(application(workspace, gateway)) as address:
            with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
                answer = client.chat.completions.create(
                    model="simulated", messages=[{"role": "user", "content": "你好"}]
                )
            with urllib.request.urlopen(f"{address}/health") as response:
                health = json.load(response)

        assert answer.model_extra["AIGC"]["ContentProducer"] == PRODUCER
        assert health["status"] == "ok"
        assert [entry.kind for entry in workspace.ledger.entries("gateway.exchanged")] == [
            "gateway.exchanged"
        ]
