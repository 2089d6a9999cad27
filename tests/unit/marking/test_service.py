import datetime as dt
import errno
import io
import json
import os
import pathlib
import subprocess

import msgspec
import pytest
from PIL import Image

from hegui.core import InvalidInput, NotFound, Verdict, digest_bytes, digest_file
from hegui.marking import (
    Carrier,
    CertificateUnusable,
    CredentialsWouldBreak,
    Dialect,
    ExplicitLabel,
    ExplicitMark,
    FormatUnsupported,
    ImplicitLabel,
    LabelNotProven,
    LabelTask,
    MalformedFile,
    Marking,
    NoMiddle,
    NothingToPropagate,
    NotReleasable,
    NotWritable,
    Placement,
    PlatformVerdict,
    Prominence,
    ProtectionStatus,
    ProvenanceStatus,
    Signing,
    Statement,
    Treatment,
    WatermarkStatus,
)
from hegui.marking.service import KEY_PINNED, KEY_WITHDRAWN, LABELLED, PROPAGATED, RELEASED
from hegui.store import StorageFull


@pytest.fixture
def marking(database, blobs, ledger, rulebook, clock, tmp_path) -> Marking:
    return Marking(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        clock=clock,
        folder=tmp_path / "marking",
    )


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
        "treatment": None,
        "signed": False,
        "watermark": None,
        "c2pa": None,
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
    "unsupported text": (lambda picture: picture.write_bytes(b'["a"]') and None, {}),
    "damaged": (lambda picture: picture.write_bytes(picture.read_bytes()[:-8]) and None, {}),
    "picture too small": (lambda picture: None, {"explicit": ExplicitLabel()}),
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
    "picture too small": InvalidInput,
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


# --- bytes, streams, many files -----------------------------------------------------------------------


def test_bytes_and_streams_are_labelled_like_files(marking, ledger, pngs, label):
    done = marking.label_data(pngs["RGB"], name="answer.png", label=label)
    assert done.file.after == digest_bytes(done.data)
    assert marking.verify(done.data, name="x").labels[0].strict() == label
    out = io.BytesIO()
    same = marking.label_stream(io.BytesIO(pngs["RGB"]), out, name="answer.png", label=label)
    assert out.getvalue() == done.data
    assert (same.file, same.out, same.after) == ("answer.png", "answer.png", done.file.after)
    assert ledger.latest(LABELLED).content["file"] == "answer.png"
    with pytest.raises(FormatUnsupported):
        marking.label_stream(io.BytesIO(b"\0"), out, name="answer.png", label=label)
    assert out.getvalue() == done.data


def numbered(tmp_path, pngs, count, *, out="out") -> list[LabelTask]:
    tasks = []
    for index in range(count):
        path = tmp_path / f"{index}.png"
        path.write_bytes(pngs["RGB"])
        label = ImplicitLabel.first(producer="001191110102MACQD9K64010000", produce_id=f"N-{index}")
        tasks.append(LabelTask(path, tmp_path / out / path.name, label))
    return tasks


def statuses(outcomes) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


def test_many_files_are_labelled_and_each_has_its_evidence(marking, ledger, tmp_path, pngs):
    tasks = numbered(tmp_path, pngs, 40)
    done = []
    outcomes = marking.label_files(tasks, advance=done.append)
    assert statuses(outcomes) == ["labelled"] * 40
    assert len({outcome.entry for outcome in outcomes}) == 40
    assert sum(done) == 40
    assert [marking.verify_file(task.out).labels[0].strict() for task in tasks] == [t.label for t in tasks]


def test_one_file_that_cannot_be_labelled_stops_no_other(marking, tmp_path, pngs, monkeypatch):
    tasks = numbered(tmp_path, pngs, 4)
    tasks[1].file.write_bytes(b"\0")
    tasks[2].out.mkdir(parents=True)
    outcomes = marking.label_files(tasks)
    assert statuses(outcomes) == ["labelled", "refused", "refused", "labelled"]
    assert [outcome.error for outcome in outcomes] == [None, "FormatUnsupported", "NotWritable", None]
    assert outcomes[1].reason.zh
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.png", "2.png", "3.png"]


def test_a_file_that_cannot_take_its_place_is_refused_without_evidence(
    marking, ledger, tmp_path, pngs, monkeypatch
):
    tasks = numbered(tmp_path, pngs, 2)
    replace = pathlib.Path.replace

    def sometimes(self, target):
        if pathlib.Path(target).name == "0.png":
            raise OSError(5, os.strerror(5))
        return replace(self, target)

    monkeypatch.setattr("pathlib.Path.replace", sometimes)
    outcomes = marking.label_files(tasks)
    assert [(outcome.status.value, outcome.error) for outcome in outcomes] == [
        ("refused", "NotWritable"),
        ("labelled", None),
    ]
    assert ledger.latest(LABELLED).content["label"]["ProduceID"] == "N-1"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1.png"]


def test_a_run_that_was_killed_is_gone_on_with(marking, ledger, tmp_path, pngs, monkeypatch):
    tasks = numbered(tmp_path, pngs, 40)

    def killed(self, group, journal, advance):
        if any(task.file.name == "35.png" for task, _ in group):
            raise KeyboardInterrupt
        return settle(self, group, journal, advance)

    settle = Marking._settle
    monkeypatch.setattr(Marking, "_settle", killed)
    with pytest.raises(KeyboardInterrupt):
        marking.label_files(tasks, run="nightly")
    assert len(list((tmp_path / "out").iterdir())) == 32
    monkeypatch.undo()
    tasks[3].out.write_bytes(b"changed by somebody")
    outcomes = marking.label_files(tasks, run="nightly")
    assert statuses(outcomes) == ["kept"] * 3 + ["labelled"] + ["kept"] * 28 + ["labelled"] * 8
    assert all(outcome.entry for outcome in outcomes)
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_a_run_in_place_is_kept_too_and_one_without_a_name_begins_anew(marking, tmp_path, pngs):
    tasks = [task._replace(out=task.file) for task in numbered(tmp_path, pngs, 2)]
    assert statuses(marking.label_files(tasks, run="a")) == ["labelled"] * 2
    assert statuses(marking.label_files(tasks, run="a")) == ["kept"] * 2
    assert [outcome.replaced for outcome in marking.label_files(tasks)] == [1, 1]
    assert marking.label_files([]) == ()
    assert len(list((tmp_path / "marking" / "runs").iterdir())) == 1


def test_a_full_disk_ends_a_run(marking, tmp_path, pngs, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hegui.marking.files.os.fsync", full)
    with pytest.raises(StorageFull, match="no space left"):
        marking.label_files(numbered(tmp_path, pngs, 3))


def test_two_files_cannot_go_to_one_place(marking, tmp_path, pngs):
    first, second = numbered(tmp_path, pngs, 2)
    with pytest.raises(InvalidInput, match="would both be written"):
        marking.label_files([first, second._replace(out=first.out)])


# --- signatures -----------------------------------------------------------------------------------------


@pytest.fixture
def real_clock(clock):
    """The library that signs asks the machine's clock, so the certificate has to be of today."""
    clock.move_to(dt.datetime.now(dt.UTC))


def test_a_protected_label_is_valid_until_its_key_is_withdrawn(marking, ledger, picture, label):
    pin = marking.make_key(label.content_producer, note="first")
    assert ledger.latest(KEY_PINNED).content["id"] == pin.id
    done = marking.label_file(picture, out=picture, label=label, signing=Signing(protect=True))
    assert msgspec.structs.replace(done.label, reserved_code_1="", reserved_code_2="") == label
    report = marking.verify_file(picture)
    assert [check.status for check in report.protection] == [ProtectionStatus.VALID] * 2
    assert report.implicit is Verdict.MET
    marking.withdraw_key(pin.id, note="lost")
    assert ledger.latest(KEY_WITHDRAWN).content["note"] == "lost"
    assert {check.status for check in marking.verify_file(picture).protection} == {
        ProtectionStatus.UNKNOWN_KEY
    }
    with pytest.raises(NotFound, match="hegui mark key new"):
        marking.label_file(picture, out=picture, label=label, signing=Signing(protect=True))


def test_keys_are_rotated_and_older_labels_stay_valid(marking, picture, label, tmp_path):
    first = marking.make_key(label.content_producer)
    marking.label_file(picture, out=picture, label=label, signing=Signing(protect=True))
    second = marking.make_key(label.content_producer)
    other = tmp_path / "other.png"
    marking.label_file(picture, out=other, label=label, signing=Signing(protect=True))
    assert [marking.verify_file(path).protection[0].key for path in (picture, other)] == [first.id, second.id]
    assert marking.known_keys() == (first, second)


def test_keys_of_others_are_pinned_and_own_ones_imported(marking, tmp_path, label):
    private = tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", private], check=True, capture_output=True
    )
    taken = marking.take_key(private, label.content_producer)
    pinned = marking.pin_key(taken.key, "MiniMax")
    assert [(pin.id, pin.holder) for pin in marking.known_keys()] == [
        (taken.id, label.content_producer),
        (pinned.id, "MiniMax"),
    ]


def test_only_one_producers_key_signs_a_run(marking, tmp_path, pngs, label):
    first, second = numbered(tmp_path, pngs, 2)
    other = ImplicitLabel.first(producer="001191110102MACQD9K64000000", produce_id="X")
    with pytest.raises(InvalidInput, match="one producer only"):
        marking.label_files([first, second._replace(label=other)], signing=Signing(protect=True))


@pytest.mark.usefixtures("real_clock")
def test_a_file_is_signed_under_c2pa_and_both_are_read_back(marking, ledger, picture, label, other_label):
    with pytest.raises(NotFound, match="certificate install"):
        marking.label_file(picture, out=picture, label=label, signing=Signing(c2pa=True))
    made = marking.certificates.make_unsafe_test_certificate()
    done = marking.label_file(picture, out=picture, label=label, signing=Signing(c2pa=True))
    assert "UNSAFE TEST" in ledger.latest(LABELLED).content["c2pa"]
    report = marking.verify_file(picture)
    assert (report.provenance.status, report.labels[0].strict()) == (ProvenanceStatus.UNTRUSTED, label)
    assert done.provenance.generated
    with pytest.raises(CredentialsWouldBreak):
        marking.label_file(picture, out=picture, label=other_label)
    marking.label_file(picture, out=picture, label=other_label, signing=Signing(c2pa=True))
    roots = picture.with_name("roots.pem")
    roots.write_bytes(made.chain)
    marking.certificates.trust(roots)
    report = marking.verify_file(picture)
    assert (report.provenance.status, report.provenance.manifests) == (ProvenanceStatus.TRUSTED, 2)
    marking.label_file(picture, out=picture, label=label, signing=Signing(break_c2pa=True))
    assert marking.verify_file(picture).provenance.status is ProvenanceStatus.INVALID


def test_an_expired_certificate_signs_nothing(marking, ledger, clock, picture, label):
    marking.certificates.make_unsafe_test_certificate()
    clock.advance(days=365)
    before = picture.read_bytes()
    with pytest.raises(CertificateUnusable, match="must not sign now"):
        marking.label_file(picture, out=picture, label=label, signing=Signing(c2pa=True))
    assert picture.read_bytes() == before
    assert ledger.latest(LABELLED) is None


# --- platforms and recipients -----------------------------------------------------------------------------

PLATFORM = {"propagator": "001191110102MACQD9K64020001", "propagate_id": "P-1"}


def test_a_platform_adds_its_fields_and_the_producers_stay(marking, ledger, picture, label):
    marking.make_key(label.content_producer)
    marking.label_file(picture, out=picture, label=label, signing=Signing(protect=True))
    marking.make_key(PLATFORM["propagator"])
    done = marking.propagate_file(picture, out=picture, **PLATFORM, signing=Signing(protect=True))
    assert ledger.latest(PROPAGATED).content["label"] == done.label.fields()
    report = marking.verify_file(picture)
    assert [(check.field, check.status) for check in report.protection] == [
        ("ReservedCode1", ProtectionStatus.VALID),
        ("ReservedCode2", ProtectionStatus.VALID),
    ]
    assert (report.labels[0].value("ProduceID"), report.labels[0].value("PropagateID")) == ("A-17", "P-1")


def test_what_a_user_declared_becomes_possible(marking, picture):
    marking.propagate_file(picture, out=picture, **PLATFORM, statement=Statement.DECLARED)
    assert marking.verify_file(picture).verdict is PlatformVerdict.POSSIBLE
    with pytest.raises(NothingToPropagate):
        marking.propagate_file(picture, out=picture, **PLATFORM, statement=Statement.DECLARED)


ASKED = {"recipient": "user-1", "agreement": "terms 2026-09, section 7"}


def test_a_file_is_given_without_an_explicit_label_and_the_record_says_how_long(
    marking, ledger, picture, label, rulebook, clock
):
    marking.label_file(picture, out=picture, label=label)
    out = picture.with_name("given.png")
    release = marking.release_file(picture, out=out, **ASKED)
    assert out.read_bytes() == picture.read_bytes()
    entry = ledger.latest(RELEASED)
    assert str(entry.ref) == release.entry
    assert entry.content["recipient"] == "user-1"
    months = rulebook.parameter("label-log-months", on=clock().date()).value
    assert (months, release.keep_until) == (6, "2027-05-22")


def test_what_is_not_fit_is_not_given(marking, ledger, picture, tmp_path, label):
    out = tmp_path / "given"
    with pytest.raises(NotReleasable, match="no conforming metadata label"):
        marking.release_file(picture, out=out, **ASKED)
    marking.label_file(picture, out=picture, label=label)
    with pytest.raises(InvalidInput, match="name the recipient"):
        marking.release_file(picture, out=out, recipient=" ", agreement="terms")
    text = tmp_path / "answer.md"
    text.write_text("好。\n", encoding="utf-8")
    marking.label_file(text, out=text, label=label, explicit=ExplicitLabel())
    with pytest.raises(NotReleasable, match="no case of Article 9") as refused:
        marking.release_file(text, out=out, **ASKED)
    assert refused.value.path == text
    assert not out.exists()
    assert ledger.latest(RELEASED) is None


def test_words_in_a_picture_are_read_only_where_that_is_asked(marking, picture, monkeypatch):
    mark = ExplicitMark(start=0, text="AI生成", box=(0, 0, 9, 9))
    monkeypatch.setattr("hegui.marking.service.marks_in_picture", lambda *_: (mark,))
    assert marking.verify_file(picture).verdict is PlatformVerdict.NONE_FOUND
    report = marking.verify_file(picture, read_pictures=True)
    assert (report.verdict, report.explicit, report.marks) == (
        PlatformVerdict.SUSPECTED,
        Verdict.MET,
        (mark,),
    )
    assert marking.verify(picture.read_bytes(), name="x", read_pictures=True).marks == (mark,)


def test_recordings_are_listened_to_only_where_that_is_asked(marking, label, make_recording, tmp_path):
    out = tmp_path / "labelled.wav"
    done = marking.label_file(
        make_recording("said.wav", "anoisesrc=d=1:a=0.2:r=8000", ""),
        out=out,
        label=label,
        explicit=ExplicitLabel(),
    )
    assert (done.explicit, done.treatment) == ("短长 短短", Treatment.LOSSLESS)
    assert marking.verify_file(out).explicit is Verdict.NOT_ASSESSED
    report = marking.verify_file(out, listen=True)
    assert (report.implicit, report.explicit) == (Verdict.MET, Verdict.MET)
    assert report.marks == marking.verify(out.read_bytes(), name="x", listen=True).marks
    (again,) = marking.verify_files([out], listen=True)
    assert again.marks == report.marks


def test_of_many_files_one_that_cannot_be_opened_is_inconclusive(marking, picture, label):
    marking.label_file(picture, out=picture, label=label)
    gone = picture.with_name("gone.png")
    done = []
    first, second = marking.verify_files([gone, picture], advance=done.append)
    assert (first.verdict, first.digest) == (PlatformVerdict.INCONCLUSIVE, None)
    assert "no such file" in first.faults[0].text.en
    assert (second.verdict, done) == (PlatformVerdict.CONFIRMED, [1, 1])


def test_a_file_too_large_to_be_read_at_once_is_not_searched_for_words(marking, picture, monkeypatch):
    monkeypatch.setattr("hegui.marking.files.LARGEST_IN_MEMORY", 1)
    assert marking.verify_file(picture, read_pictures=True).marks == ()


@pytest.fixture
def painting(tmp_path):
    path = tmp_path / "painting.png"
    Image.effect_noise((300, 280), 30).convert("RGB").save(path)
    return path


MARKED = Signing(watermark=True)


def test_a_watermark_survives_what_metadata_do_not_and_the_evidence_names_it(
    marking, ledger, painting, label, tmp_path
):
    pin = marking.make_key(label.content_producer)
    done = marking.label_file(painting, out=painting, label=label, signing=MARKED)
    assert ledger.latest(LABELLED).content["watermark"] == done.watermark
    check = marking.verify_file(painting, seek_watermarks=True).watermark
    assert (check.status, check.key, check.identifier) == (WatermarkStatus.FOUND, pin.id, done.watermark)
    assert check.text.en == "it is of the label in the file"
    stripped = tmp_path / "stripped.jpg"
    Image.open(painting).crop((11, 5, 295, 273)).save(stripped, quality=60)
    report = marking.verify_file(stripped, seek_watermarks=True)
    assert report.watermark.identifier == done.watermark
    assert "of no label in the file" in report.watermark.text.en
    assert report.verdict is PlatformVerdict.SUSPECTED
    assert marking.verify_file(stripped).watermark is None
    assert marking.verify_file(stripped).verdict is PlatformVerdict.NONE_FOUND


def test_a_new_key_marks_the_old_one_still_reads_and_a_withdrawn_one_does_not(
    marking, painting, label, tmp_path
):
    first = marking.make_key(label.content_producer)
    old, new = tmp_path / "old.png", tmp_path / "new.png"
    marking.label_file(painting, out=old, label=label, signing=MARKED)
    second = marking.make_key(label.content_producer)
    marking.label_file(painting, out=new, label=label, signing=MARKED)
    reports = marking.verify_files([old, new], seek_watermarks=True)
    assert [report.watermark.key for report in reports] == [first.id, second.id]
    marking.withdraw_key(first.id, note="leaked")
    reports = marking.verify_files([old, new], seek_watermarks=True)
    assert [report.watermark.status.value for report in reports] == ["not_found", "found"]


def test_without_a_key_nothing_is_marked_and_nothing_can_be_said(marking, painting, label):
    before = painting.read_bytes()
    with pytest.raises(NotFound, match="hegui mark key new"):
        marking.label_file(painting, out=painting, label=label, signing=MARKED)
    assert painting.read_bytes() == before
    check = marking.verify(before, name="x", seek_watermarks=True).watermark
    assert (check.status, check.text.en[:15]) == (WatermarkStatus.CANNOT_SAY, "there is no key")
    for data in (b"no format", b"GIF89a"):
        check = marking.verify(data, name="x", seek_watermarks=True).watermark
        assert (check.status, check.text.en[:13]) == (WatermarkStatus.CANNOT_SAY, "it is sought ")


def test_many_pictures_are_marked_and_what_cannot_be_is_reported(marking, painting, label, tmp_path):
    marking.make_key(label.content_producer)
    text = tmp_path / "a.md"
    text.write_text("text", encoding="utf-8")
    tasks = [LabelTask(painting, tmp_path / "out.png", label), LabelTask(text, tmp_path / "out.md", label)]
    marked, refused = marking.label_files(tasks, signing=MARKED)
    assert (marked.treatment, len(marked.watermark)) == (Treatment.ENCODED, 10)
    assert (refused.error, refused.watermark) == ("WatermarkUnsupported", None)
    other = ImplicitLabel.first(producer="001191110000MA0EXAMPLB10001", produce_id="1")
    with pytest.raises(InvalidInput, match="one producer only"):
        marking.label_files([tasks[0], LabelTask(text, text, other)], signing=MARKED)
