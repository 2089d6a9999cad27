"""A companion service from an empty folder: a long evening, and a crisis that a person deals with."""

import datetime as dt
import json
import urllib.error
import urllib.request

import jwt
import pytest
from click.testing import CliRunner

from hegui.asgi import application
from hegui.cli.main import main
from hegui.core import load_document
from hegui.gateway import GatewayDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.clock import SteppableClock
from simulators.model_endpoint import ModelEndpoint, Says
from simulators.serving import serving

SECRET = "s" * 32
EVENING = dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC)  # 18:00 in China
CONFIG = """
producer: "001191110000MA0EXAMPLB10001"
models:
  - {{name: friend, upstreams: [{{url: "{url}"}}]}}
  - {{name: partner, upstreams: [{{url: "{url}"}}]}}
admission:
  tokens: [{{kid: web, tenant: app, algorithm: HS256, key_file: secret.txt}}]
  users: signed
  minors: {{barred: [partner]}}
companion: {{}}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path


@pytest.fixture
def clock():
    return SteppableClock(EVENING)


def hegui(*arguments):
    ran = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, ["-w", "w", *arguments])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_a_companion_keeps_its_duties_and_a_person_does_the_rest(folder, clock):
    hegui_settings = Settings(workspace=folder / "w", actor="test@hegui")
    with (
        ModelEndpoint() as model,
        Workspace.create(hegui_settings, clock=clock) as workspace,
        workspace.ledger.writer() as writer,
    ):
        model.always(Says("我在。"))
        (folder / "gateway.yaml").write_text(CONFIG.format(url=model.url), encoding="utf-8")
        declaration = load_document(folder / "gateway.yaml", GatewayDeclaration)
        gateway = workspace.gateway(declaration, writer=writer)
        with serving(application(workspace, gateway)) as url:

            def say(text, *, stream=True, model="friend", **claims):
                now = int(clock().timestamp())
                said = {"sub": "xiao.ming", "aud": "hegui", "iat": now, "exp": now + 600} | claims
                token = jwt.encode(said, SECRET, algorithm="HS256", headers={"kid": "web"})
                body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream}
                request = urllib.request.Request(
                    f"{url}/v1/chat/completions",
                    json.dumps(body).encode(),
                    {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                )
                try:
                    with urllib.request.urlopen(request) as answer:
                        return answer.status, answer.headers["x-hegui-companion"], answer.read().decode()
                except urllib.error.HTTPError as refused:
                    with refused:
                        return refused.status, None, refused.read().decode()

            status, told, text = say("你好")
            assert (status, told) == (200, "notice")
            assert "不是真人" in text
            assert text.endswith("data: [DONE]\n\n")

            duties = []
            for _ in range(9):
                clock.advance(minutes=20)
                duties.append(say("嗯")[1])
            assert duties == [None, None, None, None, None, "reminder", None, None, None]

            status, told, text = say("我不想活了")
            assert (status, told) == (200, "crisis=self_harm")
            assert "12356" in text
            assert "content_filter" not in text

            assert say("退出", stream=False)[1] == "exit"
            assert say("你好", model="partner", age="from_sixteen")[0] == 403

        (contact,) = json.loads(hegui("companion", "contacts", "--json"))
        assert contact["user"] == hegui("gateway", "pseudonym", "xiao.ming", "--tenant", "app").strip()
        hegui("companion", "close", contact["id"], "--outcome", "reached the guardian by phone")
        assert "Nobody has to be contacted." in hegui("companion", "contacts")
        outcomes = [entry.content["outcome"] for entry in workspace.ledger.entries("gateway.exchanged")]
        assert outcomes == ["answered"] * 10 + ["helped", "exited"]
        evidence = "".join(str(entry.content) for entry in workspace.ledger.entries())
        assert "不想活" not in evidence
        assert "xiao.ming" not in evidence
