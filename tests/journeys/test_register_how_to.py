"""The how-to page about the register, as it is written."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "register-sources.md"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the example in it."""
    shutil.copytree(ROOT / "examples" / "chat-service" / "corpus", tmp_path / "examples/chat-service/corpus")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


def hegui(*arguments):
    run = subprocess.run(["hegui", *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
def test_the_commands_of_the_how_to_run(folder):
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            hegui(*shlex.split(line)[1:])


def test_the_declarations_of_the_how_to_are_read_and_judged(folder):
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    text = "".join(blocks)
    for name in re.findall(r"(?:path|log): ([^,}\s]+)", text):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("User-agent: *\nDisallow: /private\n", encoding="utf-8")
    (folder / "blocked-hosts.txt").write_text("bad.example\n", encoding="utf-8")
    log = "url,time\nhttps://news.example/1,2026-05-02T09:00:00Z\nhttps://img.news.example/1,20260502090000\n"
    (folder / "proof" / "crawl.csv").write_text(log, encoding="utf-8")
    subprocess.run(["gzip", "-f", "proof/crawl.csv"], cwd=folder, check=True)
    (folder / "news").mkdir()
    (folder / "news" / "a.txt").write_text("风和日丽，适合出门散步。\n" * 30, encoding="utf-8")
    (folder / "corpus.yaml").write_text(text, encoding="utf-8")
    hegui("init")
    hegui("corpus", "register", "corpus.yaml")
    hegui("corpus", "scan")
    checked = json.loads(hegui("corpus", "source", "check", "--json"))
    verdicts = {each["rule"]: each["verdict"] for each in checked["rules"]}
    assert {rule for rule, verdict in verdicts.items() if verdict != "met"} == {
        "several_sources",
        "foreign_with_domestic",
        "sensitive_information",
        "children_information",
    }
    assert verdicts["several_sources"] == "not_met"
    assert verdicts["sensitive_information"] == verdicts["children_information"] == "not_applicable"

    (folder / "proof" / "ground.pdf").write_text("another", encoding="utf-8")
    checked = json.loads(hegui("corpus", "source", "check", "news", "--json"))
    verdicts = {each["rule"]: each["verdict"] for each in checked["rules"]}
    assert verdicts["personal_information"] == "not_met"
