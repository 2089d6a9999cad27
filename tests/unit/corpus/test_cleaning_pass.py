"""A new dataset from all of a source."""

import errno
import json
import os

import pytest

from hegui.core import Conflict
from hegui.corpus.cleaning import CleaningPolicy, DocumentTreatment
from hegui.corpus.cleaning_pass import CannotMask, NotOnlyTexts, PlaceTaken, WithinSource, WorkLost
from hegui.corpus.executors import InProcess, LocalProcesses, Lost
from hegui.store import StorageFull

PHONE = "电话13812345678"


@pytest.fixture
def clean(corpus, make_source, root, write_texts, tmp_path):
    write_texts(["风和日丽", "出售冰毒", PHONE] * 20)
    corpus.register_source(make_source("texts.jsonl"), root=root)

    def clean(folder="out", **options):
        policy = options.pop("policy", CleaningPolicy())
        return corpus.clean("wiki", folder=tmp_path / folder, policy=policy, **options)

    return clean


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dataset_comes_with_its_manifest_and_evidence(clean, tmp_path, ledger, root):
    before = (root / "texts.jsonl").read_bytes()
    seen = []
    cleaned = clean(progress=seen.append)
    assert (cleaned.total.read, cleaned.total.kept, cleaned.total.quarantined) == (60, 40, 20)
    assert seen[-1].done_bytes == seen[-1].total_bytes
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["total"]["kept"] == 40
    assert manifest["files"][0]["digest"].startswith("sha256:")
    assert len(manifest["parts"]) > 3
    entry = ledger.latest("corpus.cleaned").content
    assert entry["total"]["kept"] == 40
    assert entry["policy"] == {"unsafe": "quarantine", "personal_information": "mask"}
    assert (root / "texts.jsonl").read_bytes() == before
    assert not (tmp_path / "out" / "unfinished").exists()


def test_processes_write_the_same_dataset_whatever_is_screened_at_once(clean, tmp_path, monkeypatch):
    clean("one")
    with LocalProcesses(2) as executor:
        clean("two", executor=executor)
    monkeypatch.setattr("hegui.corpus.cleaning._BLOCK", 1)
    clean("three")
    assert files(tmp_path / "one") == files(tmp_path / "two") == files(tmp_path / "three")


def test_pictures_are_refused_for_a_new_dataset_would_lack_them(corpus, make_source, root, tmp_path):
    (root / "a.jpg").write_bytes(b"a picture")
    corpus.register_source(make_source("a.jpg"), root=root)
    with pytest.raises(NotOnlyTexts, match=r"a\.jpg"):
        corpus.clean("wiki", folder=tmp_path / "out", policy=CleaningPolicy())
    assert not (tmp_path / "out").exists()


class Stopping(InProcess):
    """Does a few tasks and is gone."""

    def map(self, work, tasks):
        for index, done in enumerate(super().map(work, tasks)):
            if index == 5:
                raise KeyboardInterrupt
            yield done


def test_a_run_that_was_stopped_goes_on_and_ends_as_if_it_never_had(clean, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        clean("one", executor=Stopping())
    with pytest.raises(PlaceTaken):
        clean("one", policy=CleaningPolicy(unsafe=DocumentTreatment.DROP))
    clean("one")
    clean("two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


class Losing(InProcess):
    """Loses what it is told to."""

    def __init__(self, index):
        self.index = index

    def map(self, work, tasks):
        for index, (task, outcome) in enumerate(super().map(work, tasks)):
            yield task, Lost() if index == self.index else outcome


@pytest.mark.parametrize("index", [0, 3])
def test_a_part_that_kills_its_worker_stops_the_run(clean, index):
    with pytest.raises(WorkLost, match=r"texts\.jsonl.*--workers"):
        clean(executor=Losing(index))
    assert clean().total.read == 60


def test_the_original_is_not_mixed_with(clean, corpus, make_source, root, write_texts, tmp_path):
    (root / "data").mkdir()
    write_texts(["a"], "data/a.jsonl")
    corpus.register_source(make_source("data", "https://corpus.example/b.jsonl", id="folder"), root=root)
    with pytest.raises(WithinSource, match="inside the source"):
        corpus.clean("folder", folder=root / "data" / "clean", policy=CleaningPolicy())
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(PlaceTaken, match="choose an empty folder"):
        clean("full")
    with pytest.raises(CannotMask):
        clean(policy=CleaningPolicy(unsafe=DocumentTreatment.MASK))


def test_files_that_cannot_be_read_are_in_the_manifest(corpus, make_source, root, write_texts, tmp_path):
    write_texts(["a"])
    (root / "bad.parquet").write_bytes(b"no table")
    corpus.register_source(make_source("texts.jsonl", "bad.parquet"), root=root)
    cleaned = corpus.clean("wiki", folder=tmp_path / "out", policy=CleaningPolicy())
    assert [(part.file, len(part.faults)) for part in cleaned.parts] == [
        ("texts.jsonl", 0),
        ("bad.parquet", 1),
    ]
    assert len(cleaned.total.faults) == 1


@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StorageFull), (errno.EROFS, OSError)])
def test_a_disk_that_refuses_is_told(clean, monkeypatch, number, error):
    class Refusing(InProcess):
        def map(self, work, tasks):
            raise OSError(number, os.strerror(number))
            yield

    with pytest.raises(error) as caught:
        clean(executor=Refusing())
    assert isinstance(caught.value, Conflict) == (error is StorageFull)
