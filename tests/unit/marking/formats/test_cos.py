import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.candidates import Allowance
from hegui.marking.formats import cos
from hegui.marking.formats.cos import BrokenPdf, Dictionary, Name, Reference


def value(text: bytes):
    return cos.value_at(text, 0, len(text))[0]


def dictionary(text: bytes) -> Dictionary:
    result = value(text)
    assert isinstance(result, Dictionary)
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"12", 12),
        (b" % a comment\n-7", -7),
        (b"+.5", 0.5),
        (b"true", True),
        (b"false", False),
        (b"null", None),
        (b"/Name", Name("Name")),
        (b"/A#49GC", "AIGC"),
        (b"/", ""),
        (b"12 0 R", Reference(12, 0)),
        (b"[1 0 R 2 3]", [Reference(1, 0), 2, 3]),
        (b"[12 0 Right]", None),
        (b"<48 6>", b"H`"),
        (b"<>", b""),
        (b"()", b""),
        (b"(a (b) c)", b"a (b) c"),
        (rb"(\(\)\\\n\r\t\b\f\101\7x\q)", b"()\\\n\r\t\b\fA\7xq"),
        (b"(a\\\r\nb\r\nc\rd\\\ne)", b"ab\nc\nde"),
    ],
)
def test_objects_are_read_as_they_are_written(text, expected):
    if expected is None and text != b"null":
        with pytest.raises(BrokenPdf):
            value(text)
    else:
        assert value(text) == expected


def test_a_dictionary_keeps_where_its_entries_stand():
    text = b"<</A 1/B<</C[(x)/D]>> /A 2>>"
    found = dictionary(text)
    assert [text[entry.start : entry.end] for entry in found.entries] == [
        b"/A 1",
        b"/B<</C[(x)/D]>>",
        b"/A 2",
    ]
    assert (found.start, found.end) == (0, len(text))
    assert found.get("A") == 2
    assert found.get("Z") is None
    assert found.get("B").get("C") == [b"x", "D"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<<",
        b"<</A",
        b"<<1 2>>",
        b"[1",
        b"(a",
        b"(a\\",
        b"]",
        b"word",
        b"1.2.3",
        b"<4x>",
        b"[" * 65 + b"]" * 65,
    ],
)
def test_what_is_no_object_is_a_fault_with_its_place(text):
    with pytest.raises(BrokenPdf) as raised:
        value(text)
    assert 0 <= raised.value.fault.offset <= len(text)


def test_an_object_that_never_ends_is_not_read_to_the_end(monkeypatch):
    monkeypatch.setattr(cos, "LARGEST_VALUE", 100)
    with pytest.raises(BrokenPdf):
        value(b"(" + b"a" * 200 + b")")
    assert value(b"(" + b"a" * 90 + b")") == b"a" * 90


@given(st.binary(max_size=60))
def test_a_text_that_was_escaped_reads_as_itself(text):
    text = text.replace(b"\r", b"")  # a line end of Macintosh is read as another
    assert value(cos.escaped(text)) == text


def test_a_numbered_object_is_told_from_a_stream():
    plain = cos.numbered_at(b"  7 2 obj 5 endobj", 0, 18)
    assert (plain.number, plain.generation, plain.value, plain.data) == (7, 2, 5, None)
    text = b"1 0 obj <</Length 3>> stream\r\nabc\nendstream"
    found = cos.numbered_at(text, 0, len(text))
    assert text[found.data :].startswith(b"abc")
    assert cos.begins(text, 0, len(text))
    for place in (-1, 2, 100):
        with pytest.raises(BrokenPdf):
            cos.numbered_at(text, place, len(text))


@pytest.mark.parametrize(("length", "expected"), [(3, 3), (2, 4), (99, 4), (None, 4), (-1, 4)])
def test_a_stream_whose_length_is_wrong_ends_where_the_word_says(length, expected):
    assert cos.stream_end(b"abc\nendstream", 0, length, 13) == expected


def test_a_stream_that_does_not_end_is_a_fault():
    with pytest.raises(BrokenPdf):
        cos.stream_end(b"abc", 0, 3, 3)


def expanded(entries: bytes, data: bytes) -> bytes:
    return cos.expanded(dictionary(b"<<" + entries + b">>"), data, Allowance(), offset=0)


def test_streams_are_expanded():
    packed = zlib.compress(b"content")
    assert expanded(b"", b"content") == b"content"
    assert expanded(b"/Filter /FlateDecode", packed) == b"content"
    assert expanded(b"/Filter [/Fl]", packed + b"\r\n") == b"content"
    assert expanded(b"/Filter /FlateDecode /DecodeParms null", packed) == b"content"
    assert expanded(b"/Filter /FlateDecode /DecodeParms <</Predictor 1>>", packed) == b"content"
    assert expanded(b"/Filter /FlateDecode /DecodeParms [null]", packed) == b"content"


def test_rows_that_were_predicted_are_as_before():
    rows = zlib.compress(bytes((0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1)))
    entries = b"/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 3>>"
    assert expanded(entries, rows) == bytes((1, 2, 3, 1, 2, 3, 2, 3, 4))
    assert expanded(entries, zlib.compress(bytes((0, 1, 2, 3, 0, 4, 5, 6, 0, 7)))) == bytes(
        (1, 2, 3, 4, 5, 6)
    )
    assert expanded(entries, zlib.compress(bytes((2, 1, 2, 3, 2, 1, 1, 255)))) == bytes((1, 2, 3, 2, 3, 2))
    entries = b"/Filter /FlateDecode /DecodeParms <</Predictor 11 /Columns 2 /Colors 2>>"
    assert expanded(entries, zlib.compress(bytes((1, 1, 2, 1, 1)))) == bytes((1, 2, 2, 3))


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        (b"/Filter /LZWDecode", b""),
        (b"/Filter [/FlateDecode /FlateDecode]", b""),
        (b"/F (elsewhere)", b""),
        (b"/Filter /FlateDecode", b"not compressed"),
        (b"/Filter /FlateDecode", zlib.compress(b"content")[:-3]),
        (b"/Filter /FlateDecode /DecodeParms <</Predictor 2>>", zlib.compress(b"")),
        (b"/Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 0>>", zlib.compress(b"")),
        (b"/Filter /FlateDecode /DecodeParms <</Predictor 12 /Columns 1>>", zlib.compress(b"\3a")),
        (b"/Filter /FlateDecode /DecodeParms <</Predictor (x)>>", zlib.compress(b"\3a")),
    ],
)
def test_streams_in_ways_that_are_not_known_are_faults(entries, data):
    with pytest.raises(BrokenPdf):
        expanded(entries, data)


def test_many_rows_of_one_kind_are_quick_and_of_several_kinds_are_not_read(monkeypatch):
    monkeypatch.setattr(cos, "LARGEST_VALUE", 100)
    entries = b"/Filter /FlateDecode /DecodeParms <</Predictor 15 /Columns 1>>"
    assert expanded(entries, zlib.compress(b"\2\1" * 60)) == bytes(range(1, 61))
    with pytest.raises(BrokenPdf, match="predicted in a way"):
        expanded(entries, zlib.compress(b"\2\1" * 60 + b"\1\1"))


def test_a_stream_that_becomes_too_large_is_a_fault(monkeypatch):
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_PACKET", 1000)
    assert len(expanded(b"/Filter /FlateDecode", zlib.compress(bytes(999)))) == 999
    with pytest.raises(BrokenPdf, match="too large"):
        expanded(b"/Filter /FlateDecode", zlib.compress(bytes(1001)))
