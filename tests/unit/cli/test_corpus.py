"""``hegui corpus``: what people and machines see of the training data."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import NotFound
from hegui.screening import Keyword, KeywordBank, Level
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "corpus" / "corpus.yaml"
ONE_SOURCE = (
    "sources: [{id: bought, name: {zh: 购入, en: bought}, kind: commercial, language: zh, "
    "origin: domestic, files: [texts.jsonl]}]"
)


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), "corpus", *arguments])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_the_example_is_registered_scanned_and_reported(hegui):
    registered = hegui("register", str(EXAMPLE))
    assert registered.count("rights: met") == 3
    assert hegui("report").count("not scanned yet") == 3

    scanned = hegui("scan")
    assert "content: not met" in scanned
    assert "dialogues/dialogues.jsonl:42: not valid JSON" in scanned
    assert "only" in scanned
    assert "Scanning" not in scanned

    report = hegui("report", language="zh")
    assert report.count("建议：可用于训练") == 2
    assert report.count("建议：不得用于训练") == 1
    assert "个人信息（篇，不计入上述比例）" in report
    assert "A.1.h 其他法律、行政法规禁止的内容" in report


def test_machines_read_json(hegui):
    assert [each["entry"] for each in json.loads(hegui("register", str(EXAMPLE), "--json"))] == [
        "main/0",
        "main/1",
        "main/2",
    ]
    (forum,) = json.loads(hegui("scan", "forum", "--json"))
    assert forum["verdict"]["verdict"] == "not_met"
    report = json.loads(hegui("report", "--json"))
    assert {each["registered"]["source"]["id"]: each["use"] for each in report["sources"]} == {
        "encyclopaedia": "hold",
        "dialogues": "hold",
        "forum": "exclude",
    }


def test_words_that_are_only_recorded_are_shown_as_such(hegui, tmp_path, monkeypatch):
    bank = KeywordBank(
        [Keyword(text="谣言", risk="A.1.g", kind="falsehood", source="test", level=Level.LOW)], name="test"
    )
    monkeypatch.setattr(KeywordBank, "starter", lambda: bank)
    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"text": "谣言"}\n', encoding="utf-8")
    declaration = tmp_path / "corpus.yaml"
    declaration.write_text(ONE_SOURCE, encoding="utf-8")
    hegui("register", str(declaration))
    assert "1 more document holds only words" in hegui("scan", "bought")


def test_missing_rights_are_shown_with_what_is_missing(hegui, tmp_path):
    (tmp_path / "texts.jsonl").write_text('{"text": "clean"}\n', encoding="utf-8")
    declaration = tmp_path / "corpus.yaml"
    declaration.write_text(ONE_SOURCE, encoding="utf-8")
    assert "commercial material lacks: contract" in hegui("register", str(declaration))
    assert "use: exclude" in hegui("report")


def test_an_unknown_source_is_not_found(hegui):
    hegui("register", str(EXAMPLE))
    with pytest.raises(NotFound, match="did you mean forum"):
        hegui("scan", "forums")


def test_a_scan_may_use_several_processes(hegui):
    hegui("register", str(EXAMPLE))
    one = json.loads(hegui("scan", "forum", "--workers", "1", "--json"))
    two = json.loads(hegui("scan", "forum", "--workers", "2", "--json"))
    for scanned in (*one, *two):
        del scanned["entry"], scanned["scan"]["scanned_at"]
    assert one == two
