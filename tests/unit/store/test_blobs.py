"""Files kept under the digest of their content."""

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.core import InvalidInput, NotFound, digest_bytes
from hegui.store import Blobs, StorageFull, write_once, write_whole


def files_under(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def failing_disk(monkeypatch):
    """Make the operating system refuse to bring a file to the disk."""

    def fail_with(error: BaseException):
        def fsync(_handle: int):
            raise error

        monkeypatch.setattr(os, "fsync", fsync)

    return fail_with


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary())
def test_what_is_kept_comes_back_under_its_digest(blobs, data):
    digest = blobs.put(data)
    assert digest == digest_bytes(data)
    assert blobs.get(digest) == data
    assert blobs.path(digest).read_bytes() == data


def test_a_part_of_what_is_kept_is_read_alone(blobs):
    digest = blobs.put(b"0123456789")
    assert blobs.get(digest, start=3, length=4) == b"3456"
    assert blobs.get(digest, start=8) == b"89"


def test_the_same_content_is_kept_once(blobs, tmp_path):
    assert blobs.put(b"a") == blobs.put(b"a")
    assert len(files_under(tmp_path)) == 1


def test_many_writers_of_the_same_content_do_not_disturb_one_another(blobs, tmp_path):
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(blobs.put, [b"a" * 100_000] * 40))
    assert len(digests) == 1
    assert files_under(tmp_path) == [blobs.path(digests.pop())]


def test_what_was_never_kept_is_not_found(blobs):
    with pytest.raises(NotFound, match="nothing is kept under sha256:"):
        blobs.get(digest_bytes(b"never"))


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:" + "g" * 64, "sha256:../../etc/passwd", "md5:" + "0" * 64, "0" * 64]
)
def test_a_name_that_is_no_digest_is_refused(blobs, digest):
    with pytest.raises(InvalidInput, match="not a digest"):
        blobs.get(digest)


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(blobs, tmp_path, failing_disk, reason):
    failing_disk(OSError(reason, os.strerror(reason)))
    with pytest.raises(StorageFull, match="no space left, nothing was written"):
        blobs.put(b"a")
    assert files_under(tmp_path) == []


def test_another_fault_of_the_disk_is_not_called_full(blobs, tmp_path, failing_disk):
    failing_disk(OSError(errno.EIO, os.strerror(errno.EIO)))
    with pytest.raises(OSError, match="Input/output error"):
        blobs.put(b"a")
    assert files_under(tmp_path) == []


def test_a_file_system_without_room_leaves_nothing_half_written(tmp_path):
    # A real limit of the operating system, on a process of its own: no file may grow beyond 100,000 bytes.
    code = (
        "import resource, signal, sys; from pathlib import Path; from hegui.store import Blobs\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))\n"
        "try:\n    Blobs(Path(sys.argv[1])).put(b'a' * 200_000)\n"
        "finally:\n    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"  # coverage is written, too
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "blobs")], capture_output=True, text=True, check=False
    )
    assert "File too large" in run.stderr
    assert files_under(tmp_path) == []


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "file"
    write_whole(path, b"old")
    write_whole(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert files_under(tmp_path) == [path]


def test_a_reader_never_sees_part_of_a_file(tmp_path):
    path = tmp_path / "file"
    versions = [bytes([number]) * 300_000 for number in range(20)]
    write_whole(path, versions[0])
    done = threading.Event()

    def read_all_the_time():
        seen = set()
        while not done.is_set():
            seen.add(path.read_bytes())
        return seen

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read_all_the_time)
        for version in versions:
            write_whole(path, version)
        done.set()
    assert reader.result() <= set(versions)


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path, failing_disk):
    path = tmp_path / "file"
    write_whole(path, b"old")
    failing_disk(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert files_under(tmp_path) == [path]


def test_of_two_who_write_a_file_once_only_one_succeeds(tmp_path):
    path = tmp_path / "key"

    def attempt(number: int) -> bool:
        try:
            write_once(path, str(number).encode())
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(16)))
    assert won.count(True) == 1
    assert path.read_bytes() == str(won.index(True)).encode()
    assert files_under(tmp_path) == [path]


def test_blobs_of_another_folder_are_not_found(blobs, tmp_path):
    digest = blobs.put(b"a")
    with pytest.raises(NotFound):
        Blobs(tmp_path / "other").get(digest)
