"""``hegui corpus gate``."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from hegui.cli.corpus_gate import gate_lines
from hegui.cli.main import main
from hegui.cli.terminal import Terminal
from hegui.settings import Settings
from hegui.spotcheck import ErrorCorrection
from hegui.workspace import Workspace

DECLARATION = """
sources:
  - {id: talk, name: {zh: 谈, en: talk}, kind: open_source, language: zh, origin: domestic, files: [talk.txt],
     rights: {license: CC0-1.0, vouched_by: a, documents: [{kind: license, path: proof.txt}]},
     assessed_before: {sampled: 100, unsafe: 1, day: 2026-01-05, by: 张三}}
  - {id: more, name: {zh: 谈, en: talk}, kind: commercial, language: zh, origin: domestic, files: [more.txt]}
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(workspace=tmp_path / "workspace", actor="zhang")


@pytest.fixture
def hegui(tmp_path, settings):
    Workspace.create(settings).database.close()
    for name in ("talk.txt", "more.txt"):
        (tmp_path / name).write_text("".join(f"第{n}行\n" for n in range(100)), encoding="utf-8")
    (tmp_path / "proof.txt").write_text("proof", encoding="utf-8")
    (tmp_path / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")

    def run(*arguments, language="en", typed=None):
        result = CliRunner(env={"HEGUI_LANG": language, "HEGUI_ACTOR": "zhang"}).invoke(
            main, ["-w", str(settings.workspace), "corpus", *map(str, arguments)], input=typed
        )
        if result.exception is not None:
            raise result.exception
        return result.output

    run("register", tmp_path / "corpus.yaml")
    return run


def test_every_gate_is_shown_with_its_bound_its_clause_and_its_entries(hegui):
    shown = hegui("gate")
    assert "manual inspection: not assessed — no sample was drawn" in shown
    assert "not to be trained on, and no part of the whole: more" in shown
    assert "unsafe share before collection · talk: robustly met" in shown
    assert "samples were begun" not in shown
    hegui("scan")
    hegui("sample", "draw")
    hegui("sample", "draw", "--new")
    hegui("review", "plan", "--double", 0)
    hegui("review", "run", typed="f A.1.f\n" + "p\n" * 199)
    shown = hegui("gate")
    assert "too few documents: 100 settled of 100 drawn, and at least 4000 are needed" in shown
    assert "technical inspection: met — all 100 documents were inspected" in shown
    assert "caution: only" in shown
    assert "one-sided 95 % bound" in shown
    assert "(GBT-45654 corpus-assessment; unverified)" in shown
    assert "2 samples were begun, this is number 2" in shown
    assert "pass rate with every source weighed by its size: " in shown
    assert "人工抽检合格率: 未评估" in hegui("gate", language="zh")
    report = json.loads(hegui("gate", "--json"))
    assert [gate["kind"] for gate in report["gates"][:2]] == ["manual", "technical"]


def test_risks_and_errors_of_the_scan_are_shown(hegui, settings):
    hegui("scan")
    hegui("sample", "draw", "talk")
    hegui("review", "plan", "--double", 0)
    hegui("review", "run", typed="f A.1.f\n" + "p\n" * 99)
    shown = hegui("gate")
    assert "risks found by people: A.1.f promoting violence" in shown
    assert "of 1 that fail it finds 0, of 99 that pass it clears 99" in shown
    assert "which cannot be corrected" in shown
    with Workspace.open(settings) as workspace:
        report = workspace.spotchecks.judged()
    report = msgspec.structs.replace(report, excluded=())
    counted = {"failing": 9, "found": 8, "passing": 9, "cleared": 9}
    found = ErrorCorrection(**counted, apparent="0.01", corrected="0.02", least="0", greatest="0.1")
    terminal = Terminal(settings)
    lines = "\n".join(gate_lines(terminal, msgspec.structs.replace(report, correction=found)))
    terminal.close()
    assert "not to be trained on" not in lines
    assert "corrected 0.02 (0–0.1)" in lines
