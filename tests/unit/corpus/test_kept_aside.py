"""What could not be screened is kept, byte for byte."""

import base64

import msgspec
import pytest

from hegui.corpus import kept_aside
from hegui.corpus.account import LineFault, SetAside
from hegui.corpus.kept_aside import KeptAside, KeptLine


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"good\n\xff\xfe bad\nlong long long\n")
    return str(path)


BAD = SetAside(line=2, offset=5, length=6, fault=LineFault.UNKNOWN_ENCODING)
LONG = SetAside(line=3, offset=12, length=14, fault=LineFault.OVER_LONG, lines=2)


def kept_lines(blobs, digests):
    data = b"".join(blobs.get(digest) for digest in digests)
    return [msgspec.json.decode(line, type=KeptLine) for line in data.splitlines()]


def test_a_line_is_kept_with_its_place_and_bytes(blobs, file):
    kept = KeptAside(blobs, longest_bytes=10)
    kept.add(BAD, name="file.jsonl", place=file)
    kept.add(LONG, name="file.jsonl", place=file)
    bad, long = kept_lines(blobs, kept.close())
    assert base64.b64decode(bad.base64) == b"\xff\xfe bad"
    assert (bad.file, bad.line, bad.offset, bad.fault) == ("file.jsonl", 2, 5, "unknown_encoding")
    assert (long.line, long.lines, long.length, long.base64) == (3, 2, 14, None)


@pytest.mark.parametrize("place", [None, "/nowhere/file.jsonl"])
def test_what_is_packed_or_gone_is_named_all_the_same(blobs, place):
    kept = KeptAside(blobs, longest_bytes=10)
    kept.add(BAD, name="file.jsonl.gz", place=place)
    (line,) = kept_lines(blobs, kept.close())
    assert (line.line, line.base64) == (2, None)


def test_nothing_is_kept_of_a_clean_file(blobs):
    assert KeptAside(blobs, longest_bytes=10).close() == ()


def test_a_large_file_of_kept_lines_comes_in_parts(blobs, file, monkeypatch):
    monkeypatch.setattr(kept_aside, "_PART_BYTES", 200)
    kept = KeptAside(blobs, longest_bytes=10)
    for _ in range(5):
        kept.add(BAD, name="file.jsonl", place=file)
    kept.add(LONG, name="file.jsonl", place=file)
    digests = kept.close()
    assert len(digests) > 1
    assert [each.line for each in kept_lines(blobs, digests)] == [2] * 5 + [3]
