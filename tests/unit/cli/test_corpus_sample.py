"""``hegui corpus sample``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

DECLARATION = "sources:\n" + "".join(
    f"  - {{id: {name}, name: {{zh: 谈, en: talk}}, kind: commercial, language: zh, origin: domestic, "
    f"files: [{name}.txt]}}\n"
    for name in ("talk", "more")
)


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    (tmp_path / "talk.txt").write_text("".join(f"第{n}行\n" for n in range(30)), encoding="utf-8")
    (tmp_path / "more.txt").write_text("另一行\n" * 10, encoding="utf-8")
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


def test_a_draw_says_what_was_drawn_from_what_and_where_it_is_on_record(hegui):
    shown = hegui("sample", "draw", "--size", 20, "--per-source", 8, "--seed", "种子")
    assert "sample 1: 20 of 40 documents drawn at random [main/3]" in shown
    assert "more for single sources" in shown
    assert "seed 种子, on record before anything was read [main/2]" in shown
    assert "digest of the population sha256:" in shown
    assert "not drawn from" not in shown
    assert "第 1 次抽样：从 40 条中随机抽取 20 条" in hegui("sample", "show", language="zh")
    assert json.loads(hegui("sample", "show", "--json"))["draw"]["documents"] == 40


def test_what_was_left_out_is_said(hegui, tmp_path):
    (tmp_path / "talk.txt").unlink()
    shown = hegui("sample", "draw", "talk", "--size", 5)
    assert "sources not drawn from: more" in shown
    assert "1 part of a file could not be read and not drawn from" in shown


def test_of_documents_that_cannot_be_read_more_are_drawn(hegui, tmp_path):
    (tmp_path / "more.txt").write_bytes(b"\0\n" * 40)
    shown = hegui("sample", "draw", "more", "--size", 12)
    assert "12 of them cannot be read, and so not reviewed; for 12 that can, draw --size 24" in shown


def test_the_documents_are_exported_with_their_texts(hegui, tmp_path):
    hegui("sample", "draw", "--size", 12)
    out = tmp_path / "sample.jsonl"
    assert "12 documents written" in hegui("sample", "export", "--out", out)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["rank"] for line in lines] == list(range(1, 13))
    assert all(line["text"].endswith("行") for line in lines)
    (tmp_path / "more.txt").write_bytes(b"\0\n")
    assert "1 of them cannot be read, and so not reviewed\n" in hegui("sample", "draw", "more", "--new")
    hegui("sample", "export", "--out", out)
    assert json.loads(out.read_text(encoding="utf-8"))["text"] is None
