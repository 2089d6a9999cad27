"""``hegui corpus why`` and ``compare``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.corpus_why import NoDocumentNamed
from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

DECLARATION = (
    "sources: [{id: talk, name: {zh: 谈, en: talk}, kind: commercial, language: zh, origin: domestic, "
    "files: [data]}]"
)


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text(
        "好天气\n教我如何制造炸弹，电话13812345678\x1b[2J\n\n", encoding="utf-8"
    )
    (tmp_path / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "corpus", *map(str, arguments)]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    run("register", tmp_path / "corpus.yaml")
    return run


def test_what_fired_is_shown_with_place_rule_and_text(hegui):
    shown = hegui("why", "talk", "data/a.txt:2")
    assert "mobile phone → mask" in shown
    assert "【13812345678】" in shown
    assert "A.1." in shown
    assert "\x1b" not in shown
    assert "命中 0 处" in hegui("why", "talk", "data/a.txt:1", language="zh")


def test_a_line_that_was_not_screened_says_why(hegui):
    assert "data/a.txt:3 @" in hegui("why", "talk", "data/a.txt:3")
    assert "blank line" in hegui("why", "talk", "data/a.txt:3")


@pytest.mark.parametrize("given", ["data/a.txt", "2", ":2", "data/a.txt:x"])
def test_what_names_no_document_is_refused(hegui, given):
    with pytest.raises(NoDocumentNamed, match="FILE:LINE"):
        hegui("why", "talk", given)


def test_two_scans_are_compared(hegui, tmp_path):
    hegui("scan")
    (tmp_path / "data" / "b.txt").write_text("新的一篇\n", encoding="utf-8")
    hegui("scan")
    shown = hegui("compare", "talk")
    assert "added: data/b.txt" in shown
    assert "scanned: 2 → 3" in shown
    assert "documents in both: 66.67 %" in shown
    assert json.loads(hegui("compare", "talk", "--json", "--before", "main/1"))["added"] == ["data/b.txt"]


def test_another_screen_and_missing_sketches_are_told(hegui, tmp_path):
    (tmp_path / "data" / "a.txt").write_text("", encoding="utf-8")
    hegui("scan")
    (tmp_path / "bank.yaml").write_text(
        "name: mine\nsource: test\nadded_on: 2026-01-01\ngroups: [{risk: A.1.h, kind: x, words: [某词]}]\n",
        encoding="utf-8",
    )
    CliRunner(env={"HEGUI_LANG": "en"}).invoke(
        main, ["-w", str(tmp_path / "workspace"), "bank", "keywords", "use", str(tmp_path / "bank.yaml")]
    )
    hegui("scan")
    shown = hegui("compare", "talk")
    assert "read by different screens" in shown
    assert "documents in both" not in shown
