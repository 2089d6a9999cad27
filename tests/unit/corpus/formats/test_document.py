"""Formats are cut by rows or by bytes."""

from hegui.corpus.formats.document import DataFormat


def test_only_columns_are_cut_by_rows():
    assert {form for form in DataFormat if form.tabular} == {DataFormat.PARQUET, DataFormat.ARROW}
