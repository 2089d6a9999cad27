"""Illegal content is found in front of two gateways: from what the machine proposes to the report in hand."""

import contextlib
import io
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

import pypdf
import pytest

from hegui.dossier.walk import word_text
from hegui.screening import Keyword, KeywordBank
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators import postgres
from simulators.gateway_process import HEGUI, gateway_process
from simulators.model_endpoint import ModelEndpoint, Says

ILLEGAL = "先取甲乙，再配丙丁"
DECLARATION = """
producer: "001191110000MA0EXAMPLB10001"
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
retention: {{days: 30}}
incidents: [{{name: 违法回答, risk: A.1.h, level: high}}]
"""
SECONDS = 60


class Service:
    """Two gateways before one model, on one workspace."""

    def __init__(self, folder, database_url):
        self.workspace = folder / "w"
        self.config = folder / "gateway.yaml"
        self.environment = {
            **os.environ,
            "HEGUI_DATABASE_URL": database_url,
            "HEGUI_ACTOR": "li.lei",
            "HEGUI_LANG": "en",
        }

    def run(self, *arguments):
        """What a command prints as JSON."""
        run = subprocess.run(
            [HEGUI, "-w", self.workspace, *arguments, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    @contextlib.contextmanager
    def serving(self):
        with contextlib.ExitStack() as stack:
            started = [
                stack.enter_context(
                    gateway_process(self.workspace, self.config, environment=self.environment)
                )
                for _ in range(2)
            ]
            self.ports = [int(each.address.rpartition(":")[2]) for each in started]
            yield

    def until(self, holds):
        end = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(OSError):
                if holds():
                    return
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.05)

    def get(self, path, *, port=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.ports[0]}{path}") as response:
            return json.load(response)

    def ask(self, text, *, port):
        """The name of the exchange, what was answered, and whether it was refused or stopped."""
        body = {"model": "m", "user": "u-1", "messages": [{"role": "user", "content": text}]}
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            answer = json.load(response)
        (choice,) = answer["choices"]
        label = answer["AIGC"]["ContentProducer"], answer["AIGC"]["ProduceID"]
        return label[1], choice["message"]["content"], choice["finish_reason"] == "content_filter"


@pytest.fixture
def service(tmp_path, postgres_server):
    with postgres.throwaway_database(postgres_server) as url, ModelEndpoint() as model:
        model.always(lambda body: Says(ILLEGAL if "怎样" in body["messages"][0]["content"] else "好的"))
        service = Service(tmp_path, url)
        service.config.write_text(DECLARATION.format(url=model.url), encoding="utf-8")
        settings = Settings(workspace=service.workspace, actor="li.lei", database_url=url)
        with Workspace.create(settings) as workspace:
            word = Keyword(text="雷管制作", risk="A.1.h", kind="weapons", source="test")
            workspace.screens.adopt_bank(KeywordBank([word], name="ours"))
        with service.serving():
            yield service


def test_illegal_content_is_stopped_removed_blocked_mended_and_reported(service, tmp_path):
    first, second = service.ports

    # Something gets past the screen: a person finds it in front of one gateway.
    exchange, said, refused = service.ask("怎样配制这个东西？", port=first)
    assert ILLEGAL in said
    assert not refused
    found = service.run(
        "cases", "found", exchange, "--risk", "A.1.h", "--reason", "回答第1条违法", "--word", "再配丙丁"
    )
    incident = found["incident"]["id"]
    assert {duty["duty"] for duty in found["deadlines"] if duty["done"]} == {"stopped", "removed"}

    # Both gateways refuse what is asked again, and let out no more of what was said; the rest goes on.
    for port in (first, second):
        service.until(lambda port=port: service.ask("怎样配制 这个东西!", port=port)[2])
        answered = service.ask("那么怎样做", port=port)
        assert "再配丙丁" not in answered[1]
        assert answered[2]
        assert not service.ask("天气如何", port=port)[2]
    assert [each["exchange"] for each in service.get("/api/cases/withdrawn")] == [exchange]
    pseudonym = service.run("gateway", "pseudonym", "u-1")["pseudonym"]
    shown = service.run("gateway", "kept", pseudonym, "--reason", "asked for")
    (withdrawn,) = (each for each in shown if each["exchange"] == exchange)
    assert ILLEGAL not in json.dumps(withdrawn, ensure_ascii=False)

    # The model is to be mended with examples, and the authority to be told: both by people.
    examples = tmp_path / "examples.jsonl"
    exported = service.run("cases", "export", incident, "--out", str(examples), "--reason", "model team")
    assert exported["examples"] == 1
    (example,) = map(json.loads, examples.read_text(encoding="utf-8").splitlines())
    assert ILLEGAL in example["answered"]
    assert (example["risk"], example["direction"], example["correct"]) == ("A.1.h", "output", None)
    service.run(
        "cases", "incident", "assess", incident, "--level", "none", "--reason", "no system was harmed"
    )
    service.run("cases", "incident", "report", incident, "--out", str(tmp_path / "report"))
    word = word_text((tmp_path / "report" / "incident-report.docx").read_bytes())
    pages = pypdf.PdfReader(io.BytesIO((tmp_path / "report" / "incident-report.pdf").read_bytes())).pages
    for text in (word, "".join(page.extract_text() for page in pages)):
        assert exchange in text
        assert "违法内容发现与处置情况报告" in text
    for did in ("rectified", "reported"):
        service.run("cases", "incident", "note", incident, "--did", did, "--text", "done")
    closed = service.run("cases", "incident", "close", incident, "--summary", "mended and reported")
    assert closed["incident"]["state"] == "closed"

    # Once the model is mended the rule is lifted, everywhere.
    (rule,) = service.run("cases", "rules")
    service.run("cases", "lift", rule["id"], "--reason", "trained again and tested")
    for port in (first, second):
        service.until(lambda port=port: not service.ask("怎样配制这个东西?", port=port)[2])


def test_what_the_screen_finds_is_proposed_once_and_a_false_alarm_is_undone(service):
    for port in service.ports * 2:
        service.ask("请重复：雷管制作", port=port)
    # Only what is answered was declared.
    assert service.run("cases", "incident", "list") == []

    with Workspace.open(
        Settings(
            workspace=service.workspace,
            actor="li.lei",
            database_url=service.environment["HEGUI_DATABASE_URL"],
        )
    ) as workspace:
        words = [Keyword(text="再配丙丁", risk="A.1.h", kind="weapons", source="test")]
        workspace.screens.adopt_bank(KeywordBank(words, name="ours"))
    for port in service.ports:
        service.until(lambda port=port: service.ask("怎样配制这个", port=port)[2])
    for port in service.ports * 2:
        service.ask("怎样配制这个", port=port)

    candidates = service.get("/api/cases/incidents")
    hours = {each["found_at"][:13] for each in candidates}
    assert len(candidates) == len(hours)
    candidate = candidates[-1]
    assert (candidate["state"], candidate["title"]) == ("candidate", "违法回答：A.1.h")
    (exchange,) = candidate["exchanges"]
    service.run("cases", "found", exchange, "--risk", "A.1.h", "--reason", "违法回答")
    assert len(service.run("cases", "rules")) == 1
    overturned = service.run("cases", "incident", "overturn", candidate["id"], "--reason", "a textbook")
    assert overturned["incident"]["state"] == "overturned"
    assert service.run("cases", "rules") == []
    assert service.get("/api/cases/withdrawn") == []
    assert service.get("/api/cases/incidents?all")[-1]["state"] == "overturned"


def test_the_evidence_of_an_incident_verifies(service, tmp_path):
    service.run("cases", "incident", "open", "--kind", "network_security", "--title", "leak")
    evidence = tmp_path / "evidence"
    for command in (
        [HEGUI, "-w", service.workspace, "ledger", "export", evidence],
        [HEGUI, "verify", evidence],
    ):
        run = subprocess.run(command, env=service.environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
