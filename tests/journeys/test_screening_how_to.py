"""The how-to pages about screening, run as they are written."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from hegui.screening import ScreenDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.classifiers import model_file
from simulators.examples import as_csv, rows

FOLDER = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = ("declare-a-screen.md", "flag-prompt-injection.md", "keep-a-keyword-bank.md", "train-a-classifier.md")


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """Somebody in a folder with the lists, texts and labels that the pages name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    labelled = as_csv(rows())
    for name, text in {
        "words.csv": "敏感词,风险\n笨蛋,A.2.i\n出售枪支,A.1.h\n",
        "more.txt": "蠢货\n废物\n",
        "clean.txt": "今天天气很好。\n废物利用很环保。\n",
        "bad.txt": "你这个笨蛋\n蠢货快滚开\n",
        "answers.txt": "电话13812345678\n谢谢\n",
        "train.csv": labelled,
        "dev.csv": labelled,
        "sample.csv": labelled,
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def blocks(page, language):
    text = (FOLDER / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(line):
    command, _, redirected = line.partition(" > ")
    ran = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{line}\n{ran.stderr}"
    if redirected:
        Path(redirected).write_text(ran.stdout, encoding="utf-8")
    return ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_how_to_run_and_say_what_it_shows(page, newcomer):
    for block in blocks(page, "yaml"):
        name = re.match(r"# (\S+\.yaml)\n", block)
        if name:
            (newcomer / name[1]).write_text(block, encoding="utf-8")
    if page == "declare-a-screen.md":
        (newcomer / "insults.clf").write_bytes(model_file())
    said = {line: run(line) for line in "".join(blocks(page, "sh")).splitlines()}
    for shown in blocks(page, "text"):
        told = next(each for line, each in said.items() if line.endswith("--check"))
        told = re.sub("sha256:[0-9a-f]{64}", "sha256:…", told)
        assert told.startswith(shown)


def test_the_guard_model_of_the_page_can_be_declared(tmp_path):
    (guarded,) = (block for block in blocks("declare-a-screen.md", "yaml") if block.startswith("guards:"))
    (tmp_path / "guard.key").write_text("secret\n", encoding="utf-8")
    path = tmp_path / "screen.yaml"
    path.write_text(f"name: guarded\n{guarded}", encoding="utf-8")
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="test@hegui")) as workspace:
        adopted = workspace.screens.declare(workspace.screens.read(path))
        assert adopted.screen != workspace.screens.assembled(ScreenDeclaration.starter()).screen.digest
        assert [model.judge.name for model in workspace.guards.models] == ["qwen3guard"]
