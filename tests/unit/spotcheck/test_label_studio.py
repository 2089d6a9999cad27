"""Tasks for Label Studio, and exports in the form it has."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hegui.core import InvalidInput, NotFound
from hegui.corpus import Lot
from hegui.spotcheck.label_studio import labelling_config, read_export, write_tasks
from hegui.spotcheck.model import KeptText, SampledDocument
from hegui.spotcheck.reviewing import FlawedReviews, Opinion, ReviewOutcome

VECTOR = Path(__file__).parents[2] / "vectors" / "label-studio-1.23.2.json"


@pytest.fixture
def risks(rulebook):
    return rulebook.risks


@pytest.fixture
def tasks():
    document = SampledDocument(
        lot=Lot(number="0a", source="wiki", file="a.jsonl", line=7, offset=0),
        rank=1,
        text=KeptText(digest="", blob="", start=0, length=0, characters=2),
    )
    return json.loads(write_tasks([(document, "文\ud800")], sample=2))


def choices(name, *values):
    return {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(values)}}


@pytest.fixture
def read(tmp_path, tasks, risks):
    """Reads an export in which the task has these annotations."""

    def read(*annotations, annotators=None, task=None):
        exported = [{"id": 1, "inner_id": 1, "predictions": [], "drafts": []} | (task or tasks[0])]
        exported[0]["annotations"] = [
            {"id": number, "was_cancelled": False, "ground_truth": False, "lead_time": 3.1} | annotation
            for number, annotation in enumerate(annotations)
        ]
        path = tmp_path / "export.json"
        path.write_text(json.dumps(exported), encoding="utf-8")
        names = {"1": "张三", "li@example.org": "李四"} if annotators is None else annotators
        return read_export(path, lots=["0a"], sample=2, risks=risks, annotators=names)

    return read


def test_a_task_shows_the_text_and_its_place(tasks):
    assert tasks == [
        {"data": {"lot": "0a", "sample": 2, "source": "wiki", "place": "a.jsonl:7", "text": "文?"}}
    ]


def test_the_configuration_offers_three_outcomes_and_all_risks(risks):
    config = ET.fromstring(labelling_config(risks))  # noqa: S314 - we wrote it
    named = {each.get("name"): each for each in config if each.get("name")}
    assert [each.get("alias") for each in named["outcome"]] == ["pass", "fail", "unclear"]
    assert [each.get("alias") for each in named["risks"]] == [risk.id for risk in risks]


def test_answers_are_read_by_reviewer(read):
    note = {"from_name": "note", "type": "textarea", "value": {"text": ["说明", "更多"]}}
    given = read(
        {"completed_by": 1, "result": [choices("outcome", "fail"), choices("risks", "A.1.f"), note]},
        {"completed_by": {"id": 9, "email": "li@example.org"}, "result": [choices("outcome", "合格")]},
        {"completed_by": 7, "was_cancelled": True, "result": []},
    )
    assert given == {
        "张三": (Opinion(lot="0a", outcome=ReviewOutcome.FAIL, risks=("A.1.f",), note="说明\n更多"),),
        "李四": (Opinion(lot="0a", outcome=ReviewOutcome.PASS),),
    }


def test_an_export_that_label_studio_itself_wrote_is_read(risks):
    # By version 1.23.2, into which tasks of ours were imported under our configuration.
    lots = [task["data"]["lot"] for task in json.loads(VECTOR.read_text(encoding="utf-8"))]
    given = read_export(VECTOR, lots=lots, sample=1, risks=risks, annotators={"1": "张三"})["张三"]
    assert [each.lot for each in given] == lots
    assert given[0] == Opinion(lot=lots[0], outcome=ReviewOutcome.FAIL, risks=("A.1.h", "A.1.f"), note="说明")
    assert {each.outcome for each in given[1:]} == {ReviewOutcome.PASS}


def test_a_choice_without_alias_and_a_note_without_list_are_read_too(read, risks):
    shown = f"{risks[0].id} {risks[0].text.zh}"
    note = {"from_name": "note", "value": {"text": "说明"}}
    (given,) = read(
        {"completed_by": 1, "result": [choices("outcome", "不合格"), choices("risks", shown), note]}
    )["张三"]
    assert (given.risks, given.note) == ((risks[0].id,), "说明")


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ({"completed_by": 3, "result": [choices("outcome", "pass")]}, "--annotator 3=NAME"),
        ({"completed_by": None, "result": [choices("outcome", "pass")]}, "annotator ?"),
        ({"completed_by": 1, "result": []}, "no outcome"),
        ({"completed_by": 1, "result": [choices("outcome", "fail")]}, "at least one risk"),
    ],
)
def test_an_annotation_that_cannot_be_taken_in_is_named_with_its_task(read, annotation, message):
    with pytest.raises(FlawedReviews) as caught:
        read(annotation)
    assert "[1]: " in str(caught.value)
    assert message in str(caught.value)


def test_two_annotations_by_one_person_that_contradict_each_other_are_refused(read):
    passing = {"completed_by": 1, "result": [choices("outcome", "pass")]}
    failing = {"completed_by": 2, "result": [choices("outcome", "unclear")]}
    both = {"1": "张三", "2": "张三"}
    assert read(passing, passing) == {"张三": (Opinion(lot="0a", outcome=ReviewOutcome.PASS),)}
    with pytest.raises(FlawedReviews, match="0a is answered twice"):
        read(passing, failing, annotators=both)


@pytest.mark.parametrize("change", [{"lot": "ff"}, {"sample": 1}])
def test_a_task_of_another_sample_is_refused(read, tasks, change):
    other = {"data": tasks[0]["data"] | change}
    with pytest.raises(FlawedReviews, match="not of sample 2"):
        read({"completed_by": 1, "result": [choices("outcome", "pass")]}, task=other)


def test_a_file_that_is_no_export_is_refused(tmp_path, risks):
    with pytest.raises(NotFound):
        read_export(tmp_path / "gone.json", lots=[], sample=1, risks=risks, annotators={})
    (tmp_path / "other.json").write_text('{"a": 1}', encoding="utf-8")
    with pytest.raises(InvalidInput, match="no JSON export"):
        read_export(tmp_path / "other.json", lots=[], sample=1, risks=risks, annotators={})
