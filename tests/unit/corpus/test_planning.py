"""Which files there are, how each is read, and how it is cut."""

import gzip
import io
import json
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hegui.corpus.account import PartFaultKind
from hegui.corpus.formats.document import Compression, DataFormat
from hegui.corpus.formats.lines import WHOLE
from hegui.corpus.planning import READABLE, form_of, found_files, plan_file


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", (DataFormat.JSON_LINES, Compression.NONE)),
        ("A.NDJSON", (DataFormat.JSON_LINES, Compression.NONE)),
        ("a.jsonl.gz", (DataFormat.JSON_LINES, Compression.GZIP)),
        ("a.json", (DataFormat.JSON, Compression.NONE)),
        ("a.csv.zst", (DataFormat.CSV, Compression.ZSTANDARD)),
        ("train-00000-of-00002.parquet", (DataFormat.PARQUET, Compression.NONE)),
        ("CC-MAIN.warc.wet.gz", (DataFormat.WARC, Compression.GZIP)),
        ("https://a.example/b.tsv?token=c", (DataFormat.TSV, Compression.NONE)),
        ("a.JPG", (DataFormat.PICTURE, Compression.NONE)),
        ("a.mov", (DataFormat.RECORDING, Compression.NONE)),
        ("a.docx", None),
        ("a.gz", None),
        ("README", None),
    ],
)
def test_the_ending_of_a_name_says_how_a_file_is_read(name, form):
    assert form_of(name) == form


def test_every_ending_that_is_shown_can_be_read():
    assert all(form_of(f"a{ending}") for ending in READABLE)


def test_folders_patterns_and_urls_are_files(tmp_path):
    for name in ("data/b.parquet", "data/deep/a.jsonl", "data/.cache/x.jsonl", "c.txt", "d.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "data" / "README.md").touch()
    (tmp_path / "data" / ".gitattributes").touch()
    (tmp_path / "data" / "deep" / "circle").symlink_to(tmp_path / "data")
    names = ("data", "*.txt", "s3://bucket/e.jsonl", "gone.jsonl", "none-*.csv")
    found = dict(found_files(tmp_path, names))
    assert list(found) == [
        "data/b.parquet",
        "data/deep/a.jsonl",
        "data/deep/circle",
        "c.txt",
        "d.txt",
        "s3://bucket/e.jsonl",
        "gone.jsonl",
    ]
    assert found["data/b.parquet"] == str(tmp_path / "data" / "b.parquet")


@pytest.fixture
def plan(tmp_path):
    def plan(name, data, *fields, shard_bytes=100):
        path = tmp_path / name
        path.write_bytes(data)
        return plan_file(name, str(path), fields=fields, shard_bytes=shard_bytes, longest_bytes=1000)

    return plan


def lines_of(*records):
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def ranges(planned):
    return [(shard.start, shard.end) for shard in planned.shards]


def test_plain_lines_are_cut_by_bytes(plan):
    planned = plan("a.jsonl", lines_of(*({"text": f"text {n}"} for n in range(20))), shard_bytes=150)
    assert planned.reading.fields == ("text",)
    assert planned.reading.guessed
    assert ranges(planned) == [(0, 150), (150, 300), (300, planned.size_bytes)]


@pytest.mark.parametrize(
    ("name", "data", "fields"),
    [
        ("a.jsonl.gz", gzip.compress(lines_of({"prompt": "a", "chosen": "b"})), ("prompt", "chosen")),
        ("a.json", b'[{"n": 1},\n{"body": "a"}]', ("body",)),
        ("a.json", b'\n{"data": [{"body": "a"}]}\n', ("body",)),
        ("a.json", b'{"title": "t", "version": "1", "data": [{"body": "a"}]}', ("body", "title")),
        ("a.json", b'{"title": "t", "data": [{"said": "a"}]}', ("said", "title")),
        ("a.json", b'{"title": "t", "data": [3]}', ("title",)),
        ("a.json", b'{"text": "t", "data": []}', ("text",)),
        (
            "a.json",
            b'{"data": [' + b'{"said": "a"}, ' * 200 + b'{}], "test": [{"n": "1"}], "title": "t"}',
            ("said", "title"),
        ),
        ("a.csv", b"id,Title,words\n1,a,b\n", ("Title",)),
        ("a.tsv", b"x\ty\n1\t2\n", ("x", "y")),
        ("a.txt", "\ufeff一\n".encode("utf-16"), ()),
        ("a.wet", b"WARC/1.0\r\n", ()),
        ("a.csv", b"\n", ("text",)),
    ],
)
def test_what_does_not_say_where_a_record_begins_is_one_shard(plan, name, data, fields):
    planned = plan(name, data)
    assert planned.reading.fields == fields
    assert ranges(planned) == [(0, WHOLE)]


def test_the_mark_at_the_beginning_names_the_encoding(plan):
    assert plan("a.txt", "一\n".encode("utf-16")).reading.encoding == "utf-16"
    assert plan("a.txt", "一\n".encode()).reading.encoding is None


def test_json_in_gb18030_is_read_as_characters_for_half_of_one_may_look_like_a_bracket(plan):
    assert (
        plan("a.json", '[{"text": "你好誠", "id": "我们臺"}]'.encode("gb18030")).reading.encoding == "gb18030"
    )
    assert plan("a.json", '[{"text": "誠"}]'.encode()).reading.encoding is None
    assert plan("a.json", b'[{"text": "\xff"}, "').reading.encoding is None


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b'{"text": "a"}\n\n{"text": "b"}\n', DataFormat.JSON_LINES),
        (b'\n{"text": "a"}\nno json', DataFormat.JSON_LINES),
        (b'{"text": "a"}\n', DataFormat.JSON),
        (b'{\n"text": "a"}\n', DataFormat.JSON),
        (b'[{"text": "a"}]\n[{"text": "b"}]', DataFormat.JSON),
        (b"\n\n", DataFormat.JSON),
    ],
)
def test_a_json_file_with_an_object_on_each_line_is_read_line_by_line(plan, data, form):
    planned = plan("a.json", data)
    assert (planned.reading.format, planned.faults) == (form, ())
    assert plan("a.json.gz", gzip.compress(data)).reading.format is form


def test_columns_are_cut_by_row_groups(plan):
    file = io.BytesIO()
    pq.write_table(pa.table({"text": [f"row {n}" for n in range(60)]}), file, row_group_size=10)
    data = file.getvalue()
    assert ranges(plan("a.parquet", data, shard_bytes=len(data) // 3)) == [(0, 2), (2, 4), (4, 6)]
    assert ranges(plan("a.parquet", data, shard_bytes=1)) == [(n, n + 1) for n in range(6)]
    assert ranges(plan("a.parquet", data, shard_bytes=10**9)) == [(0, 6)]
    declared = plan("a.parquet", data, "text", shard_bytes=10**9).reading
    assert (declared.fields, declared.guessed) == (("text",), False)


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.parquet", "a.csv", "a.txt.gz", "a.warc"])
def test_an_empty_file_has_no_shards_and_no_fault(plan, name):
    planned = plan(name, b"")
    assert (planned.shards, planned.faults) == ((), ())
    assert planned.reading is not None


def parquet(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "fields", "kind"),
    [
        ("a.docx", b"x", (), PartFaultKind.UNKNOWN_FORMAT),
        ("a.jsonl", b'{"n": 1}\n', (), PartFaultKind.NO_TEXT_FIELD),
        ("a.parquet", parquet(n=[1]), (), PartFaultKind.NO_TEXT_FIELD),
        ("a.parquet", parquet(n=["x"]), ("text",), PartFaultKind.NO_TEXT_FIELD),
        ("a.parquet", b"no table", (), PartFaultKind.DAMAGED),
        ("a.jsonl.gz", b"not packed", (), PartFaultKind.DAMAGED),
        ("a.jsonl.zst", b"not packed", (), PartFaultKind.DAMAGED),
    ],
)
def test_a_file_that_cannot_be_read_has_a_fault(plan, name, data, fields, kind):
    planned = plan(name, data, *fields)
    assert [fault.kind for fault in planned.faults] == [kind]
    assert planned.shards == ()
    assert planned.size_bytes == len(data)


def test_a_file_that_is_gone_or_leads_in_circles_is_unreadable(tmp_path):
    (tmp_path / "loop.jsonl").symlink_to(tmp_path / "loop.jsonl")
    for name in ("gone.jsonl", "loop.jsonl"):
        planned = plan_file(name, str(tmp_path / name), fields=(), shard_bytes=1, longest_bytes=1)
        assert [fault.kind for fault in planned.faults] == [PartFaultKind.UNREADABLE]


def test_the_head_of_a_damaged_file_is_enough_to_guess_by(plan):
    packed = gzip.compress(lines_of(*({"body": f"{n} {n * n}"} for n in range(5000))))
    planned = plan("a.jsonl.gz", packed[: len(packed) // 2])
    assert planned.reading.fields == ("body",)


def test_lines_that_are_no_records_are_passed_over_when_guessing(plan):
    data = b"\xff\n" + b"x" * (2 << 20) + b"\nno json\n" + lines_of({"summary": "a"})
    assert plan("a.jsonl", data).reading.fields == ("summary",)


def test_a_file_without_a_record_is_guessed_to_have_texts_which_each_line_then_lacks(plan):
    assert plan("a.jsonl", b"no json\n").reading.fields == ("text",)


def test_a_pattern_may_be_absolute_and_lead_outside(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"")
    (tmp_path / "root").mkdir()
    path = str(tmp_path / "a.jsonl")
    assert list(found_files(tmp_path / "root", [str(tmp_path / "*.jsonl")])) == [(path, path)]
    (found,) = found_files(tmp_path / "root", ["../*.jsonl"])
    assert found[0] == "../a.jsonl"


def test_a_file_that_is_declared_twice_is_one_file(tmp_path):
    (tmp_path / "a.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "a.jsonl")
    names = ("a.jsonl", "*.jsonl", "./a.jsonl", str(tmp_path / "a.jsonl"))
    assert [name for name, _ in found_files(tmp_path, names)] == ["a.jsonl", "link.jsonl"]


def test_folders_and_patterns_elsewhere_are_their_files_but_for_descriptions():
    store = fsspec.filesystem("memory")
    for name in ("b.jsonl", "deep/a.jsonl", "README.md", ".hidden.jsonl"):
        store.pipe(f"/planned/{name}", b"x")
    for name, inside in (("", ["b.jsonl", "deep/a.jsonl"]), ("*.jsonl", ["b.jsonl"])):
        found = list(found_files(Path(), (f"memory://planned/{name}",)))
        assert [name.rsplit("planned/", 1)[1] for name, _ in found] == inside
        assert all(name == place for name, place in found)


@pytest.mark.parametrize("name", ["nowhere://folder/", "nowhere://folder/*.jsonl"])
def test_a_folder_elsewhere_that_cannot_be_listed_is_a_file_that_cannot_be_read(name):
    assert list(found_files(Path(), (name,))) == [(name, name)]
    planned = plan_file(name, name, fields=(), shard_bytes=1, longest_bytes=1)
    assert [fault.kind for fault in planned.faults] == [PartFaultKind.UNREADABLE]
