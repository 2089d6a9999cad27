"""``hegui screen train``, ``evaluate``, ``calibrate``, ``card``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import Conflict, InvalidInput, NotFound
from hegui.screening import load_classifier
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.classifiers import model_file
from simulators.examples import as_csv, rows


@pytest.fixture
def hegui(tmp_path, monkeypatch):
    Workspace.create(Settings(workspace=tmp_path / "workspace", actor="test@hegui")).database.close()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.csv").write_text(as_csv(rows()), encoding="utf-8")
    (tmp_path / "insults.clf").write_bytes(model_file())
    (tmp_path / "bank.csv").write_text("text,risk\n笨蛋,A.2.i\n", encoding="utf-8")

    def run(*arguments, language="en"):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", "workspace", "screen", *arguments])
        if result.exception is not None:
            raise result.exception
        return result

    return run


def test_a_classifier_is_trained_written_with_its_cards_and_measured(hegui, tmp_path):
    arguments = [
        "train",
        "--data",
        "train.csv",
        "--risk",
        "A.2",
        "--to",
        "ours.clf",
        "--evaluate",
        "train.csv",
    ]
    ran = hegui(*arguments, "--seed", "3", "--licence", "our own", "--kind", "insult")
    assert "train.csv: 576 rows, 288 unsafe, 0 lines unusable (text: text, label: label)" in ran.stderr
    assert "# Model card: ours" in ran.stdout
    assert ran.stdout.endswith("ours.clf\n")
    made = load_classifier(tmp_path / "ours.clf")
    assert (made.card.name, made.card.seed, made.card.licence, made.targets[0].kind) == (
        "ours",
        3,
        "our own",
        "insult",
    )
    machine = json.loads((tmp_path / "ours.card.json").read_text(encoding="utf-8"))
    assert machine["digest"] == made.digest
    people = (tmp_path / "ours.card.md").read_text(encoding="utf-8")
    assert "# 分类器说明：ours" in people
    assert "# Model card: ours" in people


def test_a_name_that_is_taken_or_wrong_is_refused_before_any_work(hegui):
    with pytest.raises(Conflict, match="exists already"):
        hegui("train", "--data", "none.csv", "--to", "insults.clf")
    with pytest.raises(InvalidInput, match=r"end in \.clf"):
        hegui("train", "--data", "none.csv", "--to", "insults.bin")
    with pytest.raises(NotFound, match="no directory"):
        hegui("train", "--data", "none.csv", "--to", "nowhere/insults.clf")


def test_a_classifier_is_evaluated_on_any_labelled_file(hegui, tmp_path):
    (tmp_path / "clean.txt").write_text("今天天气很好\n\n谁是笨蛋\n", encoding="utf-8")
    shown = hegui("evaluate", "insults.clf", "--data", "train.csv", "--clean", "clean.txt").stdout
    assert "| overall | 576 | 288 | 0.500 |" in shown
    assert "| topic = road |" in shown
    assert "2 clean lines, 1 false alarm, 5000.0 per 10,000" in shown
    machine = json.loads(hegui("evaluate", "insults.clf", "--data", "train.csv", "--json").stdout)
    assert machine["report"]["overall"]["rows"] == 576
    assert machine["clean"] is None


def test_a_keyword_bank_and_the_whole_screen_are_evaluated_likewise(hegui):
    for model, least in ((["bank.csv"], 1), ([], 0)):
        overall = json.loads(hegui("evaluate", *model, "--data", "train.csv", "--json").stdout)["report"][
            "overall"
        ]
        assert overall["rows"] == 576
        assert overall["found"] >= least


def test_what_cannot_be_used_is_named(hegui, tmp_path):
    (tmp_path / "mixed.csv").write_text("text,label,kind\n坏,1,a\n好,0,b\n,0,b\n", encoding="utf-8")
    ran = hegui("evaluate", "insults.clf", "--data", "mixed.csv", "--counter-speech", "kind=b")
    assert "mixed.csv:4: it has no text" in ran.stderr
    assert "| counter-speech | 1 |" in ran.stdout
    with pytest.raises(InvalidInput, match="COLUMN=VALUE"):
        hegui("evaluate", "insults.clf", "--data", "mixed.csv", "--counter-speech", "kind")
    (tmp_path / "empty.txt").write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is empty"):
        hegui("evaluate", "insults.clf", "--data", "mixed.csv", "--clean", "empty.txt")


def test_a_classifier_is_calibrated_on_a_sample(hegui, tmp_path):
    hegui("calibrate", "insults.clf", "--data", "train.csv", "--to", "calibrated.clf")
    after = load_classifier(tmp_path / "calibrated.clf")
    assert [file.name for file in after.card.calibrated_on] == ["train.csv"]


def test_a_card_is_shown_in_both_languages_and_to_machines(hegui):
    assert "# 分类器说明：insults" in hegui("card", "insults.clf", language="zh").stdout
    assert json.loads(hegui("card", "insults.clf", "--json").stdout)["card"]["name"] == "insults"
