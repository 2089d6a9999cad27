"""What could not be screened is kept, byte for byte."""

import base64

import msgspec
import pytest

from hegui.corpus import kept_aside
from hegui.corpus.kept_aside import KeptAside, KeptLine
from hegui.corpus.model import LineFault, SetAside


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"good\n\xff\xfe bad\nlong long long\n")
    return path


BAD = SetAside(line=2, offset=5, length=6, fault=LineFault.INVALID_UTF8)
LONG = SetAside(line=3, offset=12, length=14, fault=LineFault.OVER_LONG)


def kept_lines(blobs, digests):
    data = b"".join(blobs.get(digest) for digest in digests)
    return [msgspec.json.decode(line, type=KeptLine) for line in data.splitlines()]


def test_a_line_is_kept_with_its_place_and_bytes(blobs, file):
    kept = KeptAside(blobs, longest_bytes=10)
    kept.add(file, name="file.jsonl", lines=(BAD, LONG))
    bad, long = kept_lines(blobs, kept.close())
    assert base64.b64decode(bad.base64) == b"\xff\xfe bad"
    assert (bad.file, bad.line, bad.offset, bad.fault) == ("file.jsonl", 2, 5, "invalid_utf8")
    assert (long.line, long.length, long.base64) == (3, 14, None)


def test_nothing_is_kept_of_a_clean_file(blobs, file):
    kept = KeptAside(blobs, longest_bytes=10)
    kept.add(file, name="file.jsonl", lines=())
    assert kept.close() == ()


def test_a_large_file_of_kept_lines_comes_in_parts(blobs, file, monkeypatch):
    monkeypatch.setattr(kept_aside, "_PART_BYTES", 200)
    kept = KeptAside(blobs, longest_bytes=10)
    for _ in range(5):
        kept.add(file, name="file.jsonl", lines=(BAD,))
    kept.add(file, name="file.jsonl", lines=(LONG,))
    digests = kept.close()
    assert len(digests) > 1
    assert [each.line for each in kept_lines(blobs, digests)] == [2] * 5 + [3]
