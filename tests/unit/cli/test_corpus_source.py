"""``hegui corpus source``: the register in a terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.corpus_source import NobodyVouches, NoDocument
from hegui.cli.main import main
from hegui.core import NotFound
from hegui.corpus import UnusableSource
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "corpus"
LICENSE = str(EXAMPLE / "rights" / "encyclopaedia-license.txt")


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


@pytest.fixture
def add(hegui):
    def add(name, *arguments):
        given = ("--kind", "open_source", "--language", "zh", "--origin", "domestic")
        return hegui("source", "add", name, *given, *arguments)

    return add


def test_a_source_is_added_with_its_documents_and_shown(hegui, add):
    files = str(EXAMPLE / "encyclopaedia")
    vouched = ("--license", "apache-2.0", "--document", f"license={LICENSE}", "--vouched-by", "officer")
    assert "rights: met" in add("wiki", files, "--name", "百科", *vouched)
    shown = hegui("source", "show")
    assert "wiki · 百科 · open source · zh" in shown
    assert "2 files" in shown
    assert "sha256:" in shown
    assert "(officer)" in shown
    (registered,) = json.loads(hegui("source", "show", "wiki", "--json"))
    assert registered["source"]["rights"]["license"] == "apache-2.0"


def test_the_fields_that_hold_the_text_may_be_said(hegui, add, tmp_path):
    for name in ("qa.jsonl", "one.jsonl"):
        (tmp_path / name).write_text('{"question": "a", "reply": "b", "id": "c"}\n', encoding="utf-8")
    add("qa", str(tmp_path / "qa.jsonl"), "--text-field", "question", "--text-field", "reply")
    add("one", str(tmp_path / "one.jsonl"), "--text-field", "reply")
    fields = [each["source"]["text_field"] for each in json.loads(hegui("source", "show", "--json"))]
    assert fields == ["reply", ["question", "reply"]]
    assert "text in question, reply" in hegui("scan", "qa")


def test_of_a_file_that_is_not_there_it_is_said_where_it_was_looked_for(add, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UnusableSource, match=f"no such file: gone.txt; relative paths start from {tmp_path}$"
    ):
        add("gone", "gone.txt")


def test_an_empty_register_says_so(hegui):
    assert "no source is registered yet" in hegui("source", "show")
    assert json.loads(hegui("source", "show", "--json")) == []


def test_a_source_without_files_or_rights_is_added_too(hegui, add):
    assert "rights: not met" in add("planned", "--links", "--modality", "image")
    assert "0 files, 0 bytes; image, domestic" in hegui("source", "show", "planned")
    with pytest.raises(NotFound):
        hegui("source", "show", "plan")


@pytest.mark.parametrize("given", ["license", "licence=a", "license="])
def test_what_names_no_document_is_refused(add, given):
    with pytest.raises(NoDocument, match="KIND=PATH"):
        add("wiki", "--vouched-by", "officer", "--document", given)


@pytest.mark.parametrize("given", [("--license", "MIT"), ("--document", f"license={LICENSE}")])
def test_rights_that_nobody_vouches_for_are_refused(add, given):
    with pytest.raises(NobodyVouches, match="--vouched-by"):
        add("wiki", *given)


def test_a_check_says_what_each_rule_finds_and_what_is_missing(hegui, add):
    hegui("register", str(EXAMPLE / "corpus.yaml"))
    add("links", "--links")
    hegui("scan", "forum")
    checked = hegui("source", "check")
    assert "documents: 5, 0 of them not as they were registered" in checked
    assert (
        "do not train on it by the scan of everything (TC260-003 5.1a2 = GBT-45654 source-threshold)"
        in checked
    )
    assert "    → user agreement that tells" in checked
    assert "not assessed (should; not counted)" in checked
    assert checked.splitlines()[-1].startswith("overall: not met [main/")
    assert "总体：不符合" in hegui("source", "check", "links", language="zh")
    assert json.loads(hegui("source", "check", "links", "--json"))["verdict"] == "not_met"


def test_a_document_that_was_altered_is_shown(hegui, add, tmp_path):
    text = tmp_path / "license.txt"
    text.write_text("MIT", encoding="utf-8")
    add("wiki", "--license", "CC-BY-NC-4.0", "--document", f"license={text}", "--vouched-by", "officer")
    text.write_text("another", encoding="utf-8")
    checked = hegui("source", "check")
    assert f"wiki: {text}: altered" in checked
    assert "restricts commercial use" in checked
    assert "restricts commercial use" in hegui("source", "show")
