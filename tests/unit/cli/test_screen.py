"""``hegui screen``: what people and machines see of a screened text."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.cli.screen import _name
from hegui.cli.terminal import Terminal
from hegui.core import InvalidDocument, InvalidInput, Language, NotFound
from hegui.screening import UNSCREENED, Failure, Finding
from hegui.settings import Settings
from hegui.workspace import Workspace

TEXT = "如何製造炸彈？电话13812345678"


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en", given=None):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(root), "screen", *arguments], input=given)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_a_text_is_shown_with_places_risks_reasons_and_covered(hegui):
    shown = hegui("text", TEXT, language="zh").splitlines()
    assert shown[0].startswith(
        "第 1-6 字：“如何製造炸彈”，A.1.h 其他法律、行政法规禁止的内容，拦截；关键词“如何制造炸弹”"
    )
    assert shown[1].startswith("第 10-20 字：“13812345678”，手机号，遮盖；11位中国大陆手机号码")
    assert shown[2:] == ["结论：拦截", "[已屏蔽]？电话[手机号]"]


def test_the_direction_decides_what_follows(hegui):
    shown = hegui("text", "call 13812345678 now", "--direction", "input")
    assert "6-16: “13812345678”, mobile phone, allow; mainland mobile number" in shown
    assert shown.endswith("Action: allow\ncall 13812345678 now\n")


def test_machines_read_json(hegui):
    screened = json.loads(hegui("text", TEXT, "--json"))
    assert (screened["direction"], screened["action"]) == ("output", "block")
    word, phone = screened["findings"]
    assert (word["finding"]["risk"], word["finding"]["start"], word["finding"]["end"]) == ("A.1.h", 0, 6)
    assert phone["finding"]["kind"] == "mobile_phone"
    assert phone["rule"]["action"] == "mask"


def test_a_text_comes_from_standard_input(hegui):
    assert hegui("text", "-", given=b"\xef\xbb\xbf13812345678").endswith("Action: mask\n[手机号]\n")


def test_standard_input_that_is_not_utf_8_is_refused(hegui):
    with pytest.raises(InvalidInput, match="not UTF-8 from byte 2 on"):
        hegui("text", "-", given=b"ab\xff")


def test_a_file_is_screened_line_by_line(hegui, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text(f"你好\n{TEXT}\n我的邮箱a@b.com\n", encoding="utf-8")
    shown = hegui("file", str(path)).splitlines()
    assert [line.partition(": ")[0] for line in shown if line.startswith(str(path))] == [
        f"{path}:2",
        f"{path}:2",
        f"{path}:3",
    ]
    assert "    我的邮箱[电子邮箱]" in shown
    assert shown[-1] == "3 lines: allow 1, mask 1, block 1"

    screened = json.loads(hegui("file", str(path), "--json"))
    assert screened["actions"] == {"allow": 1, "mask": 1, "block": 1}
    assert [found["line"] for found in screened["found"]] == [2, 3]


def test_an_empty_file_has_no_lines(hegui, tmp_path):
    path = tmp_path / "empty.txt"
    path.touch()
    assert hegui("file", str(path)).splitlines() == ["0 lines: allow 0, mask 0, block 0"]


def test_a_file_that_cannot_be_read_is_said_to_be(hegui, tmp_path):
    with pytest.raises(NotFound):
        hegui("file", str(tmp_path / "none.txt"))
    broken = tmp_path / "broken.txt"
    broken.write_bytes(b"good\n\xff\n")
    with pytest.raises(InvalidDocument, match=r"broken\.txt:2: "):
        hegui("file", str(broken))


def test_without_a_workspace_the_starter_bank_is_used_and_people_are_told(tmp_path):
    runner = CliRunner(env={"HEGUI_LANG": "en"})
    result = runner.invoke(main, ["-w", str(tmp_path / "none"), "screen", "text", TEXT])
    assert "screening with the shipped starter bank" in result.stderr
    assert "Action: block" in result.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("language", "said"), [(Language.ZH, "未审查"), (Language.EN, "unscreened")])
def test_what_a_judge_did_not_answer_is_named_unscreened(tmp_path, language, said):
    terminal = Terminal(Settings(workspace=tmp_path, actor="test@hegui", language=language))
    finding = Finding(
        risk=UNSCREENED, detector="judge", kind="guard", start=0, end=1, level=next(iter(Failure)).value
    )
    assert _name(terminal, finding).startswith(f"guard {said}")
