"""``hegui bank keywords``: banks made ready for use and for the filing."""

import json
from itertools import chain

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from hegui.cli.main import main
from hegui.core import Conflict, InvalidDocument, InvalidInput
from hegui.screening import KeywordBank, MatchMode, load_bank
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
    assert "list.csv（UTF-8）：3 个词；列：" in shown
    assert "3 个词写入" in shown
    assert "敏感词 → text, 风险 → risk, 加入日期 → added_on" in shown
    assert "! 5: '\\u200b'" in shown
    assert [word.text for word in load_bank(tmp_path / "bank.csv").keywords] == [
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
    assert "2 clean lines: 1 false alarm (5000.0 in 10,000); 0 (0.0) without 1 form" in shown
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


def test_several_lists_become_one_bank_with_pinyin_and_a_mode(hegui, tmp_path):
    (tmp_path / "more.txt").write_text("坏蛋\n笨蛋\tA.2.i\n", encoding="utf-8")
    arguments = ["import", "list.csv", "more.txt", "--risk", "A.2.i", "--match", "separated"]
    shown = json.loads(hegui(*arguments, "--pinyin", "--initials", "--to", "bank.csv", "--json"))
    assert shown["words"] == 5  # 笨蛋 stands in both, from two sources
    assert [(file["encoding"], file["words"]) for file in shown["files"]] == [("UTF-8", 3), ("UTF-8", 2)]
    assert shown["files"][0]["unusable"][0]["line"] == 5
    words = {word.text: word for word in load_bank(tmp_path / "bank.csv").keywords}
    assert words["坏蛋"].match is MatchMode.SEPARATED
    assert (words["坏蛋"].pinyin, words["坏蛋"].initials) == ("huai dan", True)
    with pytest.raises(InvalidInput, match="goes with --pinyin"):
        hegui("import", "list.csv", "--initials", "--to", "other.csv")


@pytest.mark.parametrize("option", ["--clean", "--harmful"])
def test_a_corpus_that_is_no_text_is_refused_with_its_place(hegui, tmp_path, option):
    (tmp_path / "broken.txt").write_bytes("天气很好\n".encode() + b"\xed\xa0\x80\n")
    (tmp_path / "words.txt").write_text("笨蛋\tA.2.i\n", encoding="utf-8")
    corpora = ["--clean", "clean.txt", option, "broken.txt"]
    with pytest.raises(InvalidDocument, match=r"broken\.txt:2: not UTF-8 from byte 13 on"):
        hegui("calibrate", "words.txt", *corpora)


def test_a_bank_of_lone_surrogates_is_refused_with_its_place(hegui, tmp_path):
    (tmp_path / "a.json").write_text('["\\ud800炸弹"]', encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"a\.json:1: not JSON: .*surrogate"):
        hegui("import", "a.json", "--to", "bank.csv", "--risk", "A.1.h")
    (tmp_path / "a.yaml").write_text('name: "\\ud800"\n', encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"a\.yaml:1: not YAML: .*invalid Unicode"):
        hegui("lint", "a.yaml")


def test_calibration_tells_what_is_caught_beside_what_is_a_false_alarm(hegui, tmp_path):
    hegui("import", "list.csv", "--match", "separated", "--to", "bank.csv")
    (tmp_path / "bad.txt").write_text("你这个笨蛋\n出 售 枪 支\n", encoding="utf-8")
    (tmp_path / "apart.txt").write_text("要出 售枪支\n", encoding="utf-8")
    arguments = [
        "calibrate",
        "bank.csv",
        "--clean",
        "clean.txt",
        "--clean",
        "apart.txt",
        "--harmful",
        "bad.txt",
    ]
    shown = hegui(*arguments, "--to", "kept.csv")
    assert "-      1  A.1.h  出售枪支 (with separators)" in shown
    assert "2 harmful lines: 2 caught; 0 without" in shown
    assert "夹分隔符" in hegui(*arguments, language="zh")
    assert json.loads(hegui(*arguments, "--json"))["harmful"] == {"lines": 2, "hit": 2, "hit_without": 0}


def test_a_list_of_which_no_word_can_be_used_makes_no_bank(hegui, tmp_path):
    (tmp_path / "none.txt").write_text("", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no word"):
        hegui("import", "none.txt", "--to", "bank.csv")
    assert not (tmp_path / "bank.csv").exists()


@pytest.mark.parametrize("option", ["--clean", "--harmful"])
def test_a_bank_that_was_tried_on_nothing_has_no_rate(hegui, tmp_path, option):
    (tmp_path / "none.txt").write_text("\n\n", encoding="utf-8")
    hegui("import", "list.csv", "--to", "bank.csv")
    given = {"--clean": "clean.txt", option: "none.txt"}
    with pytest.raises(InvalidInput, match=r"none\.txt"):
        hegui("calibrate", "bank.csv", *chain.from_iterable(given.items()))


def test_a_sheet_has_no_encoding_to_tell(hegui):
    hegui("import", "list.csv", "--to", "bank.csv")
    hegui("export", "bank.csv", "--to", "filing.xlsx")
    assert "filing.xlsx (xlsx): " in hegui("import", "filing.xlsx", "--to", "again.csv")
