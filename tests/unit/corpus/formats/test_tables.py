"""A document on each row below the heading."""

import io

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.lines import lines
from hegui.corpus.formats.tables import heading, table_documents


def read(data, *fields, delimiter=",", longest_bytes=60):
    found = lines(io.BytesIO(data), longest_bytes=longest_bytes)
    return list(table_documents(found, fields or ("text",), delimiter=delimiter, longest_bytes=longest_bytes))


def test_rows_are_documents_with_their_places():
    data = 'id,text\n1,一\n2,"two, with\nlines"\n3,三\n'.encode()
    found = read(data)
    assert [each.text for each in found] == ["一", "two, with\nlines", "三"]
    assert found[1].record == {"id": "2", "text": "two, with\nlines"}
    second = found[1]
    assert data[second.offset : second.offset + second.length] == b'2,"two, with\nlines"'


def test_bad_rows_are_named_and_the_rest_goes_on():
    data = (
        b"id,text\n1,a\n2\n\n3,a,b\n4,\xff\n5,\x00\n6,"
        + "你好".encode("gb18030")
        + b"\n7,"
        + b"x" * 80
        + b"\n8,  \n9,i\n"
    )
    found = read(data)
    assert [each.text for each in found] == [
        "a",
        LineFault.NO_TEXT_FIELD,
        LineFault.BLANK_LINE,
        LineFault.TOO_MANY_COLUMNS,
        LineFault.UNKNOWN_ENCODING,
        LineFault.NULL_BYTES,
        "你好",
        LineFault.OVER_LONG,
        LineFault.EMPTY_TEXT,
        "i",
    ]
    assert [each.encoding for each in found].count("gb18030") == 1


def test_a_quotation_that_never_ends_is_over_long_and_the_rest_goes_on():
    found = read(b'text\n"' + b"line of words\n" * 10 + b'"end"\nlast\n')
    assert found[0].text is LineFault.OVER_LONG
    assert found[-1].text == "last"


def test_a_row_with_two_faults_has_the_first():
    assert read(b'text\n"\xff\n\x00"\n')[0].text is LineFault.UNKNOWN_ENCODING
    assert read(b'text\n"\x00\n\xff"\n')[0].text is LineFault.NULL_BYTES


def test_a_missing_column_is_told():
    with pytest.raises(KeyError, match="text"):
        read(b"id,words\n1,a\n")


def test_a_file_without_a_row_has_no_document():
    assert read(b"") == []
    assert read(b"text\n") == []


def test_tabs_may_stand_between_columns():
    data = b"id\ttext\n1\ta,b\n"
    assert read(data, delimiter="\t")[0].text == "a,b"
    assert heading(lines(io.BytesIO(data), longest_bytes=60), delimiter="\t") == ["id", "text"]
