"""``hegui bank keywords``: banks made ready for use and for the filing."""

import json

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from hegui.cli.main import main
from hegui.core import Conflict
from hegui.screening import KeywordBank
from hegui.settings import Settings
from hegui.workspace import Workspace

WORDS = (
    "敏感词,风险,加入日期\n出售枪支,A.1.h,2026-11-20\n出售 枪支,A.1.h,2026-11-20\n"
    "笨蛋,A.2.i,\n\u200b,A.2.i,\n"
)


@pytest.fixture
def hegui(tmp_path):
    (tmp_path / "list.csv").write_text(WORDS, encoding="utf-8")
    (tmp_path / "clean.txt").write_text("他不是笨蛋\n天气很好\n\n", encoding="utf-8")

    def run(*arguments, language="en"):
        given = [
            str(tmp_path / word) if "." in word and "/" not in word and word[0].islower() else word
            for word in arguments
        ]
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["bank", "keywords", *given])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_a_list_is_imported_with_its_columns_and_its_faults_shown(hegui, tmp_path):
    shown = hegui("import", "list.csv", "--to", "bank.csv", "--added-on", "2026-11-22", language="zh")
    assert "3 个词写入" in shown
    assert "敏感词 → text, 风险 → risk, 加入日期 → added_on" in shown
    assert "! 5: '\\u200b'" in shown
    assert [word.text for word in KeywordBank.load(tmp_path / "bank.csv").keywords] == [
        "出售 枪支",
        "出售枪支",
        "笨蛋",
    ]
    with pytest.raises(Conflict, match="exists already"):
        hegui("import", "list.csv", "--to", "bank.csv")


def test_a_bank_that_is_too_small_is_told_so_and_is_no_error(hegui):
    shown = hegui("lint", "list.csv", "--on", "2026-11-22")
    assert "not met  *  keywords in the library: 2 / 10000" in shown
    assert "met  *  days between updates of the keyword library: 2 / 7" in shown
    assert "= A.1.h: '出售枪支' = '出售 枪支'" in shown
    assert shown.endswith("3 spellings, 2 words: not met\n")
    assert json.loads(hegui("lint", "list.csv", "--json"))["verdict"] == "not_met"


def test_a_bank_without_dates_has_an_update_that_nobody_knows(hegui, tmp_path):
    (tmp_path / "words.txt").write_text("笨蛋\n", encoding="utf-8")
    assert "library: — / 7" in hegui("lint", "words.txt", "--risk", "A.2.i")


def test_a_bank_is_calibrated_exported_compared_and_shown(hegui, tmp_path):
    hegui("import", "list.csv", "--to", "bank.csv")
    shown = hegui("calibrate", "bank.csv", "--clean", "clean.txt", "--to", "kept.csv")
    assert "-      1  A.2.i  笨蛋" in shown
    assert "2 clean lines: 1 false alarms; 0 without 1 words" in shown
    assert "  1  A.2.i" in hegui("calibrate", "bank.csv", "--clean", "clean.txt", "--tolerated", "1")
    assert hegui("diff", "bank.csv", "kept.csv").splitlines() == ["- 笨蛋  A.2.i keyword high", "+0 -1 ~0"]
    (tmp_path / "milder.csv").write_text(
        "text,risk,level\n出售枪支,A.1.h,low\n新词,A.2.i,low\n", encoding="utf-8"
    )
    changed = hegui("diff", "kept.csv", "milder.csv")
    assert "+ 新词" in changed
    assert "~ 出售枪支  A.1.h keyword low" in changed
    assert "2 words written" in hegui("export", "kept.csv", "--to", "filing.xlsx")
    rows = list(load_workbook(tmp_path / "filing.xlsx").active.values)
    assert rows[0] == ("关键词", "一级分类", "二级分类")
    assert rows[1][0] == "出售 枪支"
    assert [cell.split(" ")[0] for cell in rows[1][1:]] == ["A.1", "A.1.h"]
    assert "kept  2  sha256:" in hegui("show", "kept.csv")
    assert json.loads(hegui("show", "--json"))["words"] == len(KeywordBank.starter())


def test_a_bank_is_taken_into_use_by_the_workspace(hegui, tmp_path):
    hegui("import", "list.csv", "--to", "bank.csv")
    root = tmp_path / "w"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments):
        return CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, ["-w", str(root), *arguments]).output

    assert "allow" in run("screen", "text", "大笨蛋")
    assert "bank is in use: 3 words, sha256:" in run("bank", "keywords", "use", str(tmp_path / "bank.csv"))
    assert "Action: block" in run("screen", "text", "大笨蛋")
