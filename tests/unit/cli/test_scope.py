"""``hegui scope``: what people and machines see of what applies."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidDocument
from hegui.rulebook import FactType, Rulebook
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "service.yaml"


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    return root


@pytest.fixture
def scope(root):
    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), "scope", *arguments])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def ledger_entries(root):
    with Workspace.open(Settings(workspace=root, actor="test@hegui")) as workspace:
        return list(workspace.ledger.entries("scope.judged"))


def test_the_example_is_judged_recorded_and_explained(scope, root):
    shown = scope(str(EXAMPLE), "--on", "2026-11-22")
    assert shown.startswith("Xiaohe Assistant (Example Technology Ltd), 2026-11-22: ")
    assert "Applies (binding): " in shown
    assert "    - Generate nothing that laws and regulations forbid  [Interim Measures 4.1]" in shown
    assert "[Interim Measures 13 (unverified)]" in shown
    assert "(deep-synthesis.conspicuous-label prevails)" in shown
    assert "  open: has public-opinion attributes or social-mobilisation capability" in shown
    assert "[should] Keep a keyword library and update it" in shown
    assert "  1. public_opinion_or_mobilisation: " in shown
    (entry,) = ledger_entries(root)
    assert shown.rstrip().endswith(f"Recorded as {entry.ref}")
    assert entry.content["on"] == "2026-11-22"


def test_it_speaks_chinese(scope):
    shown = scope(str(EXAMPLE), "--on", "2026-11-22", language="zh")
    assert "适用（有约束力）：" in shown
    assert "  依据：利用生成式人工智能生成内容 = 是；" in shown
    assert "[暂行办法 第十三条（未核实）]" in shown
    assert "处理个人信息的人数 = 12,000" in shown
    assert "所涉行业 = 无" in shown


def test_asking_about_another_day_need_not_be_recorded(scope, root):
    shown = scope(str(EXAMPLE), "--on", "2023-05-01", "--no-record")
    assert "Applies (draft, not binding): " in shown
    assert "[April 2023 draft 9]" in shown
    assert "Recorded" not in shown
    assert ledger_entries(root) == []


def test_a_long_list_of_open_questions_is_cut_short(scope, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text("name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\nfacts: {}\n", encoding="utf-8")
    shown = scope(str(path), "--no-record")
    assert "  10. " in shown
    assert "  11. " not in shown
    assert "more, see --json" in shown


def test_nothing_open_asks_nothing(scope, tmp_path):
    nothing = {
        FactType.BOOL: False,
        FactType.INTEGER: 0,
        FactType.CHOICE: "user",
        FactType.CHOICES: [],
    }
    facts = {fact.name: nothing[fact.type] for fact in Rulebook.load().facts.values()} | {
        "model_origin": "own"
    }
    path = tmp_path / "service.yaml"
    path.write_text(
        f"name: {{zh: 甲, en: A}}\nprovider: {{zh: 乙, en: B}}\nfacts: {json.dumps(facts)}\n",
        encoding="utf-8",
    )
    shown = scope(str(path), "--no-record")
    assert "Open questions" not in shown
    assert "Applies" not in shown


def test_machines_read_json(scope):
    report = json.loads(scope(str(EXAMPLE), "--on", "2026-11-22", "--json"))
    ban = next(item for item in report["applicabilities"] if item["obligation"] == "im.forbidden-content")
    assert (ban["judgement"], ban["force"], ban["verified"], ban["clauses"]) == (
        "applies",
        "binding",
        True,
        ["IM 4.1"],
    )
    assert {"fact": "role", "value": "provider"} in ban["reasons"]
    assert report["open_questions"][0]["fact"] == "public_opinion_or_mobilisation"
    assert report["entry"].startswith("main/")


def test_judge_is_what_scope_does_with_a_profile(scope):
    arguments = (str(EXAMPLE), "--on", "2026-11-22", "--no-record")
    assert scope("judge", *arguments) == scope(*arguments)
    assert scope("--on", "2026-11-22", "--no-record", str(EXAMPLE)) == scope(*arguments)


def test_help_names_the_subcommands(scope):
    for arguments in ((), ("--help",)):
        result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, ["scope", *arguments])
        assert "compare" in result.output
        assert "judge" in result.output


def test_an_unreadable_profile_is_refused_with_its_place(scope, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(
        "name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\nfacts:\n  rolle: user\n", encoding="utf-8"
    )
    with pytest.raises(InvalidDocument, match=r"service\.yaml:4: facts\.rolle: .* did you mean role\?"):
        scope(str(path))
