import csv
import json
from pathlib import Path

import pytest

from hegui.core import BilingualText, InvalidInput, NotFound, digest_bytes
from hegui.marking import LabelInvalid
from hegui.marking.listing import ManifestInvalid, files_in, label_tasks, listed_tasks, write_report
from hegui.marking.reports import FileOutcome, OutcomeStatus

PRODUCER = "001191110102MACQD9K64010000"


@pytest.fixture
def folder(tmp_path) -> Path:
    root = tmp_path / "pictures"
    (root / "inner").mkdir(parents=True)
    for name in ("b.png", "a.png", "inner/c.png", ".hidden.png"):
        (root / name).write_bytes(name.encode())
    return root


def test_a_folder_is_walked_in_a_settled_order_without_what_is_hidden(folder):
    assert [path.name for path in files_in(folder)] == ["a.png", "b.png", "c.png"]
    assert list(files_in(folder / "a.png")) == [folder / "a.png"]
    with pytest.raises(NotFound):
        list(files_in(folder / "nothing"))


def test_files_of_a_folder_keep_their_places_and_get_numbers_of_their_own(folder, tmp_path):
    out = tmp_path / "out"
    tasks = label_tasks(
        [folder, folder / "b.png"], out=out, producer=PRODUCER, produce_id="run-1/{name}/{digest}"
    )
    assert [task.out for task in tasks] == [
        out / "a.png",
        out / "b.png",
        out / "inner" / "c.png",
        out / "b.png",
    ]
    assert tasks[0].label.produce_id == f"run-1/a/{digest_bytes(b'a.png')[7:39]}"
    assert [
        task.out for task in label_tasks([folder], out=None, producer=PRODUCER, produce_id="{name}")
    ] == list(files_in(folder))


def test_several_files_cannot_share_a_number(folder):
    with pytest.raises(InvalidInput, match="a number of its own"):
        label_tasks([folder], out=None, producer=PRODUCER, produce_id="one")
    (task,) = label_tasks([folder / "a.png"], out=None, producer=PRODUCER, produce_id="one")
    assert task.label.produce_id == "one"


def test_a_name_that_may_not_stand_in_a_label_is_refused(tmp_path):
    path = tmp_path / "画.png"
    path.write_bytes(b"")
    with pytest.raises(LabelInvalid):
        label_tasks([path], out=None, producer=PRODUCER, produce_id="{name}")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", "\ufefffile,produce_id,out\na.png,A-1,\nb.png,B-2,x/b.png\n"),
        (
            "list.jsonl",
            '{"file":"a.png","produce_id":"A-1"}\n\n{"file":"b.png","produce_id":"B-2","out":"x/b.png"}\n',
        ),
    ],
)
def test_a_manifest_names_each_file_with_its_number_and_its_place(tmp_path, name, text):
    manifest = tmp_path / name
    manifest.write_text(text, encoding="utf-8")
    tasks = listed_tasks(manifest, out=None, producer=PRODUCER)
    assert [(task.file, task.out, task.label.produce_id) for task in tasks] == [
        (tmp_path / "a.png", tmp_path / "a.png", "A-1"),
        (tmp_path / "b.png", tmp_path / "x" / "b.png", "B-2"),
    ]
    out = tmp_path / "out"
    assert [task.out for task in listed_tasks(manifest, out=out, producer=PRODUCER)] == [
        out / "a.png",
        out / "x" / "b.png",
    ]


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("list.csv", "file,produce_id\na.png,A-1\nb.png,\n", 3, "produce_id is missing"),
        ("list.csv", "file,produce_id,size\na.png,A-1,7\n", 2, "columns not known: size"),
        ("list.csv", "file,produce_id\na.png,A-1,7\n", 2, "columns not known: ?"),
        ("list.csv", "file,produce_id\na.png,A 1\n", 2, "not allowed"),
        ("list.jsonl", '{"file":"a.png","produce_id":"1"}\n{"file":7}\n', 2, "no JSON object of strings"),
        ("list.jsonl", "\n{\n", 2, "no JSON object of strings"),
        ("list.txt", "", 1, "should end in"),
    ],
)
def test_a_manifest_that_cannot_be_followed_says_where(tmp_path, name, text, line, said):
    manifest = tmp_path / name
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(ManifestInvalid) as refused:
        listed_tasks(manifest, out=None, producer=PRODUCER)
    assert refused.value.line == line
    assert said in str(refused.value)


def test_a_manifest_that_is_not_there_or_not_utf8_is_refused(tmp_path):
    with pytest.raises(NotFound):
        listed_tasks(tmp_path / "nothing.csv", out=None, producer=PRODUCER)
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ManifestInvalid, match="not UTF-8"):
        listed_tasks(tmp_path / "list.csv", out=None, producer=PRODUCER)


def test_a_report_is_written_for_programs_and_for_spreadsheets(tmp_path):
    outcomes = [
        FileOutcome(file="=a", out="b", status=OutcomeStatus.LABELLED, produce_id="1", replaced=2),
        FileOutcome(
            file="c",
            out="d",
            status=OutcomeStatus.REFUSED,
            produce_id="2",
            error="MalformedFile",
            reason=BilingualText(zh="坏", en="broken"),
        ),
    ]
    write_report(outcomes, tmp_path / "r.json")
    assert [row["status"] for row in json.loads((tmp_path / "r.json").read_text())] == ["labelled", "refused"]
    write_report(outcomes, tmp_path / "r.csv")
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    first, second = csv.DictReader(text.splitlines())
    assert (first["file"], first["replaced"], first["entry"], first["reason_zh"]) == ("'=a", "2", "", "")
    assert (second["error"], second["reason_zh"], second["reason_en"]) == ("MalformedFile", "坏", "broken")
    with pytest.raises(InvalidInput, match="should end in"):
        write_report(outcomes, tmp_path / "r.txt")
