"""Parquet and Arrow, as pyarrow writes them."""

import io
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.columns import Columns
from hegui.corpus.formats.document import DataFormat

ROWS = [{"id": index, "text": f"第{index}行", "tags": ["a", "b"]} for index in range(2500)]


def parquet(rows, *, group=1000, schema=None):
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, row_group_size=group)
    file.seek(0)
    return file


def arrow(rows, *, group=1000, stream=False):
    file = io.BytesIO()
    table = pa.Table.from_pylist(rows)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=group)
    file.seek(0)
    return file


MADE = [
    (parquet, DataFormat.PARQUET, 3),
    (arrow, DataFormat.ARROW, 3),
    (partial(arrow, stream=True), DataFormat.ARROW, 1),
]


@pytest.mark.parametrize(("make", "form", "parts"), MADE, ids=["parquet", "arrow", "stream"])
def test_every_row_of_every_part_is_a_document(make, form, parts):
    columns = Columns(make(ROWS), form)
    assert columns.parts == parts
    assert columns.guess() == ("text",)
    assert columns.names() == {"id", "text", "tags"}
    found = []
    for part in range(parts):
        found += Columns(make(ROWS), form).documents(range(part, part + 1), ("text",), longest_bytes=100)
    assert [each.text for each in found] == [row["text"] for row in ROWS]
    assert [each.offset for each in found] == list(range(2500))


@pytest.mark.parametrize(("make", "form", "parts"), MADE, ids=["parquet", "arrow", "stream"])
def test_all_members_come_where_they_are_asked_for(make, form, parts):
    found = Columns(make(ROWS[:3]), form).documents(range(1), ("text",), longest_bytes=100, whole=True)
    assert [each.record for each in found] == ROWS[:3]


def test_texts_may_be_nested_and_of_any_kind_of_string():
    schema = pa.schema(
        {
            "messages": pa.list_(pa.struct({"role": pa.string(), "content": pa.large_string()})),
            "title": pa.dictionary(pa.int8(), pa.string()),
            "input": pa.int64(),
            "note": pa.string(),
        }
    )
    row = {"messages": [{"role": "user", "content": "问"}], "title": "题", "input": 1, "note": "x"}
    columns = Columns(parquet([row], schema=schema), DataFormat.PARQUET)
    assert columns.guess() == ("messages", "title")
    (found,) = columns.documents(range(1), columns.guess(), longest_bytes=100)
    assert found.text == "问\n题"


def test_without_a_usual_name_every_column_of_strings_is_text():
    assert Columns(parquet([{"a": "x", "b": 1, "c": "y"}]), DataFormat.PARQUET).guess() == ("a", "c")


def test_empty_and_over_long_rows_are_named():
    rows = [{"text": None}, {"text": ""}, {"text": "x" * 11}]
    found = Columns(parquet(rows), DataFormat.PARQUET).documents(range(1), ("text",), longest_bytes=10)
    assert [each.text for each in found] == [
        LineFault.TEXT_NOT_A_STRING,
        LineFault.EMPTY_TEXT,
        LineFault.OVER_LONG,
    ]


def test_a_missing_column_is_told():
    with pytest.raises(KeyError, match="body"):
        list(Columns(parquet(ROWS), DataFormat.PARQUET).documents(range(1), ("body",), longest_bytes=10))


@pytest.mark.parametrize("form", [DataFormat.PARQUET, DataFormat.ARROW])
def test_what_is_no_such_file_is_told(form):
    with pytest.raises((ValueError, OSError)):
        Columns(io.BytesIO(b"certainly not a table" * 10), form)
