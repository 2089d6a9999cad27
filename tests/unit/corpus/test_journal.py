"""What a scan has done is on disk, whole or not at all."""

import errno
import os
import subprocess
import sys

import pytest

from hegui.corpus.account import ShardResult, Tally
from hegui.corpus.journal import AlreadyRunning, ScanJournal
from hegui.store import StorageFull

KEY = "sha256:" + "ab" * 32


@pytest.fixture
def journal(tmp_path):
    return ScanJournal(tmp_path / "journal")


@pytest.mark.parametrize("outcome", [ShardResult(tally=Tally(read=1, scanned=1)), "sha256:00"])
def test_an_outcome_comes_back_as_it_went_in(journal, outcome):
    assert journal.get(KEY) is None
    journal.put(KEY, outcome)
    assert journal.get(KEY) == outcome


def test_a_damaged_file_is_as_good_as_none(journal, tmp_path):
    journal.put(KEY, ShardResult())
    (file,) = (each for each in (tmp_path / "journal").rglob("*") if each.is_file())
    file.write_bytes(file.read_bytes()[:-1])
    assert journal.get(KEY) is None


def test_what_is_on_record_is_forgotten(journal, tmp_path):
    journal.put(KEY, "x")
    journal.forget()
    assert journal.get(KEY) is None
    assert not (tmp_path / "journal").exists()
    journal.forget()


def test_where_no_more_may_be_written_that_is_told(tmp_path):
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from hegui.corpus.journal import AlreadyRunning, ScanJournal\nfrom hegui.store import StorageFull\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))\n"
        "journal = ScanJournal(Path(sys.argv[1]))\n"
        "journal.put('sha256:aa01', 'small')\n"
        "try:\n    journal.put('sha256:aa02', 'large' * 1000)\n"
        "except StorageFull as error:\n    print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"  # what measures coverage writes, too
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "no space left" in run.stdout
    assert ScanJournal(tmp_path).get("sha256:aa01") == "small"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["01"]


def test_a_full_disk_is_told(journal, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hegui.store.blobs.os.fsync", full)
    with pytest.raises(StorageFull):
        journal.put(KEY, "x")
    assert journal.get(KEY) is None


def test_a_folder_that_cannot_be_written_to_is_told_by_the_system(tmp_path):
    (tmp_path / "journal").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        ScanJournal(tmp_path / "journal").put(KEY, "x")


def test_two_are_not_at_the_same_work_at_once(journal, tmp_path):
    with journal.held():
        with pytest.raises(AlreadyRunning, match="journal: another process"), journal.held():
            raise AssertionError
        with ScanJournal(tmp_path / "other").held():
            journal.put(KEY, "x")
    with journal.held():
        assert journal.get(KEY) == "x"
