"""An object on each line, or the reason why it is none."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.account import LineFault
from hegui.corpus.formats.json_lines import json_blocks, json_documents
from hegui.corpus.formats.lines import line_runs, lines

LONGEST = 400


def document(text):
    return json.dumps({"id": 1, "text": text}, ensure_ascii=False).encode()


def read(data, *fields, whole=False, longest_bytes=LONGEST):
    if whole:
        return list(json_documents(lines(io.BytesIO(data), longest_bytes=longest_bytes), fields or ("text",)))
    runs = line_runs(io.BytesIO(data), longest_bytes=longest_bytes)
    return [each for block in json_blocks(runs, fields or ("text",)) for each in block.documents()]


FAULTS = {
    b"": LineFault.BLANK_LINE,
    b" \t\r": LineFault.BLANK_LINE,
    document(""): LineFault.EMPTY_TEXT,
    document(" \n\u3000"): LineFault.EMPTY_TEXT,
    b'{"text": "\xff"}': LineFault.UNKNOWN_ENCODING,
    b'{"text": "ok", "other": "\xed\xa0\x80"}': LineFault.UNKNOWN_ENCODING,
    b'{"text": "ok", "other": [{"\xff": 1}]}': LineFault.UNKNOWN_ENCODING,
    b'{"text": "ok", "other": 1e999}': LineFault.INVALID_JSON,
    b'{"text": "cut short': LineFault.INVALID_JSON,
    b'{"text": "two"} {"text": "documents"}': LineFault.INVALID_JSON,
    b'{"text": 1': LineFault.INVALID_JSON,
    b'{"text": "\\ud800"}': LineFault.INVALID_JSON,
    b"\x00\x00": LineFault.NULL_BYTES,
    b"plain words": LineFault.INVALID_JSON,
    b"[]": LineFault.NOT_AN_OBJECT,
    b'"text"': LineFault.NOT_AN_OBJECT,
    b"{}": LineFault.NO_TEXT_FIELD,
    b'{"Text": "capital"}': LineFault.NO_TEXT_FIELD,
    b'{"text": null}': LineFault.TEXT_NOT_A_STRING,
    b'{"text": [1, 2]}': LineFault.TEXT_NOT_A_STRING,
    document("x" * LONGEST): LineFault.OVER_LONG,
}


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize(("line", "fault"), FAULTS.items())
def test_a_bad_line_is_named_with_its_place(line, fault, whole):
    data = document("good") + b"\n" + line + b"\n" + document("good") + b"\n"
    first, bad, last = read(data, whole=whole)
    assert (first.text, bad.text, last.text) == ("good", fault, "good")
    assert data[bad.offset : bad.offset + bad.length] == line


@pytest.mark.parametrize("opening", [b'{"text": "a", "deep": ', b""])
def test_a_line_nested_too_deep_is_not_valid_json(opening):
    (bad,) = read(opening + b"[" * 100_000, longest_bytes=1 << 20)
    assert bad.text is LineFault.INVALID_JSON


@given(
    st.lists(
        st.sampled_from([document("好"), document("fine"), *FAULTS, '{"text": "你好"}'.encode("gb18030")])
    ),
    st.integers(1, 200),
)
@pytest.mark.parametrize("fields", [("text",), ("text", "id")])
def test_many_lines_at_once_give_what_each_gives_by_itself(fields, content, at_once):
    data = b"\n".join(content)
    runs = line_runs(io.BytesIO(data), longest_bytes=LONGEST, at_once=at_once)
    found = [each for block in json_blocks(runs, fields) for each in block.documents()]
    alone = json_documents(lines(io.BytesIO(data), longest_bytes=LONGEST), fields)
    assert [each[:4] for each in found] == [each[:4] for each in alone]


def test_a_line_in_gb18030_is_read():
    (found,) = read('{"text": "你好"}'.encode("gb18030"))
    assert (found.text, found.encoding) == ("你好", "gb18030")


def test_several_members_make_one_text():
    (found,) = read(b'{"prompt": "a", "chosen": [{"role": "x", "content": "b"}]}', "prompt", "chosen")
    assert found.text == "a\nb"


def test_a_text_member_that_is_a_list_is_read_too():
    assert read(b'{"text": ["a", "list"]}')[0].text == "a\nlist"


def test_all_members_come_where_they_are_asked_for():
    assert read(document("a"), whole=True)[0].record == {"id": 1, "text": "a"}
    assert read(document("a"))[0].record is None
