"""One pass over the files of a source."""

import errno
import gzip
import json
import os
import tracemalloc

import msgspec
import pytest
from PIL import Image

from hegui.core import Verdict, digest_file
from hegui.corpus.account import LineFault, PartFaultKind, Tally
from hegui.corpus.executors import InProcess, LocalProcesses, Lost
from hegui.corpus.model import Citation, RegisteredSource, RightsVerdict
from hegui.corpus.source_pass import ScanSettings, SourcePass
from hegui.store import StorageFull
from simulators.samples import gradient, saved


@pytest.fixture
def make_pass(root, make_source, screen, tmp_path):
    def make(*files, shard_bytes=100, longest_bytes=1000):
        rights = RightsVerdict(
            verdict=Verdict.MET,
            missing=(),
            reason=make_source().name,
            citation=Citation(clause="TC260-003 5.1c1", same_as=(), verified=True),
        )
        registered = RegisteredSource(
            source=make_source(*files),
            root=str(root),
            files=(),
            content="",
            rights=rights,
            registered_at="",
            entry="main/0",
        )
        settings = ScanSettings(
            journal=tmp_path / "journal", shard_bytes=shard_bytes, longest_bytes=longest_bytes
        )
        return SourcePass(registered, screen=screen, settings=settings)

    return make


@pytest.fixture
def account(make_pass, blobs):
    def account(*files, progress=lambda _: None, executor=None, **settings):
        made = make_pass(*files, **settings)
        made.run(executor or InProcess(), progress)
        return made.account(blobs)

    return account


def test_every_file_has_its_own_account(account, write_texts, root):
    write_texts(["a", "b"], "one.jsonl")
    write_texts(["冰毒"], "two.jsonl")
    one, two = account("one.jsonl", "two.jsonl").files
    assert (one.path, one.tally.scanned, one.tally.unsafe) == ("one.jsonl", 2, 0)
    assert (two.path, two.tally.scanned, two.tally.unsafe) == ("two.jsonl", 1, 1)
    assert one.digest == digest_file(root / "one.jsonl")
    assert one.size_bytes == (root / "one.jsonl").stat().st_size


def test_progress_ends_at_the_total(account, write_texts):
    write_texts(["text"] * 30, "one.jsonl")
    write_texts(["text"] * 30, "two.jsonl")
    seen = []
    account("one.jsonl", "two.jsonl", progress=seen.append)
    assert len(seen) > 4
    done = [each.done_bytes for each in seen]
    assert done == sorted(done)
    assert done[-1] == seen[-1].total_bytes
    assert seen[0].file == "one.jsonl"
    assert seen[-1].file == "two.jsonl"


def test_only_the_first_bad_lines_are_named_in_the_account(account, root, blobs):
    (root / "bad.jsonl").write_text("no json\n[]\n" * 30, encoding="utf-8")
    found = account("bad.jsonl")
    (file,) = found.files
    assert file.tally.unparsable == 60
    assert [each.line for each in file.first_set_aside] == list(range(1, 21))
    kept = b"".join(map(blobs.get, found.set_aside)).splitlines()
    assert [msgspec.json.decode(line)["line"] for line in kept] == list(range(1, 61))


def test_lines_with_the_same_fault_are_named_together_whatever_the_shards(account, root):
    (root / "bad.jsonl").write_text("no json\n" * 50 + "\n" * 40, encoding="utf-8")
    (file,) = account("bad.jsonl").files
    assert [(each.line, each.lines, each.fault) for each in file.first_set_aside] == [
        (1, 50, LineFault.INVALID_JSON),
        (51, 40, LineFault.BLANK_LINE),
    ]


def broken_files(root):
    """Files that cannot be read, and what is said of each."""
    texts = "".join(json.dumps({"text": f"text {n * n} 冰毒"}) + "\n" for n in range(500)).encode()
    (root / "cut.jsonl.gz").write_bytes(gzip.compress(texts)[:-40])
    (root / "cut.json").write_text('[{"text": "sound"}, {"text": "cu', encoding="utf-8")
    (root / "wrong.parquet").write_bytes(b"no table at all")
    (root / "column.csv").write_text("id,n\n1,2\n", encoding="utf-8")
    (root / "loop.jsonl").symlink_to(root / "loop.jsonl")
    (root / "folder.jsonl").mkdir()
    return {
        "cut.jsonl.gz": PartFaultKind.DAMAGED,
        "cut.json": PartFaultKind.DAMAGED,
        "wrong.parquet": PartFaultKind.DAMAGED,
        "loop.jsonl": PartFaultKind.UNREADABLE,
        "gone.jsonl": PartFaultKind.UNREADABLE,
    }


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(account, root, write_texts):
    expected = broken_files(root)
    good = write_texts(["good"], "good.jsonl")
    found = account(*expected, good)
    files = {file.path: file for file in found.files}
    assert {name: [fault.kind for fault in files[name].faults] for name in expected} == {
        name: [kind] for name, kind in expected.items()
    }
    cut = files["cut.jsonl.gz"]
    assert 0 < cut.tally.scanned < 500
    assert cut.tally.unsafe == cut.tally.scanned
    assert cut.faults[0].offset > 1000
    assert files["gone.jsonl"].digest == ""
    assert files[good].tally.scanned == 1


def test_of_media_the_manifest_is_read_and_what_is_written_into_them(account, root, write_texts, blobs):
    exif = Image.Exif()
    exif[0x010E] = "call 13812345678"
    folder = root / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(saved(gradient(), "JPEG", exif=exif))
    (folder / "b.png").write_bytes(saved(gradient(), "PNG"))
    (folder / "c.wav").write_bytes(b"no sound")
    (folder / "metadata.jsonl").write_text('{"file_name": "a.jpg", "caption": "冰毒"}\n', encoding="utf-8")
    found = account("pictures")
    files = {file.path.removeprefix("pictures/"): file for file in found.files}
    assert (found.tally.scanned, found.tally.unsafe, found.tally.with_personal_information) == (2, 1, 1)
    assert files["b.png"].tally.empty == 1
    assert [fault.kind for fault in files["c.wav"].faults] == [PartFaultKind.DAMAGED]
    (kept,) = [msgspec.json.decode(line) for line in b"".join(map(blobs.get, found.set_aside)).splitlines()]
    assert (kept["file"], kept["fault"], kept["base64"]) == ("pictures/b.png", "empty_text", None)


def test_a_missing_column_is_named_with_the_column(make_pass, blobs, root, make_source):
    (root / "column.csv").write_text("id,n\n1,2\n", encoding="utf-8")
    made = make_pass("column.csv")
    declared = make_source("column.csv", text_field="body")
    (shard,) = made._plans[0].shards
    reading = msgspec.structs.replace(shard.reading, fields=declared.text_fields)
    shard = msgspec.structs.replace(shard, reading=reading)
    made._plans = [msgspec.structs.replace(made._plans[0], shards=(shard,))]
    made.run(InProcess(), lambda _: None)
    (file,) = made.account(blobs).files
    assert [(fault.kind, fault.detail) for fault in file.faults] == [(PartFaultKind.NO_TEXT_FIELD, "body")]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_nobody_may_read_is_named(account, write_texts, root):
    write_texts(["secret"], "secret.jsonl")
    (root / "secret.jsonl").chmod(0)
    (file,) = account("secret.jsonl").files
    assert [fault.detail for fault in file.faults] == ["Permission denied"]


def test_a_file_the_system_refuses_is_named(account, write_texts, monkeypatch):
    write_texts(["secret"], "secret.jsonl")

    def refuse(_place):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("hegui.corpus.planning.open_bytes", refuse)
    (file,) = account("secret.jsonl").files
    assert [fault.detail for fault in file.faults] == ["Permission denied"]


@pytest.mark.parametrize("late", [False, True])
def test_a_file_written_to_meanwhile_counts_for_nothing_and_the_others_do(
    make_pass, write_texts, root, blobs, late
):
    write_texts(["text"] * 30)
    good = write_texts(["good"], "good.jsonl")
    made = make_pass("texts.jsonl", good)

    def append(progress):
        if late or (progress.file == "texts.jsonl" and progress.done_bytes > 200):
            with (root / "texts.jsonl").open("a", encoding="utf-8") as file:
                file.write('{"text": "late"}\n')

    if late:
        made.run(InProcess(), lambda _: None)
        append(None)
    else:
        made.run(InProcess(), append)
    changed, kept = made.account(blobs).files
    assert (changed.tally, [fault.kind for fault in changed.faults]) == (Tally(), [PartFaultKind.CHANGED])
    assert kept.tally.scanned == 1


def test_a_file_that_is_gone_when_all_was_read_was_read(make_pass, write_texts, root, blobs):
    write_texts(["text"])
    made = make_pass("texts.jsonl")
    made.run(InProcess(), lambda _: None)
    (root / "texts.jsonl").unlink()
    assert made.account(blobs).tally.scanned == 1


class Interrupted(Exception):
    """Somebody has pulled the plug."""


def test_a_pass_goes_on_where_it_was_stopped(make_pass, write_texts, blobs, screen):
    write_texts(["clean", "冰毒"] * 60)
    done = []

    class Counted(InProcess):
        def map(self, work, tasks):
            for task, outcome in super().map(work, tasks):
                done.append(task)
                yield task, outcome

    def stop(progress):
        if progress.done_bytes > progress.total_bytes / 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        make_pass("texts.jsonl").run(Counted(), stop)
    before = len(done)
    seen = []
    made = make_pass("texts.jsonl")
    made.run(Counted(), seen.append)
    assert before > 5
    assert len(done) == len(set(map(repr, done)))
    assert seen[0].done_bytes > seen[0].total_bytes / 2
    assert seen[-1].done_bytes == seen[-1].total_bytes
    resumed = made.account(blobs)
    made.journal.forget()
    again = make_pass("texts.jsonl")
    again.run(InProcess(), lambda _: None)
    assert again.account(blobs) == resumed


class Losing(InProcess):
    """Loses every second shard, and every digest."""

    def map(self, work, tasks):
        for index, (task, outcome) in enumerate(super().map(work, tasks)):
            yield task, Lost() if index % 2 == 0 else outcome


def test_what_was_lost_is_named_and_is_tried_again_by_the_next_scan(make_pass, write_texts, blobs):
    write_texts(["冰毒"] * 60)
    made = make_pass("texts.jsonl")
    made.run(Losing(), lambda _: None)
    (file,) = made.account(blobs).files
    assert {fault.kind for fault in file.faults} == {PartFaultKind.WORKER_LOST}
    assert file.digest == ""
    assert 0 < file.tally.scanned < 60
    made = make_pass("texts.jsonl")
    made.run(InProcess(), lambda _: None)
    (file,) = made.account(blobs).files
    assert (file.tally.unsafe, file.faults) == (60, ())


def test_the_account_is_the_same_whatever_the_shards_the_order_and_the_executor(
    account, make_pass, blobs, root, write_texts
):
    write_texts(["clean", "出售冰毒", "电话13812345678 女性", "", "clean"] * 200, "one.jsonl")
    (root / "two.csv").write_text("text\n冰毒\n\n好\n", encoding="utf-8")
    with (root / "one.jsonl").open("ab") as file:
        file.write(b"no json\n" * 30)
    size = (root / "one.jsonl").stat().st_size

    class Backwards(InProcess):
        def map(self, work, tasks):
            return super().map(work, reversed(list(tasks)))

    accounts = []
    for shards, executor in ((1, InProcess()), (2, Backwards()), (7, InProcess()), (64, Backwards())):
        made = make_pass("one.jsonl", "two.csv", shard_bytes=-(-size // shards))
        made.run(executor, lambda _: None)
        accounts.append(made.account(blobs)._replace(shards=0))
        made.journal.forget()
    with LocalProcesses(2) as executor:
        accounts.append(
            account("one.jsonl", "two.csv", shard_bytes=size // 7, executor=executor)._replace(shards=0)
        )
    assert all(each == accounts[0] for each in accounts)
    assert accounts[0].tally.unsafe == 201


def test_no_document_means_no_share_of_duplicates(account, root):
    (root / "empty.jsonl").touch()
    assert account("empty.jsonl").duplicates is None


def test_lines_of_packed_files_are_named_without_their_bytes(account, root, blobs):
    (root / "bad.jsonl.gz").write_bytes(gzip.compress(b'no json\n{"text": "x"}\n'))
    (digest,) = account("bad.jsonl.gz").set_aside
    assert msgspec.json.decode(blobs.get(digest))["base64"] is None


def test_a_full_disk_is_told_and_what_was_done_is_kept(make_pass, write_texts, monkeypatch):
    write_texts(["text"] * 60)
    made = make_pass("texts.jsonl")
    put, kept = type(made.journal).put, []

    def full_at_last(journal, key, outcome):
        if len(kept) == 5:
            raise StorageFull("journal")
        kept.append(key)
        put(journal, key, outcome)

    monkeypatch.setattr(type(made.journal), "put", full_at_last)
    with pytest.raises(StorageFull):
        made.run(InProcess(), lambda _: None)
    assert all(made.journal.get(key) is not None for key in kept)


def test_memory_does_not_grow_with_the_file(account, root, monkeypatch):
    monkeypatch.setattr("hegui.corpus.kept_aside._PART_BYTES", 1 << 18)

    def peak(megabytes):
        path = root / "large.jsonl"
        block = (b'{"text": "' + b"a" * 4000 + b'"}\n' + b"not json" * 500 + b"\n") * 125
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(block)
        tracemalloc.start()
        account("large.jsonl", shard_bytes=1 << 18, longest_bytes=1 << 16)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)  # what is made once is made now
    assert peak(8) < peak(2) + (2 << 20)
