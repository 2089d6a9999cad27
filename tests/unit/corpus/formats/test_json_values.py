"""The documents of a JSON file, wherever its lines end and its chunks are cut."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.formats import json_values as module
from hegui.corpus.formats.json_values import TextsBeside, json_values

LONGEST = 60


class Pieces(io.BytesIO):
    """A file that hands out no more than ``size`` bytes at once."""

    def __init__(self, data, size):
        super().__init__(data)
        self.size = size

    def read(self, size=-1, /):
        return super().read(min(size, self.size))


def is_text(name):
    return name in {"text", "正文"}


def read(data, *, chunk_bytes=1 << 20, longest_bytes=LONGEST, most=None):
    return list(
        json_values(Pieces(data, chunk_bytes), longest_bytes=longest_bytes, is_text=is_text, most=most)
    )


def texts(data, **options):
    return [value.data for value in read(data, **options)]


plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(st.sampled_from('a\\"[]{},: \n中'), max_size=9)
)
value = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('a\\"]中', max_size=3), inner),
    max_leaves=6,
)
indent = st.sampled_from([None, 0, 2])


@given(
    content=st.lists(value, max_size=6), indent=indent, escaped=st.booleans(), chunk_bytes=st.integers(1, 9)
)
def test_the_elements_of_a_list_are_those_that_a_plain_reader_finds(content, indent, escaped, chunk_bytes):
    data = json.dumps(content, indent=indent, ensure_ascii=escaped).encode()
    found = read(data, chunk_bytes=chunk_bytes)
    assert len(found) == len(content)
    for each, expected in zip(found, content, strict=True):
        written = data[each.offset : each.offset + each.length]
        assert json.loads(written) == expected
        assert each.data == (written if each.length <= LONGEST else None)


@given(
    rows=st.lists(st.dictionaries(st.text("ab", min_size=1), plain, max_size=2), max_size=4),
    about=st.dictionaries(st.text('"x\\', max_size=3), value, max_size=3),
    indent=indent,
    chunk_bytes=st.integers(1, 9),
)
def test_the_records_that_an_object_keeps_are_documents(rows, about, indent, chunk_bytes):
    data = json.dumps(about | {"data": rows, "test": rows}, indent=indent).encode()
    found = texts(data, chunk_bytes=chunk_bytes, longest_bytes=10**6)
    assert [json.loads(each) for each in found] == rows + rows


members = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["data", "test", "数据"]), st.lists(st.dictionaries(st.text(max_size=2), plain))
        ),
        st.tuples(st.sampled_from(["text", "正文", "note", "train"]), value),
    ),
    unique_by=lambda member: member[0],
)


@given(
    values=st.lists(members.map(dict), max_size=3),
    indent=indent,
    escaped=st.booleans(),
    chunk_bytes=st.integers(1, 9),
)
def test_no_text_beside_the_lists_is_lost(values, indent, escaped, chunk_bytes):
    data = "\n".join(json.dumps(each, indent=indent, ensure_ascii=escaped) for each in values).encode()
    expected = []
    for each in values:
        lists = {
            name: inner
            for name, inner in each.items()
            if name in {"data", "test", "train", "数据"}
            and isinstance(inner, list)
            and (not inner or isinstance(inner[0], dict))
        }
        expected += [element for inner in lists.values() for element in inner]
        beside = {
            name: inner
            for name, inner in each.items()
            if is_text(name) and isinstance(inner, str | list | dict)
        }
        if not lists:
            expected.append(each)
        elif beside:
            expected.append(beside)
    found = read(data, chunk_bytes=chunk_bytes, longest_bytes=10**6)
    assert [json.loads(each.data) for each in found] == expected
    for each in found:
        written = data[each.offset : each.offset + each.length]
        assert (written == each.data) is not isinstance(each, TextsBeside)
        json.loads(written)


@given(rows=st.lists(st.dictionaries(st.text("ab"), plain)), most=st.integers(1, 4))
def test_the_beginning_shows_what_lies_behind_a_long_list_of_an_object_too(rows, most):
    data = json.dumps({"data": rows, "test": rows, "text": "t"}).encode()
    assert [json.loads(each) for each in texts(data, most=most, longest_bytes=10**6)] == [
        *rows[:most],
        *rows[:most],
        {"text": "t"},
    ]
    assert len(texts(json.dumps(rows).encode() * 2, most=most)) == (
        min(len(rows), most) * (1 if len(rows) > most or most == 1 else 2)
    )


@pytest.mark.parametrize(
    ("data", "documents"),
    [
        (b"", []),
        (b" \n", []),
        (b"[]", []),
        (b"{}", [b"{}"]),
        (b'{"data": []}', []),
        (b'{"data": [1, [2]], "text": "a"}', [b'{"data": [1, [2]], "text": "a"}']),
        (b'{"data": [], "text": "a"}', [b'{"text": "a"}']),
        (b'{"text": "a" , "n": 1, "data": [1, 2], "test": [{}]}', [b"{}", b'{"text": "a" }']),
        (b'{"text": 1, "data": []}', []),
        ('{"text":"a","data":[{}],"正文":["b"]}'.encode(), [b"{}", '{"text":"a","正文":["b"]}'.encode()]),
        (b'{"data": [], "\\u6b63\\u6587": "a"}', [b'{"\\u6b63\\u6587": "a"}']),
        (b'{"\\u6570\\u636e": [{"a": 1}]}', [b'{"a": 1}']),
        ('{"data": [], "正文": "好"}'.encode("gb18030"), ['{"正文": "好"}'.encode("gb18030")]),
        (b'{"data": [], "\\q": "a"}', [b'{"\\q": "a"}']),
        (b'{"data": [], "\xff": "a"}', [b'{"\xff": "a"}']),
        (b'{"data": [], "' + b"x" * 200 + b'": ""}', [None]),
        (b'{"data": [{}], "text": "' + b"x" * LONGEST + b'"} {}', [b"{}", None, b"{}"]),
        (b'{"text": "' + b"x" * 40 + b'", "data": [], "text": "' + b"x" * 40 + b'"}', [None]),
        (b'{"note": "' + b"x" * LONGEST + b'", "text": "a", "data": []}', [b'{"text": "a"}']),
        (b'{"messages": [{"content": "a"}]}', [b'{"messages": [{"content": "a"}]}']),
        (b'{"a": 1}\n{"a": 2} ', [b'{"a": 1}', b'{"a": 2}']),
        (b'[{"a": 1}] [{"a": 2}]', [b'{"a": 1}', b'{"a": 2}']),
        (b"[1,, {broken}, 2]", [b"1", b"", b"{broken}", b"2"]),
        (b'["' + b"x" * LONGEST + b'", 2]', [None, b"2"]),
        (b'{"a": "' + b"x" * LONGEST + b'"} {}', [None, b"{}"]),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 2, 1 << 20])
def test_every_document_is_found(data, documents, chunk_bytes):
    assert texts(data, chunk_bytes=chunk_bytes) == documents


def test_a_byte_order_mark_is_no_part_of_the_first_document():
    assert texts(b'\xef\xbb\xbf{"a": 1}') == [b'{"a": 1}']


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"words", ValueError),
        (b"[1}", ValueError),
        (b'{"a" 1}', ValueError),
        (b"{1: 2}", ValueError),
        (b'{"a": 1]', ValueError),
        (b"[1", EOFError),
        (b'[{"a": "cut', EOFError),
        (b'{"cut', EOFError),
        (b'{"a": 1', EOFError),
        (b"[1,", EOFError),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 1 << 20])
def test_what_is_no_json_ends_the_file_behind_the_last_document(data, error, chunk_bytes):
    file = Pieces(b'[{"a": 1}]' + data, chunk_bytes)
    found = json_values(file, longest_bytes=LONGEST, is_text=is_text)
    assert next(found).data == b'{"a": 1}'
    with pytest.raises(error):
        list(found)


def test_a_long_document_and_a_long_list_take_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK_BYTES", 1 << 14)
    path = tmp_path / "long.json"
    with path.open("wb") as file:
        file.write(b'{"name": "' + b"n" * 4_000_000 + b'", "data": [{"text": "')
        file.writelines(b"\\" * 100_000 for _ in range(80))
        file.write(b'"}')
        file.writelines(b', {"text": "short"}' for _ in range(100_000))
        file.write(b"]}")
    tracemalloc.start()
    with path.open("rb") as file:
        found = json_values(file, longest_bytes=1 << 16, is_text=is_text)
        assert next(found).data is None
        assert sum(each.data == b'{"text": "short"}' for each in found) == 100_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1 << 20
