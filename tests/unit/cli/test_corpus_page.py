"""The corpus report as a page and as the text of a filing."""

import html.parser
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "corpus" / "corpus.yaml"


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(
            main, ["-w", str(root), "corpus", *map(str, arguments)]
        )
        if result.exception is not None:
            raise result.exception
        return result.stdout

    run("register", EXAMPLE)
    return run


class WellFormed(html.parser.HTMLParser):
    """Notices tags that are not closed in their order, and whatever is loaded from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.loaded += [value for name, value in attrs if name in {"src", "href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def page(hegui, tmp_path, language="en"):
    path = tmp_path / "corpus.html"
    hegui("report", "--html", path, language=language)
    read = WellFormed()
    read.feed(path.read_text(encoding="utf-8"))
    assert read.open == []
    assert read.loaded == []
    return " ".join(read.text)


def test_the_page_shows_verdicts_and_charts_of_every_source(hegui, tmp_path):
    hegui("scan", "forum", "dialogues")
    shown = page(hegui, tmp_path)
    assert "forum" in shown
    assert "12.50 %" in shown
    assert "Not scanned yet." in shown
    assert "Risks (documents)" in shown
    assert "mobile phone" in shown
    assert "only 333 keywords" in shown or "keywords were looked for" in shown
    assert "训练数据扫描报告" in page(hegui, tmp_path, "zh")


def test_faults_are_shown_and_names_cannot_break_the_page(hegui, tmp_path):
    data = tmp_path / "a<b>.jsonl"
    data.write_text('{"n": 1}\n', encoding="utf-8")
    declaration = tmp_path / "corpus.yaml"
    declaration.write_text(
        "sources: [{id: odd, name: {zh: <x>, en: <x>}, kind: commercial, language: zh, origin: domestic, "
        "files: ['a<b>.jsonl']}]",
        encoding="utf-8",
    )
    hegui("register", declaration)
    hegui("scan", "odd")
    assert "a<b>.jsonl@0: no text field to screen" in page(hegui, tmp_path)


def test_the_filing_says_the_numbers_of_the_scans(hegui):
    assert "尚未审查" in hegui("report", "--filing")
    hegui("scan")
    shown = hegui("report", "--filing")
    assert "训练语料共登记 3 个来源，已对其中 3 个来源的全部语料逐篇自动审查" in shown
    assert (
        "来源“论坛帖子”（商业，zh）：审查 120 篇，其中 15 篇含违法不良信息，超过 5 %；判定为不符合" in shown
    )
    assert "A.1.h" in shown
    assert json.loads(hegui("report", "--filing", "--json"))["tally"]["scanned"] == 621


def test_without_risks_none_are_listed(hegui):
    hegui("scan", "encyclopaedia")
    assert "按安全风险分类" not in hegui("report", "--filing")


def test_the_gates_as_they_were_judged_last_are_in_every_form_of_the_report(hegui, tmp_path):
    hegui("scan")
    assert json.loads(hegui("report", "--json"))["gates"] is None
    assert "manual inspection" not in hegui("report")
    hegui("gate")
    assert json.loads(hegui("report", "--json"))["gates"]["gates"][1]["verdict"] == "met"
    shown = hegui("report")
    assert "pass rate of the manual inspection: not assessed — no sample was drawn" in shown
    assert "run hegui corpus gate again" not in shown
    assert "技术抽检合格率：检查了全部 502 条" in hegui("report", "--filing")
    assert "要求不低于 98.00 %；判定为符合" in hegui("report", "--filing")
    assert "人工抽检合格率：没有抽样" in hegui("report", "--filing")
    assert "Spot checks" in page(hegui, tmp_path)
    hegui("scan", "forum")
    assert "have changed since; run hegui corpus gate again" in hegui("report")
    assert json.loads(hegui("report", "--json"))["gates_outdated"] is True
    assert "技术抽检合格率" not in hegui("report", "--filing")
    assert "人工抽检和技术抽检：判定之后数据、抽样、审核或门槛要求又有变化" in hegui("report", "--filing")
    assert "out of date" in page(hegui, tmp_path)
    # A sample changes no scan, and yet the manual inspection is another one.
    hegui("gate")
    assert "run hegui corpus gate again" not in hegui("report")
    hegui("sample", "draw", "--size", 5)
    assert "have changed since; run hegui corpus gate again" in hegui("report")
