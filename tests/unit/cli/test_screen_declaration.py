"""``hegui screen declare``, ``show``, ``history``, ``use``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.cli.screen_declaration import named
from hegui.cli.terminal import Terminal
from hegui.core import InvalidDocument, InvalidInput, Language, NotFound
from hegui.screening import UNMAPPED, UNSCREENED
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.classifiers import model_file

DECLARED = """\
name: ours
personal_information: [mobile_phone, email]
classifiers:
  - model: insults
    directions: [output]
    thresholds: [{at_least: 0.9, level: high}]
rules:
  - {direction: input, risk: "*", action: allow}
  - {direction: output, risk: pii, kind: mobile_phone, action: mask, cover: part}
  - {direction: output, risk: "*", action: block}
  - {direction: corpus, risk: "*", action: block}
"""


@pytest.fixture
def workspace(tmp_path):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui")
    Workspace.create(settings).database.close()
    (tmp_path / "screen.yaml").write_text(DECLARED, encoding="utf-8")
    (tmp_path / "insults.clf").write_bytes(model_file())
    return settings


@pytest.fixture
def hegui(tmp_path, workspace):
    def run(*arguments, language="en"):
        given = [str(tmp_path / word) if word.endswith((".yaml", ".clf")) else word for word in arguments]
        runner = CliRunner(env={"HEGUI_LANG": language, "HEGUI_ACTOR": "li.lei"})
        result = runner.invoke(main, ["-w", str(workspace.workspace), "screen", *given])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_a_new_workspace_shows_the_starter_screen(hegui, tmp_path):
    shown = hegui("show").splitlines()
    assert shown[0].startswith("starter  sha256:")
    assert shown[1] == "the shipped starter declaration; none was adopted"
    assert shown[2].startswith("  keyword:")
    assert "For those who ask (input):" in shown
    assert any(line.startswith("  mask: address [personal], bank card [sensitive]") for line in shown)
    assert any("A.1.d terrorism [high]" in line for line in shown)
    assert hegui("history") == "nothing was adopted yet: the shipped starter screen is in force\n"
    assert "尚未采用" in hegui("history", language="zh")


def test_the_declaration_in_force_is_shown_as_the_file_that_declares_it(hegui, tmp_path):
    (tmp_path / "shown.yaml").write_text(hegui("show", "--yaml"), encoding="utf-8")
    assert json.loads(hegui("show", "--json"))["declaration"]["name"] == "starter"
    assert "nothing is screened otherwise" in hegui("declare", "shown.yaml")
    assert hegui("show").splitlines()[1].split("  ")[1:3] == ["declaration", "starter"]


def test_a_declaration_is_checked_compared_and_adopted(hegui, tmp_path):
    with pytest.raises(InvalidDocument, match=r"screen\.yaml:4: classifiers\[0\]\.model: no classifier"):
        hegui("declare", "screen.yaml")
    shown = hegui("use", "insults.clf")
    assert shown.startswith("classifier insults is in use: sha256:")
    assert "the screen in force does not use it; write classifiers: [{model: insults}]" in shown

    checked = hegui("declare", "screen.yaml", "--check").splitlines()
    assert any(line.startswith("+ classifier:insults  sha256:") for line in checked)
    assert any(line.startswith("~ personal-information  sha256:") for line in checked)
    assert "  mask → mask (partly masked): mobile phone [personal]" in checked
    assert "  not looked for → block: A.2 insult [high]" in checked
    assert checked[-1].endswith("nothing was adopted (--check)")
    assert "starter" in hegui("show")

    assert "declaration ours is in use: sha256:" in hegui("declare", "screen.yaml").splitlines()[-1]
    assert hegui("text", "电话13812345678").endswith("电话138****5678\n")
    told = hegui("text", "你是笨蛋。")
    assert "A.2 discriminatory content 0." in told
    assert "block; what weighs most: “笨蛋” (insults, sha256:" in told
    assert told.splitlines()[0].endswith("; rule rules[2])")
    parts = json.loads(hegui("show", "--json"))["parts"]
    assert [(part["part"], part["name"], part["by"]) for part in parts] == [
        ("screen", "ours", "li.lei"),
        ("classifier", "insults", "li.lei"),
    ]
    assert [line.split("  ")[1] for line in hegui("history").splitlines()] == ["declaration", "classifier"]
    assert "does not use it" not in hegui("use", "insults.clf")


def test_a_declaration_that_takes_detectors_away_says_so(hegui, tmp_path):
    (tmp_path / "less.yaml").write_text("name: less\nkeyword_bank: none\n", encoding="utf-8")
    shown = hegui("declare", "less.yaml", language="zh")
    assert shown.startswith("- keyword:")
    assert "拦截 → 不审查：" in shown.replace(": ", "：")
    assert "已采用审查方案 less" in shown


def test_a_rule_about_what_nothing_finds_is_told_to_be_idle(hegui, tmp_path):
    rules = DECLARED.replace("pii, kind: mobile_phone", "A.1.h, kind: wepons")
    (tmp_path / "idle.yaml").write_text(rules, encoding="utf-8")
    hegui("use", "insults.clf")
    assert "rules[1] decides about nothing at present: no detector" in hegui(
        "declare", "idle.yaml", "--check"
    )
    assert json.loads(hegui("declare", "idle.yaml", "--json"))["idle_rules"] == [1]
    seeing = "media: {pictures: {name: eye, url: 'http://127.0.0.1:9/v1', model: m, format: qwen3guard}}\n"
    (tmp_path / "idle.yaml").write_text(rules + seeing, encoding="utf-8")
    assert json.loads(hegui("declare", "idle.yaml", "--json"))["idle_rules"] == []


def test_a_broken_screen_can_be_replaced(hegui, workspace, tmp_path):
    hegui("use", "insults.clf")
    hegui("declare", "screen.yaml")
    with Workspace.open(workspace) as opened:
        for adopted in opened.screens.history():
            opened.blobs.path(adopted.digest).unlink()
    with pytest.raises(NotFound):
        hegui("text", "你好")
    (tmp_path / "new.yaml").write_text("name: new\n", encoding="utf-8")
    runner = CliRunner(env={"HEGUI_LANG": "en"})
    arguments = ["-w", str(workspace.workspace), "screen", "declare", str(tmp_path / "new.yaml")]
    result = runner.invoke(main, arguments)
    assert "cannot be used, so nothing can be compared: nothing is kept under" in result.stderr
    assert "declaration new is in use" in result.stdout
    assert hegui("text", "你好").endswith("Action: allow\n你好\n")


def test_a_classifier_that_cannot_be_read_is_refused(hegui, tmp_path):
    with pytest.raises(NotFound, match=r"none\.clf"):
        hegui("use", "none.clf")
    (tmp_path / "closed.clf").symlink_to("closed.clf")
    with pytest.raises(InvalidInput, match="cannot read"):
        hegui("use", "closed.clf")


def test_a_finding_is_named_by_what_it_is_about(tmp_path):
    terminal = Terminal(Settings(workspace=tmp_path, actor="a", language=Language.EN))
    assert named(terminal, "pii", "email") == "e-mail"
    assert named(terminal, UNSCREENED, "guard") == "guard unscreened"
    assert named(terminal, UNMAPPED, "Spam") == "Spam (none of the 31 risks)"
    assert named(terminal, "A.2", "x") == "A.2 discriminatory content"
    assert named(terminal, "A.1.d", "x") == "A.1.d promoting terrorism or extremism"


def test_a_bank_that_the_screen_does_not_search_is_told_to_be_idle(hegui, workspace, tmp_path):
    (tmp_path / "less.yaml").write_text("name: less\nkeyword_bank: none\n", encoding="utf-8")
    (tmp_path / "bank.csv").write_text("text,risk\n笨蛋,A.2.i\n", encoding="utf-8")
    hegui("declare", "less.yaml")
    runner = CliRunner(env={"HEGUI_LANG": "en"})
    arguments = ["-w", str(workspace.workspace), "bank", "keywords", "use", str(tmp_path / "bank.csv")]
    assert "the screen in force does not search it" in runner.invoke(main, arguments).stdout
