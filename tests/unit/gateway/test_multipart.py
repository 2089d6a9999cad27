"""Forms, read strictly."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.gateway import UnreadableRequest
from hegui.gateway.multipart import Form, FormFile, parse_form
from hegui.gateway.passages import contents

KIND = "multipart/form-data; boundary=b"


def part(name, data=b"v", *, more="", kind=""):
    head = f'Content-Disposition: form-data; name="{name}"{more}'
    return b"--b\r\n" + head.encode() + kind.encode() + b"\r\n\r\n" + data + b"\r\n"


def form(*parts):
    return parse_form(b"".join(parts) + b"--b--\r\n", KIND)


def test_a_form_is_read_and_written_anew():
    read = form(
        part("model", b"m"),
        part("file", b"\x00\r\n--x\xff", more='; filename="a\\"b.wav"', kind="\r\nContent-Type: audio/wav"),
        part("image[]", b"1", more='; filename="1"'),
        part("include[]", "一".encode()),
        part("include[]", "二".encode()),
    )

    assert read.body == {
        "model": "m",
        "file": {"type": "file", "filename": 'a"b.wav'},
        "image": [{"type": "file", "filename": "1"}],
        "include": ["一", "二"],
    }
    data, kind = read.encoded("other")
    again = parse_form(data, kind)
    assert again.fields == [("model", "other"), *read.fields[1:]]
    assert again.fields[1] == ("file", FormFile('a"b.wav', "audio/wav", b"\x00\r\n--x\xff"))


def test_what_was_masked_goes_into_the_form():
    read = form(part("prompt", b"138"), part("k[]", b"a"), part("k[]", b"b"))

    read.take({"prompt": "*", "k": ["a", "c"]})

    assert read.fields == [("prompt", "*"), ("k[]", "a"), ("k[]", "c")]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", KIND),
        (part("a") + b"--b--", "application/json"),
        (part("a") + b"--b--", "multipart/form-data"),
        (part("a"), KIND),
        (b"prologue\r\n" + part("a") + b"--b--", KIND),
        (part("a") + b"--b--\r\nepilogue", KIND),
        (b"--b\r\nno headers--b--", KIND),
        (b"--b\r\nno colon\r\n\r\nv\r\n--b--", KIND),
        (b"--b\r\nX: 1\r\n\r\nv\r\n--b--", KIND),
        (part("") + b"--b--", KIND),
        (part("a", b"\xff") + b"--b--", KIND),
        (part("a", kind="\r\nContent-Transfer-Encoding: base64") + b"--b--", KIND),
        (part("a", kind='\r\nContent-Disposition: form-data; name="b"') + b"--b--", KIND),
        (part("a", more=" junk") + b"--b--", KIND),
        (part("a") * 70 + b"--b--", KIND),
    ],
)
def test_a_form_that_could_be_read_in_two_ways_is_not_passed_on(data, kind):
    with pytest.raises(UnreadableRequest):
        parse_form(data, kind)


def test_a_name_cannot_write_headers():
    data, _ = Form([('a"\r\nX: 1', "v")]).encoded("m")

    assert b"\r\nX: 1" not in data


@given(data=st.binary(max_size=200))
def test_no_bytes_break_the_parser(data):
    with contextlib.suppress(UnreadableRequest):
        parse_form(data, KIND)


def test_files_are_told_with_the_places_that_they_have_in_the_body():
    file = '; filename="f"'
    read = form(
        part("model", b"m"),
        part("file", b"1", more=file),
        part("image[]", b"2", more=file),
        part("mask", b"3", more=file),
        part("mask", "四".encode()),
        part("mask", b"5", more=file),
    )

    assert list(read.files) == [("file", b"1"), ("image[0]", b"2"), ("mask[0]", b"3"), ("mask[2]", b"5")]
    places = {medium.place for medium in contents(read.body).media}
    assert places == {place for place, _ in read.files}
