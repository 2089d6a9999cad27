"""What people read of the training data."""

import gzip

import pytest
from click.testing import CliRunner

from hegui.cli.corpus_text import percent
from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

DECLARATION = (
    "sources: [{id: mixed, name: {zh: 杂, en: mixed}, kind: commercial, language: zh, origin: domestic, "
    "files: [data]}]"
)


@pytest.fixture
def hegui_in(tmp_path):
    """Runs a command in a workspace where the folder ``data`` is a source."""
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments):
        (tmp_path / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")
        runner = CliRunner(env={"HEGUI_LANG": "en"})
        runner.invoke(main, ["-w", str(root), "corpus", "register", str(tmp_path / "corpus.yaml")])
        result = runner.invoke(main, ["-w", str(root), *arguments])
        assert result.exception is None
        return result.stdout

    return run


@pytest.fixture
def scanned(hegui_in, tmp_path):
    """What a scan of a folder with all sorts of files prints."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.jsonl").write_text('{"text": "女性 © 2020"}\nno json\nno json\n{"text": "x"}\n[]\n', "utf-8")
    (data / "b.txt.gz").write_bytes(gzip.compress("一行\n".encode("utf-16")))
    for index in range(7):
        (data / f"c{index}.docx").write_bytes(b"")
    (data / "d.parquet").write_bytes(b"no table")
    return hegui_in("corpus", "scan")


def test_how_files_were_read_is_shown(scanned):
    assert "read: 1 file: json_lines, text in text (guessed)" in scanned
    assert "read: 1 file: text, gzip, utf-16" in scanned


def test_what_could_not_be_read_is_shown_with_place_and_cure(scanned):
    assert "data/c0.docx@0: not of a format that can be scanned; convert it" in scanned
    assert "3 more could not be read, see --json" in scanned
    assert "parts of files could not be read, and nobody knows what is there" in scanned


def test_lines_that_were_not_screened_are_shown(scanned):
    assert "data/a.jsonl:2-3: not valid JSON" in scanned
    assert "data/a.jsonl:5: not a JSON object" in scanned


def test_what_documents_are_like_is_shown(scanned):
    assert "languages (documents): und-Latn 1, zh 2" in scanned
    assert "what documents say of themselves: copyright sign 1" in scanned
    assert "groups named (documents): A.2.e 女 1" in scanned
    assert "duplicates: 0.00 % the same as an earlier document, at least 0.00 % nearly" in scanned


GUARDED = """
name: guarded
guards: [{name: guard, url: "http://127.0.0.1:9/v1", model: m, format: qwen3guard, timeout_seconds: 1}]
"""


def test_what_no_guard_model_could_judge_is_told(hegui_in, tmp_path):
    (tmp_path / "screen.yaml").write_text(GUARDED, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"text": "风和日丽"}\n', encoding="utf-8")
    hegui_in("screen", "declare", str(tmp_path / "screen.yaml"))
    assert "1 more document could not be judged by a guard model" in hegui_in("corpus", "scan")


def test_shares_are_shown_as_percentages():
    assert percent("0.053333") == "5.33 %"


def test_a_source_without_documents_says_nothing_of_duplicates(hegui_in, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "empty.jsonl").touch()
    shown = hegui_in("corpus", "scan")
    assert "no document was screened" in shown
    assert "duplicates" not in shown


def test_how_many_documents_a_guard_model_was_asked_about_is_told(hegui_in, tmp_path):
    shared = GUARDED.replace("timeout_seconds: 1", "timeout_seconds: 1, corpus_share: 0.000001")
    (tmp_path / "screen.yaml").write_text(shared, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"text": "今天天气很好"}\n' * 3, encoding="utf-8")
    hegui_in("screen", "declare", str(tmp_path / "screen.yaml"))
    shown = hegui_in("corpus", "scan")
    assert "guard model guard: asked about 0 of 3 documents, found 0 unsafe" in shown
    assert "the guard model guard was asked about 0 of 3 documents and found 0 of those unsafe" in shown
