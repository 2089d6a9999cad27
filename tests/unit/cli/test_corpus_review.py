"""``hegui corpus review``."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from hegui.cli.corpus_review import UnknownReviewFile
from hegui.cli.main import main
from hegui.core import InvalidInput
from hegui.settings import Settings
from hegui.spotcheck import NotInSample
from hegui.workspace import Workspace

DECLARATION = (
    "sources: [{id: talk, name: {zh: 谈, en: talk}, kind: commercial, language: zh, origin: domestic, "
    "files: [talk.txt]}]"
)


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()
    (tmp_path / "talk.txt").write_text("".join(f"第{n}行\n" for n in range(10)), encoding="utf-8")
    (tmp_path / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")

    def run(*arguments, language="en", typed=None):
        environment = {"HEGUI_LANG": language, "HEGUI_ACTOR": "zhang"}
        result = CliRunner(env=environment).invoke(
            main, ["-w", str(root), "corpus", *map(str, arguments)], input=typed
        )
        if result.exception is not None:
            raise result.exception
        return result.output

    run("register", tmp_path / "corpus.yaml")
    run("sample", "draw")
    return run


def test_a_plan_is_made_and_shown(hegui):
    shown = hegui("review", "plan", "--double", 1)
    assert "review of sample 1: open 10" in shown
    assert "looked at by two people: about 1 of all, 10 documents" in shown
    assert "待审 10" in hegui("review", "show", language="zh")


def test_a_share_that_is_no_number_is_refused(hegui):
    with pytest.raises(InvalidInput, match="from 0 to 1"):
        hegui("review", "plan", "--double", "nan")


def test_two_people_review_and_a_third_decides(hegui):
    hegui("review", "plan", "--double", 1)
    shown = hegui("review", "run", typed="p\n" * 10)
    assert "waiting for a second review 10" in shown
    shown = hegui("review", "run", "--reviewer", "li", typed="f a.1.f # 不雅\n" + "p\n" * 9)
    assert "disputed, to be adjudicated 1" in shown
    assert "agreed 9/10 (0.9000), Cohen's kappa 0.0000" in shown
    shown = hegui("review", "adjudicate", "--reviewer", "li")
    assert "for others to decide, since li has reviewed them: 1 more" in shown
    assert "there is nothing to look at" in shown
    shown = hegui("review", "adjudicate", "--reviewer", "wang", typed="u\n")
    assert "for others to decide" not in shown
    assert "1. pass" in shown
    assert "2. fail A.1.f 不雅" in shown
    assert "zhang 10" in shown.splitlines()[-2]
    report = json.loads(hegui("review", "show", "--json"))
    assert report["states"]["settled"] == 10


def test_a_spreadsheet_is_written_and_read(hegui, tmp_path):
    hegui("review", "plan", "--double", 0)
    path = tmp_path / "part.xlsx"
    assert f"written: {path}" in hegui("review", "export", path, "--part", "2/2")
    book = openpyxl.load_workbook(path)
    for row in book["抽检 Review"].iter_rows(min_row=2):
        row[4].value = "合格"
    book.save(path)
    assert "zhang: 5 new, 0 corrected, 0 unchanged [main/4]" in hegui("review", "import", path)
    assert "zhang：新增 0，更正 0，未变 5\n" in hegui("review", "import", path, language="zh")


def test_tasks_are_written_with_the_configuration_and_an_export_is_read(hegui, tmp_path):
    hegui("review", "plan", "--double", 0)
    path = tmp_path / "tasks.json"
    hegui("review", "export", path)
    assert (tmp_path / "tasks.xml").read_text(encoding="utf-8").startswith("<View>")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for task in tasks:
        chosen = [{"from_name": "outcome", "value": {"choices": ["pass"]}}]
        task["annotations"] = [{"completed_by": 1, "result": chosen}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert "li: 10 new" in hegui("review", "import", path, "--annotator", "1=li")


def test_an_export_without_an_answer_says_so(hegui, tmp_path):
    hegui("review", "plan", "--double", 0)
    path = tmp_path / "tasks.json"
    hegui("review", "export", path)
    assert hegui("review", "import", path) == f"{path} holds no answers\n"


def test_the_whole_text_of_a_document_is_shown(hegui, tmp_path):
    hegui("sample", "export", "--out", tmp_path / "sample.jsonl")
    first = json.loads((tmp_path / "sample.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert hegui("review", "text", first["lot"]["number"]) == first["text"] + "\n"
    with pytest.raises(NotInSample):
        hegui("review", "text", "ff")


@pytest.mark.parametrize("command", ["export", "import"])
def test_another_kind_of_file_is_refused(hegui, command):
    hegui("review", "plan")
    with pytest.raises(UnknownReviewFile, match=r"\.xlsx"):
        hegui("review", command, "review.csv")


@pytest.mark.parametrize("part", ["0/2", "3/2", "2", "x/y"])
def test_a_part_that_is_none_is_refused(hegui, part):
    with pytest.raises(InvalidInput, match="1/3"):
        hegui("review", "run", "--part", part)


@pytest.mark.parametrize("annotator", ["1", "=li", "1= "])
def test_an_annotator_without_number_or_name_is_refused(hegui, annotator):
    with pytest.raises(InvalidInput, match="1=Zhang"):
        hegui("review", "import", "export.json", "--annotator", annotator)
