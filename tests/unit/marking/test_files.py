import errno
import mmap
import os
from pathlib import Path

import pytest

from hegui.core import InvalidInput, NotFound
from hegui.marking import NotWritable, files
from hegui.marking.files import check_writable, draft, named, opened
from hegui.store import StorageFull


def test_a_small_file_is_read_and_a_large_one_is_mapped(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    with opened(path) as data:
        assert data == b"content"
    monkeypatch.setattr(files, "LARGEST_IN_MEMORY", 3)
    with opened(path) as data:
        assert isinstance(data, mmap.mmap)
        assert data[:] == b"content"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="no such file"), opened(tmp_path / "nothing"):
        pass


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(InvalidInput, match="cannot read"), opened(tmp_path):
        pass


def test_a_name_of_any_bytes_can_be_reported():
    assert named(Path(os.fsdecode(b"a\xff"))) == "a\\udcff"


def test_a_new_place_and_a_writable_file_are_fine(tmp_path):
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_bytes(b"")
    check_writable(tmp_path / "old")


def test_a_read_only_file_a_folder_and_a_missing_folder_are_refused(tmp_path):
    locked = tmp_path / "locked"
    locked.write_bytes(b"")
    locked.chmod(0o444)
    with pytest.raises(NotWritable, match="read-only; choose another --out") as refused:
        check_writable(locked)
    assert refused.value.path == locked
    with pytest.raises(NotWritable, match="it is a folder"):
        check_writable(tmp_path)
    with pytest.raises(NotWritable, match="there is no folder"):
        check_writable(tmp_path / "no" / "file")


def test_a_draft_is_whole_and_beside_its_target(tmp_path):
    target = tmp_path / "file"
    path = draft(target, [b"a", b"b"], mode=0o640)
    assert (path.parent, path.read_bytes(), path.stat().st_mode & 0o777) == (tmp_path, b"ab", 0o640)
    assert not target.exists()


def refusing(number: int):
    def parts():
        yield b"a"
        raise OSError(number, os.strerror(number))

    return parts()


def test_a_full_disk_leaves_nothing_behind(tmp_path):
    with pytest.raises(StorageFull):
        draft(tmp_path / "file", refusing(errno.ENOSPC), mode=0o600)
    assert list(tmp_path.iterdir()) == []


def test_another_refusal_leaves_nothing_behind(tmp_path):
    with pytest.raises(NotWritable, match="Input/output error"):
        draft(tmp_path / "file", refusing(errno.EIO), mode=0o600)
    with pytest.raises(NotWritable, match="No such file"):
        draft(tmp_path / "no" / "file", [], mode=0o600)
    assert list(tmp_path.iterdir()) == []


def test_whatever_stops_the_writing_leaves_nothing_behind(tmp_path):
    def parts():
        yield b"a"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draft(tmp_path / "file", parts(), mode=0o600)
    assert list(tmp_path.iterdir()) == []
