"""Spot checks from the command line: the how-to page as it is written, and 4,000 documents all the way."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "check-a-sample.md"
HEGUI = str(Path(sys.executable).with_name("hegui"))

DECLARATION = """
sources:
  - id: essays
    name: {zh: 短文, en: essays}
    kind: open_source
    language: zh
    origin: domestic
    files: [essays]
    assessed_before: {sampled: 300, unsafe: 3, day: 2026-10-08, by: 数据负责人}
    rights: {license: CC0-1.0, vouched_by: 数据负责人, documents: [{kind: license, path: proof.txt}]}
  - id: talk
    name: {zh: 对话, en: talk}
    kind: open_source
    language: zh
    origin: domestic
    files: [talk.txt]
    rights: {license: CC0-1.0, vouched_by: 数据负责人, documents: [{kind: license, path: proof.txt}]}
"""

FOUND = "八楼：出售冰毒，量大从优，私聊。"
MISSED = "八楼：那样东西到货了，老地方见。"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder with the example in it."""
    shutil.copytree(ROOT / "examples" / "chat-service" / "corpus", tmp_path / "examples/chat-service/corpus")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    monkeypatch.setenv("HEGUI_ACTOR", "officer")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    return tmp_path


@pytest.mark.slow
def test_the_commands_of_the_how_to_run(folder):
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            run = subprocess.run(
                shlex.split(line), input="p\nq\n", capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, line + run.stderr
    assert len((folder / "sample.jsonl").read_text(encoding="utf-8").splitlines()) == 622
    # Fewer than the rule asks for are no pass, whatever was found in them.
    assert "not assessed — too few documents" in run.stdout


def hegui(*arguments, typed=None):
    run = subprocess.run([HEGUI, *arguments], input=typed, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def write_corpus(folder):
    """4,500 essays in Parquet-free JSON Lines and 1,500 lines of talk; one in sixty is bad."""

    def text(number):
        if number % 60 == 7:
            return f"{FOUND if number % 120 == 7 else MISSED}（第 {number} 篇）"
        return f"第 {number} 篇：风和日丽，适合出门散步。"

    (folder / "proof.txt").write_text("CC0", encoding="utf-8")
    (folder / "essays").mkdir()
    for part in range(3):
        lines = (json.dumps({"text": text(n)}, ensure_ascii=False) for n in range(part, 4_500, 3))
        (folder / "essays" / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "talk.txt").write_text("\n".join(map(text, range(10_000, 11_500))), encoding="utf-8")
    (folder / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")


def bad(text):
    return "八楼" in text


def fill(path):
    """Fill a spreadsheet in as a careful reviewer does."""
    book = openpyxl.load_workbook(path)
    for row in book["抽检 Review"].iter_rows(min_row=2):
        row[4].value = "不合格" if bad(row[3].value) else "合格"
        row[5].value = "A.1.h" if bad(row[3].value) else None
    book.save(path)


def annotate(path, *, mistaken):
    """Annotate tasks as Label Studio exports them; so many documents that pass are taken for bad."""
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        wrong = mistaken > 0 and not bad(task["data"]["text"])
        mistaken -= wrong
        fails = bad(task["data"]["text"]) or wrong
        result = [{"from_name": "outcome", "value": {"choices": ["fail" if fails else "pass"]}}]
        if fails:
            result.append({"from_name": "risks", "value": {"choices": ["A.1.h"]}})
        task["annotations"] = [{"id": 1, "completed_by": 3, "was_cancelled": False, "result": result}]
    path.write_text(json.dumps(tasks), encoding="utf-8")


@pytest.mark.slow
def test_four_thousand_documents_go_from_the_register_to_a_number_in_the_dossier(folder):
    write_corpus(folder)
    hegui("init")
    hegui("corpus", "register", "corpus.yaml")
    hegui("corpus", "scan")
    hegui("corpus", "sample", "draw", "--seed", "2026", "--per-source", "100")
    sample = json.loads(hegui("corpus", "sample", "show", "--json"))
    assert (sample["draw"]["documents"], sample["draw"]["whole"]) == (6_000, 4_000)
    hegui("corpus", "review", "plan", "--double", "0.05")

    # Two people with a spreadsheet each, and a second look at about one in twenty in Label Studio.
    for part, name in (("1/2", "Zhang"), ("2/2", "Li")):
        hegui("corpus", "review", "export", f"{name}.xlsx", "--reviewer", name, "--part", part)
        fill(folder / f"{name}.xlsx")
    for name in ("Zhang", "Li"):
        assert f"{name}: 2000 new" in hegui("corpus", "review", "import", f"{name}.xlsx")
    manual = json.loads(hegui("corpus", "gate", "--json"))["gates"][0]
    assert manual["verdict"] == "not_assessed"
    hegui("corpus", "review", "export", "second.json")
    annotate(folder / "second.json", mistaken=2)
    hegui("corpus", "review", "import", "second.json", "--annotator", "3=Wang")
    shown = hegui("corpus", "review", "adjudicate", "--reviewer", "Zhao", typed="p\nu\n")
    assert "disputed, to be adjudicated 0" in shown

    judged = json.loads(hegui("corpus", "gate", "--json"))
    manual, technical, before, *_ = judged["gates"]
    assert (manual["checked"], manual["unknown"], manual["verdict"]) == (4_000, 1, "met")
    assert manual["robustly_met"]
    assert 3_900 < manual["counted"] < 3_960
    assert (technical["checked"], technical["counted"], technical["verdict"]) == (6_000, 5_950, "met")
    assert (before["kind"], before["verdict"]) == ("source.before", "met")
    assert judged["agreement"]["pairs"] - judged["agreement"]["agreed"] == 2
    found = judged["correction"]
    assert 0 < found["found"] < found["failing"]
    assert float(found["least"]) < 100 / 6_000 < float(found["greatest"])

    # What the report and the dossier say is what is on record.
    assert f"抽检 4000 条，合格 {manual['counted']} 条" in hegui("corpus", "report", "--filing")
    hegui("dossier", "compose", "dossier")
    figures = json.loads((folder / "dossier" / "figures.json").read_text(encoding="utf-8"))
    cited = {
        figure["value"]
        for figure in figures
        if (figure["entry"], figure["pointer"]) == (judged["entry"], "/gates/0/counted")
    }
    assert cited == {manual["counted"]}
    hegui("verify", "dossier")

    # Whoever has the seed and the files draws the same documents, in whatever pieces.
    hegui("-w", "elsewhere", "init", "elsewhere")
    hegui("-w", "elsewhere", "corpus", "register", "corpus.yaml")
    again = ("corpus", "sample", "draw", "--seed", "2026", "--per-source", "100", "--workers", "2", "--json")
    drawn = json.loads(hegui("-w", "elsewhere", *again))["draw"]
    assert (drawn["population"], drawn["list"]) == (sample["draw"]["population"], sample["draw"]["list"])
