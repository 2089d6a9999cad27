"""Any cut of a file gives the lines that a plain reader gives."""

import gzip
import io

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus.formats.document import Compression
from hegui.corpus.formats.lines import line_runs, lines, recoded, unpacked

LONGEST = 12


def read(data, *, shard_bytes, at_once=1 << 13):
    return [
        line
        for start in range(0, len(data), shard_bytes)
        for run in line_runs(
            io.BytesIO(data),
            longest_bytes=LONGEST,
            start=start,
            end=min(start + shard_bytes, len(data)),
            at_once=at_once,
        )
        for line in run.lines()
    ]


@settings(max_examples=150)
@given(
    content=st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\xef", b"e")), max_size=12),
    newline_at_end=st.booleans(),
    shard_bytes=st.integers(1, 40),
    at_once=st.integers(1, 30),
)
def test_any_cut_gives_the_lines_a_plain_reader_gives(content, newline_at_end, shard_bytes, at_once):
    data = b"\n".join(content) + (b"\n" if newline_at_end else b"")
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    found = read(data, shard_bytes=shard_bytes, at_once=at_once)
    assert [line.length for line in found] == [len(line) for line in expected]
    assert [line.data for line in found] == [line if len(line) <= LONGEST else None for line in expected]
    for line in found:
        assert data[line.offset : line.offset + line.length].count(b"\n") == 0
        assert line.offset == 0 or data[line.offset - 1 : line.offset] == b"\n"


@pytest.mark.parametrize("tail", [b"", b"\n", b"\nnext\n"])
@pytest.mark.parametrize("excess", [0, 1, 3_000_000])
def test_a_line_is_over_long_from_one_byte_over_the_limit(tail, excess):
    found = read(b"x" * (LONGEST + excess) + tail, shard_bytes=7 + excess // 5)
    assert found[0].length == LONGEST + excess
    assert (found[0].data is None) == (excess > 0)
    assert [line.data for line in found[1:]] == [b"next"] * (b"next" in tail)


def test_a_byte_order_mark_is_no_part_of_the_first_line():
    first, second = read(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n", shard_bytes=100)
    assert first.data == b"{}"
    assert second.data == b"\xef\xbb\xbf{}"


def test_a_file_that_was_cut_short_meanwhile_ends_where_it_ends():
    file = io.BytesIO(b"{}\n")
    assert [line.data for line in lines(file, longest_bytes=LONGEST, end=1000)] == [b"{}"]
    assert list(lines(file, longest_bytes=LONGEST, start=50, end=99)) == []


@pytest.mark.parametrize(
    ("compression", "pack"),
    [
        (Compression.NONE, bytes),
        (Compression.GZIP, gzip.compress),
        (Compression.ZSTANDARD, zstd.compress),
    ],
)
def test_packed_files_are_unpacked_all_their_members(compression, pack):
    file = io.BytesIO(pack(b"one\ntw") + pack(b"o\nthree\n"))
    found = lines(unpacked(file, compression), longest_bytes=LONGEST)
    assert [line.data for line in found] == [b"one", b"two", b"three"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("at_once", [1, 1 << 13])
def test_other_encodings_become_utf_8(encoding, at_once):
    text = "\ufeff一\n二" if encoding == "utf-16-be" else "一\n二"
    file = recoded(io.BytesIO(text.encode(encoding)), "utf-16")
    (first,), (second,) = (run.contents for run in line_runs(file, longest_bytes=LONGEST, at_once=at_once))
    assert (first.decode(), second.decode()) == ("一\n", "二")


def test_lines_of_other_encodings_are_over_long_by_their_bytes_in_utf_8():
    file = recoded(io.BytesIO(("字" * 5 + "\n").encode("utf-16")), "utf-16")
    (line,) = lines(file, longest_bytes=LONGEST)
    assert (line.length, line.data) == (15, None)


def test_a_file_in_another_encoding_that_ends_within_a_character_is_damaged():
    file = recoded(io.BytesIO("一\n二".encode("utf-16-le") + b"\x00"), "utf-16-le")
    with pytest.raises(UnicodeDecodeError):
        list(lines(file, longest_bytes=LONGEST))


def test_what_was_unpacked_before_the_damage_is_read():
    content = [b"%d" % number for number in range(20_000)]
    file = unpacked(io.BytesIO(gzip.compress(b"\n".join(content))[:-9]), Compression.GZIP)
    found = []
    with pytest.raises(EOFError):
        found.extend(line.data for line in lines(file, longest_bytes=LONGEST))
    assert found == content[: len(found)]
    assert len(found) > len(content) - 10
