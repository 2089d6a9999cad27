"""``hegui mark FILE…``."""

import csv
import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.cli.mark_label import FilesRefused
from hegui.core import InvalidInput
from hegui.marking import NotWritable, ProviderCodeInvalid
from simulators.pdfs import CATALOG, PLAIN, with_table

CODE = ("--producer", "001191110102MACQD9K64010000")
PRODUCER = (*CODE, "--produce-id", "A-17")


def test_a_label_in_place_says_what_it_replaced(mark, picture):
    mark(picture, *PRODUCER)
    assert "replaced the label in xmp of 001191110102MACQD9K64010000" in mark(picture, *PRODUCER)
    report = json.loads(mark(picture, *PRODUCER, "--json"))
    assert report["label"]["ProduceID"] == "A-17"
    assert report["entry"] == "main/2"


def test_the_labelled_file_goes_to_a_file_or_into_a_folder(mark, picture, tmp_path):
    before = picture.read_bytes()
    mark(picture, *PRODUCER, "--out", tmp_path / "labelled.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    mark(picture, *PRODUCER, "--out", folder)
    assert (folder / "picture.png").read_bytes() == (tmp_path / "labelled.png").read_bytes()
    assert picture.read_bytes() == before


def test_a_markdown_file_takes_words_too(mark, tmp_path):
    path = tmp_path / "answer.md"
    path.write_text("今天。\n", encoding="utf-8")
    mark(path, *PRODUCER, "--explicit", "end", "--wording", "AI生成")
    assert path.read_text(encoding="utf-8").endswith("今天。\n\n【AI生成】\n")
    assert "explicit label: 【AI生成】" in mark("verify", path)


def test_a_recording_takes_a_rhythm_that_is_heard_again(mark, recording):
    said = mark(recording, *PRODUCER, "--explicit", "end")
    assert "explicit label: 短长 短短; coded anew without loss: every sample is as it was" in said
    assert "explicit label: 短长 短短 @ 1.4-2.7 s" in mark("verify", recording, "--listen")
    assert "短长 短短；原内容逐字节保留" in mark(recording, *PRODUCER, "--explicit", "end", language="zh")


def test_labelling_a_file_that_somebody_signed_says_what_that_does(mark, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(with_table({**PLAIN, 1: CATALOG.replace(b">>", b" /AcroForm <</SigFlags 3>>>>")}))
    assert "programs will say that the file was changed since" in mark(path, *PRODUCER)
    report = json.loads(mark(path, *PRODUCER, "--json"))
    assert report["signed"] is True


def test_a_place_that_no_guide_names_is_said_to_be_a_convention(mark, tmp_path):
    for name, data in (
        ("page.html", "<html></html>"),
        ("answer.json", "{}"),
        ("x.svg", "<svg/>"),
        ("a.txt", ""),
    ):
        (tmp_path / name).write_text(data, encoding="utf-8")
        said = mark(tmp_path / name, *PRODUCER)
        assert "convention" in said or "XMP specification" in said
        assert "is generated content" in mark("verify", tmp_path / name)


def test_a_signed_and_protected_picture_says_so(mark, picture):
    mark("key", "new", "--holder", CODE[1])
    mark("certificate", "unsafe-test")
    assert "signed under C2PA by UNSAFE TEST" in mark(picture, *PRODUCER, "--protect", "--c2pa")
    said = mark("verify", picture)
    assert "ReservedCode1: signature valid (key pinned)" in said
    assert "C2PA: valid, but the signer is under no trusted root [UNSAFE TEST" in said


def test_of_many_files_each_refusal_names_its_file_once(mark, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "sheet.csv").write_text("a,b", encoding="utf-8")
    asked = ["-w", str(tmp_path / "workspace"), "mark", str(folder), *CODE, "--produce-id", "{name}"]
    said = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, asked).stdout
    assert f"✗ {folder / 'broken.pdf'}: the PDF file is damaged" in said
    assert said.count("sheet.csv") == 1


@pytest.fixture
def folder(tmp_path, picture):
    root = tmp_path / "pictures"
    root.mkdir()
    for name in "abc":
        (root / f"{name}.png").write_bytes(picture.read_bytes())
    return root


def test_a_folder_is_labelled_reported_and_gone_on_with(mark, folder, tmp_path):
    out = tmp_path / "out"
    asked = (folder, *CODE, "--produce-id", "run/{name}", "--out", out, "--workers", "2")
    report = tmp_path / "report.csv"
    assert "labelled 3; done by an earlier run 0; refused 0" in mark(*asked, "--report", report)
    rows = list(csv.DictReader(report.read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["status"], row["produce_id"]) for row in rows] == [
        ("labelled", f"run/{name}") for name in "abc"
    ]
    (out / "b.png").unlink()
    again = json.loads(mark(*asked, "--json"))
    assert [row["status"] for row in again] == ["kept", "labelled", "kept"]


def test_one_file_with_a_report_is_a_run_too(mark, picture, tmp_path):
    report = tmp_path / "report.json"
    mark(picture, *PRODUCER, "--report", report)
    assert [row["status"] for row in json.loads(report.read_text())] == ["labelled"]


def test_what_cannot_be_labelled_is_told_at_the_end_and_the_rest_is_done(mark, folder, tmp_path):
    for number in range(25):
        (folder / f"x{number:02}.txt").write_bytes(b"\0")
    with pytest.raises(FilesRefused, match="25 of 28 files"):
        mark(folder, *CODE, "--produce-id", "{name}", "--report", tmp_path / "r.json")
    assert "3" in mark("verify", folder)
    rows = json.loads((tmp_path / "r.json").read_text())
    assert sum(row["status"] == "labelled" for row in rows) == 3


def test_a_manifest_names_every_file(mark, folder, tmp_path):
    manifest = tmp_path / "list.csv"
    manifest.write_text("file,produce_id\npictures/a.png,A-1\npictures/c.png,C-3\n", encoding="utf-8")
    assert "labelled 2;" in mark("--manifest", manifest, *CODE)
    assert "ProduceID: C-3" in mark("verify", folder / "c.png")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give files or folders"),
        (("x.png",), "give files or folders"),
        (("x.png", "--manifest", "list.csv"), "neither PATH nor --produce-id"),
        (("--produce-id", "1", "--manifest", "list.csv"), "neither PATH nor --produce-id"),
        (("x.png", "--produce-id", "1", "--report", "r.txt"), "should end in"),
    ],
)
def test_what_does_not_say_which_files_is_refused(mark, arguments, said):
    with pytest.raises(InvalidInput, match=said):
        mark("label", *arguments, *CODE)


def test_bad_input_says_what_is_wrong_and_changes_nothing(mark, picture):
    before = picture.read_bytes()
    with pytest.raises(ProviderCodeInvalid, match="not a code"):
        mark(picture, "--producer", "阶跃AI", "--produce-id", "A-17")
    with pytest.raises(ProviderCodeInvalid, match="character 22: the check digit is '0' and should be 'W'"):
        mark(picture, "--producer", "001191110102MACQD9K63010000", "--produce-id", "A-17")
    picture.chmod(0o444)
    with pytest.raises(NotWritable, match="read-only"):
        mark(picture, *PRODUCER)
    assert picture.read_bytes() == before
