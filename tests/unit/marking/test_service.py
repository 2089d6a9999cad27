import json
import os

import pytest

from hegui.core import InvalidInput, NotFound, Verdict, digest_file
from hegui.marking import (
    Carrier,
    Dialect,
    ExplicitLabel,
    ExplicitUnsupported,
    FormatUnsupported,
    LabelNotProven,
    MalformedFile,
    Marking,
    NoMiddle,
    NotWritable,
    Placement,
    PlatformVerdict,
    Prominence,
)
from hegui.marking.service import LABELLED


@pytest.fixture
def marking(database, blobs, ledger, rulebook, clock) -> Marking:
    return Marking(database=database, blobs=blobs, ledger=ledger, rulebook=rulebook, clock=clock)


@pytest.fixture
def picture(tmp_path, pngs):
    path = tmp_path / "picture.png"
    path.write_bytes(pngs["RGB"])
    path.chmod(0o640)
    return path


def test_a_labelled_picture_says_so_and_the_evidence_agrees(marking, ledger, picture, label):
    before = digest_file(picture)
    out = picture.with_name("labelled.png")
    done = marking.label_file(picture, out=out, label=label)
    assert (done.before, done.after) == (before, digest_file(out))
    assert digest_file(picture) == before
    assert out.stat().st_mode & 0o777 == 0o640
    entry = ledger.latest(LABELLED)
    assert str(entry.ref) == done.entry
    assert entry.content == {
        "file": str(picture),
        "out": str(out),
        "format": "PNG",
        "before": done.before,
        "after": done.after,
        "label": label.fields(),
        "explicit": None,
        "replaced": [],
        "replaced_whole": None,
    }
    report = marking.verify_file(out)
    assert (report.verdict, report.implicit, report.explicit) == (
        PlatformVerdict.CONFIRMED,
        Verdict.MET,
        Verdict.NOT_ASSESSED,
    )
    assert (report.format, report.digest, report.time) == ("PNG", done.after, "2026-11-22T04:00:00.000Z")
    assert [item.strict() for item in report.labels] == [label]


def test_labelling_again_replaces_and_records_the_label_replaced(
    marking, ledger, blobs, picture, label, other_label
):
    first = marking.label_file(picture, out=picture, label=other_label)
    second = marking.label_file(picture, out=picture, label=label)
    assert second.before == first.after
    assert [item.strict() for item in second.replaced] == [other_label]
    content = ledger.latest(LABELLED).content
    assert content["replaced"] == [
        {"carrier": Carrier.XMP, "dialect": Dialect.XMP_ELEMENT, "fields": other_label.fields()}
    ]
    (whole,) = json.loads(blobs.get(content["replaced_whole"]))
    assert whole["raw"] == other_label.bare()
    assert marking.verify_file(picture).labels[0].strict() == label


def test_a_link_is_followed_and_stays(marking, picture, label):
    link = picture.with_name("link.png")
    link.symlink_to(picture)
    marking.label_file(link, out=link, label=label)
    assert link.is_symlink()
    assert marking.verify_file(picture).labels[0].strict() == label


def test_a_markdown_file_takes_both_labels(marking, ledger, tmp_path, label):
    path = tmp_path / "answer.md"
    path.write_text("# 标题\n\n今天天气很好。\n", encoding="utf-8")
    done = marking.label_file(path, out=path, label=label, explicit=ExplicitLabel(placement=Placement.END))
    assert done.explicit == "本内容由人工智能生成"
    assert path.read_text(encoding="utf-8").endswith("今天天气很好。\n\n【本内容由人工智能生成】\n")
    report = marking.verify_file(path)
    assert (report.verdict, report.implicit, report.explicit) == (
        PlatformVerdict.CONFIRMED,
        Verdict.MET,
        Verdict.MET,
    )
    again = marking.label_file(path, out=path, label=label, explicit=ExplicitLabel(placement=Placement.END))
    assert again.after == done.after


def test_a_text_takes_an_explicit_label_and_its_implicit_one_goes_beside(marking, ledger, label):
    done = marking.label_text("今天天气很好。", label=label)
    assert done.text == "【本内容由人工智能生成】\n\n今天天气很好。"
    assert done.label == label
    corner = marking.label_text("好。", label=label, explicit=ExplicitLabel(placement=Placement.CORNER))
    assert corner.text == "好。【AI】"
    content = ledger.latest(LABELLED).content
    assert (content["explicit"], content["before"], content["after"]) == ("AI", corner.before, corner.after)


def test_a_text_that_is_not_unicode_is_refused(marking, label):
    with pytest.raises(InvalidInput, match="character 2 is not Unicode"):
        marking.label_text("a\ud800", label=label)


def test_bytes_that_are_no_file_are_verified_too(marking, pngs):
    report = marking.verify(pngs["RGB"], name="upload")
    assert (report.file, report.verdict, report.implicit) == (
        "upload",
        PlatformVerdict.NONE_FOUND,
        Verdict.NOT_ASSESSED,
    )
    assert marking.verify(b"\0", name="upload").format is None


def vanish(picture):
    picture.unlink()


def become_a_folder(picture):
    picture.unlink()
    picture.mkdir()


def become_markdown(picture, text):
    picture.unlink()
    path = picture.with_name("answer.md")
    path.write_text(text, encoding="utf-8")
    return path


# What goes wrong: how the file is prepared (a new path may come of it), and what is asked for.
PREPARATIONS = {
    "vanished": (vanish, {}),
    "folder": (become_a_folder, {}),
    "read-only": (lambda picture: picture.chmod(0o444), {"in_place": True}),
    "unsupported": (lambda picture: picture.write_bytes(b"\0\1\2") and None, {}),
    "unsupported text": (lambda picture: picture.write_bytes(b'{"a": 1}') and None, {}),
    "damaged": (lambda picture: picture.write_bytes(picture.read_bytes()[:-8]) and None, {}),
    "explicit in a picture": (lambda picture: None, {"explicit": ExplicitLabel()}),
    "no middle": (
        lambda picture: become_markdown(picture, "一句。"),
        {"explicit": ExplicitLabel(placement=Placement.MIDDLE)},
    ),
    "out is a folder": (lambda picture: picture.with_name("out.png").mkdir(), {}),
    # The second parser takes the brace in the first column for a line of its own.
    "unproven": (lambda picture: become_markdown(picture, "---\nAIGC: {Label: '1'\n}\n---\n"), {}),
}

REFUSALS = {
    "vanished": NotFound,
    "folder": InvalidInput,
    "read-only": NotWritable,
    "unsupported": FormatUnsupported,
    "unsupported text": FormatUnsupported,
    "damaged": MalformedFile,
    "explicit in a picture": ExplicitUnsupported,
    "no middle": NoMiddle,
    "out is a folder": NotWritable,
    "unproven": LabelNotProven,
}


@pytest.mark.parametrize(("kind", "error"), REFUSALS.items(), ids=REFUSALS)
def test_what_cannot_be_labelled_is_refused_and_nothing_changes(marking, ledger, picture, label, kind, error):
    prepare, asked = PREPARATIONS[kind]
    path = prepare(picture) or picture
    out = path if asked.get("in_place") else picture.with_name("out.png")
    before = {item: item.is_file() and item.read_bytes() for item in path.parent.iterdir()}
    with pytest.raises(error) as refused:
        marking.label_file(path, out=out, label=label, explicit=asked.get("explicit"))
    assert refused.value.text.zh
    assert {item: item.is_file() and item.read_bytes() for item in path.parent.iterdir()} == before
    assert ledger.latest(LABELLED) is None


def test_a_file_that_cannot_take_its_place_leaves_no_evidence(marking, ledger, picture, label, monkeypatch):
    def refuse(self, target):
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError, match="Input/output"):
        marking.label_file(picture, out=picture, label=label)
    monkeypatch.undo()
    assert ledger.latest(LABELLED) is None
    assert marking.verify_file(picture).labels == ()


def test_how_large_and_how_long_labels_are_comes_from_the_rulebook(marking, rulebook, clock):
    height = rulebook.parameter("label-character-height", on=clock().date())
    seconds = rulebook.parameter("label-opening-seconds", on=clock().date())
    assert marking.prominence == Prominence(height=float(height.value), seconds=float(seconds.value))
    assert (marking.prominence.height, marking.prominence.seconds) == (0.05, 2.0)
