"""Cutting files into byte ranges loses no line and repeats none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus.shard import Shard, lines, shards

LONGEST = 12


def read(path, *, shard_bytes):
    size = path.stat().st_size
    parts = shards(path, size_bytes=size, text_field="text", shard_bytes=shard_bytes, longest_bytes=LONGEST)
    return [line for shard in parts for line in lines(shard)]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("shards") / "file.jsonl"


@settings(max_examples=150)
@given(
    content=st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\xef", b"e")), max_size=12),
    newline_at_end=st.booleans(),
    shard_bytes=st.integers(1, 40),
)
def test_any_cut_gives_the_lines_a_plain_reader_gives(scratch, content, newline_at_end, shard_bytes):
    data = b"\n".join(content) + (b"\n" if newline_at_end else b"")
    scratch.write_bytes(data)
    expected = data.split(b"\n")
    if expected[-1] == b"":
        expected.pop()
    found = read(scratch, shard_bytes=shard_bytes)
    assert [line.length for line in found] == [len(line) for line in expected]
    assert [line.data for line in found] == [line if len(line) <= LONGEST else None for line in expected]
    for line in found:
        assert data[line.offset : line.offset + line.length].count(b"\n") == 0
        assert line.offset == 0 or data[line.offset - 1 : line.offset] == b"\n"


@pytest.mark.parametrize("tail", [b"", b"\n", b"\nnext\n"])
@pytest.mark.parametrize("excess", [0, 1, 3_000_000])
def test_a_line_is_over_long_from_one_byte_over_the_limit(tmp_path, tail, excess):
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"x" * (LONGEST + excess) + tail)
    found = read(path, shard_bytes=7 + excess // 5)
    assert found[0].length == LONGEST + excess
    assert (found[0].data is None) == (excess > 0)
    assert [line.data for line in found[1:]] == [b"next"] * (b"next" in tail)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    path = tmp_path / "marked.jsonl"
    path.write_bytes(b"\xef\xbb\xbf{}\n\xef\xbb\xbf{}\n")
    first, second = read(path, shard_bytes=100)
    assert first.data == b"{}"
    assert second.data == b"\xef\xbb\xbf{}"


def test_an_empty_file_has_no_shards(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.touch()
    assert read(path, shard_bytes=10) == []


def test_a_file_that_was_cut_short_meanwhile_ends_where_it_ends(tmp_path):
    path = tmp_path / "short.jsonl"
    path.write_bytes(b"{}\n")
    shard = Shard(path=str(path), start=0, end=1000, text_field="text", longest_bytes=LONGEST)
    assert [line.data for line in lines(shard)] == [b"{}"]
    assert (
        list(lines(Shard(path=str(path), start=50, end=99, text_field="text", longest_bytes=LONGEST))) == []
    )
